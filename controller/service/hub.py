"""Live updates: server-sent events, gathered for a moment so that many changes cost many listeners little.

What has changed is noted by its topic; a few dozen times a second each is written once, as it is then, and the same bytes go to
everybody who listens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

log = structlog.get_logger("mourour.service")
PING_S = 10.0
BEHIND = 200
"""Frames a listener may be behind before it is let go; it may come again, and begins with how things stand then."""
Render = Callable[[str], bytes | None]


def sse(event: str, data: str) -> bytes:
    """One event on the wire (WHATWG HTML, server-sent events); ``data`` must be one line, as JSON is."""
    return f"event: {event}\ndata: {data}\n\n".encode()


PING = b": still here\n\n"


class Listener:
    """``topics`` it wants, None for all. ``frames`` ends with None when there is no more to come."""

    def __init__(self, topics: frozenset[str] | None) -> None:
        self.topics = topics
        self.frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.over = False

    def end(self) -> None:
        if not self.over:
            self.over = True
            self.frames.put_nowait(None)


class Hub:
    """All methods are for the thread of the event loop. ``renders`` say, by the part of the topic before the colon, what there
    is to say of it now."""

    def __init__(self, frame_s: float) -> None:
        self._frame_s = frame_s
        self.renders: dict[str, Render] = {}
        self._changed: dict[str, None] = {}
        self._said: list[tuple[str, bytes]] = []
        self.listeners: set[Listener] = set()
        self.closed = False
        self._pinged_s = time.monotonic()

    def touch(self, topic: str) -> None:
        """``topic`` (``emergency:A-118``) is not as it was."""
        self._changed[topic] = None

    def say(self, topic: str, event: bytes) -> None:
        """Something that happened, to be told just so."""
        self._said.append((topic, event))

    def pending(self, topics: frozenset[str] | None) -> bool:
        """Whether something of these topics has not been sent yet."""
        said = {topic for topic, _ in self._said} | self._changed.keys()
        return bool(said) if topics is None else not topics.isdisjoint(said)

    def listen(self, topics: frozenset[str] | None) -> Listener:
        listener = Listener(topics)
        if self.closed:
            listener.end()
        else:
            self.listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        listener.over = True

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._frame_s)
            try:
                self.send()
                if time.monotonic() - self._pinged_s > PING_S:
                    self._pinged_s = time.monotonic()
                    for listener in list(self.listeners):
                        self._put(listener, PING)
            except Exception:
                log.exception("hub.failed")

    def send(self) -> None:
        """Tell everybody what has changed since the last time."""
        changed, said = self._changed, self._said
        self._changed, self._said = {}, []
        if not self.listeners or not (changed or said):
            return
        frames: dict[str, bytes] = {}
        for topic, event in said:
            frames[topic] = frames.get(topic, b"") + event
        for topic in changed:
            now = self._render(topic)
            if now is not None:
                frames[topic] = frames.get(topic, b"") + now
        if not frames:
            return
        whole = b"".join(frames.values())
        for listener in list(self.listeners):
            wanted = whole if listener.topics is None else b"".join(frames[t] for t in listener.topics if t in frames)
            if not wanted:
                continue
            self._put(listener, wanted)

    def _put(self, listener: Listener, frame: bytes) -> None:
        listener.frames.put_nowait(frame)
        if listener.frames.qsize() > BEHIND:
            self.listeners.discard(listener)
            listener.end()

    def _render(self, topic: str) -> bytes | None:
        render = self.renders.get(topic.partition(":")[0])
        return render(topic) if render is not None else None

    def snapshot(self, topics: Mapping[str, Any] | list[str]) -> bytes:
        """How these topics stand now."""
        return b"".join(filter(None, map(self._render, topics)))

    def close(self) -> None:
        """No more for anybody."""
        self.closed = True
        for listener in list(self.listeners):
            listener.end()
        self.listeners.clear()
