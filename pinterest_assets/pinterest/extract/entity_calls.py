"""The two ways entities are asked for: a list, page by page, and a file that Pinterest makes.

Pure, as all calls (see ``calls``). Which way is taken is decided in ``bulk``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pinterest_assets.pinterest.api.reports import BulkRequest
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import EntityStream
from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.slices import Parent, Slice
from pinterest_assets.pinterest.extract.window import Window


@dataclass(frozen=True, slots=True)
class EntityCall:
    """A list of entities, page by page where it has pages, for one parent (or none).

    ``beside`` are further streams that the answer fills. ``body`` is what is posted, if anything is.
    """

    stream: EntityStream
    path: str
    params: tuple[tuple[str, str], ...]
    inherited: tuple[tuple[str, str | date], ...]
    parent: Parent | None
    beside: tuple[EntityStream, ...] = ()
    body: Any = None

    @property
    def feeds(self) -> tuple[EntityStream, ...]:
        """The streams that the answer fills."""
        return (self.stream, *self.beside)

    @property
    def streams(self) -> tuple[str, ...]:
        """The tables the answer feeds."""
        return tuple(stream.name for stream in self.feeds)

    @property
    def holder(self) -> str | None:
        """The id of the ad account, or other holder, that the rows belong to."""
        found = dict(self.inherited).get(self.stream.account_column)
        return str(found) if found is not None else None

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that are requested; none where the list takes none."""
        return tuple(value for name, value in self.params if name == "entity_statuses")

    @property
    def slice(self) -> Slice:
        """The rows the pages are all of."""
        known = {column.name for column in self.stream.columns}
        alone = self.parent is not None and self.parent.stream != "ad_account" and self.parent.column in known
        parent, of_account = self.parent if alone else None, self.stream.account_column == ACCOUNT_ID.name
        if parent is None and self.holder is not None and not of_account:
            parent = Parent("holder", self.stream.account_column, self.holder)
        return Slice(self.holder if of_account else None, self.days, parent)

    @property
    def expected(self) -> Expected:
        """What the rows of the pages must be: of the account and of the parent that was asked of, if they say."""
        parent = () if self.slice.parent is None else (self.slice.parent.column,)
        return Expected(self.request.label, self.days, fixed=(self.stream.account_column, *parent))

    @property
    def days(self) -> Window | None:
        """The days that numbers are asked for; None of a list without days."""
        asked = dict(self.params)
        if not self.stream.daily or "start_date" not in asked:
            return None
        return Window(date.fromisoformat(asked["start_date"]), date.fromisoformat(asked["end_date"]))

    @property
    def request(self) -> Request:
        """What is asked; page size and bookmark are the client's."""
        return Request.reading(self.stream.category, self.path, self.params, self.body)


@dataclass(frozen=True, slots=True)
class BulkCall:
    """Entities of one account in one file: those that changed since, or all that the file has.

    ``statuses`` are those that lists would be asked for, none where they take none. ``instead`` are
    the lists to read when the file cannot be had; without them that is an error.
    """

    stream: EntityStream
    account: str
    updated_since: datetime | None
    statuses: tuple[str, ...] = ()
    instead: tuple[EntityCall, ...] = ()

    @property
    def streams(self) -> tuple[str, ...]:
        """The tables the file feeds."""
        return (self.stream.name,)

    @property
    def slice(self) -> Slice:
        """The rows the file is of."""
        return Slice(self.account)

    @property
    def expected(self) -> Expected:
        """What the entities of the file must be."""
        return Expected(self.download.label, fixed=(ACCOUNT_ID.name,))

    @property
    def download(self) -> BulkRequest:
        """What is ordered."""
        if self.stream.bulk is None:
            raise ValueError(f"{self.stream.name} does not come by bulk download")
        return BulkRequest(self.account, self.stream.bulk, self.updated_since)

    @property
    def request(self) -> Request:
        """The order; asking how far it is comes on top."""
        return self.download.order
