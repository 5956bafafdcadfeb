"""Judges a load whose answers were changed: the rows are right, or somebody was told.

What counts as told: a slice that failed, a new or missing column, a value that was put aside, rows of one key that
differ, a note, characters that were replaced. That rows are gone is told only where the change took something away.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pinterest_assets.pinterest.catalog import EntityStream, Stream
from pinterest_assets.pinterest.catalog.place import POSITION
from pinterest_assets.warehouse import FailedSlice
from pinterest_assets_tests.loading import Key, Loaded, Row
from pinterest_assets_tests.mutations import REMOVES, Mutated

AS_SENT = frozenset({"targeting_value", "catalog_filter_value", "related_term", "suggested_term"})
"""Tables of codes and words, whatever they are: another name in an answer is another row."""

Rows = Mapping[Key, Row]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One table after a load."""

    stream: Stream
    before: Rows
    after: Rows
    loaded: Loaded
    change: Mutated

    @property
    def problem(self) -> str:
        """What became of rows that nobody was told of; empty when all is well."""
        return next(self._problems(), "")

    def _problems(self) -> Iterator[str]:
        if self.stream.name not in self.loaded.written:
            if self.after != self.before or not self.loaded.error:
                yield f"nothing was written ({self.loaded.error}), and rows changed"
            return
        failed = self.loaded.failed[self.stream.name]
        for key, row in self.before.items():
            if any(self._is_of(row, one) for one in failed) and self.after.get(key) != row:
                yield f"{key} is of a slice that failed, and changed to {self.after.get(key)}"
        yield from self._gone()
        if not self._is_told:
            yield from self._differing()
            yield from self._new()

    def _gone(self) -> Iterator[str]:
        lost = [key for key in self.before if key not in self.after]
        failed = self.loaded.failed[self.stream.name]
        lost = [key for key in lost if not any(self._is_of(self.before[key], one) for one in failed)]
        if lost and not (self._takes_away or self._moves_rows):
            yield f"{lost[0]} is gone, though nothing was taken away"
        if lost and not (self._is_counted or self._is_told):
            yield f"{lost[0]} is gone, and not even counted"

    def _differing(self) -> Iterator[str]:
        if self._is_by_position or (self.stream.name in AS_SENT and self._moves_rows):
            return
        for key, row in self.before.items():
            now = self.after.get(key, row)
            if now != row:
                yield from (f"{key}: {wrong}" for wrong in self._wrong(row, now))

    def _wrong(self, row: Row, now: Row) -> Iterator[str]:
        names = sorted(name for name in {*row, *now} if row.get(name) != now.get(name))
        documents = [c.name for c in self.stream.columns if c.type == "JSON" and c.name in names]
        is_in_document = any(now.get(name) is not None for name in documents)
        for name in names:
            said = f"{name} is {now.get(name)!r} instead of {row.get(name)!r}"
            if name not in self._touched:
                yield f"{said}, and was not touched"
            elif not is_in_document and not self._is_as_sent(now.get(name)):
                yield f"{said}, and nobody was told"

    def _new(self) -> Iterator[str]:
        new = [key for key in self.after if key not in self.before]
        if new and not self._moves_rows and not self.change.mutation.kind.startswith("repeat"):
            yield f"{new[0]} came, which nobody has"

    @property
    def _is_told(self) -> bool:
        """Whether a user is told something in so many words, beside counts of rows."""
        weak = ("are gone and were marked", "row(s) with a key seen before")
        lines = [line for line in self.loaded.told[self.stream.name] if not any(one in line for one in weak)]
        notes = [note for note in self.loaded.notes if "bulk download, " not in note]
        return bool(lines or notes or self.loaded.replaced)

    @property
    def _is_counted(self) -> bool:
        """Whether rows that are gone are at least counted."""
        written = self.loaded.written[self.stream.name]
        total = written.restated.total if written.restated is not None else None
        counted = total is not None and total.differs
        return bool(written.newly_gone or counted or written.deleted > written.rows)

    @property
    def _takes_away(self) -> bool:
        """Whether something is not there any more; a number that is 0 is as good as none."""
        new, old = self.change.new, self.change.old
        return self.change.mutation.kind in REMOVES or (
            new in (0, "0", False) and not isinstance(old, dict | list)
        )

    @property
    def _moves_rows(self) -> bool:
        """Whether what tells rows apart was changed, so that another row may stand there."""
        of_key = self._touched & set(self.stream.key)
        return bool(of_key) or self.stream.name in AS_SENT or self._is_by_position

    @property
    def _touched(self) -> set[str]:
        """The columns that take their value from a place that was changed."""
        fields = {name.casefold() for name in self.change.way | self.change.below}
        found = {
            column.name
            for column in self.stream.columns
            if fields & {part.casefold() for part in (column.source, *column.source.split("/"))}
        }
        if isinstance(self.stream, EntityStream):
            steps = [step for place in self.stream.places for step in place.steps]
            texts = {name for kind, name in steps if kind in ("each", "key") and name}
            found |= {column.name for column in self.stream.columns if column.source in texts}
        return found

    @property
    def _is_by_position(self) -> bool:
        """Whether rows have a place that another one may take."""
        return any(column.source == POSITION for column in self.stream.columns)

    def _is_of(self, row: Row, failed: FailedSlice) -> bool:
        """Whether a row is of a slice that failed."""
        if failed.parent is not None:
            if str(row.get(failed.parent[0])) != failed.parent[1]:
                return False
        elif failed.account is not None:
            column = "id" if self.stream.name == "ad_account" else "ad_account_id"
            if row.get(column) != failed.account:
                return False
        day = row.get("date")
        return failed.days is None or not isinstance(day, date) or failed.days[0] <= day <= failed.days[1]

    def _is_as_sent(self, value: Any) -> bool:
        """Whether a cell says what came: the value, in its column's type, or nothing where something is taken away."""
        sent = self.change.new
        if value in (None, 0) and self.change.mutation.kind in REMOVES:
            return True
        if isinstance(value, datetime):
            return isinstance(sent, int | float | str) and not isinstance(sent, bool)
        return str(value) in {str(sent), json.dumps(sent)} or (
            isinstance(value, int | float) and _number(sent) == value
        )


def _number(sent: Any) -> float | None:
    """The number that was sent, be it as text."""
    try:
        return None if isinstance(sent, bool) else float(sent)
    except (TypeError, ValueError, OverflowError):
        return None
