"""Which days a run of partitions is for, and which of them are still served.

Days that are not served are refused before anything is requested. But a run may wait for longer than a day:
what was served when it was requested, and is not any more, is left out, and said; the rest is loaded.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone

import dagster as dg

from pinterest_assets.partitions import days_in
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.extract.horizon import beyond, served
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import today
from pinterest_assets.slices import days_of

_BACKFILL_TAG = "dagster/backfill"


def window_of(context: dg.AssetExecutionContext) -> Window:
    """The days of the run's partitions."""
    return Window(*days_of(context.partition_time_window))


def requested_on(context: dg.AssetExecutionContext) -> date:
    """The UTC day on which the run, or the backfill that it is of, was requested."""
    backfill = context.run.tags.get(_BACKFILL_TAG)
    known = context.instance.get_backfill(backfill) if backfill else None
    if known is not None:
        return datetime.fromtimestamp(known.backfill_timestamp, timezone.utc).date()
    record = context.instance.get_run_record_by_id(context.run.run_id)
    return today() if record is None else record.create_timestamp.astimezone(timezone.utc).date()


def refused_streams(
    context: dg.AssetExecutionContext, streams: Sequence[Stream], method: Method
) -> list[Stream]:
    """Those of which a day of the run was not served when it was requested, and is not now."""
    window, day = window_of(context), today()
    late = beyond(streams, window, today=day, method=method)
    return beyond(late, window, today=min(day, requested_on(context)), method=method) if late else []


def served_window(
    context: dg.AssetExecutionContext,
    streams: Sequence[Stream],
    method: Method,
    refuse: Callable[[Window, date], None],
) -> tuple[Window, list[str]]:
    """The days of the run that are served of all ``streams``, and a line on those that no longer are.

    ``refuse`` raises when not all days were served on a day: on that of today, or of the request.
    """
    window, day = window_of(context), today()
    first = max(served(stream, day, method).start for stream in streams)
    partitions = context.assets_def.partitions_def
    rest = None
    if window.start < first and isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        rest = days_in(partitions, window, since=first)  # of weeks and months, whole ones only
    if rest is None:
        refuse(window, day)
        return window, []
    refuse(window, min(day, requested_on(context)))
    line = (
        f"days before {rest.start} are left out and stay as they are: they were served when this run was "
        "requested, and no longer are"
    )
    context.log.warning(line)
    return rest, [line]
