"""What every table should hold: the rows of each stream of the catalog, told from the generator.

Uses the catalog's names and types, and none of the code that reads, writes or encodes. Rows come
in table terms: ids as text, dates and naive UTC timestamps, JSON decoded, what an answer lacks as
``None``, as is since when a reader knows something; without the columns that say where a row came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd

from pinterest_assets.demo import pin_numbers, profile_numbers
from pinterest_assets.demo.breakdowns import PROMOTED
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.entity_rows import of_profiles
from pinterest_assets.demo.numbers import Window
from pinterest_assets.demo.report_truth import DEFAULT, ReportTruth
from pinterest_assets.demo.routes_lines import rows_of
from pinterest_assets.demo.tables import Table
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.pinterest.catalog import (
    STREAMS,
    AnalyticsStream,
    Column,
    EntityStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.limits import REACH
from pinterest_assets.pinterest.catalog.metrics import ATTRIBUTION, CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.report_stream import ReportStream

Row = dict[str, Any]

Days = tuple[date, date]
"""The first and the last."""

_REPORTED = [metric.name for metric in REPORTED_METRICS]
_METRICS = tuple(metric.source for metric in (*CORE_METRICS, *REPORTED_METRICS))
_AT_ONCE = timedelta(days=REACH["sync", "DAY"].days_back + 1)
_WINDOW = Window()
_MILLISECONDS = 10**11


class Truth:
    """The rows of every stream, for a demo account as it is now."""

    def __init__(self, world: DemoAccount) -> None:
        self._world = world

    def rows(
        self,
        stream: str,
        start: date | None = None,
        end: date | None = None,
        *,
        window: Window = _WINDOW,
        reported: Days | None = None,
    ) -> pd.DataFrame:
        """All rows of a stream; daily streams from ``start`` to ``end``, by default what is served.

        Ads analytics are as read with the attribution ``window``, and have what only reports tell on the days
        ``reported``: by default on those that are no longer served at once.
        """
        declared = STREAMS[stream]
        start, end = start or self._world.earliest(), end or self._world.today
        if isinstance(declared, AnalyticsStream):
            return self._analytics(declared, self._world.days(start, end), window, reported)
        if isinstance(declared, ReportStream):
            return self.report(declared, start, end)
        columns = {column.name: column for column in declared.columns}
        found = self._daily(declared, start, end) if declared.daily else rows_of(self._world, stream)
        rows = [
            [
                _typed(row[name] if name in row else row.get(column.source), column)
                for name, column in columns.items()
            ]
            for row in found
        ]
        return pd.DataFrame(rows, columns=list(columns), dtype=object)

    def report(
        self, stream: ReportStream, start: date, end: date, setting: Mapping[str, Any] = DEFAULT
    ) -> pd.DataFrame:
        """All rows of a table of reports, read with the attribution ``setting``."""
        return ReportTruth(self._world).rows(stream, start, end, setting)

    def _analytics(
        self, stream: AnalyticsStream, days: Ints, window: Window, reported: Days | None
    ) -> pd.DataFrame:
        level = stream.level.name
        if stream.level.ids_param == "product_group_ids":
            tables = [
                self._world.promoted(account.id, days, _METRICS, window)
                for account in self._world.tree.accounts
            ]
            frames = [self._promoted(table) for table in tables]
        else:
            wanted = frozenset(self._world.levels[level].ids)
            table = self._world.table(level, wanted, days, _METRICS, stream.targeting_type, window)
            frames = [self._level(stream, table)]
        frame = pd.concat(frames, ignore_index=True)
        first, last = reported or (date.min, self._world.today - _AT_ONCE)
        frame.loc[~frame["date"].between(first, last), _REPORTED] = None
        setting = (window.click, window.engagement, window.view, "TIME_OF_AD_ACTION", None)
        for column, value in zip(ATTRIBUTION, setting, strict=True):
            frame[column.name] = pd.Series([value] * len(frame), dtype=object)
        return frame[[column.name for column in stream.columns]]

    def _level(self, stream: AnalyticsStream, table: Table) -> pd.DataFrame:
        known = self._world.levels[stream.level.name]
        frame = _measured(table)
        frame[stream.level.id_column] = [known.ids[entity] for entity in table.entities]
        frame["ad_account_id"] = [known.accounts[entity] for entity in table.entities]
        if stream.targeting_type is not None:
            values = [str(value) for value in self._world.values(stream.targeting_type)]
            frame["targeting_type"] = stream.targeting_type
            frame["targeting_value"] = [values[value] for value in table.values]
        return frame

    def _promoted(self, table: Table) -> pd.DataFrame:
        accounts = self._world.levels["ad_account"].ids
        values = [str(value) for value in self._world.values(PROMOTED)]
        frame = _measured(table)
        frame["product_group_promotion_id"] = [values[value] for value in table.values]
        frame["ad_account_id"] = [accounts[entity] for entity in table.entities]
        return frame

    def _daily(self, stream: Stream, start: date, end: date) -> Iterable[Row]:
        if isinstance(stream, EntityStream):
            return profile_numbers.rows(self._world, start, end)
        if isinstance(stream, ReadyStream):
            return self._ready(start, end)
        rows = self._pin_analytics(start, end)
        return _by_app_type(rows) if "app_type" in stream.key else rows

    def _ready(self, start: date, end: date) -> Iterable[Row]:
        for day in map(date.fromordinal, self._world.days(start, end).tolist()):
            told = self._world.readiness.of(day)
            yield {**told, "date": day, "is_final": all(told.values())}

    def _pin_analytics(self, start: date, end: date) -> Iterable[Row]:
        for account, pin in of_profiles(self._world, lambda profile: profile.pins):
            born = self._world.profiles[account.owner.id].born[pin["id"]]
            for row in pin_numbers.daily(pin, born, start, min(end, self._world.today)):
                yield {**row, "pin_id": pin["id"], "ad_account_id": account.id, "data_status": "READY"}


def _by_app_type(rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        for app_type, part in pin_numbers.by_app_type(row).items():
            yield {**row, **part, "app_type": app_type}


def _measured(table: Table) -> pd.DataFrame:
    numbers = table.numbers.astype(object)
    frame = pd.DataFrame(numbers, columns=[name.lower() for name in _METRICS], dtype=object)
    frame["date"] = np.array([date.fromordinal(int(day)) for day in table.days], dtype=object)
    return frame


def _typed(value: Any, column: Column) -> Any:
    if column.type == "VARCHAR" and isinstance(value, int):
        return str(value)
    if column.type == "DATE" and isinstance(value, str):
        return date.fromisoformat(value)
    if value is None or column.type != "TIMESTAMP":
        return value
    if isinstance(value, str):
        return datetime.fromisoformat(value.removesuffix("Z"))
    seconds = value / 1000 if value > _MILLISECONDS else value
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)
