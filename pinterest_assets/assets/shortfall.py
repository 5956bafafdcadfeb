"""What could not be read of a stream, in the warehouse's words and in a person's.

A slice that failed is kept in the table ``failed_slice`` and does not stop the others. Only when nothing of
a stream came has its step failed: then no partition of it is green.
"""

from collections.abc import Sequence

import dagster as dg

from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.failures import Failure, of_stream
from pinterest_assets.pinterest.extract.plan import Plan
from pinterest_assets.warehouse import FailedSlice

_SHOWN = 20


class Shortfall:
    """What a reading did not get, looked at stream by stream."""

    def __init__(self, plan: Plan, failures: Sequence[Failure]) -> None:
        self._plan = plan
        self._failures = failures

    def slices(self, stream: Stream) -> tuple[FailedSlice, ...]:
        """What the stream's table lacks, for the warehouse to keep."""
        return tuple(_slice(failure) for failure in of_stream(self._failures, stream.name))

    def is_all(self, stream: Stream) -> bool:
        """Whether nothing of the stream came, for any other reason than that it is not permitted."""
        mine = of_stream(self._failures, stream.name)
        failed = {failure.slice for failure in mine}
        asked = {call.slice for call in self._plan.calls if stream.name in call.streams}
        return asked <= failed and any(not failure.skipped for failure in mine)

    def metadata(self, stream: Stream) -> dict[str, list[str]]:
        """What the materialization shows; usually nothing."""
        mine = of_stream(self._failures, stream.name)
        kinds = {
            "failed_slices": [str(failure) for failure in mine if not failure.skipped],
            "skipped_slices": [str(failure) for failure in mine if failure.skipped],
        }
        return {name: _shortened(lines) for name, lines in kinds.items() if lines}

    def failure(self, streams: Sequence[Stream]) -> dg.Failure:
        """How the step of streams ends of which nothing came."""
        mine = [
            failure
            for failure in self._failures
            if any(stream.name in failure.streams for stream in streams) and not failure.skipped
        ]
        first, others = mine[0], len(mine) - 1
        more = f" (and {others} more, in the table failed_slice)" if others else ""
        return dg.Failure(description=f"{first.error}{more}", allow_retries=False)


def _slice(failure: Failure) -> FailedSlice:
    part, error = failure.slice, failure.error
    return FailedSlice(
        part.account,
        None if part.window is None else (part.window.start, part.window.end),
        None if part.parent is None else (part.parent.column, part.parent.id),
        type(error).__name__,
        str(error),
        error.request_id,
        failure.skipped,
    )


def _shortened(lines: list[str]) -> list[str]:
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return lines[:_SHOWN] + more
