"""Columns that Pinterest refuses at a level: told from the refusal, left out from then on.

Which column goes with which level is written nowhere, so a refusal is the only source. Asks nothing
itself: whoever asks leaves out what is known here, and asks again when a column was named.
"""

import re
import threading
from collections.abc import Hashable, Sequence

from pinterest_assets.pinterest.api.errors import RequestRefused

MOST = 25
"""Columns left out at one place. A refusal that names still more of them is about something else."""


def named_in(refusal: RequestRefused, columns: Sequence[str]) -> str | None:
    """The column that a refusal is about: the first it names of those that were asked for, if any.

    Only the first: what follows may be a list of columns that would be accepted.
    """
    if refusal.status != 400 or type(refusal) is not RequestRefused:
        return None
    asked = set(columns)
    return next((word for word in re.findall(r"[A-Z0-9_]+", str(refusal)) if word in asked), None)


class RefusedColumns:
    """What is known to be refused, by place: a level of an account, as another account may have more."""

    def __init__(self) -> None:
        self._known: dict[Hashable, set[str]] = {}
        self._lock = threading.Lock()

    def left(self, place: Hashable, columns: Sequence[str]) -> tuple[str, ...]:
        """The columns without those that are refused there."""
        with self._lock:
            refused = self._known.get(place, set())
            return tuple(name for name in columns if name not in refused)

    def learn(self, place: Hashable, columns: Sequence[str], refusal: RequestRefused) -> tuple[str, bool]:
        """The column that is refused, and whether that is news. Raises the refusal when it is about no column.

        ``columns`` are those that were asked for; the last one is not left out.
        """
        name = named_in(refusal, columns)
        with self._lock:
            known = self._known.setdefault(place, set())
            if name is None or len(columns) == 1 or len(known) >= MOST:
                raise refusal
            is_news = name not in known
            known.add(name)
            return name, is_news
