"""The rows of an asynchronous report, entity by entity, from the same deliveries as everything else.

Finer levels are cut out of ad groups: keywords, promoted product groups, and the products of those,
so that each sums to the level above exactly. Rows are made for some owners at a time, and memory
does not grow with the report. Knows no file format (see ``report_files``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from pinterest_assets.demo import metrics, numbers
from pinterest_assets.demo.breakdowns import HOURLY, ITEM, PROMOTED
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.report_entities import Entities
from pinterest_assets.demo.report_request import ReportAsked
from pinterest_assets.demo.reports import bucket
from pinterest_assets.demo.world import DemoAccount

Row = dict[str, Any]
_Key = tuple[int, ...]

_CUT_FROM = {
    "ADVERTISER": ("ad_account", ()),
    "CAMPAIGN": ("campaign", ()),
    "AD_GROUP": ("ad_group", ()),
    "PIN_PROMOTION": ("ad", ()),
    "KEYWORD": ("ad_group", ("KEYWORD",)),
    "PRODUCT_GROUP": ("ad_group", (PROMOTED,)),
    "PRODUCT_ITEM": ("ad_group", (PROMOTED, ITEM)),
}
_LARGEST = 2_000_000
"""Numbers held at a time."""


class ReportRows:
    """The rows of one report of one account, of which those of an entity come together."""

    def __init__(self, world: DemoAccount, account_id: str, asked: ReportAsked) -> None:
        self._world, self._asked = world, asked
        self._owner, self._cuts = _CUT_FROM[asked.level]
        self._entities = Entities(world, asked)
        self._ads = self._entities.ads(account_id)
        self._days = world.days(asked.start, asked.end)
        hidden = metrics.CONVERSIONS if asked.granularity == "HOUR" else frozenset()
        wanted = ["SPEND_IN_MICRO_DOLLAR" if name == "SPEND_IN_DOLLAR" else name for name in asked.columns]
        self._names = tuple(name for name in dict.fromkeys(wanted) if name in metrics.COMPUTED - hidden)

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        """An entity's id, as the file is keyed by it, and its rows."""
        for ads in self._parts():
            found: dict[str, list[Row]] = {}
            for kind in self._asked.kinds if self._asked.kinds is not None else (None,):
                for key, row in self._rows(ads, kind):
                    found.setdefault(key, []).append(row)
            yield from sorted(found.items(), key=lambda item: int(item[0]))

    def _parts(self) -> Iterator[Ints]:
        """The ads of some owners at a time, of all their days."""
        members = self._world.levels[self._owner].members[self._ads]
        order = np.argsort(members, kind="stable")
        owners, starts = np.unique(members[order], return_index=True)
        each = max(1, len(self._days)) * len(numbers.MEASURES) * self._width()
        step = max(1, _LARGEST // each)
        for first in range(0, len(owners), step):
            ends = [*starts[first + step : first + step + 1], len(order)]
            yield self._ads[order[starts[first] : ends[0]]]

    def _width(self) -> int:
        cuts = self._world.ledger.cuts
        return int(np.prod([cuts[kind].codes.shape[1] for kind in self._kinds(None)], dtype=np.int64)) or 1

    def _kinds(self, kind: str | None) -> tuple[str, ...]:
        hourly = (HOURLY,) if self._asked.granularity == "HOUR" else ()
        return (*self._cuts, *((kind,) if kind is not None else ()), *hourly)

    def _rows(self, ads: Ints, kind: str | None) -> Iterator[tuple[str, Row]]:
        if kind is not None and kind not in self._world.ledger.cuts:
            return  # a breakdown that nothing in the demo is broken by
        sums = self._sums(ads, self._kinds(kind))
        depth = 1 + len(self._cuts)
        for key in sorted(sums):
            if not self._entities.wanted(key[:depth]):
                continue
            entity, known = self._entities.of(self._owner, key[:depth])
            head: Row = dict(known)
            if kind is not None:
                # Under which names is not in the description; these are the synchronous ones, in capitals.
                head |= {"TARGETING_TYPE": kind, "TARGETING_VALUE": self._world.values(kind)[key[depth]]}
            hour = key[-1] if self._asked.granularity == "HOUR" else None
            for label, measured in self._labelled(sums[key], hour):
                dated = {} if label is None else {"DATE": label}
                yield entity, {**dated, **head, **measured}

    def _sums(self, ads: Ints, kinds: tuple[str, ...]) -> dict[_Key, Ints]:
        """Measures by day of every (owner, codes of the cuts) that has any."""
        world, found = self._world, dict[_Key, Ints]()
        members = world.levels[self._owner].members
        step = max(1, _LARGEST // (max(1, len(self._days)) * len(numbers.MEASURES)))
        for start in range(0, len(ads), step):
            part = ads[start : start + step]
            price = numbers.prices(world.ledger.rates, part, self._days)
            count = world.ledger.counts(part, self._days, self._asked.window)
            for codes, counted in self._split(part, count, kinds):
                measured = numbers.with_money(counted, price)
                for nth in np.flatnonzero(measured.any(axis=(1, 2))):
                    key = (int(members[part[nth]]), *(int(code[nth]) for code in codes))
                    found[key] = found[key] + measured[nth] if key in found else measured[nth]
        return found

    def _split(
        self, ads: Ints, count: Ints, kinds: tuple[str, ...]
    ) -> Iterator[tuple[tuple[Ints, ...], Ints]]:
        """The counts cut by one kind after the other, each with the codes of its values."""
        if not kinds:
            yield (), count
            return
        cut = self._world.ledger.cuts[kinds[0]]
        parts = cut.split(self._world.ledger.rates.seeds, ads, self._days, count)
        for nth in range(cut.codes.shape[1]):
            for codes, counted in self._split(ads, parts[:, nth], kinds[1:]):
                yield (cut.codes[ads, nth], *codes), counted

    def _labelled(self, measured: Ints, hour: int | None) -> Iterator[tuple[str | None, Row]]:
        """The DATE and the metrics of each row; without those that are zero."""
        granularity = self._asked.granularity
        days = self._days if granularity in ("DAY", "HOUR") else self._buckets()
        starts = np.flatnonzero(np.concatenate([[True], days[1:] != days[:-1]]))
        summed = np.add.reduceat(measured, starts, axis=0)
        passed = np.ones(len(summed), dtype=bool)
        for one in self._asked.metrics_filters:
            passed &= one.passes(summed)
        sums = metrics.select(summed[passed], self._names)
        for day, values in zip(days[starts][passed].tolist(), sums.tolist(), strict=True):
            row = {name: value for name, value in zip(self._names, values, strict=True) if value}
            if row and (hour is None or self._is_asked(day, hour)):
                yield self._label(day, hour), self._dollars(row)

    def _buckets(self) -> Ints:
        return np.array([bucket(int(day), self._asked.granularity) for day in self._days], dtype=np.int64)

    def _is_asked(self, day: int, hour: int) -> bool:
        first, end = self._asked.hours
        early = day == self._asked.start.toordinal() and hour < first
        return not early and not (day == self._asked.end.toordinal() and hour >= end)

    def _label(self, day: int, hour: int | None) -> str | None:
        if self._asked.granularity == "TOTAL":
            return None
        label = date.fromordinal(day).isoformat()
        return label if hour is None else f"{label}T{hour:02d}:00:00"  # a guess: nobody wrote it down

    def _dollars(self, row: Row) -> Row:
        columns = self._asked.columns
        if "SPEND_IN_MICRO_DOLLAR" in row and "SPEND_IN_DOLLAR" in columns:
            row["SPEND_IN_DOLLAR"] = row["SPEND_IN_MICRO_DOLLAR"] / 1_000_000
        return row if "SPEND_IN_MICRO_DOLLAR" in columns else _without(row, "SPEND_IN_MICRO_DOLLAR")


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}
