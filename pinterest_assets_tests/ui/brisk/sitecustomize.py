"""Dagster's daemon, but it looks for backfills every five seconds instead of thirty.

Dagster has no setting for it, and a backfill of two runs waits for three or four such looks: more
than a minute in which the machine does nothing. Python imports this by its name when it starts, as
``dev_server`` puts this folder on the path of what it starts; nothing else there is changed.
"""

import sys

if "dagster._daemon" in sys.orig_argv:
    from dagster._daemon import controller

    controller.DEFAULT_DAEMON_INTERVAL_SECONDS = 5
