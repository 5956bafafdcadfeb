"""This machine's clock against Pinterest's, which stands on every answer. Sets no clock and keeps none."""

import logging
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from pinterest_assets.pinterest.api.errors import ClockWrong
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.transport import Answer

log = logging.getLogger(__name__)

TOLERANCE = 300.0
"""Seconds: enough to put a call at midnight on the wrong day, and to think a token is still good."""


class Clock:
    """How far apart the clocks are, by the last answer that told."""

    def __init__(self) -> None:
        self.skew: float | None = None
        self._told = False

    def compare(self, request: Request, answer: Answer) -> None:
        """Take in the time of an answer.

        Raises ClockWrong when days were asked for that only this machine thinks are over: what Pinterest has
        of them so far would be stored as if it were all.
        """
        try:
            there = parsedate_to_datetime(answer.headers["date"]).timestamp()
            today = datetime.fromtimestamp(there, timezone.utc).date()
        except (KeyError, TypeError, ValueError, OverflowError):  # no Date, or none that can be read
            return
        self.skew = time.time() - there
        if abs(self.skew) <= TOLERANCE:
            return
        last = request.last_day
        if self.skew > 0 and last is not None and last >= today:
            raise ClockWrong(
                f"{request.label}: {last} is not over, as it is {today} (UTC) at Pinterest: {in_words(self.skew)}; "
                "nothing was stored",
                path=request.path,
            )
        if not self._told:
            self._told = True
            log.warning("%s", in_words(self.skew))


def in_words(skew: float) -> str:
    """What is wrong with the clock, and what to do."""
    way = "ahead of" if skew > 0 else "behind"
    return f"this machine's clock is {abs(skew):,.0f} s {way} Pinterest's, set it right"
