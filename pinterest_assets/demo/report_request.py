"""What an asynchronous report asks for: the JSON body, read and checked as the description has it.

Holds the limits and the combinations that are refused; makes no rows (see ``report_rows``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from pinterest_assets.demo.metrics_filters import MetricsFilter, metrics_filters
from pinterest_assets.demo.numbers import Window
from pinterest_assets.demo.reports import GRANULARITIES
from pinterest_assets.demo.validation import invalid
from pinterest_assets.pinterest.catalog.limits import ATTRIBUTION_WINDOW_DAYS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS

LEVELS = ("ADVERTISER", "CAMPAIGN", "AD_GROUP", "PIN_PROMOTION", "KEYWORD", "PRODUCT_GROUP", "PRODUCT_ITEM")
_TARGETED = {f"{level}_TARGETING": level for level in LEVELS if level != "KEYWORD"}
_KINDS = [
    "KEYWORD",
    "APPTYPE",
    "GENDER",
    "LOCATION",
    "PLACEMENT",
    "COUNTRY",
    "TARGETED_INTEREST",
    "PINNER_INTEREST",
    "AUDIENCE_INCLUDE",
    "GEO",
    "AGE_BUCKET",
    "REGION",
    "MEDIA_TYPE",
    "AGE_BUCKET_AND_GENDER",
    "AUDIENCE_MULTIPLIER",
    "CREATIVE_ENHANCEMENTS",
    "LOCAL_ADS_STORE_CODE",
]
_ONLY_AT = {"AUDIENCE_MULTIPLIER": "CAMPAIGN_TARGETING", "MEDIA_TYPE": "PRODUCT_ITEM_TARGETING"}
_OBJECTIVES = ("AWARENESS", "CONSIDERATION", "WEB_CONVERSION", "CATALOG_SALES", "VIDEO_COMPLETION")
_EITHER = ("PAUSED", "ADVERTISER_DISABLED", "ARCHIVED", "DRAFT", "DELETED_DRAFT")
_RUNS = ["RUNNING", "NOT_STARTED", "COMPLETED", *_EITHER]
_STATUSES = {
    "campaign_statuses": _RUNS,
    "ad_group_statuses": _RUNS,
    "ad_statuses": ["APPROVED", "PENDING", "REJECTED", *_EITHER],
    "product_group_statuses": ("RUNNING", "PAUSED", "EXCLUDED", "ARCHIVED"),
}
_ID_FILTERS = ("campaign_ids", "ad_group_ids", "ad_ids", "product_group_ids", "product_item_ids")
_OF_ADS = ("AD_ID", "AD_NAME", "AD_STATUS", "PIN_ID")
_NOT_KEPT = ("custom_conversion_event_metrics", "campaign_brand_label")
"""Fields Pinterest knows and the demo cannot answer for: better refused than ignored."""

MAX_IDS, MAX_STATUSES, MAX_KINDS, MAX_OBJECTIVES = 500, 6, 5, 7


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """One report. ``level`` is without its ``_TARGETING``; ``kinds`` are the breakdowns, if any.

    ``filters`` are lists of ids, statuses and objectives by the name of their field.
    """

    level: str
    start: date
    end: date
    granularity: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...] | None
    report_format: str
    window: Window
    hours: tuple[int, int]
    filters: dict[str, frozenset[str]] = field(default_factory=dict)
    metrics_filters: tuple[MetricsFilter, ...] = ()


class Body:
    """The fields of a body, each checked as it is read."""

    def __init__(self, raw: bytes) -> None:
        try:
            self.fields: Any = msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise invalid("The body is not JSON.") from error
        if not isinstance(self.fields, dict):
            raise invalid("The body is not an object.")

    def choice(self, name: str, allowed: Collection[Any], default: Any = None) -> Any:
        found = self.fields.get(name, default)
        if found is None:
            raise invalid(f"Missing required field '{name}'.")
        if isinstance(found, bool) or found not in allowed:
            raise invalid(f"'{found}' is not a value of field '{name}'.")
        return found

    def choices(self, name: str, allowed: Collection[str] | None, most: int | None) -> tuple[str, ...] | None:
        """A list of 1 to ``most`` texts (digits where nothing is ``allowed``), or None when absent."""
        found = self.fields.get(name)
        if found is None:
            return None
        if not isinstance(found, list) or not found or len(found) > (most or len(found)):
            raise invalid(f"Field '{name}' needs a list of 1 to {most} values.")
        for value in found:
            good = isinstance(value, str) and (value.isdecimal() if allowed is None else value in allowed)
            if not good:
                raise invalid(f"'{value}' is not a value of field '{name}'.")
        return tuple(found)

    def day(self, name: str) -> date:
        found = self.fields.get(name)
        try:
            return date.fromisoformat(found)
        except (TypeError, ValueError) as error:
            raise invalid(f"Field '{name}' is no date: {found}") from error


def report_asked(raw: bytes, today: date) -> ReportAsked:
    """Reads and checks the body of a POST. Raises ApiError for what Pinterest refuses."""
    body = Body(raw)
    named = body.choice("level", (*LEVELS, *_TARGETED))
    granularity = body.choice("granularity", GRANULARITIES)
    columns = body.choices("columns", REPORT_COLUMNS, None)
    if columns is None:
        raise invalid("Missing required field 'columns'.")
    start, end = _days(body, named, granularity, today)
    _refuse_what_is_not_kept(body)
    if named.startswith("PRODUCT_ITEM"):
        _refuse_ads(body, columns)
    return ReportAsked(
        _TARGETED.get(named, named),
        start,
        end,
        granularity,
        columns,
        _kinds(body, named) if named in _TARGETED else None,
        body.choice("report_format", ("JSON", "CSV"), "JSON"),
        _window(body),
        _hours(body, granularity),
        _filters(body),
        metrics_filters(body.fields.get("metrics_filters")),
    )


def _days(body: Body, level: str, granularity: str, today: date) -> tuple[date, date]:
    back, longest = (8, 3) if granularity == "HOUR" else (914, 186)
    if level.startswith("PRODUCT_ITEM") and granularity != "HOUR":
        back, longest = 92, 31
    start, end = body.day("start_date"), body.day("end_date")
    if end < start:
        raise invalid("end_date is before start_date.")
    if (today - start).days > back:
        raise invalid(f"You can only get data from the last {back} days.")
    if (end - start).days > longest:
        raise invalid(f"The range of dates is longer than {longest} days.")
    return start, end


def _refuse_what_is_not_kept(body: Body) -> None:
    for name in _NOT_KEPT:
        if body.fields.get(name):
            raise invalid(f"The demo account keeps no '{name}'.")
    if body.fields.get("combine_targeting_types") or body.choice("primary_sort", _SORTS, "BY_ID") != "BY_ID":
        raise invalid("The demo account combines no targeting types and sorts by id only.")


_SORTS = ("BY_ID", "BY_DATE")


def _refuse_ads(body: Body, columns: tuple[str, ...]) -> None:
    for name in ("ad_ids", "ad_statuses"):
        if name in body.fields:
            raise invalid(f"Field '{name}' is not allowed at this level.")
    strays = [name for name in columns if name in _OF_ADS or name.startswith("PIN_PROMOTION")]
    if strays:
        raise invalid(f"Column '{strays[0]}' is not allowed at this level.")


def _kinds(body: Body, level: str) -> tuple[str, ...]:
    kinds = body.choices("targeting_types", _KINDS, MAX_KINDS)
    if kinds is None:
        raise invalid("Missing required field 'targeting_types'.")
    for kind in kinds:
        if _ONLY_AT.get(kind, level) != level:
            raise invalid(f"'{kind}' is not a targeting type of level '{level}'.")
    return tuple(dict.fromkeys(kinds))


def _window(body: Body) -> Window:
    body.choice("conversion_report_time", ("TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"), "TIME_OF_AD_ACTION")
    body.choice("reporting_timezone", ("PINTEREST_TIME_ZONE", "AD_ACCOUNT_TIME_ZONE"), "PINTEREST_TIME_ZONE")
    body.choices("attribution_types", ("INDIVIDUAL", "HOUSEHOLD"), None)
    return Window(
        body.choice("click_window_days", ATTRIBUTION_WINDOW_DAYS, 30),
        body.choice("engagement_window_days", ATTRIBUTION_WINDOW_DAYS, 30),
        body.choice("view_window_days", ATTRIBUTION_WINDOW_DAYS, 1),
    )


def _hours(body: Body, granularity: str) -> tuple[int, int]:
    """The first hour of the first day, and the end, not included, on the last."""
    if granularity != "HOUR" and ("start_hour" in body.fields or "end_hour" in body.fields):
        raise invalid("start_hour and end_hour are for hourly reports.")
    end = body.choice("end_hour", range(24)) if "end_hour" in body.fields else 24
    return body.choice("start_hour", range(24), 0), end


def _filters(body: Body) -> dict[str, frozenset[str]]:
    given = {name: body.choices(name, None, MAX_IDS) for name in _ID_FILTERS}
    given |= {name: body.choices(name, allowed, MAX_STATUSES) for name, allowed in _STATUSES.items()}
    given["campaign_objective_types"] = body.choices("campaign_objective_types", _OBJECTIVES, MAX_OBJECTIVES)
    return {name: frozenset(values) for name, values in given.items() if values is not None}
