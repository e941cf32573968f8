"""Fleets of cabinet emulators in processes of their own, as the daemon and the simulator find them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any

from controller.event_loop import run
from signal_drivers.errors import MourourError, RunFailed
from simulation.cabinet.bench import Bench, BenchClient, Clock
from simulation.cabinet.seat import CabinetSpec, Seat

TICK_S, PUBLISH_S, SLICES = 0.1, 1.0, 10
"""How often units look at their clocks, and how often one says something by itself though nothing has changed."""
START_LIMIT_S = 300.0


@dataclass(frozen=True)
class _Job:
    """What one process is to serve. ``start_s`` is the time a stepped fleet begins at; None lets the clock run by itself."""

    specs: tuple[CabinetSpec, ...]
    socket: Path
    start_s: float | None


def _work(job: _Job, ready: Connection) -> None:
    """Body of a fleet process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run(_serve(job, ready))
    except MourourError as error:
        ready.send(error)
    except KeyboardInterrupt:
        pass


async def _serve(job: _Job, ready: Connection) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clock = Clock(job.start_s if job.start_s is not None else 0.0, stepped=job.start_s is not None)
    calendar_s = time.time() if job.start_s is None else job.start_s
    seats = {str(spec.junction.id): Seat(spec, clock.now_s, calendar_s) for spec in job.specs}
    bench = Bench(seats, clock, job.socket)
    for seat in seats.values():
        await seat.server.start()
    await bench.start()
    # What is there now stays; a collector that walks it again and again would hold up every cabinet of the process.
    gc.collect()
    gc.freeze()
    ready.send("ready")
    starter = multiprocessing.parent_process()
    assert starter is not None and starter.pid is not None
    # Who started this process may be gone already: whose child it is now says nothing of whose it was.
    orphaned = asyncio.create_task(_stop_with(starter.pid, stop))
    ticking = None if clock.stepped else asyncio.create_task(_tick(clock, seats))
    await stop.wait()
    orphaned.cancel()
    if ticking is not None:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
    await bench.stop()
    for seat in seats.values():
        await seat.server.stop()


async def _stop_with(parent: int, stop: asyncio.Event) -> None:
    """Nobody is left to stop this process once whoever started it is gone."""
    while os.getppid() == parent:
        await asyncio.sleep(0.5)
    stop.set()


async def _tick(clock: Clock, seats: Mapping[str, Seat]) -> None:
    begun = time.monotonic()

    def now_s() -> float:
        return round(time.monotonic() - begun, 3)

    for seat in seats.values():
        # Servers take their time to come up; only now does the units' own time begin.
        seat.set_calendar(time.time())
        seat.station.clock = now_s
    rows = list(seats.values())
    published_s = [PUBLISH_S * i / len(rows) for i in range(len(rows))]
    due_s = 0.0
    for turn in itertools.count():
        # A few at a time: all at once, they would keep everybody waiting ten times a second.
        for i in range(turn % SLICES, len(rows), SLICES):
            clock.now_s = now_s()
            due = clock.now_s >= published_s[i] + PUBLISH_S
            if due:
                published_s[i] = clock.now_s
            if rows[i].tick(clock.now_s) or due:
                await rows[i].server.refresh()
        # What was missed is not made up for: time has gone on by itself.
        due_s = max(due_s + TICK_S / SLICES, now_s())
        await asyncio.sleep(due_s - now_s())


class Fleet:
    """Starts the processes and stops them. Use it as a context manager: nothing of it is left behind.

    Raises :class:`RunFailed` where an emulator cannot be started.
    """

    def __init__(self, specs: Sequence[CabinetSpec], *, processes: int = 1, start_s: float | None = None) -> None:
        self.specs = tuple(specs)
        self._folder = tempfile.TemporaryDirectory(prefix="mourour-fleet-")
        root = Path(self._folder.name)
        count = max(1, min(processes, len(self.specs)))
        # Those of one protocol are spread over the processes: OPC UA costs several times what Modbus does.
        ordered = sorted(self.specs, key=lambda s: s.protocol)
        self.jobs = [_Job(tuple(ordered[i::count]), root / f"{i}.sock", start_s) for i in range(count)]
        self.benches = [BenchClient(job.socket) for job in self.jobs]
        self._processes: list[BaseProcess] = []

    def __enter__(self) -> Fleet:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        waiting: list[Connection] = []
        for job in self.jobs:
            mine, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(job, theirs), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            waiting.append(mine)
        for mine in waiting:
            if not mine.poll(START_LIMIT_S):
                raise RunFailed("a process of the fleet did not come up", where="cabinets")
            try:
                said = mine.recv()
            except EOFError:
                raise RunFailed("a process of the fleet died while it started", where="cabinets") from None
            if isinstance(said, MourourError):
                raise said

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    @property
    def pids(self) -> list[int]:
        return [p.pid for p in self._processes if p.pid is not None]

    @property
    def alive(self) -> list[bool]:
        """Of each process, whether it still runs."""
        return [p.is_alive() for p in self._processes]

    def _stop(self) -> None:
        for process in self._processes:
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, signal.SIGTERM)
        for process in self._processes:
            process.join(5.0)
            if process.is_alive():
                process.kill()
                process.join()
        self._folder.cleanup()

    async def everywhere(self, **order: Any) -> list[dict[str, Any]]:
        """Give an order to every process of the fleet."""
        return list(await asyncio.gather(*(bench.ask(**order) for bench in self.benches)))

    async def hang_up(self) -> None:
        """End what :meth:`everywhere` opened; it opens it again when it is needed."""
        for bench in self.benches:
            await bench.close()
