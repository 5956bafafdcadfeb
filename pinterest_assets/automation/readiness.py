"""The sensor that asks Pinterest which days are ready, and requests the partitions of those that are.

What it remembers is in ``ready_days``; the row of each day is written by the asset ``metrics_ready_state``,
which is in every run requested here.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import RunsFilter
from dagster._core.storage.tags import RUN_KEY_TAG, SENSOR_NAME_TAG

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.conditions import HEALED_DAYS
from pinterest_assets.automation.families import DAILY, families, selection
from pinterest_assets.automation.ready_days import (
    CONVERSIONS,
    DELIVERY,
    FINAL,
    Known,
    in_words,
    known_by,
    read_cursor,
    run_key,
    stretches,
    write_cursor,
)
from pinterest_assets.automation.running import sensor_status, with_obstacle
from pinterest_assets.partitions import first_day, range_tags
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.catalog import STREAMS, ReadyStream, Stream
from pinterest_assets.pinterest.extract.readiness import read_ready, ready_request
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, today

SENSOR = "metrics_ready"

WATCHED_DAYS = 7
"""How many days back are watched until they are final: also the most calls of a tick."""

SECONDS_TO_ASK = 20.0
"""After which no further day is asked for in a tick: Dagster ends it after a minute."""

REMEMBERED_RUNS = 50
"""Of the sensor's own runs, looked at when its cursor is lost: a day is in two of them at most."""

_DESCRIPTION = f"""\
Asks Pinterest whether the numbers of the last {WATCHED_DAYS} days are final, and requests the partitions of \
a day at once: when its delivery metrics are ready, and again when its conversion metrics are. Days that follow \
each other are one run, of all daily numbers and of `metrics_ready_state`, which keeps the answer.

A day that is final is not asked for again. Nothing is requested twice, also when the cursor is reset. At its \
first tick the sensor requests the last {HEALED_DAYS} days; what is older is for a backfill. A tick is skipped, \
and says why, while lists that the numbers hang on were never read, and while Pinterest does not answer."""


def ready_sensor(settings: Settings) -> dg.SensorDefinition:
    """The sensor; it starts by itself where there is an account to ask."""
    streams = _requested(settings)
    stream = next(stream for stream in streams if isinstance(stream, ReadyStream))
    parents = _parents(streams)

    @dg.sensor(
        name=SENSOR,
        target=selection(streams),
        minimum_interval_seconds=max(1, round(settings.ready_check_minutes * 60)),
        default_status=sensor_status(settings),
        description=with_obstacle(_DESCRIPTION, settings),
    )
    def tick(
        context: dg.SensorEvaluationContext, pinterest: PinterestResource
    ) -> dg.SensorResult | dg.SkipReason:
        try:
            with pinterest.brief_client() as client:
                if lists := _never_read(context.instance, parents):
                    return dg.SkipReason(
                        f"{', '.join(lists)} never read: daily numbers hang on these lists, materialize them first"
                    )
                return _look(context, client, stream, watched_days(settings))
        except PinterestError as problem:
            return dg.SkipReason(str(problem))

    return tick


def watched_days(settings: Settings) -> list[date]:
    """The days that are looked at, yesterday first; days before the first partition are not among them."""
    first = first_day(settings)
    days = (today() - timedelta(days=back) for back in range(1, WATCHED_DAYS + 1))
    return [day for day in days if day >= first]


def _requested(settings: Settings) -> list[Stream]:
    found = families(settings)
    return [stream for family in (*DAILY, "readiness") for stream in found[family]]


def _parents(streams: Sequence[Stream]) -> list[str]:
    """The lists that the numbers hang on, in the order of the catalog."""
    needed = {parent for stream in streams for parent in stream.inputs}
    return [name for name in STREAMS if name in needed]


def _never_read(instance: dg.DagsterInstance, lists: Sequence[str]) -> list[str]:
    return [name for name in lists if instance.get_latest_materialization_event(asset_key(name)) is None]


def _look(
    context: dg.SensorEvaluationContext, client: Client, stream: ReadyStream, days: Sequence[date]
) -> dg.SensorResult:
    """Ask for the days that are not final; request what is news, and remember it."""
    known = read_cursor(context.cursor) or _remembered(context.instance, days)
    news: Known = {}
    problem: PinterestError | None = None
    try:
        for day, ready in _asked(client, stream, [day for day in days if known.get(day) != FINAL]):
            if fresh := ready - known.get(day, frozenset()):
                news[day] = fresh
    except PinterestError as trouble:
        problem = trouble
    known |= {day: known.get(day, frozenset()) | kinds for day, kinds in news.items()}
    cursor = write_cursor(known, oldest=days[-1])
    if not news:
        reason = str(problem) if problem else _waiting(known, days)
        return dg.SensorResult(skip_reason=reason, cursor=cursor)
    if problem:
        context.log.warning(f"not all days were asked for: {problem}")
    return dg.SensorResult(run_requests=[_request(part) for part in stretches(news)], cursor=cursor)


def _asked(
    client: Client, stream: ReadyStream, days: Sequence[date]
) -> Iterator[tuple[date, frozenset[str]]]:
    """What is ready of each day, until time is up."""
    until = time.monotonic() + SECONDS_TO_ASK
    for day in days:
        if time.monotonic() > until:
            return
        ready = client.get(ready_request(stream, day), read_ready)
        flags = {DELIVERY: ready.delivery, CONVERSIONS: ready.conversions}
        yield day, frozenset(kind for kind, is_ready in flags.items() if is_ready)


def _remembered(instance: dg.DagsterInstance, days: Sequence[date]) -> Known:
    """Without a cursor: what runs were requested for, and the older days, which are left to backfills."""
    mine = RunsFilter(tags={SENSOR_NAME_TAG: SENSOR})
    runs = instance.get_runs(mine, limit=REMEMBERED_RUNS)
    keys = [run.tags[RUN_KEY_TAG] for run in runs if RUN_KEY_TAG in run.tags]
    return {**dict.fromkeys(days[HEALED_DAYS:], FINAL), **known_by(keys)}


def _waiting(known: Known, days: Sequence[date]) -> str:
    lacking = {day: FINAL - known.get(day, frozenset()) for day in days}
    waits = [f"{day} for {in_words(kinds)}" for day, kinds in lacking.items() if kinds]
    return f"not ready yet: {', '.join(waits)}" if waits else f"the last {len(days)} days are final"


def _request(part: Known) -> dg.RunRequest:
    days = range_tags(min(part).isoformat(), max(part).isoformat())
    return dg.RunRequest(run_key=run_key(part), tags=days)
