"""The rate budget: how many calls may be made, by all threads and processes of this machine, or of many.

Limits are data (``catalog.limits``), and so is whose calls of a scarce day come first (``catalog.worth``);
the record of calls is a ledger (see ``budget``). Here is only the waiting. Nothing is written before the
first ``acquire``.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from platformdirs import user_state_path

from pinterest_assets.activity import activity
from pinterest_assets.pinterest.api.budget import Budget, Ledger, ledger_of
from pinterest_assets.pinterest.api.errors import BudgetSpent, RateLimited
from pinterest_assets.pinterest.api.refusals import budget_returns
from pinterest_assets.pinterest.api.request import Allowance
from pinterest_assets.pinterest.catalog.limits import (
    CALLS_PER_MINUTE,
    CALLS_PER_SECOND,
    TRIAL_CALLS_PER_DAY,
    RateTier,
)
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.pinterest.catalog.worth import KEPT_BACK, RANKS

log = logging.getLogger(__name__)

_DAY = 86_400.0

_WORTH_A_LINE = 5.0
"""Seconds of waiting that are told."""

LONGEST_WAIT = 600.0
"""Seconds that one call waits for the budget, unless told otherwise."""


class Throttle:
    """Blocks callers until the budget of their category, and the one over all, allow a call.

    ``limits`` are calls per ``minute`` (seconds, so that tests need not wait for a real one);
    ``per_second`` and ``per_day`` count all categories together; calls of a rank are made while fewer
    than ``per_day[rank]`` are spent. Windows are longer than Pinterest's by ``margin``, a share of each:
    calls travel for unequal times, so that two windows here could otherwise fall into one there. Budgets are shared by whoever names the same ``base_url``,
    ``identity`` (the app or the token; kept as a hash) and ``url``, or ``directory`` of one machine
    without one. ``longest_wait``, in seconds, bounds one ``acquire``.
    """

    def __init__(
        self,
        limits: Mapping[Category, int],
        per_second: int | None = None,
        per_day: Sequence[int] = (),
        directory: Path | None = None,
        identity: str = "",
        *,
        base_url: str = "",
        url: str = "",
        minute: float = 60.0,
        margin: float = 1 / 60,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._minute = minute * (1 + margin)
        self._limits = {name: Budget(name, calls, self._minute) for name, calls in limits.items()}
        self._second = None if per_second is None else Budget("second", per_second, 1 + margin)
        self._days = tuple(Budget("day", calls, _DAY * (1 + margin)) for calls in per_day)
        self._longest_wait = longest_wait
        # One thread of a category waits for the budget, the others for it: a thousand sleepers
        # that all ask the ledger when a window opens would be slower and no fairer.
        self._turns: dict[tuple[str, int], threading.Lock] = {}
        folder = directory if directory is not None else user_state_path("pinterest_assets")
        key = hashlib.sha256(f"{base_url.rstrip('/')}\n{identity}".encode()).hexdigest()[:16]
        self._ledger: Ledger = ledger_of(url, folder, key)

    @classmethod
    def for_tier(
        cls,
        tier: RateTier,
        *,
        base_url: str,
        identity: str,
        url: str = "",
        directory: Path | None = None,
        longest_wait: float = LONGEST_WAIT,
    ) -> "Throttle":
        """The budget that Pinterest gives an app of ``tier``."""
        own = partial(
            cls, directory=directory, identity=identity, base_url=base_url, url=url, longest_wait=longest_wait
        )
        if tier == "trial":
            return own({}, None, [TRIAL_CALLS_PER_DAY - kept for kept in KEPT_BACK])
        return own(CALLS_PER_MINUTE, CALLS_PER_SECOND)

    def acquire(
        self,
        category: Category,
        own: Allowance | None = None,
        rank: int = 0,
        closed: threading.Event | None = None,
    ) -> None:
        """Return when a call may be made; it is counted from then on. ``own`` is a further limit to keep,
        ``rank`` how valuable the call is, 0 being the most. Also returns as soon as ``closed`` is set, of
        which the caller knows: then no call is to be made, and none is counted.

        Raises RateLimited, with the seconds still to wait, as soon as that is known to take longer
        than ``longest_wait``: BudgetSpent when it is for the calls of the day.
        """
        closed = closed or threading.Event()
        deadline = time.monotonic() + self._longest_wait
        # Who waits for a limit of one endpoint, or of a rank, holds up nobody who asks for something else.
        waits_for = (category if own is None else own.name, rank)
        turn = self._turns.setdefault(waits_for, threading.Lock())
        budgets = self._budgets(category, own, rank)
        if not turn.acquire(timeout=self._longest_wait):
            raise _limited(category, None)
        try:
            # Who is closed lets go of the turn, so that those behind, who are as a rule too, do the same.
            while not closed.is_set() and (wait := self._ledger.spend(category, budgets)):
                if time.monotonic() + wait > deadline:
                    raise self._refusal(category, rank, wait)
                if wait > _WORTH_A_LINE:
                    log.warning("%s: no call is made yet; %s", category, budget_returns(wait))
                with activity.waiting(f"the rate budget of {category}", wait):
                    closed.wait(wait)
        finally:
            turn.release()

    def pause(self, category: Category, seconds: float) -> None:
        """Let no thread or process make a call of ``category`` for ``seconds``, an hour at most."""
        self._ledger.pause(category, seconds)

    @property
    def spent_today(self) -> int:
        """How many calls of the last day are counted; 0 where only those of a minute are."""
        return self._ledger.spent(self._days[0]) if self._days else 0

    def close(self) -> None:
        """Close the file of the budget; the next ``acquire`` opens it again."""
        self._ledger.close()

    def _budgets(self, category: Category, own: Allowance | None, rank: int) -> list[Budget]:
        budgets = (
            self._limits.get(category),
            self._second,
            self._days[min(rank, len(self._days) - 1)] if self._days else None,
            None if own is None else Budget(own.name, own.calls, self._minute),
        )
        return [budget for budget in budgets if budget is not None]

    def _refusal(self, category: Category, rank: int, wait: float) -> RateLimited:
        if not self._days:
            return _limited(category, wait)
        whole, mine = self._days[0], self._days[min(rank, len(self._days) - 1)]
        spent = self._ledger.spent(whole)
        if spent < mine.calls:  # it is a pause, or another limit
            return _limited(category, wait)
        kept = whole.calls - mine.calls
        why = f", the last {kept} are kept for {RANKS[rank - 1]} and what comes before" if kept else ""
        error = BudgetSpent(
            f"{category}: no call was made; {spent:,} of the {whole.calls:,} calls of a day are spent{why}; "
            f"{budget_returns(wait)}: what has landed stays, run again then for the rest",
            wait_seconds=wait,
        )
        error.spent = spent
        return error


def _limited(category: str, wait: float | None) -> RateLimited:
    return RateLimited(f"{category}: no call was made; {budget_returns(wait)}", wait_seconds=wait)
