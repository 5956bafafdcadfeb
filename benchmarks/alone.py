"""Keeps a loader from picking up what only another loader's installation brings.

pandas imports pyarrow when it finds it, pyarrow and dlt import pandas: in one environment each
would pay a second for the other.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent(MetaPathFinder):
    """Finds nothing under the given names, and says so before anyone else is asked."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse the names, leave all others to the next finder."""
        del path, target
        if fullname.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def without(*names: str) -> None:
    """Make imports of ``names`` fail in this process, as if they were not installed."""
    sys.meta_path.insert(0, _Absent(names))
