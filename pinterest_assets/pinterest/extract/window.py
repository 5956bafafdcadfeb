"""A range of days, as calls, plans and runs mean it."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """An inclusive range of UTC days."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"the window starts on {self.start}, after its end on {self.end}")

    @property
    def days(self) -> int:
        """How many days the window holds."""
        return (self.end - self.start).days + 1

    def split(self, longest: int) -> tuple["Window", ...]:
        """Windows of at most ``longest`` days that follow each other and fill this one."""
        windows, start = [], self.start
        while start <= self.end:
            end = min(self.end, start + timedelta(days=longest - 1))
            windows.append(Window(start, end))
            start = end + timedelta(days=1)
        return tuple(windows)
