"""The two ways entities are asked for: a list, page by page, and a file that Pinterest makes.

Pure, as all calls (see ``calls``). Which way is taken is decided in ``bulk``.
"""

from dataclasses import dataclass
from datetime import datetime

from pinterest_assets.pinterest.api.reports import BulkRequest
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import EntityStream
from pinterest_assets.pinterest.extract.slices import Parent, Slice


@dataclass(frozen=True, slots=True)
class EntityCall:
    """A list of entities, page by page, for one parent (or none)."""

    stream: EntityStream
    path: str
    params: tuple[tuple[str, str], ...]
    inherited: tuple[tuple[str, str], ...]
    parent: Parent | None

    @property
    def streams(self) -> tuple[str, ...]:
        """The tables the answer feeds."""
        return (self.stream.name,)

    @property
    def slice(self) -> Slice:
        """The rows the pages are all of."""
        account = dict(self.inherited).get("ad_account_id")
        known = {column.name for column in self.stream.columns}
        alone = self.parent is not None and self.parent.stream != "ad_account" and self.parent.column in known
        return Slice(account, parent=self.parent if alone else None)

    @property
    def request(self) -> Request:
        """What is asked; page size and bookmark are the client's."""
        return Request(self.stream.category, self.path, self.params)


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
    def download(self) -> BulkRequest:
        """What is ordered."""
        if self.stream.bulk is None:
            raise ValueError(f"{self.stream.name} does not come by bulk download")
        return BulkRequest(self.account, self.stream.bulk, self.updated_since)

    @property
    def request(self) -> Request:
        """The order; asking how far it is comes on top."""
        return self.download.order
