"""The levels of asynchronous reports: what a row is of, what it is broken by, how far back it goes.

Holds facts of the API. What is asked for is the planner's business, and the shape of an order that
of ``api.reports``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from pinterest_assets.pinterest.catalog.limits import REACH, Reach

Granularity = Literal["TOTAL", "DAY", "HOUR", "WEEK", "MONTH"]
ReportFormat = Literal["JSON", "CSV"]
ReportLevelName = Literal[
    "ADVERTISER",
    "ADVERTISER_TARGETING",
    "CAMPAIGN",
    "CAMPAIGN_TARGETING",
    "AD_GROUP",
    "AD_GROUP_TARGETING",
    "PIN_PROMOTION",
    "PIN_PROMOTION_TARGETING",
    "KEYWORD",
    "PRODUCT_GROUP",
    "PRODUCT_GROUP_TARGETING",
    "PRODUCT_ITEM",
    "PRODUCT_ITEM_TARGETING",
]

ENTITY = "_entity"
"""The field that carries the key a row stands under in a JSON file: the id of its entity as text.

At some levels (KEYWORD, PRODUCT_ITEM) no column holds that id. CSV files have no such key."""

TARGETING = "_TARGETING"
"""What the name of a level ends in whose rows are broken by targeting types."""

TARGETING_TYPE, TARGETING_VALUE = "TARGETING_TYPE", "TARGETING_VALUE"
"""The fields that tell the rows of a breakdown apart in a report. A synchronous answer has them
beside the metrics, in lower case. Which names a report gives them is not in the description."""

_EVERY_LEVEL = (
    "AGE_BUCKET",
    "AGE_BUCKET_AND_GENDER",
    "APPTYPE",
    "AUDIENCE_INCLUDE",
    "COUNTRY",
    "CREATIVE_ENHANCEMENTS",
    "GENDER",
    "GEO",
    "KEYWORD",
    "LOCAL_ADS_STORE_CODE",
    "LOCATION",
    "PINNER_INTEREST",
    "PLACEMENT",
    "REGION",
    "TARGETED_INTEREST",
)
"""Targeting types of reports (spec); QUIZ_RESULT and CREATIVE_TYPE are answered at once only."""

_ONLY_AT: Mapping[str, tuple[str, ...]] = {
    "CAMPAIGN_TARGETING": ("AUDIENCE_MULTIPLIER",),
    "PRODUCT_ITEM_TARGETING": ("MEDIA_TYPE",),
}


@dataclass(frozen=True, slots=True)
class ReportLevel:
    """What a row of a report is of."""

    name: ReportLevelName
    targeting_types: tuple[str, ...] = ()

    def reach(self, granularity: Granularity) -> Reach:
        """How far back reports go, and how many days one can cover."""
        if granularity == "HOUR":
            return REACH["async", "HOUR"]
        return REACH["async", "ITEM" if self.name.startswith("PRODUCT_ITEM") else "DAY"]


def _types(name: str) -> tuple[str, ...]:
    return tuple(sorted((*_EVERY_LEVEL, *_ONLY_AT.get(name, ())))) if name.endswith(TARGETING) else ()


REPORT_LEVELS: Mapping[str, ReportLevel] = MappingProxyType(
    {name: ReportLevel(name, _types(name)) for name in get_args(ReportLevelName)}
)
"""The levels by name (spec: ``MetricsReportingLevel``)."""
