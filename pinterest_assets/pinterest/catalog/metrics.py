"""The measures that are asked for: names, types and meaning, each once.

Suffix ``_1`` is paid (the ad was shown where it was placed), ``_2`` is earned (people saved the ad
and others saw it from there); ``total_`` is both. Money is in millionths of the ad account's own
currency, whatever the API's names say of dollars.
"""

from pinterest_assets.pinterest.catalog.model import Column


def _count(name: str, description: str) -> Column:
    return Column(name.lower(), "BIGINT", description, source=name, additive=True)


def _money(name: str, description: str) -> Column:
    return _count(name, f"{description}, in millionths of the ad account's currency")


CORE_METRICS: tuple[Column, ...] = (
    _money("SPEND_IN_MICRO_DOLLAR", "Amount spent"),
    _count("IMPRESSION_1", "Paid impressions"),
    _count("IMPRESSION_2", "Earned impressions"),
    _count("TOTAL_IMPRESSION", "Paid and earned impressions"),
    _count("CLICKTHROUGH_1", "Paid pin clicks"),
    _count("CLICKTHROUGH_2", "Earned pin clicks"),
    _count("TOTAL_CLICKTHROUGH", "Paid and earned pin clicks"),
    _count("OUTBOUND_CLICK_1", "Paid clicks that left for the destination"),
    _count("OUTBOUND_CLICK_2", "Earned clicks that left for the destination"),
    _count("REPIN_1", "Paid saves"),
    _count("REPIN_2", "Earned saves"),
    _count("ENGAGEMENT_1", "Paid engagements: saves, closeups, clicks and swipes"),
    _count("ENGAGEMENT_2", "Earned engagements: saves, closeups, clicks and swipes"),
    _count("TOTAL_ENGAGEMENT", "Paid and earned engagements"),
    _count("VIDEO_MRC_VIEWS_1", "Paid video views: half of the video in view for two seconds"),
    _count("VIDEO_MRC_VIEWS_2", "Earned video views: half of the video in view for two seconds"),
    _count("TOTAL_VIDEO_MRC_VIEWS", "Paid and earned video views of two seconds"),
    _count("TOTAL_VIDEO_3SEC_VIEWS", "Video views of three seconds"),
    _count("TOTAL_VIDEO_P25_COMBINED", "Videos watched to a quarter"),
    _count("TOTAL_VIDEO_P50_COMBINED", "Videos watched to the half"),
    _count("TOTAL_VIDEO_P75_COMBINED", "Videos watched to three quarters"),
    _count("TOTAL_VIDEO_P95_COMBINED", "Videos watched to 95 percent"),
    _count("TOTAL_VIDEO_P100_COMPLETE", "Videos watched to the end"),
    _count("TOTAL_CONVERSIONS", "Conversions of every kind"),
    _count("TOTAL_PAGE_VISIT", "Page visits attributed to ads"),
    _count("TOTAL_SIGNUP", "Sign-ups attributed to ads"),
    _money("TOTAL_SIGNUP_VALUE_IN_MICRO_DOLLAR", "Value of attributed sign-ups"),
    _count("TOTAL_LEAD", "Leads attributed to ads"),
    _count("LEADS", "Leads submitted in lead ads on Pinterest"),
    _count("TOTAL_CLICK_ADD_TO_CART", "Add-to-cart events after a click"),
    _count("TOTAL_VIEW_ADD_TO_CART", "Add-to-cart events after a view"),
    _count("TOTAL_CHECKOUT", "Checkouts attributed to ads"),
    _money("TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR", "Value of attributed checkouts"),
    _count("TOTAL_CLICK_CHECKOUT", "Checkouts after a click"),
    _money("TOTAL_CLICK_CHECKOUT_VALUE_IN_MICRO_DOLLAR", "Value of checkouts after a click"),
    _count("TOTAL_ENGAGEMENT_CHECKOUT", "Checkouts after an engagement"),
    _money("TOTAL_ENGAGEMENT_CHECKOUT_VALUE_IN_MICRO_DOLLAR", "Value of checkouts after an engagement"),
    _count("TOTAL_VIEW_CHECKOUT", "Checkouts after a view"),
    _money("TOTAL_VIEW_CHECKOUT_VALUE_IN_MICRO_DOLLAR", "Value of checkouts after a view"),
    _count("TOTAL_WEB_SESSIONS", "Web sessions that began with an ad"),
)

PIN_METRICS: tuple[Column, ...] = (
    _count("IMPRESSION", "Times the pin was on a screen"),
    _count("PIN_CLICK", "Clicks on the pin"),
    _count("OUTBOUND_CLICK", "Clicks that left for the pin's link"),
    _count("SAVE", "Times the pin was saved"),
    Column("save_rate", "DOUBLE", "Saves divided by impressions", source="SAVE_RATE"),
    _count("TOTAL_COMMENTS", "Comments on the pin"),
    _count("TOTAL_REACTIONS", "Reactions to the pin"),
    _count("USER_FOLLOW", "Follows that began at the pin"),
    _count("PROFILE_VISIT", "Profile visits that began at the pin"),
)
"""The standard metric types. The video ones belong to another list of the spec, for video pins."""

ATTRIBUTION: tuple[Column, ...] = (
    Column("click_window_days", "BIGINT", "Attribution window after a click, in days"),
    Column("engagement_window_days", "BIGINT", "Attribution window after an engagement, in days"),
    Column("view_window_days", "BIGINT", "Attribution window after a view, in days"),
    Column(
        "conversion_report_time",
        "VARCHAR",
        "Whether conversions count on the day of the ad action or of the conversion",
    ),
)
"""The setting a row of analytics was read with, kept on the row."""
