"""What a report can be narrowed to: names, values and limits of its filters, each once."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pinterest_assets.pinterest.catalog import limits


@dataclass(frozen=True, slots=True)
class Filter:
    """A list in the order of a report. ``of`` is what is filtered, ``values`` what may stand in it.

    No ``values`` means ids. ``most`` is how many Pinterest takes at once.
    """

    name: str
    of: str
    most: int
    values: tuple[str, ...] = ()


_RUNS = (
    "RUNNING",
    "PAUSED",
    "NOT_STARTED",
    "COMPLETED",
    "ADVERTISER_DISABLED",
    "ARCHIVED",
    "DRAFT",
    "DELETED_DRAFT",
)
_REVIEWED = (
    "APPROVED",
    "PAUSED",
    "PENDING",
    "REJECTED",
    "ADVERTISER_DISABLED",
    "ARCHIVED",
    "DRAFT",
    "DELETED_DRAFT",
)
_PROMOTED = ("RUNNING", "PAUSED", "EXCLUDED", "ARCHIVED")
_OBJECTIVES = ("AWARENESS", "CONSIDERATION", "WEB_CONVERSION", "CATALOG_SALES", "VIDEO_COMPLETION")
_LATER_OBJECTIVES = ("SALES", "APP_INSTALL", "CTV_CONSIDERATION", "WEB_SESSIONS")
"""Objectives of later minors than the description at hand, and of its beta."""

_IDS, _STATUSES = limits.REPORT_MAX_IDS, limits.REPORT_MAX_STATUSES

FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        found.name: found
        for found in (
            Filter("campaign_ids", "campaign", _IDS),
            Filter("ad_group_ids", "ad_group", _IDS),
            Filter("ad_ids", "ad", _IDS),
            Filter("product_group_ids", "product_group", _IDS),
            Filter("product_item_ids", "product_item", _IDS),
            Filter("campaign_statuses", "campaign", _STATUSES, _RUNS),
            Filter("ad_group_statuses", "ad_group", _STATUSES, _RUNS),
            Filter("ad_statuses", "ad", _STATUSES, _REVIEWED),
            Filter("product_group_statuses", "product_group", _STATUSES, _PROMOTED),
            Filter(
                "campaign_objective_types",
                "campaign",
                limits.REPORT_MAX_OBJECTIVES,
                (*_OBJECTIVES, *_LATER_OBJECTIVES),
            ),
        )
    }
)
"""The filters that are lists of values, by name (spec)."""

FILTER_METRICS = ("SPEND_IN_DOLLAR", "TOTAL_IMPRESSION")
FILTER_OPERATORS = ("LESS_THAN", "GREATER_THAN")
"""What ``metrics_filters`` compare, and how (spec)."""


@dataclass(frozen=True, slots=True)
class MetricsFilter:
    """Rows of which a metric is on one side of the values."""

    field: str
    operator: str
    values: tuple[float, ...]

    def as_field(self) -> dict[str, Any]:
        """The filter as it stands in an order."""
        return {"field": self.field, "operator": self.operator, "values": list(self.values)}
