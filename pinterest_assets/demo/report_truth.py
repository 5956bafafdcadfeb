"""What the table of a report should hold: any level, granularity, breakdown and filter, ad by ad.

Plain sums over what each ad delivered, without the code that makes, asks for or reads reports. Slow on
purpose: for small accounts only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pinterest_assets.demo import ids, metrics, numbers
from pinterest_assets.demo.breakdowns import HOURLY, ITEM, ITEMS_PER_PROMOTION, PROMOTED
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.hierarchy import Ad
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.pinterest.catalog.measures import is_counted
from pinterest_assets.pinterest.catalog.report_columns import is_conversions
from pinterest_assets.pinterest.catalog.report_filters import FILTERS
from pinterest_assets.pinterest.catalog.report_stream import ReportStream

Row = dict[str, Any]
Part = tuple[Row, Ints]
"""What is known of a slice of an ad's delivery, by column, and its measures by day."""

_CUTS = {
    "keyword": ("KEYWORD",),
    "product_group_promotion": (PROMOTED,),
    "product_item": (PROMOTED, ITEM),
}
DEFAULT: Mapping[str, Any] = {
    "click_window_days": 30,
    "engagement_window_days": 30,
    "view_window_days": 1,
    "conversion_report_time": "TIME_OF_AD_ACTION",
}
"""The attribution of a report that asks for none."""

_DELIVERED = {"ACTIVE": "RUNNING"}


class ReportTruth:
    """The rows of reports of one demo account, as it is now."""

    def __init__(self, world: DemoAccount) -> None:
        self._world = world
        self._promotions = {row["id"]: row for rows in world.promotions.values() for row in rows}

    def rows(
        self, stream: ReportStream, start: date, end: date, setting: Mapping[str, Any] = DEFAULT
    ) -> pd.DataFrame:
        """The rows with a number in them, in table terms; ``setting`` are the columns of the attribution."""
        days = self._world.days(start, end)
        window = numbers.Window(*(setting[f"{kind}_window_days"] for kind in ("click", "engagement", "view")))
        sums: dict[tuple[Any, ...], Any] = {}
        known: dict[tuple[Any, ...], Row] = {}
        for about, measured in self._everything(stream, days, window):
            for period, summed in _periods(stream, days, measured, end):
                key = tuple((about | period)[name] for name in stream.key)
                known.setdefault(key, about | period)
                sums[key] = sums.get(key, 0) + summed
        rows = [known[key] | told for key in sums if (told := _metrics(stream, sums[key]))]
        names = [column.name for column in stream.columns]
        return pd.DataFrame(
            [[{**row, **setting}.get(name) for name in names] for row in rows], columns=names, dtype=object
        )

    def _everything(self, stream: ReportStream, days: Ints, window: numbers.Window) -> Iterator[Part]:
        for ad in self._world.tree.ads:
            for kind in stream.targeting_types or (None,):
                for about, measured in self._parts(stream, ad, kind, days, window):
                    if self._passes(stream, about):
                        yield about, measured

    def _parts(
        self, stream: ReportStream, ad: Ad, kind: str | None, days: Ints, window: numbers.Window
    ) -> Iterator[Part]:
        world, one = self._world, np.array([ad.index])
        cuts = world.ledger.cuts
        hourly = (HOURLY,) if stream.granularity == "HOUR" else ()
        kinds = (*_CUTS.get(stream.level.of, ()), *((kind,) if kind else ()), *hourly)
        if any(name not in cuts for name in kinds):
            return
        price = numbers.prices(world.ledger.rates, one, days)
        slices: list[tuple[Row, Ints]] = [({}, world.ledger.counts(one, days, window))]
        for name in kinds:
            slices = [
                (values | {name: cuts[name].codes[ad.index, nth]}, parts[:, nth])
                for values, counted in slices
                for parts in [cuts[name].split(world.ledger.rates.seeds, one, days, counted)]
                for nth in range(parts.shape[1])
            ]
        for values, counted in slices:
            yield (
                self._about(ad, kind, {name: int(code) for name, code in values.items()}),
                numbers.with_money(counted, price)[0],
            )

    def _about(self, ad: Ad, kind: str | None, codes: dict[str, int]) -> Row:
        """Everything that a row or a filter may say of the ad and what is above and inside it."""
        world, group, campaign = self._world, ad.group, ad.group.campaign
        about: Row = {
            "ad_account_id": campaign.account.id,
            "campaign_id": campaign.id,
            "campaign_name": world.campaigns[campaign.id]["name"],
            "campaign_status": world.campaigns[campaign.id]["status"],
            "campaign_objective": campaign.objective,
            "ad_group_id": group.id,
            "ad_group_name": world.ad_groups[group.id]["name"],
            "ad_group_status": world.ad_groups[group.id]["status"],
            "ad_id": ad.id,
            "ad_name": world.ads[ad.id]["name"],
            "ad_status": world.ads[ad.id]["summary_status"],
        }
        if PROMOTED in codes:
            promotion = self._promotions[str(world.values(PROMOTED)[codes[PROMOTED]])]
            about |= {
                "product_group_promotion_id": promotion["id"],
                "product_group_status": promotion["status"],
            }
        if ITEM in codes:
            nth = codes[PROMOTED] * ITEMS_PER_PROMOTION + codes[ITEM]
            about["product_item_id"] = ids.make("product_item", world.seed, nth)
            about["product_item_name"] = f"Product {nth + 1}"
        elif "KEYWORD" in codes and kind is None:
            text = world.values("KEYWORD")[codes["KEYWORD"]]
            about["keyword_id"] = next(row["id"] for row in world.keywords[group.id] if row["value"] == text)
        if kind is not None:
            about |= {"targeting_type": kind, "targeting_value": str(world.values(kind)[codes[kind]])}
        return about | ({"hour": codes[HOURLY]} if HOURLY in codes else {})

    def _passes(self, stream: ReportStream, about: Row) -> bool:
        for name, wanted in stream.filters:
            of = FILTERS[name].of
            if name.endswith("_ids"):
                found = about.get({"product_group": "product_group_promotion_id"}.get(of, f"{of}_id"))
            elif name.endswith("_statuses"):
                found = about.get(f"{of}_status")
                found = found if of == "ad" else _DELIVERED.get(str(found), found)
            else:
                found = about["campaign_objective"]
            if found not in wanted:
                return False
        return True


