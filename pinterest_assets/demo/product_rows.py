"""The rows of a report of brands, categories or SKUs: the checkouts of plain reports, by what was bought.

Every checkout is of one product, whatever event and source a column is of; other columns have no value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pinterest_assets.demo.report_rows import ReportRows
from pinterest_assets.demo.special_request import ProductsAsked
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.pinterest.catalog.report_kinds import PRODUCT_DIMENSIONS

Row = dict[str, Any]

_GROUP = "PRODUCT_SKU_GROUP"
_COUNT, _VALUE = "TOTAL_CHECKOUT", "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR"
_OF_CHECKOUTS = ("TOTAL_CONVERSION_PRODUCT", "TOTAL_CHECKOUT_CONVERSION_PRODUCT")


class ProductRows:
    """The rows of one report of one account, of which those of an entity come together."""

    def __init__(self, world: DemoAccount, account_id: str, asked: ProductsAsked) -> None:
        self._asked = asked
        self._dimensions = [column.source for column in PRODUCT_DIMENSIONS[asked.breakdown]]  # type: ignore[index]
        cut = "PRODUCT_SKU" if asked.breakdown == _GROUP else asked.breakdown
        names = [name for name in asked.plain.columns if name not in self._dimensions]
        columns = (*names, _COUNT, _VALUE)
        self._rows = ReportRows(world, account_id, replace(asked.plain, columns=columns, kinds=(cut,)))

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        """An entity's id and its rows."""
        for entity, rows in self._rows:
            bought = [self._row(row) for row in rows if _COUNT in row]
            found = self._grouped(rows) if self._asked.breakdown == _GROUP else bought
            if found:
                yield entity, found

    def _row(self, row: Row) -> Row:
        values = str(row["TARGETING_VALUE"]).split("|")
        return self._priced(
            row, row[_COUNT], row.get(_VALUE, 0), dict(zip(self._dimensions, values, strict=True))
        )

    def _grouped(self, rows: list[Row]) -> list[Row]:
        """One row for all SKUs of the group together, and period."""
        found: dict[str | None, list[Row]] = {}
        for row in rows:
            if row["TARGETING_VALUE"] in self._asked.skus and _COUNT in row:
                found.setdefault(row.get("DATE"), []).append(row)
        group = {self._dimensions[0]: ",".join(sorted(self._asked.skus))}
        return [
            self._priced(same[0], sum(r[_COUNT] for r in same), sum(r.get(_VALUE, 0) for r in same), group)
            for same in found.values()
        ]

    def _priced(self, row: Row, count: int, value: int, of: Row) -> Row:
        made = {name: row[name] for name in ("DATE", *self._asked.plain.columns) if name in row} | of
        for start in _OF_CHECKOUTS:
            made |= {f"{start}_QUANTITY": count, f"{start}_VALUE": value / 1_000_000}
        return {name: found for name, found in made.items() if name in ("DATE", *self._asked.plain.columns)}
