"""A listener's stream: how things stand, then what changes, until its token ends, or what it listens to."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from controller.service.callers import Caller
from controller.service.hub import PING, sse
from controller.service.service import Service

SSE = "text/event-stream"


def everything(service: Service) -> list[str]:
    """Topics of all there is: what listeners to everything hear first."""
    return [f"emergency:{name}" for name in service.desk.lives] + [f"junction:{name}" for name in service.posts.junctions]


async def stream(service: Service, caller: Caller, topics: frozenset[str] | None, begin: list[str],
                 until: Callable[[], bool] = lambda: False) -> AsyncGenerator[bytes, None]:
    """``begin`` are the topics whose present state comes first; ``until`` says that there is nothing more to tell."""
    listener = service.hub.listen(topics)
    try:
        yield service.hub.snapshot(begin) + PING
        while not until() or listener.frames.qsize() or service.hub.pending(topics):
            frame = await listener.frames.get()
            if frame is None:
                break
            if not service.callers.still(caller, service.clock()):
                yield sse("token-over", "{}")
                break
            yield frame
    finally:
        service.hub.leave(listener)
