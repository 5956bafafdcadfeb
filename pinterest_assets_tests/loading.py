"""Loads streams below Dagster: the calls of a plan over real HTTP, staged and written to a real DuckDB file.

As an asset and the IO manager do it, without a run around it, so that thousands of loads take minutes.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import dagster as dg
import duckdb

from pinterest_assets.assets.entities import asking
from pinterest_assets.assets.landing import land
from pinterest_assets.assets.reports import report_spec
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.reports import Downloads, ReportPatience, Reports, ReportTokens
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog import (
    AnalyticsStream,
    EntityStream,
    LookupStream,
    PinAnalyticsStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.bulk import BulkRule, by_bulk
from pinterest_assets.pinterest.extract.parents import Parents, accounts
from pinterest_assets.pinterest.extract.plan import (
    Plan,
    plan_entities,
    plan_listed_days,
    plan_lookup,
    plan_pins,
    plan_ready,
)
from pinterest_assets.pinterest.extract.report_plan import plan_reports
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import narrowed
from pinterest_assets.table_metadata import changes
from pinterest_assets.warehouse import (
    FailedSlice,
    Load,
    Scope,
    Warehouse,
    WarehouseError,
    Written,
    keep_failed,
)

QUICK = Patience(tries=1, first_wait=0.0, longest_wait=0.0, total=5.0, timeout_tries=1)
AT_ONCE = ReportPatience(first_poll=0.0, longest_poll=0.01, ready_within=0.05, downloads=1)

Key = tuple[Any, ...]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Streams that one step loads, and in which way."""

    name: str
    streams: tuple[Stream, ...]
    method: Method = "auto"
    by_file: bool = False

    @property
    def days(self) -> bool:
        """Whether the rows are of days that a run names."""
        return self.streams[0].daily


