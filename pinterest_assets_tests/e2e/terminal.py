"""Run as a process of its own: ``pinterest-assets``, with budgets whose window is a few seconds, from a line on.

The first arguments are calls a window by category, as JSON, and the seconds of a window; the rest are the
command's. What takes long to import is there before the line is asked for, so that several begin at one moment.
"""

import json
import sys

from pinterest_assets import definitions
from pinterest_assets.__main__ import main
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE
from pinterest_assets.pinterest.catalog.model import Category


def wait_less(calls: dict[Category, int], seconds: float) -> None:
    """Give Pinterest's minute another length. The margin is wide: a busy machine notes calls late."""
    CALLS_PER_MINUTE.clear()
    CALLS_PER_MINUTE.update(calls)
    defaults = Throttle.__init__.__kwdefaults__
    assert defaults is not None
    defaults.update(minute=seconds, margin=0.25)


if __name__ == "__main__":
    wait_less(json.loads(sys.argv[1]), float(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    assert definitions.defs.assets
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    main()
