"""A TCP relay before each of some cabinets, which can be cut: what a digger does to a cable, and a switch that comes back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Relay:
    """Passes bytes on to ``port``. While :attr:`cut`, nothing passes and nobody is told; connections made meanwhile lead nowhere.
    What was on its way when it was cut is lost, and once mended the old connections are dead."""

    host: str
    port: int
    listens: int
    cut: bool = False
    _server: asyncio.Server | None = None
    _pairs: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._relay, self.host, self.listens)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._pairs:
            task.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs.add(task)
        try:
            there_reader, there_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.close()
            self._pairs.discard(task)
            return
        both = [asyncio.create_task(self._pass(reader, there_writer)), asyncio.create_task(self._pass(there_reader, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in both:
                way.cancel()
            for end in (writer, there_writer):
                with contextlib.suppress(OSError, RuntimeError):
                    end.close()
            self._pairs.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dead = False
        # uvloop says by a RuntimeError that the other end has been closed meanwhile.
        with contextlib.suppress(OSError, RuntimeError):
            while data := await reader.read(65536):
                dead = dead or self.cut
                if not dead:
                    writer.write(data)
                    await writer.drain()


def cut(relays: Sequence[Relay], on: bool) -> None:
    """Cut or mend some of them."""
    for relay in relays:
        relay.cut = on
