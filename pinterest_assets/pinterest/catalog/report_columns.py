"""Every column that analytics can be asked for: type, meaning and additivity, derived from its name.

The names follow a grammar: a conversion is source, action, event and measure; a delivery is a thing
that was paid, earned or both; an attribute is of an entity. Holds the grammar and our own words for
it. The names themselves are in ``column_names``; which of them go together is in ``column_choice``.

Pinterest's description gives no types. Counts and sums in millionths are whole numbers; whatever is
divided is DOUBLE, also where its unit is a millionth. Attributes whose form is told nowhere (flags,
prices) stay text: a type that turns out wrong would cost every row of an answer.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from pinterest_assets.pinterest.catalog.column_names import AT_ONCE, NOT_IN_REPORTS, ONLY_IN_REPORTS
from pinterest_assets.pinterest.catalog.model import Column, ColumnType

_DEVICES = {"DESKTOP": "a desktop", "MOBILE": "a phone", "TABLET": "a tablet"}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "event": {
        "ADD_TO_CART": "add-to-cart events",
        "ADD_TO_WISHLIST": "add-to-wishlist events",
        "APP_INSTALL": "app installs",
        "CHECKOUT": "checkouts",
        "CONVERSIONS": "conversions of every kind",
        "CUSTOM": "custom events",
        "LEAD": "leads",
        "PAGE_VISIT": "page visits",
        "SEARCH": "searches",
        "SIGNUP": "sign-ups",
        "SKAN_APP_INSTALL": "app installs told by SKAdNetwork",
        "SKAN_ASSISTED_APP_INSTALL": "assisted app installs told by SKAdNetwork",
        "SUBSCRIBE": "subscriptions",
        "UNKNOWN": "conversions of unknown kind",
        "VIEW_CATEGORY": "category views",
        "WATCH_VIDEO": "watch-video events",
    },
    "source": {
        "WEB": " on the web",
        "INAPP": " in apps",
        "OFFLINE": " offline",
        "PINTEREST": " on Pinterest",
    },
    "action": {
        "CLICK": " after a click",
        "ENGAGEMENT": " after an engagement",
        "VIEW": " after a view",
        "": " attributed to ads",
    },
    "acted": _DEVICES,
    "converted": _DEVICES,
    "scope": {"PAID_": "paid ", "TOTAL_": "paid and earned "},
    "part": {"_1": "paid ", "_2": "earned "},
    "gross": {"_GROSS": ", gross"},
    "thing": {
        "CLICKTHROUGH": "pin clicks",
        "COLLECTION_PIN_ITEM_CLICKTHROUGH": "clicks on items of collections",
        "COLLECTION_PIN_ITEM_IMPRESSION": "impressions of items of collections",
        "DESTINATION_VIEWS": "views of the destination",
        "ENGAGEMENT": "engagements: saves, closeups, clicks and swipes",
        "IDEA_PIN_PAGE_BACKWARD": "turns to the page before in idea pins",
        "IDEA_PIN_PAGE_FORWARD": "turns to the next page in idea pins",
        "IDEA_PIN_PRODUCT_TAG_VISIT": "visits to products tagged in idea pins",
        "IMPRESSION": "impressions",
        "ONSITE_CHECKOUTS": "checkouts on Pinterest",
        "OUTBOUND_CLICK": "clicks that left for the destination",
        "REPIN": "saves",
        "VIDEO_3SEC_VIEWS": "video views of three seconds",
        "VIDEO_MRC_VIEWS": "video views: half of the video in view for two seconds",
        "VIDEO_P0_COMBINED": "videos begun",
        "VIDEO_P25_COMBINED": "videos watched to a quarter",
        "VIDEO_P50_COMBINED": "videos watched to the half",
        "VIDEO_P75_COMBINED": "videos watched to three quarters",
        "VIDEO_P95_COMBINED": "videos watched to 95 percent",
        "VIDEO_P100_COMPLETE": "videos watched to the end",
        "WEB_SESSIONS": "web sessions that began with an ad",
    },
    "effective": {"E": "effective "},
    "unit": {
        "MICRO_DOLLAR": ", in millionths of the ad account's currency",
        "DOLLAR": ", in the ad account's currency",
    },
    "bought": {
        "C": "pin click",
        "CV": "video view to the end",
        "CV_P95": "video view to 95 percent",
        "E": "engagement",
        "LEAD": "lead of lead ads",
        "M": "thousand impressions",
        "OUTBOUND_CLICK": "click that left for the destination",
        "V": "video view",
    },
    "spent_on": {"ADS_CREDIT_": " from ads credit", "VIDEO_": " on video ads"},
    "rate": {
        "CTR": "click-through rate",
        "OUTBOUND_CTR": "outbound click-through rate",
        "ENGAGEMENT_RATE": "engagement rate",
        "QUIZ_COMPLETION_RATE": "quiz completion rate",
        "REPIN_RATE": "save rate",
        "VIDEO_VIEWABLE_RATE": "rate of video impressions that are viewable",
    },
    "entity": {
        "AD": "ad",
        "ADVERTISER": "ad account",
        "AD_ACCOUNT": "ad account",
        "AD_GROUP": "ad group",
        "CAMPAIGN": "campaign",
        "ORDER_LINE": "order line",
        "PIN": "pin",
        "PIN_PROMOTION": "ad",
        "PRODUCT_GROUP": "product group",
        "PRODUCT_GROUP_AD": "product group's ads",
        "PRODUCT_ITEM": "product",
        "PROMO": "promotion",
        "SPEND_ORDER_LINE": "order line that is charged",
        "STANDARD_AD_FEED_ITEM": "feed item of a standard ad",
    },
}


def _any(group: str, after: str = "") -> str:
    """A group that takes the words of its name, the longest first so that none is taken for a part."""
    words = sorted(filter(None, _WORDS[group]), key=len, reverse=True)
    return f"(?P<{group}>{'|'.join(words)}){after}"


CONVERSION = f"(?:TOTAL_)?(?:{_any('source', '_')})?(?:{_any('action', '_')})?{_any('event')}"
"""``TOTAL_VIEW_CATEGORY`` is the event of looking at a category, ``TOTAL_VIEW_CHECKOUT`` a checkout
after a view: VIEW is an action only where an event is left after it."""
_DELIVERY = f"{_any('scope')}?{_any('thing')}{_any('part')}?{_any('gross')}?"
PATH = f"{_any('acted', '_')}ACTION_TO_{_any('converted', '_')}CONVERSION"
UNIT = f"_IN_{_any('unit')}"

# fmt: off
_RULES: tuple[tuple[str, ColumnType, bool, str], ...] = (
    # Pattern, type, whether parts sum to the whole, meaning.
    (CONVERSION, "BIGINT", True, "{event}{source}{action}"),
    (f"{CONVERSION}_QUANTITY", "BIGINT", True, "items in {event}{source}{action}"),
    (f"{CONVERSION}_VALUE{UNIT}", "BIGINT", True, "value of {event}{source}{action}{unit}"),
    (f"{CONVERSION}_{PATH}", "BIGINT", True, "{event}{action}, the ad on {acted}, the event on {converted}"),
    (f"{CONVERSION}_CONVERSION_RATE", "DOUBLE", False, "conversion rate of {event}{source}"),
    (f"{CONVERSION}_COST_PER_ACTION", "DOUBLE", False, "spend divided by {event}{source}"),
    (f"{CONVERSION}_ROAS", "DOUBLE", False, "value of {event}{source} divided by spend"),
    (_DELIVERY, "BIGINT", True, "{scope}{part}{thing}{gross}"),
    # People and what each of them did once: the same person is in many parts.
    ("TOTAL_IMPRESSION_USER", "BIGINT", False, "people who saw an ad, paid or earned"),
    ("TOTAL_IMPRESSION_FREQUENCY", "DOUBLE", False, "impressions a person, paid and earned"),
    (f"{_any('scope')}?VIDEO_15SEC_UNIQUE_VIEWS{_any('part')}?", "BIGINT", False, "{scope}{part}unique video views of 15 seconds"),
    (f"{_any('spent_on')}?SPEND_IN_MICRO_DOLLAR", "BIGINT", True, "amount spent{spent_on}, in millionths of the ad account's currency"),
    (f"{_any('spent_on')}?SPEND_IN_DOLLAR", "DOUBLE", True, "amount spent{spent_on}, in the ad account's currency"),
    (f"{_any('effective')}?CP{_any('bought')}{UNIT}", "DOUBLE", False, "{effective}cost for each {bought}{unit}"),
    (f"COST_PER_{_any('bought')}(?:{UNIT})?{_any('part')}?", "DOUBLE", False, "cost for each {part}{bought}{unit}"),
    (f"{_any('scope')}?{_any('effective')}?{_any('rate')}{_any('part')}?", "DOUBLE", False, "{scope}{effective}{part}{rate}"),
    (f"{_any('scope')}?VIDEO_AVG_WATCHTIME_IN_SECOND{_any('part')}?", "DOUBLE", False, "{scope}{part}watch time of a video, in seconds on average"),
    ("VIDEO_LENGTH", "DOUBLE", False, "length of the video"),
    ("LEADS", "BIGINT", True, "leads submitted in lead ads on Pinterest"),
    ("QUIZ_COMPLETED", "BIGINT", True, "quizzes completed"),
    ("QUIZ_PIN_RESULT_OPEN", "BIGINT", True, "results opened after a quiz"),
    ("SHOWCASE_AVERAGE_SUBPAGE_CLOSEUP_PER_SESSION", "DOUBLE", False, "closeups of showcase pages a session, on average"),
    ("SHOWCASE_(?P<happened>.+)", "BIGINT", True, "showcase ads, times of: {happened}"),
    (f"{_any('entity')}_(?P<number>.+_SPEND_CAP|BUDGET_IN_LOCAL_CURRENCY|BID_MULTIPLIER)", "DOUBLE", False, "{number} of the {entity}"),
    (f"{_any('entity')}_(?P<attribute>.+)", "VARCHAR", False, "{attribute} of the {entity}"),
    ("(?P<entity>CAMPAIGN)", "VARCHAR", False, "{entity}, as reports call it"),
    ("IS_(?P<flag>.+)_(?P<entity>CAMPAIGN)", "VARCHAR", False, "whether it is a {flag} {entity}"),
)
# fmt: on
"""The first that fits the whole name decides."""

_COMPILED = tuple((re.compile(pattern), kind, additive, text) for pattern, kind, additive, text in _RULES)


def column(name: str) -> Column:
    """The column of one of Pinterest's names. Raises ValueError for a name that no rule explains."""
    found, kind, additive, text = explained(name)
    words = {group: _said(group, part or "") for group, part in found.groupdict().items()}
    meaning = text.format(**{"unit": "", **words})
    return Column(name.lower(), kind, meaning[:1].upper() + meaning[1:], name, additive)


