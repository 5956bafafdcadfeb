"""What a rate budget is, and what keeps the record of the calls made from it. Keeps none itself.

``ledger`` keeps it in a file for all processes of a machine; ``ledger_redis`` and ``ledger_postgres``
on a server, for many machines. When to wait is decided in ``throttle``.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from pinterest_assets.pinterest.api.errors import SettingError, Unavailable

LONGEST_PAUSE = 3_600.0
"""Seconds after which a pause is forgotten: one wrong answer must not lock every process out for a day."""

BUDGET_URL = "PINTEREST_BUDGET_URL"

_EXTRAS = {"redis": "redis", "rediss": "redis", "postgresql": "postgres", "postgres": "postgres"}


class Budget(NamedTuple):
    """So many calls in so many seconds, counted under ``name``.

    Several budgets may share a name: they count the same calls, each up to its own number.
    """

    name: str
    calls: int
    seconds: float


class Ledger(Protocol):
    """The record of calls. Safe to share between threads; opens nothing before it is asked."""

    def spend(self, category: str, budgets: Sequence[Budget]) -> float:
        """Record one call in all ``budgets`` and return 0, or record nothing and return the seconds to wait.

        Raises SettingError when the record cannot be used, Unavailable when it cannot be reached now.
        """

    def spent(self, budget: Budget) -> int:
        """How many calls were made within the budget's window."""

    def pause(self, category: str, seconds: float) -> None:
        """Let nobody spend on ``category`` for ``seconds``, ``LONGEST_PAUSE`` at most."""

    def close(self) -> None:
        """Let go of the file or connection; the next call opens it again."""


def ledger_of(url: str, directory: Path, key: str) -> Ledger:
    """The ledger called ``key`` at ``url``, or in ``directory`` when that is empty.

    Raises SettingError when ``url`` is of no kind that is known, or its library is not installed.
    """
    if not url:
        from pinterest_assets.pinterest.api.ledger import SqliteLedger

        return SqliteLedger(directory / f"rate-budget-{key}.sqlite")
    scheme = urlsplit(url).scheme
    try:
        if _EXTRAS.get(scheme) == "redis":
            from pinterest_assets.pinterest.api.ledger_redis import RedisLedger

            return RedisLedger(url, key)
        if _EXTRAS.get(scheme) == "postgres":
            from pinterest_assets.pinterest.api.ledger_postgres import PostgresLedger

            return PostgresLedger(url, key)
    except ModuleNotFoundError as missing:
        raise SettingError(
            f"{BUDGET_URL} begins with {scheme}://, for which {missing.name} has to be installed: "
            f"pip install 'pinterest_assets[{_EXTRAS[scheme]}]'",
            variable=BUDGET_URL,
        ) from None
    raise SettingError(
        f"{BUDGET_URL} must begin with redis://, rediss:// or postgresql://", variable=BUDGET_URL
    )


def place_of(url: str) -> str:
    """The host that ``url`` names: all of it that may be shown, as the rest may hold a password."""
    try:
        return urlsplit(url).hostname or "this machine"
    except ValueError:
        return "an address that cannot be read"


def unusable(url: str, why: str) -> SettingError:
    """The error for a server that will never take us as we are."""
    return SettingError(
        f"the shared rate budget on {place_of(url)} cannot be used ({why}): correct {BUDGET_URL}",
        variable=BUDGET_URL,
    )


def unreachable(url: str, why: str) -> Unavailable:
    """The error for a server that does not answer now: no call is made that nobody could count."""
    return Unavailable(
        f"the shared rate budget on {place_of(url)} ({BUDGET_URL}) cannot be reached ({why}); no call was made"
    )
