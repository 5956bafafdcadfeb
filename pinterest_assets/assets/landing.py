"""From a plan to what the IO manager writes: fetch, stage, and tell what it took.

The same for every family. The rows of all streams of a plan are fetched and typed into a staging
file first; only then is the warehouse touched, by the IO manager, one table at a time.
"""

import logging
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

import dagster as dg
import pandas as pd

from pinterest_assets.activity import Work, activity
from pinterest_assets.assets.failure_reasons import failure_of, unexpected
from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.assets.requested import requested
from pinterest_assets.assets.shortfall import Shortfall
from pinterest_assets.counts import counted
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import PinterestError, SettingError, UnexpectedValue
from pinterest_assets.pinterest.catalog import EntityStream, Stream
from pinterest_assets.pinterest.catalog.lists import READ_ON
from pinterest_assets.pinterest.extract.calls import Call, Row
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.failures import Failure
from pinterest_assets.pinterest.extract.fetch import Fetch
from pinterest_assets.pinterest.extract.parents import GONE, Parents
from pinterest_assets.pinterest.extract.personal_fields import DROPPED
from pinterest_assets.pinterest.extract.plan import Part, Plan
from pinterest_assets.pinterest.extract.shapes import Batch, ShapedRows
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, now
from pinterest_assets.turns import awaited
from pinterest_assets.warehouse import (
    GONE_AT,
    BadValue,
    CompleteLists,
    FailedSlice,
    Load,
    StagedTable,
    Staging,
    WarehouseError,
)

log = logging.getLogger(__name__)

POOL = "pinterest_api"
"""The pool of every step that asks Pinterest: how many do so at a time, over all runs of an instance."""


class Recorder(Protocol):
    """Keeps what could not be read; knows whether that is of every ad account of the project."""

    all_accounts: bool

    def keep(self, stream: Stream, failed: Sequence[FailedSlice]) -> None:
        """Keep what was not read of a stream of which nothing was."""

    def has_rows(self, stream: Stream, accounts: Sequence[str] | None) -> bool:
        """Whether the table has rows, of ``accounts`` if any are named."""


def parent_rows(frames: Mapping[str, pd.DataFrame], accounts: Sequence[str]) -> Parents:
    """The parents as rows, those of ``accounts`` only when any are named."""
    plain = {name: frame.rename(columns={GONE_AT.name: GONE}) for name, frame in frames.items()}
    return {name: _rows(frame, name, accounts) for name, frame in plain.items()}