def _periods(stream: ReportStream, days: Ints, measured: Ints, end: date) -> Iterator[tuple[Row, Ints]]:
    """The measures of each period, under the columns that say which it is."""
    found: dict[tuple[Any, ...], Any] = {}
    for nth in np.flatnonzero(measured.any(axis=1)):
        period = tuple(_period(stream, int(days[nth]), int(days[0]), end).items())
        found[period] = found.get(period, 0) + measured[nth]
    for period, summed in found.items():
        yield dict(period), summed


def _period(stream: ReportStream, ordinal: int, first: int, end: date) -> Row:
    day = date.fromordinal(ordinal)
    if stream.granularity == "WEEK":
        return {"date": day - timedelta(days=day.weekday())}
    if stream.granularity == "MONTH":
        return {"date": day.replace(day=1)}
    if stream.granularity == "TOTAL":
        longest = stream.level.reach("TOTAL").days
        start = ordinal - (ordinal - first) % longest
        return {
            "start_date": date.fromordinal(start),
            "end_date": min(end, date.fromordinal(start + longest - 1)),
        }
    return {"date": day}


def _metrics(stream: ReportStream, summed: Ints) -> Row:
    """The numbers of a row; nothing when it has none, or does not pass the filters on them."""

    def value(name: str) -> float:
        if name == "SPEND_IN_DOLLAR":
            return value("SPEND_IN_MICRO_DOLLAR") / 1_000_000
        return int(metrics.select(summed[None], (name,))[0, 0]) if name in metrics.COMPUTED else 0

    for one in stream.metrics_filters:
        there = value(one.field)
        if not all(there > v if one.operator == "GREATER_THAN" else there < v for v in one.values):
            return {}
    hidden = metrics.CONVERSIONS if stream.granularity == "HOUR" else frozenset()
    told = {column.name: value(column.source) for column in stream.columns if column.source not in hidden}
    if not any(told.values()):
        return {}
    counted = _counted(stream)
    return {name: number for name, number in told.items() if number or name in counted}


def _counted(stream: ReportStream) -> frozenset[str]:
    """The counts and amounts that the stream asks for: 0 where a row lacks one. By the hour conversions are not asked."""
    hourly = stream.granularity == "HOUR"
    return frozenset(c.name for c in stream.columns if is_counted(c) and not (hourly and is_conversions(c)))
