"""Plain HTTP under ``/_demo/`` for tests in other processes: calls, faults, changes, truth."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from pinterest_assets.demo import oauth
from pinterest_assets.demo.gate import Gate
from pinterest_assets.demo.truth import Truth
from pinterest_assets.pinterest.catalog import STREAMS


def _json(data: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(data), status_code=status, media_type="application/json")


async def _given(request: HttpRequest) -> Any:
    """The body, which must be called JSON: a page of another site cannot post such without asking first."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "the body must be application/json")
    return msgspec.json.decode(await request.body())


def _day(request: HttpRequest, name: str) -> date | None:
    found = request.query_params.get(name)
    return date.fromisoformat(found) if found else None


class Control:
    """The control endpoints of one running demo, and its consent page."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._truth = Truth(gate.world)
        self.routes = [
            Route("/oauth/", self._consent),
            Route("/_demo/calls", self._calls, methods=["GET", "DELETE"]),
            Route("/_demo/faults", self._faults, methods=["POST", "DELETE"]),
            Route("/_demo/limits", self._limits, methods=["POST", "DELETE"]),
            Route("/_demo/reports", self._reports, methods=["GET", "POST", "DELETE"]),
            Route("/_demo/restate", self._restate, methods=["POST"]),
            Route("/_demo/entities", self._entities, methods=["POST"]),
            Route("/_demo/ready", self._ready, methods=["POST", "DELETE"]),
            Route("/_demo/truth/{stream}", self._told),
        ]

    async def _consent(self, request: HttpRequest) -> Response:
        return oauth.consent(self._gate.tokens, request)

    async def _calls(self, request: HttpRequest) -> Response:
        if request.method == "DELETE":
            self._gate.log.clear()
        requests = [dataclasses.asdict(record) for record in self._gate.log.copy()]
        by_category = self._gate.log.by_category()
        return _json({"by_category": by_category, "total": len(requests), "requests": requests})

    async def _faults(self, request: HttpRequest) -> Response:
        if request.method == "DELETE":
            self._gate.faults.clear()
            return _json({})
        rule = await _given(request)
        try:
            self._gate.faults.add(rule.pop("pattern"), **rule)
        except (KeyError, TypeError) as error:
            return _json({"message": str(error)}, 400)
        return _json({}, 201)

    async def _limits(self, request: HttpRequest) -> Response:
        if request.method == "DELETE":
            self._gate.limits.clear()
            return _json({})
        wanted = await _given(request)
        self._gate.limits.set(wanted["category"], wanted["calls"], wanted.get("seconds", 60.0))
        return _json({}, 201)

    async def _reports(self, request: HttpRequest) -> Response:
        """POST sets ``ready_after``, ``packing`` and ``active_only``, and moves the clock by ``advance``."""
        desk = self._gate.desk
        if request.method == "DELETE":
            desk.reset()
        elif request.method == "POST":
            wanted = await _given(request)
            desk.ready_after = wanted.get("ready_after", desk.ready_after)
            desk.packing = wanted.get("packing", desk.packing)
            desk.active_only = wanted.get("active_only", desk.active_only)
            desk.advance(wanted.get("advance", 0.0))
        orders = [
            {"account_id": order.account_id, "body": order.body, "polls": order.polls}
            for order in desk.orders
        ]
        downloads = [dataclasses.asdict(download) for download in desk.downloads]
        return _json({"reports": orders, "downloads": downloads, "most_at_once": desk.most_at_once})

    async def _restate(self, request: HttpRequest) -> Response:
        wanted = await _given(request)
        day, extra = date.fromisoformat(wanted["day"]), wanted.get("extra_checkouts", 3)
        try:
            ad = self._gate.world.restate(day, wanted.get("entity_id"), extra_checkouts=extra)
        except ValueError as error:
            return _json({"message": str(error)}, 400)
        return _json({"ad_id": ad})

    async def _entities(self, request: HttpRequest) -> Response:
        """``{"kind": ..., "change" | "add" | "remove": id, "fields": {...}}``; answers the entity's id."""
        wanted, changes = await _given(request), self._gate.world.changes
        kind, fields = wanted.get("kind", ""), wanted.get("fields", {})
        entity = next((wanted[name] for name in ("change", "add", "remove") if name in wanted), "")
        try:
            if "add" in wanted:
                entity = changes.add(kind, entity, **fields)
            elif "remove" in wanted:
                changes.remove(kind, entity)
            else:
                changes.change(kind, entity, **fields)
        except ValueError as error:
            return _json({"message": str(error)}, 400)
        return _json({"id": entity})

    async def _ready(self, request: HttpRequest) -> Response:
        """POST ``{"day": ..., "delivery": true, "conversions": false}`` sets one kind or both."""
        readiness = self._gate.world.readiness
        if request.method == "DELETE":
            readiness.clear()
            return _json({})
        wanted = await _given(request)
        day = date.fromisoformat(wanted["day"])
        readiness.set(day, delivery=wanted.get("delivery"), conversions=wanted.get("conversions"))
        return _json(readiness.of(day))

    async def _told(self, request: HttpRequest) -> Response:
        stream = request.path_params["stream"]
        if stream not in STREAMS:
            return _json({"message": f"no stream {stream}"}, 404)
        rows = self._truth.rows(stream, _day(request, "start"), _day(request, "end"))
        return _json(rows.to_dict("records"))
