"""Sums what ads delivered up to a level, as columns of numbers. Knows nothing of JSON or HTTP.

Both the answers and the truth are told from these tables; rows of zeros are left out, as Pinterest
does. Ads are taken in chunks, so memory does not grow with the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from pinterest_assets.demo import metrics, numbers
from pinterest_assets.demo.breakdowns import Cut
from pinterest_assets.demo.dice import Ints

_CHUNK = 3_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in order of entity, value and day. ``values`` are positions in the cut's values."""

    entities: Ints
    values: Ints
    days: Ints
    numbers: Ints


@dataclass(slots=True)
class Ledger:
    """The deliveries of all ads, restatements included."""

    rates: numbers.Rates
    cuts: Mapping[str, Cut]
    restated: dict[tuple[int, int], int] = field(default_factory=dict)

    def counts(self, ads: Ints, days: Ints, window: numbers.Window) -> Ints:
        """Disjoint counts of some ads on some days: ads x days x counts."""
        found = numbers.counts(self.rates, ads, days, window)
        checkouts = numbers.COUNTS.index("click_co")
        for (ad, day), extra in self.restated.items():
            for row in np.flatnonzero(ads == ad):
                found[row, days == day, checkouts] += extra
        return found

    def table(
        self,
        members: Ints,
        ads: Ints,
        days: Ints,
        names: tuple[str, ...],
        kind: str | None,
        window: numbers.Window,
    ) -> Table:
        """Sums per entity (``members``: the entity of each ad), value of ``kind`` and day."""
        cut = self.cuts[kind] if kind is not None else None
        groups: dict[tuple[int, int], Ints] = {}
        for part in self._chunks(ads, len(days), cut):
            for key, total in self._sums(members[part], ads[part], days, cut, window):
                groups[key] = groups[key] + total if key in groups else total
        return _assemble(groups, days, names)

    def _chunks(self, ads: Ints, days: int, cut: Cut | None) -> Iterator[slice]:
        width = cut.codes.shape[1] if cut else 1
        step = max(1, _CHUNK // max(1, days * width * len(numbers.MEASURES)))
        for start in range(0, len(ads), step):
            yield slice(start, start + step)

    def _sums(
        self, members: Ints, ads: Ints, days: Ints, cut: Cut | None, window: numbers.Window
    ) -> Iterator[tuple[tuple[int, int], Ints]]:
        """(entity, value) and its sums, days x measures; zeros are not worth a row."""
        count = self.counts(ads, days, window)
        price = numbers.prices(self.rates, ads, days)
        if cut is None:
            parts, codes = count[:, None], np.zeros((len(ads), 1), dtype=np.int64)
        else:
            parts, codes = cut.split(self.rates.seeds, ads, days, count), cut.codes[ads]
        measured = numbers.with_money(
            parts, np.broadcast_to(price[:, None], (*parts.shape[:-1], price.shape[-1]))
        )
        flat = measured.reshape(-1, *measured.shape[2:])
        keys = (np.repeat(members, codes.shape[1]) << 32) | codes.reshape(-1)
        live = flat.any(axis=(1, 2))
        flat, keys = flat[live], keys[live]
        if not len(keys):
            return
        order = np.argsort(keys, kind="stable")
        keys, starts = np.unique(keys[order], return_index=True)
        for key, total in zip(keys, np.add.reduceat(flat[order], starts, axis=0), strict=True):
            yield (int(key) >> 32, int(key) & 0xFFFFFFFF), total


def _assemble(groups: Mapping[tuple[int, int], Ints], days: Ints, names: tuple[str, ...]) -> Table:
    keys = sorted(groups)
    if not keys:
        empty = np.zeros(0, dtype=np.int64)
        return Table(empty, empty, empty, np.zeros((0, len(names)), dtype=np.int64))
    measured = np.concatenate([groups[key] for key in keys])
    live = measured.any(axis=1)
    pairs = np.repeat(np.array(keys, dtype=np.int64), len(days), axis=0)[live]
    chosen = metrics.select(measured[live], names)
    return Table(pairs[:, 0], pairs[:, 1], np.tile(days, len(keys))[live], chosen)
