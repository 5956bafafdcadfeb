"""The queue of those who want the database file: a lock beside it that only this project knows.

One at a time, over threads and processes, fair enough and bounded. Knows no database.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pinterest_assets.activity import activity
from pinterest_assets.folders import check_not_planted, mode_beside
from pinterest_assets.warehouse.errors import DatabaseLocked
from pinterest_assets.warehouse.file_faults import explained

logger = logging.getLogger(__name__)

_POLL = 0.02
_WORTH_A_LINE = 1.0


@contextmanager
def turn(path: str, timeout: float, *, optional: bool) -> Iterator[float]:
    """Hold the lock of the file at ``path``; yields the seconds waited. Raises DatabaseLocked.

    With ``optional``, as for a reader, it goes without where the lock cannot be made (a read-only disk).
    """
    lock, mode = FileLock(path + ".lock", poll_interval=_POLL), mode_beside(Path(path))
    started = time.monotonic()
    try:
        check_not_planted(Path(lock.lock_file), Path(path))
        # The lock would wait for ever for a file that cannot be made; this says so at once.
        handle = os.open(lock.lock_file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, mode)
        try:
            if os.fstat(handle).st_uid == os.geteuid():
                os.fchmod(handle, mode)  # whoever can open it can hold it
        finally:
            os.close(handle)
        _acquire(lock, path, timeout)
    except OSError as error:
        if not optional:
            raise explained(path, error) from error
    waited = time.monotonic() - started
    if waited > _WORTH_A_LINE:
        logger.info("waited %.1f s for the lock of %s", waited, path)
    try:
        yield waited
    finally:
        lock.release()


def _acquire(lock: FileLock, path: str, timeout: float) -> None:
    try:
        lock.acquire(timeout=min(_WORTH_A_LINE, timeout))
        return
    except Timeout:
        logger.info("waiting for the lock of %s: another run is using it", path)
    try:
        with activity.waiting("the database, which another run is using"):
            lock.acquire(timeout=max(0.0, timeout - _WORTH_A_LINE))
    except Timeout as error:
        raise DatabaseLocked(
            f"{path} was in use by other runs for {timeout:g} s "
            f"(lock file {path}.lock): run fewer at a time, or wait and retry"
        ) from error
