"""What lists are asked with besides the rows of their parents: values of settings, and days to look back on.

Pure. The settings themselves are read elsewhere; here are their values, by the name a path has for them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import product

from pinterest_assets.pinterest.catalog import Path
from pinterest_assets.pinterest.catalog.inputs import DEFAULT_INPUTS
from pinterest_assets.pinterest.catalog.limits import TOP_PINS_DAYS
from pinterest_assets.pinterest.catalog.placeholder import INPUT, PERIOD, Value
from pinterest_assets.pinterest.extract.calls import Row
from pinterest_assets.pinterest.extract.parents import chunks
from pinterest_assets.pinterest.extract.window import Window


def _today() -> date:
    return datetime.now(timezone.utc).date()


@dataclass(frozen=True, slots=True)
class Asking:
    """``inputs`` by name, the UTC day it is, and the ``days`` asked for, by default the last ones."""

    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_INPUTS)
    today: date = field(default_factory=_today)
    days: Window | None = None

    def choices(self, path: Path) -> Iterator[dict[str, Value]]:
        """What each call of ``path`` puts into its placeholders; none when an input has no value."""
        names = [f"{INPUT}.{one.name}" for one in path.inputs]
        values = [_parts(self.inputs[one.name], one.most) for one in path.inputs]
        for chosen in product(*values):
            yield {**dict(zip(names, chosen, strict=True)), **self._period}

    def lacking(self, path: Path) -> list[str]:
        """The inputs of ``path`` that have no value."""
        needed = (*(one.name for one in path.inputs), *path.instead)
        return [name for name in needed if not self.inputs[name]]

    def completed(self, row: Row, path: Path) -> Iterator[Row]:
        """The row, once with each value of the inputs that stand for what it has not."""
        lacking = [name for name in path.instead if row.get(name) is None]
        for values in product(*(self.inputs[name] for name in lacking)):
            yield {**row, **dict(zip(lacking, values, strict=True))}

    @property
    def _period(self) -> dict[str, Value]:
        yesterday = self.today - timedelta(days=1)
        days = self.days or Window(self.today - timedelta(days=TOP_PINS_DAYS), yesterday)
        return {f"{PERIOD}.start": days.start.isoformat(), f"{PERIOD}.end": days.end.isoformat()}


def _parts(values: tuple[str, ...], most: int) -> list[Value]:
    """One at a time, or up to ``most`` together."""
    return list(chunks(values, most)) if most else list(values)
