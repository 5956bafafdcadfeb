"""How far the runs of a command are, while they are under way: on a terminal some lines that are drawn anew.

Dagster takes the standard output and error of the process into the run's log. So what is drawn goes to a duplicate
of standard error, made before that. Without a terminal there is a line now and then, and nothing is drawn.
"""

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from pinterest_assets.activity import Wait, Work, activity
from pinterest_assets.cli.output import console, document
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE

_FRAMES_A_SECOND = 4
_LINE_EVERY = 30.0
"""Seconds between two lines where nothing can be drawn."""

_WORTH_SHOWING = 2.0
"""Seconds of a wait, below which it is over before anybody has read of it."""

_MANY = 5
"""Calls, of which it is worth showing how many are made."""

_EARLY = 5.0
"""Seconds in which the pace tells nothing yet."""


class Progress:
    """``done`` of ``total`` streams, since ``began`` on the monotonic clock."""

    def __init__(self, total: int) -> None:
        self.done = 0
        self.total = total
        self._began = time.monotonic()
        self._told = (self._began, 0)

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._began

    def update(self, done: int, total: int) -> None:
        """Note how many are done, and say so where nothing is drawn and nothing was said for long."""
        self.done, self.total = done, total
        since, said = self._told
        if console.is_terminal or done == said or time.monotonic() - since < _LINE_EVERY:
            return
        self._told = (time.monotonic(), done)
        console.print("; ".join(self.lines()))

    def lines(self) -> list[str]:
        """What there is to say now."""
        return status_lines(self.done, self.total, self.elapsed, activity.work, activity.waits)


@contextmanager
def shown(total: int) -> Iterator[Progress]:
    """The progress of runs until the block ends; drawn where there is a terminal and somebody to look at it."""
    progress = Progress(total)
    if console.quiet or document.is_wanted or not _is_drawable():
        yield progress
        return
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8", errors="replace") as terminal:
        drawn = Console(file=terminal, highlight=False, markup=False, emoji=False)
        view = _View(progress)
        with (
            Live(
                view,
                console=drawn,
                transient=True,
                refresh_per_second=_FRAMES_A_SECOND,
                redirect_stdout=False,
                redirect_stderr=False,
            ),
            _warnings_above(drawn),
        ):
            yield progress


def _is_drawable() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


@contextmanager
def _warnings_above(drawn: Console) -> Iterator[None]:
    """Warnings of the project stand above what is drawn, and not across it."""
    handler = _Above(drawn)
    logger = logging.getLogger("pinterest_assets")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _Above(logging.Handler):
    def __init__(self, drawn: Console) -> None:
        super().__init__(logging.WARNING)
        self._drawn = drawn

    def emit(self, record: logging.LogRecord) -> None:
        self._drawn.print(Text(plain(record.getMessage())), soft_wrap=True)


class _View:
    """The lines of a progress, made anew for each frame."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._spinner = Spinner("dots")

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        first, *others = self._progress.lines()
        self._spinner.update(text=_cut(first, options.max_width - 2))
        yield self._spinner
        for line in others:
            yield _cut(f"  {line}", options.max_width)


def _cut(line: str, width: int) -> Text:
    text = Text(line)
    text.truncate(max(1, width), overflow="ellipsis")
    return text


def status_lines(
    done: int, total: int, elapsed: float, work: Sequence[Work], waits: Sequence[Wait]
) -> list[str]:
    """How far it is and how long it takes; what is being loaded; what is waited for."""
    left = remaining_seconds(done, total, elapsed, work, waits)
    first = f"{done} of {total} streams · {duration(elapsed)}"
    lines = [first if left is None else f"{first} · about {duration(left)} left"]
    if work:
        lines.append("loading " + ", ".join(_described(one) for one in work))
    if waiting := _waiting(waits):
        lines.append("waiting for " + " · ".join(waiting))
    return lines


def _described(work: Work) -> str:
    first, *others = work.streams
    name = f"{first} and {len(others)} more" if others else first
    planned, made = sum(work.planned.values()), sum(work.made().values())
    return f"{name} ({made:,} of about {planned:,} calls)" if planned >= _MANY and made < planned else name


def _waiting(waits: Sequence[Wait]) -> list[str]:
    """What is waited for, each once: how many wait for it, and until when as far as anybody knows."""
    now = time.time()
    worth = [wait for wait in waits if wait.until is None or wait.until - now >= _WORTH_SHOWING]
    found = []
    for reason, count in Counter(wait.reason for wait in worth).items():
        ends = [wait.until for wait in worth if wait.reason == reason and wait.until is not None]
        times = f" ({count})" if count > 1 and not ends else ""
        until = f" until {time.strftime('%H:%M:%S', time.localtime(max(ends)))}" if ends else ""
        found.append(f"{reason}{times}{until}")
    return found


def remaining_seconds(
    done: int, total: int, elapsed: float, work: Sequence[Work], waits: Sequence[Wait]
) -> float | None:
    """About how long the rest takes: at the pace so far, or as long as the rate budget needs for the calls that are
    planned, whichever is longer. None while neither is known."""
    pace = elapsed / done * (total - done) if done and elapsed >= _EARLY else None
    calls: Counter[str] = Counter()
    for one in work:
        calls.update(one.remaining)
    limits: Mapping[str, int] = {str(name): limit for name, limit in CALLS_PER_MINUTE.items()}
    beyond = [(count / limits[name] - 1) * 60 for name, count in calls.items() if name in limits]
    ends = [wait.until - time.time() for wait in waits if wait.until is not None]
    known = [seconds for seconds in (pace, *beyond, *ends) if seconds is not None and seconds > 0]
    return max(known, default=None)


def duration(seconds: float) -> str:
    """Minutes and seconds, like 2:05; hours before them when there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
