"""Takes an answer apart: a page into items and bookmark, a long one into rows, some thousand at a time.

Decoded whole, an answer of 100 MB is a gigabyte of dictionaries; found row by row it is its bytes
and a few megabytes. Knows no HTTP.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pinterest_assets.pinterest.api.errors import NOTHING_STORED, UnusableRows
from pinterest_assets.pinterest.api.refusals import decoded, request_id
from pinterest_assets.pinterest.api.transport import Answer
from pinterest_assets.pinterest.catalog.limits import PAGE_SIZE

ROWS_AT_A_TIME = 2_000
MOST_ON_A_PAGE = 10 * PAGE_SIZE
"""Rows of one page that are taken: as long as each follows the other, memory is that of a page."""

_OBJECT = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class SomeRows:
    """Some rows of an answer, each still JSON."""

    rows: Sequence[msgspec.Raw]
    _unusable: UnusableRows
    request_id: str | None = None

    def records(self) -> list[dict[str, Any]]:
        """The rows decoded. Raises UnusableRows when one is no object."""
        try:
            return list(map(_OBJECT.decode, self.rows))
        except msgspec.ValidationError:
            raise self._unusable from None


Rows = Iterator[SomeRows]
"""Rows in the order of the answer, some at a time."""


def row_batches(label: str, path: str, answer: Answer, member: str | None) -> Rows:
    """The rows of a list, or of the list that an object has as ``member``.

    Raises at once: AnswerUnreadable when the answer is not JSON to its end, UnusableRows when it has no such list.
    """
    wanted = f"an object with a list of rows as {member!r}" if member else "a list of rows"
    unusable = UnusableRows(
        f"{label}: {wanted} was expected and something else came; {NOTHING_STORED}", path=path
    )
    try:
        if member is None:
            rows = decoded(label, path, answer, list[msgspec.Raw])
        else:
            inside = decoded(label, path, answer, dict[str, msgspec.Raw])[member]
            rows = msgspec.json.decode(inside, type=list[msgspec.Raw])
    except (msgspec.ValidationError, KeyError):
        raise unusable from None
    return _some(rows, unusable, request_id(answer.headers))


def _some(rows: list[msgspec.Raw], unusable: UnusableRows, request_id: str | None) -> Rows:
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        yield SomeRows(rows[start : start + ROWS_AT_A_TIME], unusable, request_id)


def page(path: str, payload: Any) -> tuple[list[dict[str, Any]], str | None]:
    """The items of a page and the bookmark of the next, if there is one."""
    items = payload.get("items") if isinstance(payload, dict) else None
    if not isinstance(items, list):
        raise UnusableRows(
            f"GET {path}: the answer is not a page, it has no list of items; {NOTHING_STORED}", path=path
        )
    if len(items) > MOST_ON_A_PAGE:
        raise UnusableRows(
            f"GET {path}: a page came with {len(items):,} rows, {PAGE_SIZE} were requested; {NOTHING_STORED}",
            path=path,
        )
    bookmark = payload.get("bookmark")
    return items, str(bookmark) if bookmark else None
