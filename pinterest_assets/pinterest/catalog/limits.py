"""What the API allows, each number once, with where it is written. Holds numbers, no behaviour.

Sources: the OpenAPI description 5.23.0 of pinterest/api-description ("spec"), Pinterest's page on
rate limits ("rates"), and what several independent clients had to settle on ("practice").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pinterest_assets.pinterest.catalog.model import Category

RateTier = Literal["standard", "trial"]

Way = Literal["sync", "async"]
"""How numbers are asked for: at once, or as a report that is made, polled and fetched."""

Method = Literal["auto", "sync", "async"]
"""Which ways may be taken: the cheaper one, at once only, or reports wherever there are any."""

Span = Literal["DAY", "HOUR", "ITEM"]
"""What limits depend on: days, hours, and days of product items."""

PAGE_SIZE = 250
"""Items a page, the maximum of every paged endpoint (spec: ``page_size``)."""

MAX_IDS = 250
"""Ids in one analytics call (spec: ``campaign_ids`` and its siblings, maxItems)."""

MAX_PIN_IDS = 100
"""Pins in one call of the multi-pin analytics beta (spec: ``pin_ids``)."""


TOP_PINS_DAYS = 30
"""Full days that the best pins are looked for in (ours; the spec allows 90)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many days before today are served, and how many days fit into one request."""

    days_back: int
    days: int


REACH: Mapping[tuple[Way, Span], Reach] = {
    ("sync", "DAY"): Reach(89, 89),  # spec 90 and 90
    ("sync", "HOUR"): Reach(8, 3),  # spec
    ("async", "DAY"): Reach(913, 186),  # spec 914 and 186
    ("async", "HOUR"): Reach(8, 3),  # spec
    ("async", "ITEM"): Reach(91, 31),  # spec 92 and 31
}
"""Days by way and granularity; whatever is coarser than an hour has those of a day.

One day less than the spec says: the first day it names is answered with a 400 often enough that every
long-lived client left it out (practice). Of hours nobody has told the same. With 89 days served at
once, one call of 89 days always reaches from the first served day to yesterday."""

BULK_CALLS, BULK_WORTH_CALLS = 3, 20
"""Calls that a bulk download takes when it is ready within seconds: an order and two polls; and calls that
lists must take before one is ordered instead, as it may have to wait (ours; nothing is written of it)."""

BULK_WAIT_SECONDS = 600
"""How long a bulk download is waited for in one run (ours: how long they take is written nowhere)."""

BULK_OVERLAP = timedelta(hours=6)
"""How much earlier than the latest known change a bulk download begins: room for changes that were
on their way, and for a file that was ordered by a run that was killed (ours)."""

REPORT_MAX_IDS, REPORT_MAX_STATUSES, REPORT_MAX_TARGETING_TYPES, REPORT_MAX_OBJECTIVES = 500, 6, 5, 7
"""Values in one filter or list of a report (spec: maxItems)."""

TEMPLATE_WINDOW_DAYS = 913
"""Days in one report of a template (spec: two and a half years back, and as long; the edge: practice)."""

PRODUCTS_FIRST_DAYS = {"DEFAULT": date(2024, 3, 17), "BRAND_ATTRIBUTION": date(2025, 4, 2)}
"""The first day of brand, category and SKU reports, by attribution type (spec)."""

PRODUCTS_MIN_WINDOW_DAYS, PRODUCTS_WINDOW_DAYS = 7, 365
"""Days that one of those covers at least and at most (spec: a week and a year)."""

PRODUCTS_SKU_IDS = (2, 500)
"""How few and how many SKUs make a group (spec; later minors take more)."""

MMM_ORDERS_PER_MINUTE = 5
"""Orders of MMM reports a minute for one advertiser, while they are beta (spec)."""

REPORT_SECONDS, REPORT_LINK_SECONDS = 3_600, 300
"""How long the token of a report and the link to its file are good for (spec)."""

ENTITY_STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DRAFT", "DELETED_DRAFT")
"""Every status an ads entity can have (spec). Left out, Pinterest lists ACTIVE and PAUSED only."""

ATTRIBUTION_WINDOW_DAYS = (0, 1, 7, 14, 30, 60)
"""Allowed click, engagement and view windows (spec)."""

ATTRIBUTION_TYPES = ("INDIVIDUAL", "HOUSEHOLD")
"""Whose actions a conversion can be attributed to (spec: ConversionReportAttributionType)."""

CONVERSION_REPORT_TIMES = ("TIME_OF_AD_ACTION", "TIME_OF_CONVERSION")
"""The days that conversions can be counted on (spec)."""

_CLICK_60 = ((60, 60), (60, 30), (60, 7), (60, 1), (30, 30), (30, 7), (30, 1), (7, 7), (7, 1), (1, 1))
_CLICK_30 = ((60, 1), (30, 30), (30, 7), (30, 1), (7, 7), (7, 1), (1, 1))
PUBLISHED_WINDOWS = frozenset(
    [(60, *rest) for rest in _CLICK_60]
    + [(30, *rest) for rest in _CLICK_30]
    + [(7, 7, 7), (7, 7, 1), (7, 1, 1), (1, 1, 1)]
)
"""Windows after a click, an engagement and a view that go together. Not in the spec: the 21 that the
pages of several other pipelines list alike (practice, of low certainty: others are not refused here)."""

SETTLING_DAYS = 3
"""Conversions settle for a day or two after their window has closed (practice)."""

CALLS_PER_MINUTE: dict[Category, int] = {
    "ads_analytics": 300,
    "ads_read": 1000,
    "advanced_auction_read": 50,
    "catalogs_read": 100,
    "org_analytics": 60,
    "org_read": 1000,
    "trends_read": 60,
}
"""Calls a minute, user and app in the standard tier, by category (rates)."""

CALLS_PER_SECOND = 100
"""Calls a second, user and app, whatever the category, in the standard tier (rates)."""

TRIAL_CALLS_PER_DAY = 1000
"""Calls a day of an app in the trial tier, over all categories together (rates)."""
