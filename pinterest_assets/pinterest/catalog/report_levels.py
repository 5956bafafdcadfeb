"""The levels of asynchronous reports: what a row is of, what it is broken by, how far back it goes.

Holds facts of the API. What is asked for is the planner's business, and the shape of an order that
of ``api.reports``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

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

REPORTS_PATH = "/ad_accounts/{ad_account_id}/reports"
"""Where reports are ordered and polled."""

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

_ONLY_AT = {"CAMPAIGN": ("AUDIENCE_MULTIPLIER",), "PRODUCT_ITEM": ("MEDIA_TYPE",)}


@dataclass(frozen=True, slots=True)
class ReportLevel:
    """What a row of a report is of.

    ``id_field`` holds the id in a row of the file. ``entity`` is the stream of which that is the id,
    if there is one. ``within`` are the things a row is of exactly one of: filters on those can be
    divided, as no row is then in two parts.
    """

    name: ReportLevelName
    words: str
    id_column: str
    id_field: str
    entity: str | None
    within: frozenset[str]
    targeting_types: tuple[str, ...] = ()

    @property
    def of(self) -> str:
        """What a row is of, as streams call it."""
        return self.id_column.removesuffix("_id")

    @property
    def of_items(self) -> bool:
        """Whether rows are of product items, which are kept for three months only."""
        return self.of == "product_item"

    def reach(self, granularity: Granularity) -> Reach:
        """How far back reports go, and how many days one can cover."""
        if granularity == "HOUR":
            return REACH["async", "HOUR"]
        return REACH["async", "ITEM" if self.of_items else "DAY"]


# Whether a keyword or an item belongs to one ad group only is not established, so the filters on what is
# above them are not divided.
_PLAIN = (
    ReportLevel("ADVERTISER", "ad account", "ad_account_id", "AD_ACCOUNT_ID", "ad_account", frozenset()),
    ReportLevel("CAMPAIGN", "campaign", "campaign_id", "CAMPAIGN_ID", "campaign", frozenset({"campaign"})),
    ReportLevel(
        "AD_GROUP", "ad group", "ad_group_id", "AD_GROUP_ID", "ad_group", frozenset({"campaign", "ad_group"})
    ),
    ReportLevel("PIN_PROMOTION", "ad", "ad_id", "AD_ID", "ad", frozenset({"campaign", "ad_group", "ad"})),
    ReportLevel("KEYWORD", "keyword", "keyword_id", ENTITY, "keyword", frozenset()),
    ReportLevel(
        "PRODUCT_GROUP",
        "product group promotion",
        "product_group_promotion_id",
        "PRODUCT_GROUP_ID",
        "product_group_promotion",
        frozenset({"campaign", "ad_group", "product_group"}),
    ),
    ReportLevel("PRODUCT_ITEM", "product item", "product_item_id", ENTITY, None, frozenset({"product_item"})),
)


def _broken(level: ReportLevel) -> ReportLevel:
    types = (*_EVERY_LEVEL, *_ONLY_AT.get(level.name, ()))
    return replace(level, name=f"{level.name}{TARGETING}", targeting_types=tuple(sorted(types)))  # type: ignore[arg-type]


def has_report(level: str, targeting_type: str | None) -> bool:
    """Whether reports of a level have its numbers, broken by a targeting type where there is one."""
    broken = REPORT_LEVELS[level + TARGETING] if targeting_type else REPORT_LEVELS[level]
    return targeting_type is None or targeting_type in broken.targeting_types


REPORT_LEVELS: Mapping[str, ReportLevel] = MappingProxyType(
    {
        level.name: level
        for plain in _PLAIN
        for level in ((plain,) if plain.name == "KEYWORD" else (plain, _broken(plain)))
    }
)
"""The levels by name (spec: ``MetricsReportingLevel``); keywords alone are not broken by anything."""
