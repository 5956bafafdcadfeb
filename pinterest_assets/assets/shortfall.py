"""What could not be read of a stream, in the warehouse's words and in a person's.

A slice that failed is kept in the table ``failed_slice`` and does not stop the others. Only when nothing of
a stream came has its step failed: then no partition of it is green. What may not be read is skipped, which is no
failure, unless that is all of a table which has rows of before: they are no longer fresh.
"""

from collections.abc import Sequence

import dagster as dg

from pinterest_assets.assets.failure_reasons import failure_of
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.failures import Failure, of_stream
from pinterest_assets.pinterest.extract.plan import Plan
from pinterest_assets.warehouse import FailedSlice, KeptSlice

SLICES = "no_slice_failed"
"""The check of what could not be read."""

_SHOWN = 20
_SHOWN_BY_CHECK = 10


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
        return self._is_nothing(stream) and any(not failure.skipped for failure in mine)

    def is_refused(self, stream: Stream) -> bool:
        """Whether nothing of the stream came, as none of it may be read."""
        mine = of_stream(self._failures, stream.name)
        return self._is_nothing(stream) and bool(mine) and all(failure.skipped for failure in mine)

    def _is_nothing(self, stream: Stream) -> bool:
        failed = {failure.slice for failure in of_stream(self._failures, stream.name)}
        asked = {call.slice for call in self._plan.calls if stream.name in call.streams}
        return asked <= failed

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
        mine = [one for one in self._failures if any(stream.name in one.streams for stream in streams)]
        first, *others = [one for one in mine if not one.skipped] or mine
        more = f" (and {len(others)} more, in the table failed_slice)" if others else ""
        stay = (
            "; nothing of it may be read any more: its rows stay, and are not fresh" if first.skipped else ""
        )
        return failure_of(first.error, f"{first.error}{more}{stay}")


def slices_result(stream: Stream, kept: Sequence[KeptSlice]) -> dg.AssetCheckResult:
    """What the check tells of the slices that are ``kept`` of a stream.

    An error when something failed; a warning when something may not be read, which is nobody's failure.
    """
    failed = [one for one in kept if not one.slice.skipped]
    shown = [*map(str, failed), *(f"skipped, {one}" for one in kept if one.slice.skipped)]
    command = {"to read it": f"pinterest-assets retry --select {stream.name}"} if failed else {}
    return dg.AssetCheckResult(
        passed=not kept,
        asset_key=asset_key(stream.name),
        check_name=SLICES,
        severity=dg.AssetCheckSeverity.ERROR if failed else dg.AssetCheckSeverity.WARN,
        metadata={"not read": _shortened(shown, _SHOWN_BY_CHECK), **command}
        if kept
        else {"not read": "nothing"},
    )


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


def _shortened(lines: list[str], most: int = _SHOWN) -> list[str]:
    more = [f"and {len(lines) - most} more"] if len(lines) > most else []
    return lines[:most] + more
