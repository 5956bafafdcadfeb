"""The rate budget: how many calls may be made, by all threads and processes of this machine.

Limits are data (``catalog.limits``); the record of calls is the ``ledger``. Here is only the
waiting. Nothing is written before the first ``acquire``.
"""

import hashlib
import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import get_args

from platformdirs import user_state_path

from pinterest_assets.pinterest.api.errors import RateLimited
from pinterest_assets.pinterest.api.ledger import Ledger
from pinterest_assets.pinterest.api.refusals import budget_returns
from pinterest_assets.pinterest.api.request import Allowance
from pinterest_assets.pinterest.catalog.limits import (
    CALLS_PER_MINUTE,
    CALLS_PER_SECOND,
    TRIAL_CALLS_PER_DAY,
    RateTier,
)
from pinterest_assets.pinterest.catalog.model import Category

_DAY = 86_400.0

LONGEST_WAIT = 600.0
"""Seconds that one call waits for the budget, unless told otherwise."""


class Throttle:
    """Blocks callers until the budget of their category, and the one over all, allow a call.

    ``limits`` are calls per ``minute`` (seconds, so that tests need not wait for a real one);
    ``per_second`` and ``per_day`` count all categories together. Windows are longer than
    Pinterest's by ``margin``, a share of each: calls travel for unequal times, so that two windows
    here could otherwise fall into one there. Budgets are shared by whoever names the same
    ``base_url``, ``identity`` (the app or the token; kept as a hash) and ``directory``.
    ``longest_wait``, in seconds, bounds one ``acquire``.
    """

    def __init__(
        self,
        limits: Mapping[Category, int],
        per_second: int | None = None,
        per_day: int | None = None,
        directory: Path | None = None,
        identity: str = "",
        *,
        base_url: str = "",
        minute: float = 60.0,
        margin: float = 1 / 60,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        budgets: dict[str, tuple[int, float]] = {name: (calls, minute) for name, calls in limits.items()}
        overall = {"second": (per_second, 1.0), "day": (per_day, _DAY)}
        budgets |= {name: (calls, window) for name, (calls, window) in overall.items() if calls is not None}
        self._overall = tuple(name for name in overall if name in budgets)
        self._limited = frozenset(limits)
        self._longest_wait = longest_wait
        # One thread of a category waits for the budget, the others for it: a thousand sleepers
        # that all ask the ledger when a window opens would be slower and no fairer.
        self._turns: dict[str, threading.Lock] = {name: threading.Lock() for name in get_args(Category)}
        self._minute = minute * (1 + margin)
        self._ledger = Ledger(
            _file(directory, base_url, identity),
            {name: (calls, window * (1 + margin)) for name, (calls, window) in budgets.items()},
        )

    @classmethod
    def for_tier(
        cls,
        tier: RateTier,
        *,
        base_url: str,
        identity: str,
        directory: Path | None = None,
        longest_wait: float = LONGEST_WAIT,
    ) -> "Throttle":
        """The budget that Pinterest gives an app of ``tier``."""
        own = partial(
            cls, directory=directory, identity=identity, base_url=base_url, longest_wait=longest_wait
        )
        if tier == "trial":
            return own({}, None, TRIAL_CALLS_PER_DAY)
        return own(CALLS_PER_MINUTE, CALLS_PER_SECOND, None)

    @property
    def path(self) -> Path:
        """The file in which the budget is kept."""
        return self._ledger.path

    def acquire(self, category: Category, own: Allowance | None = None) -> None:
        """Return when a call may be made; it is counted from then on. ``own`` is a further limit to keep.

        Raises RateLimited, with the seconds still to wait, as soon as that is known to take longer
        than ``longest_wait``.
        """
        deadline = time.monotonic() + self._longest_wait
        # Who waits for a limit of one endpoint holds up nobody who asks another.
        turn = self._turns[category] if own is None else self._turns.setdefault(own.name, threading.Lock())
        further = None if own is None else (own.name, own.calls, self._minute)
        if not turn.acquire(timeout=self._longest_wait):
            raise _limited(category, None)
        try:
            while wait := self._ledger.spend(category, self._budgets(category), further):
                if time.monotonic() + wait > deadline:
                    raise _limited(category, wait)
                time.sleep(wait)
        finally:
            turn.release()

    def pause(self, category: Category, seconds: float) -> None:
        """Let no thread or process make a call of ``category`` for ``seconds``, an hour at most."""
        self._ledger.pause(category, seconds)

    def close(self) -> None:
        """Close the file of the budget; the next ``acquire`` opens it again."""
        self._ledger.close()

    def _budgets(self, category: Category) -> tuple[str, ...]:
        return (category, *self._overall) if category in self._limited else self._overall


def _limited(category: str, wait: float | None) -> RateLimited:
    return RateLimited(f"{category}: no call was made; {budget_returns(wait)}", wait_seconds=wait)


def _file(directory: Path | None, base_url: str, identity: str) -> Path:
    name = hashlib.sha256(f"{base_url.rstrip('/')}\n{identity}".encode()).hexdigest()[:16]
    folder = directory if directory is not None else user_state_path("pinterest_assets")
    return folder / f"rate-budget-{name}.sqlite"