def _rows(frame: pd.DataFrame, name: str, accounts: Sequence[str]) -> list[Row]:
    column = "id" if name == "ad_account" else "ad_account_id"
    if accounts and column in frame:  # a business, say, is of no ad account
        frame = frame[frame[column].isin(accounts)]
    columns = {str(name): _values(frame[name]) for name in frame.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _values(column: "pd.Series[Any]") -> list[Any]:
    return [
        None if missing else value
        for value, missing in zip(column.astype(object), column.isna(), strict=True)
    ]


def land(
    pinterest: PinterestResource,
    streams: Mapping[str, Stream],
    plan: Plan,
    *,
    window: Window | None = None,
    only: Sequence[str] = (),
    named_by: str = "PINTEREST_AD_ACCOUNT_IDS",
    notes: Sequence[str] = (),
    recorder: Recorder,
    settings: Settings | None = None,
) -> Iterator[dg.Output[Load]]:
    """Make the plan's calls and yield what each output is to hold. ``streams`` are by output name.

    Rows of days are of ``window``, and are kept as requested with ``settings``. Of the list of accounts itself only
    those of ``only`` are kept, which ``named_by`` names. ``notes`` go before those of the fetch. What could not be
    read is kept with the rows that were; of a stream of which nothing was, through ``recorder``, and then the step
    fails after the others have landed.
    """
    began, at = time.monotonic(), now()
    log.info("planned: %s", plan)
    client = pinterest.client.counting()
    work = Work(tuple(stream.name for stream in streams.values()), plan.by_category(), lambda: client.calls)
    with Staging() as staging, activity.working(work):
        tables = {stream.name: staging.table(table_spec(stream)) for stream in streams.values()}
        fetch = Fetch(client, plan.calls, pinterest.reports.through(client))

        def give_up() -> None:
            fetch.stop()
            pinterest.reports.close()
            client.close()

        awaited(lambda: _stage(fetch, _kept(fetch, only, named_by), tables), give_up)
        log.info("%s", _received(tables.values(), fetch.failures, client.calls, time.monotonic() - began))
        shortfall = Shortfall(plan, fetch.failures)
        facts: dict[str, Any] = {
            "api_calls": sum(client.calls.values()),
            "seconds": round(time.monotonic() - began, 2),
            **({"date_range": f"{window.start} to {window.end}"} if window else {}),
            **({"characters_replaced": replaced} if (replaced := sum(client.replaced.values())) else {}),
            **(
                {"notes": found} if (found := [*notes, *plan.notes, *fetch.notes, *_replaced(client)]) else {}
            ),
        }
        nothing = [
            stream
            for stream in streams.values()
            if shortfall.is_all(stream) or _was_readable(stream, plan, shortfall, recorder)
        ]
        for output, stream in streams.items():
            failed = shortfall.slices(stream)
            if stream in nothing:
                refused = shortfall.is_refused(stream)
                recorder.keep(stream, [replace(one, skipped=one.skipped and not refused) for one in failed])
                continue
            spared = (*plan.spared, *fetch.missing)
            load = replace(
                _load(tables[stream.name], stream, plan, only, spared),
                failed=failed,
                lists=_complete_lists(stream, plan, failed),
                # Of single parents, what their lists lack is read with other parents.
                parents=tuple(stream.inputs) if plan.within is None else (),
                all_accounts=recorder.all_accounts,
                days=(window.start, window.end) if window and stream.daily else None,
                requested=requested(stream, settings, at) if settings and stream.daily else None,
            )
            told = {**facts, **_ways(plan, stream), **shortfall.metadata(stream)}
            yield dg.Output(load, output_name=output, metadata=told)
        if nothing:
            raise shortfall.failure(nothing)


def _received(
    tables: Iterable[StagedTable], failures: Sequence[Failure], calls: Counter[str], seconds: float
) -> str:
    """What came of the calls of a step, in a line."""
    rows = sum(table.rows for table in tables)
    by_category = ", ".join(f"{category} {count:,}" for category, count in sorted(calls.items()))
    failed = sum(not failure.skipped for failure in failures)
    parts = [
        f"received {counted(rows, 'row')} with {counted(calls.total(), 'call')} in {seconds:.1f} s",
        *([by_category] if by_category else []),
        *([f"{counted(failed, 'slice')} failed"] if failed else []),
        *([f"{counted(len(failures) - failed, 'slice')} may not be read"] if len(failures) > failed else []),
    ]
    return "; ".join(parts)


def _was_readable(stream: Stream, plan: Plan, shortfall: Shortfall, recorder: Recorder) -> bool:
    """Whether all that was requested of a stream is refused and was not before; some tables not every token may read."""
    return shortfall.is_refused(stream) and not stream.limited and recorder.has_rows(stream, plan.accounts)


def _replaced(client: Client) -> list[str]:
    """What of the answers was no text, a line for each place."""
    return [
        f"{label}: {count} halves of characters were replaced by U+FFFD"
        for label, count in client.replaced.items()
    ]


def _ways(plan: Plan, stream: Stream) -> dict[str, Any]:
    """In which way a stream's numbers were asked for, and why."""
    parts = [part for part in plan.parts if stream.name in part.streams]
    if not parts:
        return {}
    ways = dict.fromkeys(part.way for part in parts)
    told = {"method": ", ".join(ways), "method_reasons": [str(part) for part in parts]}
    return {**told, **_only_reported(parts, stream)}


def _only_reported(parts: Sequence[Part], stream: Stream) -> dict[str, Any]:
    """Which columns are NULL on days that came at once, and the days that have them."""
    names = [column.name for column in stream.columns if column.name in stream.if_reported]
    days = [f"{part.window.start} to {part.window.end}" for part in parts if part.way == "async"]
    if not names:
        return {}
    where = (
        f"on {', '.join(dict.fromkeys(days))}, which came by report"
        if days
        else "on no day, as all came at once"
    )
    return {"columns_of_reports": f"{', '.join(names)}: {where}"}


def _load(
    staged: StagedTable, stream: Stream, plan: Plan, only: Sequence[str], spared: tuple[str, ...]
) -> Load:
    """The rows, and what they are complete for."""
    entities = (stream.key[1], spared) if stream.daily and spared else None
    dated = (READ_ON, plan.read_on) if plan.read_on else None
    if plan.within is not None:
        return Load(staged, *plan.within, spared=entities, dated=dated)
    accounts = only or plan.accounts
    if accounts is None:
        return Load(staged, dated=dated)
    partial = plan.partial.get(stream.name, ())
    complete = tuple(account for account in accounts if account not in partial)
    return Load(staged, stream.account_column, complete, partial, entities, dated=dated)


def _complete_lists(stream: Stream, plan: Plan, failed: Sequence[FailedSlice]) -> CompleteLists | None:
    """The accounts whose lists were requested and have no part that failed; none of a retry of some parents.

    Only of streams that bulk downloads have: for these it makes a difference.
    """
    if not (isinstance(stream, EntityStream) and stream.bulk and plan.accounts and plan.within is None):
        return None
    lists = [call for call in plan.calls if isinstance(call, EntityCall) and stream.name in call.streams]
    listed = {call.holder for call in lists}
    changes_only, unread = plan.partial.get(stream.name, ()), {one.account for one in failed}
    return CompleteLists(
        tuple(one for one in plan.accounts if one in listed and one not in unread),
        lists[0].statuses if lists else (),
        tuple(one for one in plan.accounts if one not in listed and one not in changes_only),
    )


def take_in(table: StagedTable, rows: pd.DataFrame | ShapedRows) -> None:
    """Add rows to a table; those of a shape as they are, if DuckDB reads them so."""
    if isinstance(rows, ShapedRows):
        if table.append_json(rows):
            return
        rows = rows.frame()
    table.append(rows)
    table.dropped.update(rows.attrs.get(DROPPED, {}))


def _stage(fetch: Fetch, batches: Iterable[Batch], tables: Mapping[str, StagedTable]) -> None:
    """Take some rows in while the next are looked at: one is DuckDB's work, the other Python's.

    Rows that cannot be taken in for what is in them are those of one call: its slice has failed.
    """
    with ThreadPoolExecutor(1, "staging") as stager:
        taking_in: tuple[Call | None, Future[None]] | None = None
        for name, rows in batches:
            if taking_in is not None:
                _taken_in(fetch, *taking_in)
            taking_in = fetch.at_hand, stager.submit(take_in, tables[name], rows)
        if taking_in is not None:
            _taken_in(fetch, *taking_in)


def _taken_in(fetch: Fetch, call: Call | None, taking_in: "Future[None]") -> None:
    try:
        taking_in.result()
    except BadValue as problem:
        if call is None:
            raise
        fetch.refuse(call, UnexpectedValue(str(problem)))
    except Exception as error:
        if call is None or isinstance(error, WarehouseError):
            raise
        fetch.refuse(call, error)


def _kept(fetch: Fetch, only: Sequence[str], named_by: str) -> Iterator[Batch]:
    """The batches; of the list of accounts itself only those of ``only``, which must all be in it."""
    seen: list[str] = []
    for name, rows in fetch:
        if only and isinstance(rows, pd.DataFrame):  # as lists are, all of them
            seen.extend(rows["id"])
            yield name, rows[rows["id"].isin(only)]
        else:
            yield name, rows
    missing = [account for account in only if account not in seen]
    if missing and not fetch.failures:
        raise SettingError(
            f"{named_by} names {', '.join(missing)}, which this token does not see; "
            f"it sees {', '.join(seen) or 'no account'}",
            variable=named_by,
        )


@contextmanager
def plain_failures() -> Iterator[None]:
    """End the step with a line of its own first, and no retry, whatever it fails with."""
    try:
        yield
    except (PinterestError, WarehouseError) as problem:
        raise failure_of(problem, str(problem)) from None
    except dg.Failure:
        raise
    except OSError as problem:
        if problem.errno is None:  # not of the system
            raise failure_of(problem, unexpected(type(problem).__name__, str(problem))) from problem
        place = f" ({os.fsdecode(problem.filename)})" if problem.filename is not None else ""
        reason = f"{problem.strerror}{place}: check the path, its permissions and the free space of its disk"
        raise failure_of(problem, reason) from None
    except Exception as problem:
        raise failure_of(problem, unexpected(type(problem).__name__, str(problem))) from problem
