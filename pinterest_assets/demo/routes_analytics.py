"""Ads analytics over HTTP: numbers of the levels, broken by targeting types or not.

Answers are sparse as Pinterest's are: a metric of zero is left out, and so is a row of zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pinterest_assets.demo.breakdowns import PROMOTED
from pinterest_assets.demo.call import Call, Endpoint, Route
from pinterest_assets.demo.reports import Asked, asked
from pinterest_assets.demo.tables import Table
from pinterest_assets.demo.validation import invalid
from pinterest_assets.pinterest.catalog.levels import AD_LEVEL, LEVELS, PRODUCT_GROUP_PROMOTION_LEVEL
from pinterest_assets.pinterest.catalog.limits import MAX_PIN_IDS
from pinterest_assets.pinterest.catalog.model import Level

Row = dict[str, Any]


def _wanted(call: Call, level: Level) -> frozenset[str]:
    """The entities asked for, of this account only."""
    if level.ids_param is None:
        return frozenset({call.account.id})
    account = call.account.id
    if level is AD_LEVEL and not call.query.has("ad_ids"):
        return _by_campaign_and_pin(call)
    ids = call.query.ids(level.ids_param, level.max_ids, need=True) or []
    known = call.world.levels[level.name]
    mine = {node for node, owner in zip(known.ids, known.accounts, strict=True) if owner == account}
    return frozenset(ids) & mine


def _by_campaign_and_pin(call: Call) -> frozenset[str]:
    campaigns, pins = call.query.ids("campaign_ids"), call.query.ids("pin_ids", MAX_PIN_IDS)
    if campaigns is None or pins is None:
        raise invalid("Give ad_ids, or campaign_ids together with pin_ids.")
    mine = (row for row in call.world.ads.values() if row["ad_account_id"] == call.account.id)
    return frozenset(row["id"] for row in mine if row["campaign_id"] in campaigns and row["pin_id"] in pins)


def _rows(request: Asked, table: Table) -> Iterator[tuple[int, int, str | None, Row]]:
    """Entity, value, date and non-zero metrics of every row that has any."""
    cut = request.cut(table)
    labels = {day: request.label(day) for day in set(cut.days.tolist())}
    columns = (cut.entities.tolist(), cut.values.tolist(), cut.days.tolist(), cut.numbers.tolist())
    for entity, value, day, numbers in zip(*columns, strict=True):
        measured = {name: number for name, number in zip(request.names, numbers, strict=True) if number}
        if measured:
            if "SPEND_IN_DOLLAR" in request.columns and "SPEND_IN_MICRO_DOLLAR" in measured:
                measured["SPEND_IN_DOLLAR"] = measured["SPEND_IN_MICRO_DOLLAR"] / 1_000_000
            if "SPEND_IN_MICRO_DOLLAR" not in request.columns:
                measured.pop("SPEND_IN_MICRO_DOLLAR", None)
            yield entity, value, labels[day], measured


def _keyed(field: str, entity: str | int, day: str | None, measured: Row) -> Row:
    return {field: entity, **measured} if day is None else {field: entity, "DATE": day, **measured}


def _plain(level: Level) -> Endpoint:
    def endpoint(call: Call) -> list[Row]:
        request, wanted = asked(call), _wanted(call, level)
        ids = call.world.levels[level.name].ids
        table = call.world.table(level.name, wanted, request.days, request.names, None, request.window)
        return [
            _keyed(level.id_field, ids[entity], day, measured)
            for entity, _, day, measured in _rows(request, table)
        ]

    return endpoint


def _promoted(call: Call) -> list[Row]:
    level, request = PRODUCT_GROUP_PROMOTION_LEVEL, asked(call)
    wanted = call.query.ids(str(level.ids_param), level.max_ids, need=True) or []
    values = [str(value) for value in call.world.values(PROMOTED)]
    table = call.world.promoted(call.account.id, request.days, request.names, request.window)
    live = np.isin(table.values, [nth for nth, value in enumerate(values) if value in wanted])
    table = replace(
        table,
        entities=table.entities[live],
        values=table.values[live],
        days=table.days[live],
        numbers=table.numbers[live],
    )
    return [
        _keyed(level.id_field, values[value], day, measured)
        for _, value, day, measured in _rows(request, table)
    ]


def _targeting(level: Level) -> Endpoint:
    def endpoint(call: Call) -> Row:
        request, wanted = asked(call), _wanted(call, level)
        kinds = call.query.choices(
            "targeting_types", level.targeting_types, level.max_targeting_types, need=True
        )
        return {
            "data": [
                row for kind in dict.fromkeys(kinds) for row in _broken(call, level, kind, wanted, request)
            ]
        }

    return endpoint


def _broken(call: Call, level: Level, kind: str, wanted: frozenset[str], request: Asked) -> Iterator[Row]:
    ids = [int(node) for node in call.world.levels[level.name].ids]
    values = call.world.values(kind)
    table = call.world.table(level.name, wanted, request.days, request.names, kind, request.window)
    for entity, value, day, measured in _rows(request, table):
        metrics = _keyed(level.id_field, ids[entity], day, measured)
        yield {"targeting_type": kind, "targeting_value": values[value], "metrics": metrics}


def _ready(call: Call) -> Row:
    return {**call.world.readiness.of(call.query.day("date"))}


def _routes() -> Iterator[Route]:
    for level in LEVELS:
        endpoint = _promoted if level is PRODUCT_GROUP_PROMOTION_LEVEL else _plain(level)
        yield Route(level.path, "ads_analytics", ("ads:read",), endpoint)
        if level.targeting_path is not None:
            yield Route(level.targeting_path, "ads_analytics", ("ads:read",), _targeting(level))
    yield Route("/resources/metrics_ready_state", "ads_analytics", ("ads:read",), _ready, kept=False)


ROUTES = tuple(_routes())
