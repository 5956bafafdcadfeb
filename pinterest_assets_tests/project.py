"""The project as the tests use it: assets materialized in this process, tables compared with the truth."""

import functools
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import time_machine
from platformdirs import user_state_path

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import EVERYTHING, DemoServer
from pinterest_assets.partitions import partitions_in, range_tags, report_partitions, report_total
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.shapes import Batch
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of

YESTERDAY = today() - timedelta(days=1)

PROVENANCE = ("_loaded_at", "_run_id", "_gone_at")
FIRST_SEEN = ("conversion_ready_since", "non_conversion_ready_since")
"""Columns that tell when something was read: no truth has them."""

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def wait_for(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until it happened; fails when it does not."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def days_ago(demo: DemoServer, days: int) -> Iterator[Window]:
    """Inside, it is so many days earlier, here and at Pinterest; yields the days whose numbers change then."""
    is_today, demo.world.today = demo.world.today, today() - timedelta(days=days)
    demo.world.version += 1  # answers that tell of days are kept no longer
    try:
        with time_machine.travel(datetime.now(timezone.utc) - timedelta(days=days), tick=True):
            yield Window(today() - timedelta(days=33), today() - timedelta(days=1))
    finally:
        demo.world.today = is_today
        demo.world.version += 1


def last_days(count: int) -> Window:
    """The window of the last full days."""
    return Window(YESTERDAY - timedelta(days=count - 1), YESTERDAY)


def frames(batches: Iterable[Batch]) -> Iterator[tuple[str, pd.DataFrame]]:
    """What was fetched, as frames all of it."""
    for name, rows in batches:
        yield name, rows if isinstance(rows, pd.DataFrame) else rows.frame()


BY_HAND = {"PINTEREST_AUTOMATION": "off"}
"""Nothing starts by itself in a ``dagster dev`` with these settings."""


def demo_settings(demo: DemoServer, database: Path) -> dict[str, str]:
    """The variables that point the project at a demo account and a database of its own, and ask it what it can
    compare with; the groups are those that are on by default."""
    asked = {name: value for name, value in EVERYTHING.items() if name != "PINTEREST_GROUPS"}
    return {
        **asked,
        "PINTEREST_BASE_URL": demo.base_url,
        "PINTEREST_ACCESS_TOKEN": demo.token,
        "PINTEREST_DUCKDB_PATH": str(database),
    }


def forget_spent_calls() -> None:
    """Let the next run not wait for the calls of the last: of pins' numbers there are 60 a minute."""
    for ledger in user_state_path("pinterest_assets").glob("rate-budget-*"):
        ledger.unlink()


def materialize(
    streams: Iterable[str],
    window: Window | None = None,
    *,
    instance: dg.DagsterInstance | None = None,
    checks: bool = False,
    tags: Mapping[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    """Materialize ``streams`` as the environment says; failures are in the result, not raised."""
    definitions = _definitions(
        tuple(sorted(item for item in os.environ.items() if item[0].startswith("PINTEREST_")))
    )
    days = range_tags(window.start.isoformat(), window.end.isoformat()) if window else {}
    keys = [asset_key(name) for name in streams]
    assets = _made(definitions.assets)
    return dg.materialize(
        # Of more than a hundred assets Dagster makes the graph longer than most runs take.
        [*assets, *_made(definitions.asset_checks)] if checks else _with_parents(assets, keys),
        selection=keys,
        resources=definitions.resources,
        instance=instance or _instance(),
        tags={**(tags or {}), **days},
        run_config=QUIET,
        raise_on_error=False,
    )


def _with_parents(
    assets: list[dg.AssetsDefinition], keys: Iterable[dg.AssetKey]
) -> list[dg.AssetsDefinition]:
    """The assets of the keys, and what these hang on."""
    made_by = {key: number for number, asset in enumerate(assets) for key in asset.keys}
    found: set[int] = set()
    waiting = list(keys)
    while waiting:
        number = made_by[waiting.pop()]
        if number not in found:
            found.add(number)
            waiting.extend(assets[number].dependency_keys)
    return [assets[number] for number in sorted(found)]


def _made(parts: Any) -> list[Any]:
    return list(parts or ())


@functools.cache
def _definitions(environ: tuple[tuple[str, str], ...]) -> dg.Definitions:
    """Making the definitions takes longer than most runs of one stream."""
    return build_definitions(dict(environ))


@functools.cache
def _instance() -> dg.DagsterInstance:
    """One instance, in memory, for every run that is not looked up again."""
    return dg.DagsterInstance.ephemeral()


def load(streams: Iterable[str], window: Window | None = None, **options: Any) -> dg.ExecuteInProcessResult:
    """``materialize``, which must succeed."""
    result = materialize(streams, window, **options)
    failed = [event for event in result.all_events if event.is_step_failure]
    reasons = [event.step_failure_data.error_display_string for event in failed]
    assert result.success, "\n".join(reasons[:2])
    return result


def failure(result: dg.ExecuteInProcessResult) -> str:
    """What the first step that failed tells the user; fails when none did."""
    events = [event for event in result.all_events if event.is_step_failure]
    assert events, "no step failed"
    data = events[0].step_failure_data
    assert data.user_failure_data is not None, f"a stack trace instead of a line: {data.error}"
    return str(data.user_failure_data.description)


Opened = duckdb.DuckDBPyConnection


@contextmanager
def opened(database: Path | Opened) -> Iterator[Opened]:
    """The database, to look at several tables: opening it takes longer than most looks."""
    if isinstance(database, Opened):
        yield database
        return
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def rows(
    database: Path | Opened, stream: str, schema: str = "pinterest", declared: Stream | None = None
) -> pd.DataFrame:
    """A table's rows without provenance and times of reading, in the order of its key, JSON decoded as the truth has it.

    Rows that are gone upstream are among them; ``gone`` tells which.
    """
    declared = declared or STREAMS[stream]
    with opened(database) as connection:
        found = connection.execute(f'select * from {schema}."{stream}"')
        names = [column[0] for column in found.description or []]
        frame = pd.DataFrame(found.fetchall(), columns=names, dtype=object)
    frame = frame.drop(columns=[*PROVENANCE, *FIRST_SEEN], errors="ignore")
    for column in declared.columns:
        if column.type == "JSON":
            frame[column.name] = [None if text is None else json.loads(text) for text in frame[column.name]]
    return in_order(frame, declared)


def failed_slices(database: Path | Opened, stream: str, table: str = "failed_slice") -> list[str]:
    """What the slices of a stream said that could not be read, or may not be."""
    with opened(database) as connection:
        found = connection.execute(
            f"select message from pinterest.{table} where stream = ? order by all", [stream]
        ).fetchall()
    return [message for (message,) in found]


def gone(database: Path | Opened, stream: str) -> set[tuple[str, ...]]:
    """The keys of the rows that are marked as gone."""
    key = ", ".join(STREAMS[stream].key)
    with opened(database) as connection:
        found = connection.execute(f"select {key} from pinterest.{stream} where _gone_at is not null")
        return set(found.fetchall())


def in_order(frame: pd.DataFrame, stream: Stream) -> pd.DataFrame:
    """Rows by key, absent values as None."""
    plain = pd.DataFrame(
        {
            name: pd.Series(
                [None if missing else value for value, missing in zip(column, column.isna(), strict=True)],
                dtype=object,
            )
            for name, column in frame.astype(object).items()
        }
    )
    return plain.sort_values(list(stream.key), ignore_index=True)


def truth(
    demo: DemoServer, stream: str, window: Window | None, *, reported: Window | None = None
) -> pd.DataFrame:
    """What the table should hold after ``window`` was loaded; by report, its days ``reported``."""
    start, end = (window.start, window.end) if window else (None, None)
    by_report = (reported.start, reported.end) if reported else None
    told = demo.truth.rows(stream, start, end, reported=by_report)
    told = told.drop(columns=[*FIRST_SEEN], errors="ignore")
    return in_order(told, STREAMS[stream])


def assert_same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Same columns, same rows, same values to the digit."""
    assert list(found.columns) == list(wanted.columns)
    assert len(found) == len(wanted)
    differing: dict[str, Any] = {}
    for name in wanted.columns:
        pairs = zip(found[name], wanted[name], strict=True)
        wrong = [(mine, theirs) for mine, theirs in pairs if mine != theirs]
        if wrong:
            differing[str(name)] = wrong[0]
    assert differing == {}


def partitions_and_days(
    stream: ReportStream, window: Window, settings: Settings
) -> tuple[Window | None, Window]:
    """The partitions that have days of ``window``, and all of their days."""
    partitions = report_partitions(stream, settings)
    if partitions is None:
        return None, report_total(stream, settings)
    keys = partitions_in(partitions, window)
    spans = [days_of(partitions.time_window_for_partition_key(key)) for key in keys]
    return Window(*(date.fromisoformat(key) for key in keys)), Window(spans[0][0], spans[-1][1])


def of_this_account(demo: DemoServer, text: str) -> str:
    """The example with ids that the demo account has."""
    days = last_days(120)
    products = demo.truth.rows("product_item_report", days.start, days.end)
    links = demo.truth.rows("product_group_promotion_analytics", days.start, days.end)
    ad = next(ad for ad in demo.world.tree.ads if ad.group.campaign.account.id == links["ad_account_id"][0])
    ids = {
        "549000000001": ad.group.campaign.account.id,
        "626000000001": ad.group.campaign.id,
        "268000000001": ad.group.id,
        "687000000001": ad.id,
        "135000000001": products["product_item_id"][0],
        "293000000001": ", ".join(f"'{id_}'" for id_ in sorted(set(links["product_group_promotion_id"]))),
    }
    for shown, real in ids.items():
        text = text.replace(f'"{shown}"', real if "'" in real else f'"{real}"')
    return text
