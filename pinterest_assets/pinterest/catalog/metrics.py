"""The measures that are asked for unless someone chooses others, and those of organic pins.

Suffix ``_1`` is paid (the ad was shown where it was placed), ``_2`` is earned (people saved the ad
and others saw it from there); ``total_`` is both. Money is in millionths of the ad account's own
currency, whatever the API's names say of dollars.
"""

from datetime import date

from pinterest_assets.pinterest.catalog.model import Column
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS

_CORE = """
SPEND_IN_MICRO_DOLLAR IMPRESSION_1 IMPRESSION_2 TOTAL_IMPRESSION CLICKTHROUGH_1 CLICKTHROUGH_2
TOTAL_CLICKTHROUGH OUTBOUND_CLICK_1 OUTBOUND_CLICK_2 REPIN_1 REPIN_2 ENGAGEMENT_1 ENGAGEMENT_2
TOTAL_ENGAGEMENT VIDEO_MRC_VIEWS_1 VIDEO_MRC_VIEWS_2 TOTAL_VIDEO_MRC_VIEWS TOTAL_VIDEO_3SEC_VIEWS
TOTAL_VIDEO_P25_COMBINED TOTAL_VIDEO_P50_COMBINED TOTAL_VIDEO_P75_COMBINED TOTAL_VIDEO_P95_COMBINED
TOTAL_VIDEO_P100_COMPLETE TOTAL_CONVERSIONS TOTAL_PAGE_VISIT TOTAL_SIGNUP TOTAL_SIGNUP_VALUE_IN_MICRO_DOLLAR
TOTAL_LEAD LEADS TOTAL_CLICK_ADD_TO_CART TOTAL_VIEW_ADD_TO_CART TOTAL_CHECKOUT
TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR TOTAL_CLICK_CHECKOUT TOTAL_CLICK_CHECKOUT_VALUE_IN_MICRO_DOLLAR
TOTAL_ENGAGEMENT_CHECKOUT TOTAL_ENGAGEMENT_CHECKOUT_VALUE_IN_MICRO_DOLLAR TOTAL_VIEW_CHECKOUT
TOTAL_VIEW_CHECKOUT_VALUE_IN_MICRO_DOLLAR TOTAL_WEB_SESSIONS
"""

CORE_METRICS: tuple[Column, ...] = tuple(SYNC_COLUMNS[name] for name in _CORE.split())
"""What most people look at; every one is a whole number whose parts sum to the whole."""

_REPORTED = """
TOTAL_CONVERSIONS_QUANTITY TOTAL_CONVERSIONS_VALUE_IN_MICRO_DOLLAR TOTAL_ADD_TO_CART
TOTAL_ADD_TO_CART_VALUE_IN_MICRO_DOLLAR TOTAL_CHECKOUT_QUANTITY
"""

REPORTED_METRICS: tuple[Column, ...] = tuple(REPORT_COLUMNS[name] for name in _REPORTED.split())
"""What people look at as well and only reports have: asked for where a report is made anyway, and never why."""


def _count(name: str, description: str) -> Column:
    return Column(name.lower(), "BIGINT", description, source=name, additive=True)


PIN_METRICS: tuple[Column, ...] = (
    _count("IMPRESSION", "Times the pin was on a screen"),
    _count("PIN_CLICK", "Clicks on the pin"),
    _count("OUTBOUND_CLICK", "Clicks that left for the pin's link"),
    _count("SAVE", "Times the pin was saved"),
    Column("save_rate", "DOUBLE", "Saves divided by impressions", source="SAVE_RATE"),
    Column("total_comments", "BIGINT", "Comments on the pin; told of its whole life only", "TOTAL_COMMENTS"),
    Column(
        "total_reactions", "BIGINT", "Reactions to the pin; told of its whole life only", "TOTAL_REACTIONS"
    ),
    _count("USER_FOLLOW", "Follows that began at the pin"),
    _count("PROFILE_VISIT", "Profile visits that began at the pin"),
)
"""The standard metric types of pins."""

PIN_VIDEO_METRICS: tuple[Column, ...] = (
    _count("VIDEO_START", "Videos that began to play; NULL for pins without a video"),
    _count("VIDEO_MRC_VIEW", "Video views: half of the video in view for two seconds"),
    _count("VIDEO_10S_VIEW", "Video views of ten seconds"),
    _count("QUARTILE_95_PERCENT_VIEW", "Video views to 95 percent"),
    Column(
        "video_v50_watch_time",
        "DOUBLE",
        "Total play time; Pinterest names no unit",
        source="VIDEO_V50_WATCH_TIME",
        additive=True,
    ),
    Column(
        "video_avg_watch_time",
        "DOUBLE",
        "Play time on average; Pinterest names no unit",
        source="VIDEO_AVG_WATCH_TIME",
    ),
)
"""The metric types that only pins with a video have. The description lists them apart, and does not say that
other pins refuse them."""

PIN_COUNTS = ("IMPRESSION", "PIN_CLICK", "OUTBOUND_CLICK", "SAVE")
"""Counts that Pinterest has of each pin, whatever its format and whenever it was made."""

PIN_FOLLOWS = ("USER_FOLLOW", "PROFILE_VISIT")
PIN_FOLLOWS_SINCE = date(2023, 3, 20)
"""Counts of all pins made since that day, and of Idea pins made before (spec)."""

APP_TYPES = ("MOBILE", "TABLET", "WEB")
"""The apps or devices that numbers of pins are split by (spec: ``app_types``)."""

ATTRIBUTION: tuple[Column, ...] = (
    Column("click_window_days", "BIGINT", "Attribution window after a click, in days"),
    Column("engagement_window_days", "BIGINT", "Attribution window after an engagement, in days"),
    Column("view_window_days", "BIGINT", "Attribution window after a view, in days"),
    Column(
        "conversion_report_time",
        "VARCHAR",
        "Whether conversions count on the day of the ad action or of the conversion",
    ),
    Column("attribution_types", "VARCHAR", "Whose actions were asked for, with commas; NULL: not asked"),
)
"""The setting a row of analytics was read with, kept on the row."""
