"""Gives out the files of reports by signed link, streamed, as a store of files would: not an API call.

Like such a store it takes the signature in the query and nothing else: a request that also brings
an Authorization header is refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote_plus

import msgspec
from starlette.types import Receive, Scope, Send

from pinterest_assets.demo.desk import Download, Order
from pinterest_assets.demo.faults import Fault
from pinterest_assets.demo.gate import Gate
from pinterest_assets.demo.sending import hang_up, raw

_CHUNK = 128 * 1024


class Downloads:
    """A raw ASGI application, because faults cut files and close connections."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        query = scope["query_string"].decode()
        names = {name.lower() for name, _ in scope["headers"]}
        fault = self._gate.faults.take(f"{scope['path']}?{unquote_plus(query)}")
        order = self._gate.desk.redeem(scope["path"], query)
        status, why = _judged(order, fault, authorised=b"authorization" in names)
        record = Download(order.name if order else "", b"authorization" in names, status, time.time())
        self._gate.desk.downloads.append(record)
        if fault is not None:
            await self._gate.pause(fault.delay)
        if fault is not None and fault.drop:
            record.status = 0
            await hang_up(send)
        elif status == 200 and order is not None:
            cut = parse_qs(query).get("cut", ["0"])[-1]
            await self._send(send, order, int(cut), fault)
        else:
            await _refuse(send, status, why)

    async def _send(self, send: Send, order: Order, cut: int, fault: Fault | None) -> None:
        path = self._gate.desk.file(order)
        changed = _changed(path, fault)
        length = (order.size or 0) - cut if changed is None else len(changed)
        if fault is not None and fault.bad_json:
            length = length * 2 // 3
        sent = length // 2 if fault is not None and fault.cut else length
        headers = {"content-type": "binary/octet-stream", "content-length": str(length)}
        if order.packing == "encoded":
            headers["content-encoding"] = "gzip"
        await send({"type": "http.response.start", "status": 200, "headers": raw(headers)})
        for chunk in _chunks(path, sent) if changed is None else (changed,):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if fault is not None:
                await self._gate.pause(fault.body_delay)
        if sent < length:
            await self._gate.pause(0.02)  # lets what was sent leave before the connection goes
            await hang_up(send)
            return
        await send({"type": "http.response.body", "body": b""})


def _changed(path: Path, fault: Fault | None) -> bytes | None:
    """The file as a fault has it, if it changes what is in it."""
    if fault is None or not (fault.empty or fault.mutate):
        return None
    return msgspec.json.encode(
        {} if fault.empty else fault.altered(msgspec.json.decode(path.read_bytes()), None)
    )


def _judged(order: Order | None, fault: Fault | None, *, authorised: bool) -> tuple[int, str]:
    if fault is not None and fault.status is not None:
        return fault.status, "AccessDenied" if fault.status == 403 else "InternalError"
    if authorised:
        return 400, "InvalidArgument"
    return (200, "") if order is not None else (403, "AccessDenied")


def _chunks(path: Path, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while length > 0:
            chunk = file.read(min(_CHUNK, length))
            length -= len(chunk)
            yield chunk


async def _refuse(send: Send, status: int, why: str) -> None:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{why}</Code></Error>'.encode()
    headers = {"content-type": "application/xml", "content-length": str(len(body))}
    await send({"type": "http.response.start", "status": status, "headers": raw(headers)})
    await send({"type": "http.response.body", "body": body})
