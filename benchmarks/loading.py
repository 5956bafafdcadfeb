"""How long the code location takes to load, beyond ``import dagster``: ``python -m benchmarks.loading`` prints it.

Definitions are made and resolved as a code server does, by a process that loads nothing else.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

LIMITS: Mapping[str, float] = {"those that are on by default": 2.0, "all": 3.0}
"""Streams, and the seconds that loading them may take."""

ENVIRON: Mapping[str, Mapping[str, str]] = {
    "those that are on by default": {},
    "all": {"PINTEREST_GROUPS": "all"},
}


@dataclass(frozen=True, slots=True)
class Loading:
    """Wall seconds of a few loads."""

    streams: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """What the target is held against."""
        return median(self.seconds)


def main() -> None:
    """Load once, and print the seconds."""
    import dagster as dg

    began = time.perf_counter()
    from pinterest_assets.definitions import defs

    dg.Definitions.validate_loadable(defs)
    sys.stdout.write(f"{time.perf_counter() - began}\n")


if __name__ == "__main__":
    main()
