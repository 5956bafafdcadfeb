"""What an asset hands over instead of a frame: staged rows, and what they are complete for."""

from dataclasses import dataclass
from datetime import date

from pinterest_assets.warehouse.complete_lists import CompleteLists
from pinterest_assets.warehouse.failures import FailedSlice
from pinterest_assets.warehouse.loaded_days import Requested
from pinterest_assets.warehouse.scope import Days
from pinterest_assets.warehouse.staged import StagedTable


@dataclass(frozen=True, slots=True)
class Load:
    """Staged rows and the accounts they were read for completely.

    ``column`` holds the account; rows of accounts that are not among ``values`` stay in the table
    as they are. Without them the rows are complete for all accounts. Accounts in ``partial`` were
    read for what changed: rows come in by key and none is missed. ``spared`` is a column and values
    of it whose rows stay when none comes in their place. ``failed`` was asked for and not read: what is
    staged of it does not come in, and what the table has of it stays.
    With ``dated``, a column and a day, only rows of that day are replaced; with ``days``, only those of the
    days, where the partitions have more. ``requested`` tells when rows of days were requested, and with what.
    ``lists`` are the accounts whose lists were requested and read to their end. ``parents`` are the tables that
    the requests were made from; ``all_accounts`` when they were for every account of the project.
    """

    staged: StagedTable
    column: str | None = None
    values: tuple[str, ...] | None = None
    partial: tuple[str, ...] = ()
    spared: tuple[str, tuple[str, ...]] | None = None
    failed: tuple[FailedSlice, ...] = ()
    dated: tuple[str, date] | None = None
    lists: CompleteLists | None = None
    parents: tuple[str, ...] = ()
    all_accounts: bool = False
    days: Days | None = None
    requested: Requested | None = None