@dataclass(slots=True)
class Loaded:
    """What a load said of itself: the lines of a run's log by stream, its notes, what failed, how it ended."""

    told: dict[str, list[str]] = field(default_factory=dict)
    written: dict[str, Written] = field(default_factory=dict)
    failed: dict[str, Sequence[FailedSlice]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    replaced: int = 0
    error: str = ""


def plan_of(target: Target, parents: Parents, window: Window, settings: Settings) -> Plan:
    """The calls of a target, as its asset plans them."""
    first = target.streams[0]
    if isinstance(first, EntityStream):
        return _plan_of_lists(target, first, parents, window, settings)
    if isinstance(first, AnalyticsStream):
        streams = [stream for stream in target.streams if isinstance(stream, AnalyticsStream)]
        return plan_analytics(
            streams, parents, window, today=today(), method=target.method, attribution=settings.attribution
        )
    if isinstance(first, PinAnalyticsStream):
        return plan_pins(first, parents, window)
    if isinstance(first, ReportStream):
        return plan_reports(report_spec(first, settings), parents, window, today())
    if isinstance(first, ReadyStream):
        return plan_ready(first, window, {}, _now())
    assert isinstance(first, LookupStream)
    return plan_lookup(first, parents)


def _plan_of_lists(
    target: Target, first: EntityStream, parents: Parents, window: Window, settings: Settings
) -> Plan:
    if first.daily:
        return plan_listed_days(first, parents, window, asking(settings))
    beside = tuple(stream for stream in target.streams[1:] if isinstance(stream, EntityStream))
    plan = plan_entities(
        first, parents, statuses=settings.entity_statuses, asking=asking(settings), beside=beside
    )
    if not target.by_file:
        return plan
    rule = BulkRule("bulk", _now(), timedelta(0), settings.entity_statuses)
    return by_bulk(plan, first, accounts(parents), {}, rule)


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


@dataclass(slots=True)
class _Recorder:
    """Keeps what could not be read, and remembers it."""

    warehouse: Warehouse
    found: Loaded
    all_accounts: bool = True

    def keep(self, stream: Stream, failed: Sequence[FailedSlice]) -> None:
        self.found.failed[stream.name] = failed
        now = datetime.now(timezone.utc)
        keep_failed(self.warehouse, {stream.name: failed}, all_accounts=True, run_id="run", tried_at=now)

    def has_rows(self, stream: Stream, accounts: Sequence[str] | None) -> bool:
        scope = Scope() if accounts is None else Scope(column=stream.account_column, values=tuple(accounts))
        return self.warehouse.count(stream.name, scope) > 0


class Loader:
    """Loads targets from one address; its connections stay open."""

    def __init__(
        self, base_url: str, token: str, folder: Path, patience: Patience = QUICK, **limits: Any
    ) -> None:
        self._tokens = folder / "tokens"
        throttle = Throttle({}, directory=folder, base_url=base_url)
        client = Client(
            base_url=base_url, auth=AccessToken(token), throttle=throttle, patience=patience, **limits
        )
        tokens = ReportTokens(base_url=base_url, identity="loader", directory=self._tokens)
        self._pinterest = PinterestResource(
            access_token=token, token_path=str(folder / "token.json"), base_url=base_url, rate_tier="standard"
        )
        self._pinterest._client = client
        self._pinterest._reports = Reports(
            client, tokens, patience=AT_ONCE, downloads=Downloads(base_url, longest=patience.total)
        )

    def close(self) -> None:
        """Close the connections."""
        self._pinterest.reports.close()
        self._pinterest.client.close()

    def load(
        self, target: Target, plan: Plan, window: Window, database: Path, *, stores: bool = True
    ) -> Loaded:
        """Load a target into a file, or only as far as its rows are staged. Errors that a user would be told of are in
        the result."""
        found = Loaded()
        warehouse = Warehouse(str(database))
        shutil.rmtree(self._tokens, ignore_errors=True)

        streams = {stream.name: stream for stream in target.streams}
        days = window if target.days else None
        try:
            for output in land(
                self._pinterest, streams, plan, window=days, recorder=_Recorder(warehouse, found)
            ):
                if stores:
                    self._write(warehouse, output, days, found)
                else:
                    found.failed[output.output_name] = output.value.failed
        except (PinterestError, WarehouseError, dg.Failure) as error:
            found.error = str(error.description) if isinstance(error, dg.Failure) else str(error)
        return found

    @staticmethod
    def _write(warehouse: Warehouse, output: dg.Output[Load], days: Window | None, found: Loaded) -> None:
        """What the IO manager does."""
        load, name = output.value, output.output_name
        scope = narrowed(Scope(None if days is None else (days.start, days.end)), load)
        now = datetime.now(timezone.utc)
        kept: dict[str, Any] = {
            "failed": load.failed,
            "parents": load.parents,
            "all_accounts": load.all_accounts,
            "run_id": "run",
            "loaded_at": now,
        }
        if load.staged.spec.marks_gone:
            written = warehouse.merge(load.staged, scope, partial=load.partial, lists=load.lists, **kept)
        else:
            written = warehouse.replace(load.staged, scope, **kept)
        found.told[name] = changes(name, written)
        found.written[name] = written
        found.failed[name] = load.failed
        told = {key: value.value for key, value in output.metadata.items()}
        found.notes += cast("list[str]", told.get("notes", []))
        found.replaced += cast("int", told.get("characters_replaced", 0))


def rows_of(database: Path, stream: Stream) -> dict[Key, Row]:
    """The rows of a table that are not gone, by key, without what the warehouse adds."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        known = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        if stream.name not in known:
            return {}
        found = connection.execute(f'select * from pinterest."{stream.name}"')
        names = [column[0] for column in found.description or []]
        return dict(_keyed(stream, names, found.fetchall()))


def _keyed(
    stream: Stream, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[Key, Row]]:
    for values in rows:
        row = dict(zip(names, values, strict=True))
        if row.pop("_gone_at", None) is None:
            own = ("_loaded_at", "_run_id", "conversion_ready_since", "non_conversion_ready_since")
            kept = {name: value for name, value in row.items() if name not in own and value is not None}
            yield tuple(row[name] for name in stream.key), kept
