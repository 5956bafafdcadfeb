"""What is there among the rows of parent tables, and what is gone. Pure.

What is gone is no longer listed. Its numbers are asked for as long as days are read on which it was
there, in calls of their own that may be refused, as it is written nowhere whether Pinterest still has
them; what is in the table stays where nothing comes. A pin that was deleted is not asked for at all:
each would be a call of 60 a minute, and is answered with "not found" (code 50).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pinterest_assets.pinterest.extract.calls import Row
from pinterest_assets.pinterest.extract.window import Window

GONE = "gone_at"
"""The field of a row that tells since when it is gone; None, or no such field, while it is there."""


def present(rows: Iterable[Row]) -> list[Row]:
    """The rows that are not gone."""
    return [row for row in rows if row.get(GONE) is None]


def present_accounts(parents: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """The accounts that are not gone, oldest first."""
    return ids(present(parents["ad_account"]))


def gone_within(rows: Iterable[Row], window: Window) -> tuple[str, ...]:
    """The entities that are gone by now and were there on a day of ``window``."""
    return ids(row for row in rows if row.get(GONE) is not None and existed(row, window))


def existed(row: Row, window: Window) -> bool:
    """Whether the entity was there on a day of ``window``; unknown ages count as there."""
    created, gone = row.get("created_time", row.get("created_at")), row.get(GONE)
    was_made = not isinstance(created, datetime) or created.date() <= window.end
    return was_made and (not isinstance(gone, datetime) or gone.date() >= window.start)


def ids(rows: Iterable[Row]) -> tuple[str, ...]:
    """The ids of rows, oldest first."""
    return tuple(sorted((str(row["id"]) for row in rows), key=by_age))


def by_age(id_: str) -> tuple[int, str]:
    """Ids are numbers as text and grow with time; length first keeps their order without an int."""
    return len(id_), id_
