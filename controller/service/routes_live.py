"""Everything as it happens, over a WebSocket: for those who cannot read server-sent events with a token, such as browsers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import lru_cache

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from controller.service.access import Onlooker, Served
from controller.service.protocols import PROTOCOL
from controller.service.stream import everything, stream

router = APIRouter(tags=["live"])
MOST_BYTES = 1024
"""Of what a listener says, which is nothing."""
OVER, GOING, SAYS_NOTHING, BEHIND = 1000, 1012, 1008, 1013
"""Why it is closed (RFC 6455): the token has ended, the service ends, the listener has spoken, it has fallen behind."""


@lru_cache(maxsize=16)
def as_message(events: bytes) -> str | None:
    """Server-sent events as a JSON list of ``{"event": ..., "data": ...}``; None where there are none. What goes to everybody is
    put into another form once."""
    rows = []
    for event in events.decode().split("\n\n"):
        head, _, data = event.partition("\ndata: ")
        if head.startswith("event: "):
            rows.append(f'{{"event":{json.dumps(head[7:])},"data":{data}}}')
    return f"[{','.join(rows)}]" if rows else None


async def _say(socket: WebSocket, frames: AsyncIterator[bytes]) -> int:
    frame = b""
    async for frame in frames:
        message = as_message(frame)
        if message is not None:
            await socket.send_text(message)
    return OVER if frame.startswith(b"event: token-over") else BEHIND


@router.websocket("/live")
async def live(socket: WebSocket, caller: Onlooker, service: Served) -> None:
    """The events of `/events`: each message is a list of them. A listener that falls behind is let go, as there."""
    await socket.accept(PROTOCOL if PROTOCOL in socket.scope.get("subprotocols", ()) else None)
    frames = stream(service, caller, None, everything(service))
    saying = asyncio.create_task(_say(socket, frames))
    hearing = asyncio.create_task(socket.receive())
    try:
        await asyncio.wait((saying, hearing), return_when=asyncio.FIRST_COMPLETED)
        code: int | None = None
        if hearing.done():
            code = SAYS_NOTHING if hearing.result()["type"] == "websocket.receive" else None
        elif saying.exception() is None:
            code = GOING if service.hub.closed else saying.result()
    finally:
        for task in (saying, hearing):
            task.cancel()
        await asyncio.gather(saying, hearing, return_exceptions=True)
        await frames.aclose()
    if code is not None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code)