def entity(name: str) -> str | None:
    """The entity that a column is an attribute of, as Pinterest names it; None for everything counted."""
    found, *_ = explained(name)
    return found.groupdict().get("entity")


_SPEND = re.compile("(?:.+_)?SPEND_IN_(?:MICRO_)?DOLLAR")
_CONVERSIONS = re.compile(
    f"LEADS|.*ONSITE_CHECKOUTS.*|.+_CONVERSION_PRODUCT_.+|{CONVERSION}(?:_QUANTITY|_VALUE{UNIT}|_{PATH})?"
)


def is_conversions(known: Column) -> bool:
    """Whether it counts conversions, or sums what they are worth."""
    return known.additive and _CONVERSIONS.fullmatch(known.source) is not None


def is_spend_or_conversions(known: Column) -> bool:
    """Whether it counts what Pinterest goes on correcting after a day is over, and parts sum to the whole."""
    return is_conversions(known) or (known.additive and _SPEND.fullmatch(known.source) is not None)


def explained(name: str) -> tuple[re.Match[str], ColumnType, bool, str]:
    """The parts of a name, its type, whether it adds up, and its meaning to be filled in; or ValueError."""
    for pattern, kind, additive, text in _COMPILED:
        found = pattern.fullmatch(name)
        if found is not None:
            return found, kind, additive, text
    raise ValueError(f"no rule explains the column {name}")


def _said(group: str, part: str) -> str:
    """Our word for a part of a name; parts that are words already stay as they are."""
    return _WORDS[group].get(part, "") if group in _WORDS else part.lower().replace("_", " ")


_KNOWN = {name: column(name) for name in (*AT_ONCE, *ONLY_IN_REPORTS)}

SYNC_COLUMNS: Mapping[str, Column] = MappingProxyType({name: _KNOWN[name] for name in AT_ONCE})
"""What the endpoints that answer at once know, by Pinterest's name."""

REPORT_COLUMNS: Mapping[str, Column] = MappingProxyType(
    {name: known for name, known in _KNOWN.items() if name not in NOT_IN_REPORTS}
)
"""What an asynchronous report knows, by Pinterest's name."""
