"""What an error about the database file means: each becomes the one line that says what to do.

DuckDB tells such things apart by their text only; which texts, is written here and nowhere else. Opens
nothing.
"""

import duckdb

from pinterest_assets.warehouse.errors import (
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseUnwritable,
    WarehouseError,
)
from pinterest_assets.warehouse.sql import first_line

_HELD = ("Could not set lock", "already attached", "same database file")
_CORRUPT = (
    "Corrupt database file",  # a checksum that is wrong; DuckDB raises its plainest error for it
    "not a valid DuckDB database file",
    "Could not read enough bytes",  # the file ends too early
    "Failure while replaying WAL",
)
_COMMITTED = "Transaction COMMIT succeeded and is durable"
"""The rows are in the log beside the file, which had no room to take them in."""

_BROKEN = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.SerializationException,
    duckdb.TransactionException,  # what a commit raises when the disk is full
)


def is_of_the_file(error: duckdb.Error) -> bool:
    """Whether an error of a statement is about the file, not about the statement."""
    return isinstance(error, _BROKEN) or _says(error, _CORRUPT)


def is_held_elsewhere(error: duckdb.Error) -> bool:
    """Whether the file could be opened once somebody else lets go of it."""
    return _says(error, _HELD)


def locked(path: str, error: duckdb.Error, waited: float) -> WarehouseError:
    """Somebody else had the file open for as long as was waited."""
    holder = first_line(error).partition("Conflicting lock is held in ")[2].partition(". See also")[0]
    who = f"another program, {holder}," if holder else "another connection of this process"
    return DatabaseLocked(
        f"{path} is held open by {who} for more than {waited:g} s: "
        "close it, or point PINTEREST_DUCKDB_PATH at another file"
    )


def log_alone(path: str) -> WarehouseError:
    """The database is gone, and what it had not taken in yet is still there."""
    return DatabaseCorrupt(
        f"{path} is not there, but its log {path}.wal is; nothing was changed: put the file back, or move the log "
        "away as well and load everything anew"
    )


def unreachable(path: str, error: duckdb.Error) -> WarehouseError:
    """MotherDuck cannot be used; what its address has after a ``?`` may be a token."""
    return DatabaseUnwritable(
        f"cannot use {path.partition('?')[0]}: {first_line(error)}; check PINTEREST_DUCKDB_PATH, the network "
        "(DuckDB downloads an extension for MotherDuck) and your MotherDuck token"
    )


def explained(path: str, error: Exception) -> WarehouseError:
    """The file cannot be used, why, and what to do about it."""
    line = first_line(error).rpartition("Original error: ")[2]
    if _says(error, _CORRUPT):
        return DatabaseCorrupt(
            f"{path} is damaged, or is no DuckDB database ({line}); nothing was changed: put a copy of it back, "
            "or move it (and its .wal, if there is one) away and load everything anew, or point "
            "PINTEREST_DUCKDB_PATH at another file"
        )
    if _says(error, (_COMMITTED,)):
        return DatabaseUnwritable(
            f"{path} has the new rows in its log ({path}.wal), and could not take them in: {line}; nothing is "
            "lost: free space on its disk, and the next command goes on from there"
        )
    return DatabaseUnwritable(
        f"cannot use the database {path}: {line}; check PINTEREST_DUCKDB_PATH, "
        "the folder's permissions and the free space of the disk"
    )


def _says(error: Exception, signs: tuple[str, ...]) -> bool:
    text = str(error)
    return any(sign in text for sign in signs)
