"""Private temporary folders that do not outlive their process for long.

A process that is killed cannot clean up, and a staging file can be large; so every folder is held
by a lock that dies with its owner, and whoever makes the next one removes folders nobody holds.
Knows nothing of what is kept inside.
"""

import shutil
import tempfile
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "pinterest-staging-"
_CLAIM = ".claim"


class ScratchFolder:
    """A folder only its user may enter (0700), inside ``parent`` or the system's place for such."""

    def __init__(self, parent: str | None = None) -> None:
        self.parent = Path(parent or tempfile.gettempdir())
        self.path = self.parent / f"{_PREFIX}{uuid.uuid4().hex}"
        # The claim comes first and lies beside: a folder without a holder is always an abandoned one.
        # Not thread-local: the garbage collector may let go of it in another thread.
        self._claim = FileLock(f"{self.path}{_CLAIM}", thread_local=False, mode=0o600)
        self._claim.acquire(timeout=0)
        self.path.mkdir(mode=0o700)

    def remove(self) -> None:
        """Delete the folder with all it holds."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._claim.release(force=True)
        Path(self._claim.lock_file).unlink(missing_ok=True)

    def remove_abandoned(self) -> None:
        """Delete the folders of processes that are gone."""
        for claim in self.parent.glob(f"{_PREFIX}*{_CLAIM}"):
            folder = claim.with_suffix("")
            if folder != self.path and folder.exists():
                _remove_if_abandoned(folder, claim)


def _remove_if_abandoned(folder: Path, claim: Path) -> None:
    try:
        with FileLock(claim, timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
        claim.unlink(missing_ok=True)
    except (OSError, Timeout):  # in use, or another user's
        return
