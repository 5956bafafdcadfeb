"""Endpoints that follow from the streams' lines over HTTP, and the rows they have altogether."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import msgspec

from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.entity_rows import ENTITY_ROWS, readers
from pinterest_assets.demo.examples import INPUTS_OF_DEMO, OF_EACH, REPEATED, SECRETS
from pinterest_assets.demo.lines import Lines, Row, spread
from pinterest_assets.demo.validation import invalid, page
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.demo.wrapping import wrapped
from pinterest_assets.pinterest.api.scopes import scopes_for
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Path
from pinterest_assets.pinterest.catalog.path import inherited_name
from pinterest_assets.pinterest.catalog.placeholder import INPUT, PERIOD, Value, in_row

FROM_LINES = {
    name: stream
    for name, stream in STREAMS.items()
    if isinstance(stream, EntityStream) and not stream.daily and name not in ENTITY_ROWS
}
"""The streams that no module of the demo makes by hand."""


def rows_of(world: DemoAccount, name: str) -> list[Row]:
    """All rows of a list, with the names of the API and of the table."""
    if name in ENTITY_ROWS:
        return list(ENTITY_ROWS[name](world))
    stream = FROM_LINES[name]
    lines = Lines(world, partial(rows_of, world))
    found: list[Row] = []
    for path in stream.paths:
        for values, chosen in _askings(world, stream, path):
            target, params = path.fill(values, chosen)
            asked = (*params, *spread(path.posted(values, chosen)))
            known = {**path.fixed(params), **_known(path, values, chosen)}
            names = {column.name for column in stream.columns if column.type == "VARCHAR"}
            kept = {key: value for key, value in known.items() if key in names}
            read = {"read_on": world.today} if stream.dated else {}
            found += [_by_column(stream, row) | kept | read for row in lines.records(stream, target, asked)]
    return found


def _by_column(stream: EntityStream, record: Row) -> Row:
    row = {column.name: record.get(column.source) for column in stream.columns}
    for name, member in (field.split("/") for field in stream.never if "/" in field):
        inside = row.get(name)
        if isinstance(inside, dict):
            row[name] = {key: value for key, value in inside.items() if key != member}
    return row


def _known(path: Path, values: dict[str, Value], chosen: dict[str, Value]) -> dict[str, str]:
    names = {inherited_name(str(path.parent), name): value for name, value in values.items()}
    names |= {key.partition(".")[2]: value for key, value in chosen.items()}
    return {name: value for name, value in names.items() if isinstance(value, str)}


def _askings(
    world: DemoAccount, stream: EntityStream, path: Path
) -> Iterator[tuple[dict[str, Value], dict[str, Value]]]:
    """Each row of the parent by itself, with each choice of inputs."""
    choices = [
        [(f"{INPUT}.{one.name}", (value,) if one.most else value) for value in INPUTS_OF_DEMO[one.name]]
        for one in path.inputs
    ]
    many, days = path.many, _period(world)
    for row in _parents(world, stream, path):
        told = {name: in_row(row.get(name)) for name in (*path.parent_columns, *stream.carried)}
        values: dict[str, Value] = {
            name: (str(value),) if many and name == many.name else value
            for name, value in told.items()
            if value is not None
        }
        for chosen in product(*choices):
            yield values, {**days, **dict(chosen)}


def _period(world: DemoAccount) -> dict[str, Value]:
    """The days that are looked back on: 30, the last of them yesterday."""
    first, last = world.today - timedelta(days=30), world.today - timedelta(days=1)
    return {f"{PERIOD}.start": first.isoformat(), f"{PERIOD}.end": last.isoformat()}


def _parents(world: DemoAccount, stream: EntityStream, path: Path) -> Sequence[Row]:
    if path.parent is None:
        return [{}]
    if stream.per_owner:
        return [{"id": account.id} for account in readers(world)]
    rows = [row for row in rows_of(world, path.parent) if all(row.get(n) in v for n, v in stream.where)]
    if stream.latest:
        of, when = stream.latest
        rows = list({row[of]: row for row in sorted(rows, key=lambda row: str(row[when]))}.values())
    rows = [
        {**row, **dict(zip(path.instead, values, strict=True))}
        for row in rows
        for values in product(
            *([row[name]] if row.get(name) else INPUTS_OF_DEMO[name] for name in path.instead)
        )
        if all(row.get(name) is not None for name in path.required_columns)
    ]
    if path.many is not None:  # a value that several rows share is asked for once
        rows = list({tuple(row[name] for name in path.parent_columns): row for row in rows}.values())
        rows = [row for row in rows if not (path.many.joined and "," in str(row[path.many.name]))]
    return rows


def _endpoint(call: Call, lists: Sequence[tuple[EntityStream, Path]]) -> Any:
    if "ad_account_id" in call.parts:
        _ = call.account
    elif call.query.has("ad_account_id"):
        _ = call.owner
    stream, path = next((one for one in lists if _is_meant(one[1], call)), lists[0])
    target = path.operation
    for name, value in call.parts.items():
        target = target.replace("{" + name + "}", value)
    params = [(name, value) for name, values in call.query.values.items() for value in values]
    params += spread(_body(call)) if path.body else ()
    lines = Lines(call.world, partial(rows_of, call.world))
    told = _of_the_request(stream, path)
    records = lines.records(stream, target, params)
    answer = wrapped(stream, [{n: v for n, v in row.items() if n not in told} for row in records])
    secret = SECRETS.get(stream.name)
    if secret is not None:
        for item in answer["items"]:
            item.update(secret)
    return page(call.query, answer["items"]) if stream.pages != "none" else answer


def _of_the_request(stream: EntityStream, path: Path) -> set[str]:
    """The columns that a row has from the request only; one of many values is told by the row itself."""
    of_rows = {inherited_name(str(path.parent), name) for name in (*path.parent_columns, *stream.carried)}
    of_address = {part.partition("=")[0] for part in path.template.partition("?")[2].split("&")}
    given = {"ad_account_id", *of_rows, *of_address, *(one.name for one in path.inputs)}
    given &= {
        column.source
        for column in stream.columns
        if column.name == column.source and column.type == "VARCHAR"
    }
    each = OF_EACH.get(stream.name, ("", ""))[1]
    return given - REPEATED.get(stream.name, frozenset()) - {each}


def _body(call: Call) -> Any:
    try:
        return msgspec.json.decode(call.body, type=dict[str, Any])
    except msgspec.DecodeError:
        raise invalid("The body is no JSON object.") from None


def _is_meant(path: Path, call: Call) -> bool:
    """Whether the call has the parameters of a path, with the values that are the same in every call of it."""
    if path.body and not _fits(json.loads(path.body), _body(call)):
        return False
    pairs = (part.partition("=") for part in path.template.partition("?")[2].split("&") if part)
    return all(
        call.query.has(name) and ("{" in text or call.query.one(name) == text) for name, _, text in pairs
    )


def _fits(wanted: Any, posted: Any) -> bool:
    """Whether what was posted has the texts of a body; what a placeholder stands for may be anything."""
    if not isinstance(wanted, dict) or not isinstance(posted, dict):
        return "{" in str(wanted) or wanted == posted
    needed = {name: one for name, one in wanted.items() if not str(one).endswith("?}")}
    return all(name in posted and _fits(one, posted[name]) for name, one in needed.items())


def _routes() -> Iterator[Route]:
    by_operation: dict[str, list[tuple[EntityStream, Path]]] = {}
    for stream in FROM_LINES.values():
        for path in stream.paths:
            by_operation.setdefault(path.operation, []).append((stream, path))
    for operation, lists in by_operation.items():
        stream, path = lists[0]
        endpoint = partial(_endpoint, lists=lists)
        # Answers are kept by their address, which does not tell what was posted.
        kept = path.method == "GET"
        yield Route(operation, stream.category, scopes_for(operation), endpoint, path.method, kept)


ROUTES = tuple(_routes())
