"""Puts an answer on the wire, whole or as spoiled as a fault wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Send

from pinterest_assets.demo.faults import Fault


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


async def send_answer(
    send: Send, answer: Answer, fault: Fault | None, pause: Callable[[float], Awaitable[None]]
) -> None:
    """Sends the answer; closes the connection early where the fault says so."""
    if fault is not None and fault.drop:
        await hang_up(send)
        return
    body = answer.body[: len(answer.body) * 2 // 3] if fault and fault.bad_json else answer.body
    if fault is not None and fault.bad_json:
        answer.headers.pop("content-encoding", None)
        body = body if body[:1] in (b"{", b"[") else b'{"items": [{"id": "1'
    headers = {"content-type": "application/json", "content-length": str(len(body)), **answer.headers}
    await send({"type": "http.response.start", "status": answer.status, "headers": raw(headers)})
    if fault is not None and (fault.cut or fault.body_delay):
        half = len(body) // 2
        await send({"type": "http.response.body", "body": body[:half], "more_body": True})
        await pause(fault.body_delay)
        if fault.cut:
            await asyncio.sleep(0.02)  # lets the half leave before the connection goes
            await hang_up(send)
            return
        body = body[half:]
    await send({"type": "http.response.body", "body": body})


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI wants them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def hang_up(send: Send) -> None:
    """Closes the connection, whatever was promised on it."""
    # ASGI has no way to close a connection; uvicorn's ``send`` is a method of the object that has one.
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.close()
    while not cycle.disconnected:
        await asyncio.sleep(0.005)
