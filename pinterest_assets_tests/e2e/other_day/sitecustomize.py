"""Another day: the clock of a command is ``DAYS_AHEAD`` days ahead, or behind when they are negative.

Python imports this by its name when it starts, as a test puts this folder on the path of what it starts.
"""

import os
from datetime import datetime, timedelta, timezone

import time_machine

_THEN = datetime.now(timezone.utc) + timedelta(days=float(os.environ["DAYS_AHEAD"]))
time_machine.travel(_THEN, tick=True).start()
