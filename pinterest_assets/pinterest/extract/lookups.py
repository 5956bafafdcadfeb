"""Lookups: the calls of one, and how it is planned and asked. Their rows are made in ``lookup_rows``.

The tree of interests is told only one interest at a time. The list names them; each is then asked what is
below it, several at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import NotFound
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.threads import ContextPool
from pinterest_assets.pinterest.catalog.lookups import BREAKDOWNS_OF, LookupStream
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.frames import to_frame
from pinterest_assets.pinterest.extract.lookup_rows import (
    Interest,
    Record,
    interest,
    metric_definitions,
    of_breakdowns,
    targeting_values,
    with_tree,
)
from pinterest_assets.pinterest.extract.slices import Parent, Slice

_READERS: Mapping[str, Callable[[str, Any], list[Record]]] = {
    "report_type": metric_definitions,
    "targeting_type": targeting_values,
}
TREE = "INTEREST"
"""The value whose rows are each asked for their place in a tree."""

_AT_A_TIME = 16


@dataclass(frozen=True, slots=True)
class LookupCall:
    """One value of the parameter; of an ad account where the answer is the account's own."""

    stream: LookupStream
    value: str
    account: str | None = None

    @property
    def streams(self) -> tuple[str, ...]:
        """The table the answer feeds."""
        return (self.stream.name,)

    @property
    def slice(self) -> Slice:
        """The rows of the value, of whatever account."""
        return Slice(parent=Parent(self.stream.asked_by, self.stream.asked_by, self.value))

    @property
    def copies(self) -> tuple[Slice, ...]:
        """The rows of breakdowns that are made of the same answer."""
        column = self.stream.asked_by
        return tuple(Slice(parent=Parent(column, column, kind)) for kind in self._breakdowns)

    @property
    def _breakdowns(self) -> tuple[str, ...]:
        return BREAKDOWNS_OF.get(self.value, ()) if self.stream.asked_by == "targeting_type" else ()

    @property
    def request(self) -> Request:
        """What is asked."""
        place = "{" + self.stream.asked_by + "}"
        asked = () if place in self.stream.path else ((self.stream.asked_by, self.value),)
        account = (("ad_account_id", self.account),) if self.account else ()
        return Request(self.stream.category, self.stream.path.replace(place, self.value), (*asked, *account))

    def pieces(self, client: Client, note: Callable[[str], None]) -> Iterator[list[tuple[str, pd.DataFrame]]]:
        """The rows of the answer, those of a tree with their places in it."""
        rows = client.get(self.request, self._read)
        if self.stream.details and self.value == TREE:
            told = Tree(client, self.stream, note).below([row["targeting_value"] for row in rows])
            rows = with_tree(rows, told)
        rows += of_breakdowns(rows, self._breakdowns)
        expected = Expected(self.request.label)
        yield [
            (self.stream.name, to_frame(rows, self.stream.columns, key=self.stream.key, expected=expected))
        ]

    def _read(self, answer: Any) -> list[Record]:
        return _READERS[self.stream.asked_by](self.value, answer)


class Tree:
    """Asks interests what is below them until nothing new turns up; each is asked once."""

    def __init__(self, client: Client, stream: LookupStream, note: Callable[[str], None]) -> None:
        self._client = client
        self._stream = stream
        self._note = note

    def below(self, ids: list[str]) -> dict[str, Interest]:
        """What is told of the interests and of all that they lead to, by id."""
        told: dict[str, Interest] = {}
        asked: set[str] = set()
        with ContextPool(_AT_A_TIME, thread_name_prefix="interests") as pool:
            while new := [id_ for id_ in dict.fromkeys(ids) if id_ not in asked and id_.isdigit()]:
                asked.update(new)
                found = [one for one in pool.map(self._one, new) if one is not None]
                told.update((one.id, one) for one in found)
                ids = [child for one in found for child in one.children]
        return told

    def _one(self, id_: str) -> Interest | None:
        path = str(self._stream.details).replace("{interest_id}", id_)
        try:
            return self._client.get(Request(self._stream.category, path), interest)
        except NotFound as gone:
            self._note(f"{self._stream.name}: interest {id_} has no place in the tree ({gone})")
            return None
