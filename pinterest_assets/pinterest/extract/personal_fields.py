"""Takes fields that say something about a person out of rows, before anything keeps or prints them.

Which fields these are is in ``catalog.personal``. What was dropped is counted by the way to the field, and its
values are looked at no more than to see that there are any.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.catalog.personal import WANTED, Personal, personal

DROPPED = "dropped"
"""What an attribute of a frame is called that has how many values were dropped, by field."""

_NAMES = 50
"""Fields that are counted by name: an answer can have any number of them."""
_OTHERS = "(other fields)"


class PersonalFields:
    """What of the rows of a table is dropped. ``columns`` are the fields that the catalog has columns of."""

    def __init__(self, columns: Collection[str]) -> None:
        self._wanted = {name: kinds for name, kinds in WANTED.items() if name in columns}
        self.dropped: Counter[str] = Counter()
        """Values that were dropped, by the names that lead to them."""

    def is_dropped(self, field: str, values: list[Any]) -> bool:
        """Whether a field of rows is dropped as a whole; what lies within its values is dropped here."""
        wanted = self._wanted.get(field, frozenset())
        kind = personal(field)
        if kind is not None and kind not in wanted:
            self._count(field, len(values))
            return True
        for value in values:
            if isinstance(value, dict | list):
                self._clean(field, value, wanted)
        return False

    def _clean(self, field: str, value: Any, wanted: Collection[Personal]) -> None:
        """Drop what lies within a value, however deep. A loop, as an answer can be deeper than calls may be."""
        waiting = [(field, value)]
        while waiting:
            place, here = waiting.pop()
            if isinstance(here, list):
                waiting += [(place, item) for item in here if isinstance(item, dict | list)]
                continue
            for name in [name for name in here if personal(name) not in (None, *wanted)]:
                if here.pop(name) is not None:
                    self._count(f"{place}.{name}", 1)
            waiting += [
                (f"{place}.{name}", item) for name, item in here.items() if isinstance(item, dict | list)
            ]

    def _count(self, field: str, values: int) -> None:
        name = shortened(field)
        known = name in self.dropped or len(self.dropped) < _NAMES
        self.dropped[name if known else _OTHERS] += values
