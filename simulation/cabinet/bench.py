"""The test bench a fleet of emulators hangs on: what in the field are the wires to lamps and detectors, and the hands of whoever
breaks things. One JSON object a line, over a Unix socket that only its owner can open."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from signal_drivers.errors import BadInput, MourourError, RunFailed
from simulation.cabinet.seat import Seat

LINE_BYTES = 1 << 24


class Clock:
    """Time of a fleet. In steps it is what the bench last said; else it runs by itself in whole milliseconds, so that what a unit
    does and what it reports of it agree to the last digit."""

    def __init__(self, start_s: float, *, stepped: bool) -> None:
        self.now_s, self.stepped = start_s, stepped


class Bench:
    """Serves the seats of one process at ``socket``."""

    def __init__(self, seats: Mapping[str, Seat], clock: Clock, socket: Path) -> None:
        self._seats, self._clock, self._socket = seats, clock, socket
        self._server: asyncio.Server | None = None
        self._shown: dict[str, tuple[int, ...]] = {}

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self._socket), limit=LINE_BYTES)
        self._socket.chmod(0o600)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._socket.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._shown = {}
        try:
            while line := await reader.readline():
                try:
                    answer: dict[str, Any] = await self._do(json.loads(line))
                except MourourError as error:
                    answer = {"error": str(error)}
                except (ValueError, KeyError, TypeError) as error:
                    answer = {"error": f"{type(error).__name__}: {error}"}
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _do(self, order: Mapping[str, Any]) -> dict[str, Any]:
        kind = order["do"]
        if kind == "advance":
            changed = self._advance(float(order["now_s"]), order.get("detectors", {}))
            for seat in self._seats.values():
                await seat.server.refresh()
            return {"heads": changed}
        if kind == "inject":
            for name in order["cabinets"] or list(self._seats):
                if name in self._seats:
                    self._seats[name].inject(order["fault"], order["value"], self._clock.now_s)
            return {"done": [n for n in order["cabinets"] or self._seats if n in self._seats]}
        if kind == "show":
            return {"cabinets": {name: self._show(seat) for name, seat in self._seats.items()}}
        raise BadInput(f"the bench does not know how to {kind!r}")

    def _advance(self, now_s: float, detectors: Mapping[str, Any]) -> dict[str, list[int]]:
        """Step to ``now_s``; the heads that show something else than when last asked."""
        if not self._clock.stepped:
            raise BadInput("this fleet's clock runs by itself")
        self._clock.now_s = now_s
        changed: dict[str, list[int]] = {}
        for name, seat in self._seats.items():
            if name in detectors:
                seat.detect(detectors[name])
            seat.tick(now_s)
            heads = tuple(map(int, seat.station.unit.status(now_s).heads))
            if self._shown.get(name) != heads:
                self._shown[name] = heads
                changed[name] = list(heads)
        return changed

    def _show(self, seat: Seat) -> dict[str, Any]:
        status = seat.station.unit.status(self._clock.now_s)
        return {"mode": status.mode.value, "source": status.mode_source.value, "stage": status.stage, "target": status.target,
                "faults": sorted(f.value for f in status.faults), "heads": [h.name.lower() for h in status.heads],
                "violations": seat.violations}


class BenchClient:
    """Talks to the bench of one process. Raises :class:`RunFailed` where it is gone and :class:`BadInput` for what it refuses."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, **order: Any) -> dict[str, Any]:
        try:
            # A connection lives as long as the loop it was made on.
            if self._loop is not asyncio.get_running_loop():
                self._streams, self._loop = None, asyncio.get_running_loop()
            if self._streams is None:
                self._streams = await asyncio.open_unix_connection(str(self._socket), limit=LINE_BYTES)
            reader, writer = self._streams
            writer.write(json.dumps(order).encode() + b"\n")
            await writer.drain()
            line = await reader.readline()
        except OSError as error:
            raise RunFailed(f"the fleet's bench does not answer: {error.strerror or error}", where=str(self._socket),
                            mend="is the fleet still running?") from error
        if not line:
            raise RunFailed("the fleet's bench went away", where=str(self._socket))
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise BadInput(answer["error"], where="bench")
        return answer

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with contextlib.suppress(OSError):
                await self._streams[1].wait_closed()
            self._streams = None
