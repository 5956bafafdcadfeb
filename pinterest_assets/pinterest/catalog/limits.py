"""What the API allows, each number once, with where it is written. Holds numbers, no behaviour.

Sources: the OpenAPI description 5.23.0 of pinterest/api-description ("spec"), Pinterest's page on
rate limits ("rates"), and what several independent clients had to settle on ("practice").
"""

from datetime import timedelta
from typing import Literal

from pinterest_assets.pinterest.catalog.model import Category

RateTier = Literal["standard", "trial"]

PAGE_SIZE = 250
"""Items a page, the maximum of every paged endpoint (spec: ``page_size``)."""

MAX_IDS = 250
"""Ids in one analytics call (spec: ``campaign_ids`` and its siblings, maxItems)."""

MAX_PIN_IDS = 100
"""Pins in one call of the multi-pin analytics beta (spec: ``pin_ids``)."""

SYNC_DAYS_BACK = 89
"""How many days before today the synchronous endpoints serve. The spec says 90; asking for the
ninetieth is answered with a 400 often enough that every long-lived client moved to 89 (practice)."""

SYNC_WINDOW_DAYS = 89
"""Days in one synchronous call. The spec says 90 for the range; with 89 days served, one call
always reaches from the first served day to yesterday."""

REPORT_DAYS_BACK, REPORT_WINDOW_DAYS = 913, 186
"""Days before today that an asynchronous report reaches, and days in one (spec: 914 and 186; the
edge is refused, as it is with synchronous calls: practice)."""

REPORT_HOURLY_WINDOW_DAYS = 3
"""Days in one report by the hour (spec)."""

REPORT_ITEM_WINDOW_DAYS = 31
"""Days in one report of product items (spec)."""

BULK_CALLS, BULK_WORTH_CALLS = 3, 20
"""Calls that a bulk download takes when it is ready within seconds: an order and two polls; and calls that
lists must take before one is ordered instead, as it may have to wait (ours; nothing is written of it)."""

BULK_WAIT_SECONDS = 600
"""How long a bulk download is waited for in one run (ours: how long they take is written nowhere)."""

BULK_OVERLAP = timedelta(hours=6)
"""How much earlier than the latest known change a bulk download begins: room for changes that were
on their way, and for a file that was ordered by a run that was killed (ours)."""

REPORT_MAX_IDS, REPORT_MAX_STATUSES, REPORT_MAX_TARGETING_TYPES = 500, 6, 5
"""Values in one filter or list of a report (spec: maxItems)."""

REPORT_SECONDS, REPORT_LINK_SECONDS = 3_600, 300
"""How long the token of a report and the link to its file are good for (spec)."""

ENTITY_STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DRAFT", "DELETED_DRAFT")
"""Every status an ads entity can have (spec). Left out, Pinterest lists ACTIVE and PAUSED only."""

ATTRIBUTION_WINDOW_DAYS = (0, 1, 7, 14, 30, 60)
"""Allowed click, engagement and view windows (spec)."""

CALLS_PER_MINUTE: dict[Category, int] = {
    "ads_analytics": 300,
    "ads_read": 1000,
    "catalogs_read": 100,
    "org_analytics": 60,
    "org_read": 1000,
}
"""Calls a minute, user and app in the standard tier, by category (rates)."""

CALLS_PER_SECOND = 100
"""Calls a second, user and app, whatever the category, in the standard tier (rates)."""

TRIAL_CALLS_PER_DAY = 1000
"""Calls a day of an app in the trial tier, over all categories together (rates)."""
