"""How many calls of one reading may be under way, where several readings go on in one process.

Answers of numbers are what memory is made of: whichever reading they are of, there is room for a few of
them. Nobody waits for room while holding some: one call at a time each reading may have anyhow.
"""

from threading import Semaphore

SMALL_AT_ONCE = 16
"""Small answers: enough to keep the budget busy at a latency of a second."""

LARGE_AT_ONCE = 4
"""Answers of up to 100 MB each, of one reading alone; of several, one more for each."""

_BESIDE = Semaphore(LARGE_AT_ONCE - 1)
"""For the large answers of all readings of this process, beside the one that each may have."""


class Room:
    """What one reading may have under way; close it."""

    def __init__(self, beside: Semaphore) -> None:
        self._beside = beside
        self._taken = 0
        self._has_own = False

    @classmethod
    def for_small(cls) -> "Room":
        """For answers that are small: each reading has its own."""
        return cls(Semaphore(SMALL_AT_ONCE - 1))

    @classmethod
    def for_large(cls) -> "Room":
        """For answers that may be large: shared with the other readings of this process."""
        return cls(_BESIDE)

    def take(self) -> bool:
        """Whether one more call may begin; it has to ``leave`` then."""
        if not self._has_own:
            self._has_own = True
            return True
        if self._beside.acquire(blocking=False):
            self._taken += 1
            return True
        return False

    def leave(self) -> None:
        """One call less is under way."""
        if self._taken:
            self._taken -= 1
            self._beside.release()
        else:
            self._has_own = False

    def close(self) -> None:
        """No call is under way any more."""
        while self._taken:
            self.leave()
