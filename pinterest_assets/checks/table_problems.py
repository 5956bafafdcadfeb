"""What is doubtful about the tables as they are, in lines: what the checks tell, asked of the database at any time.

For ``doctor``, which runs no asset. Requests nothing. Of ad accounts that are gone it knows better itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pinterest_assets.checks.gone import LISTS, emptied_lists, gone_specs
from pinterest_assets.checks.levels import (
    EMPTIED,
    SUMS,
    differing_sums,
    emptied_days,
    level_specs,
    to_read_again,
)
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import Warehouse
from pinterest_assets.warehouse.quality import Inspection


@dataclass(frozen=True, slots=True)
class TableProblem:
    """One line on the table of a stream. ``is_error``: it lacks rows; else they are doubtful."""

    stream: str
    text: str
    is_error: bool = False

    def __str__(self) -> str:
        return f"{self.stream}: {self.text}"


def table_problems(
    warehouse: Warehouse, streams: Mapping[str, Stream], settings: Settings
) -> list[TableProblem]:
    """The problems of all tables of ``streams``, those of one table together."""
    with Inspection(warehouse) as inspection:
        return [
            problem
            for stream in streams.values()
            for problem in _of_table(stream, streams, inspection, settings)
        ]


def _of_table(
    stream: Stream, streams: Mapping[str, Stream], inspection: Inspection, settings: Settings
) -> Iterator[TableProblem]:
    failed = [one for one in inspection.failed_slices(stream.name) if not one.slice.skipped]
    if failed:
        text = f"{_first(list(map(str, failed)))}; `pinterest-assets retry --select {stream.name}` reads it again"
        yield TableProblem(stream.name, f"not read: {text}", is_error=True)
    checks = {spec.name for spec in (*gone_specs(stream), *level_specs(stream, streams))}
    if LISTS in checks and (emptied := emptied_lists(inspection, stream, settings)):
        yield TableProblem(stream.name, f"{LISTS}: {_first(emptied)}")
    for check, found in (
        (SUMS, differing_sums(inspection, streams) if SUMS in checks else []),
        (EMPTIED, emptied_days(inspection, stream, streams) if EMPTIED in checks else []),
    ):
        if found:
            text = _first(list(map(str, found)))
            again = to_read_again(found, stream, streams)
            yield TableProblem(stream.name, f"{check}: {text}; `{again}` reads it again")


def _first(lines: list[str]) -> str:
    return lines[0] if len(lines) == 1 else f"{lines[0]} (and {len(lines) - 1} more)"
