"""A world in a process of its own: any number of them at a time, each with a SUMO to itself."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Collection
from multiprocessing.connection import Connection
from typing import Any

from controller.predictive.model import Array
from signal_drivers.errors import MourourError, RunFailed
from signal_drivers.ids import JunctionId
from simulation.learning.world import Moment, World
from simulation.settings import RunSettings


class WorldApart:
    """As :class:`World`. What it raises there is raised here; one that dies is a :class:`RunFailed`."""

    def __init__(self, settings: RunSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
        self._process.start()
        theirs.close()
        self.junctions, self.sizes = self._answer()
        self._statics: tuple[Array, Array] | None = None

    def leave(self, junctions: Collection[JunctionId]) -> None:
        self.send("leave", tuple(junctions))

    def reset(self, seed: int) -> Moment:
        self.send("reset", seed)
        return self.receive()

    def step(self, wanted: Array) -> Moment:
        self.send("step", wanted)
        return self.receive()

    def send(self, what: str, value: Any) -> None:
        """``reset`` with a seed or ``step`` with stages; :meth:`receive` has the moment, so that others can work meanwhile.
        ``leave`` has no answer."""
        try:
            self._pipe.send((what, value))
        except OSError:
            raise self._gone() from None

    def receive(self) -> Moment:
        moment, statics = self._answer()
        if statics is not None:
            self._statics = statics
        assert self._statics is not None
        green, yields = self._statics
        found: Moment = moment._replace(seen=moment.seen._replace(green=green, yields=yields))
        return found

    def _answer(self) -> Any:
        try:
            answer = self._pipe.recv()
        except (EOFError, OSError):
            raise self._gone() from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _gone(self) -> RunFailed:
        return RunFailed("the process that simulated has ended", where="simulation.learning")

    def close(self) -> None:
        """Ends the process; harmless a second time."""
        with contextlib.suppress(OSError):
            self._pipe.send(("close", None))
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, settings: RunSettings) -> None:
    try:
        world = World(settings)
    except MourourError as error:
        pipe.send(error)
        return
    pipe.send((world.junctions, world.sizes))
    while True:
        try:
            what, value = pipe.recv()
        except EOFError:
            what = "close"
        if what == "close":
            world.close()
            return
        if what == "leave":
            world.leave(value)
            continue
        try:
            moment = world.reset(value) if what == "reset" else world.step(value)
        except (MourourError, RuntimeError) as error:
            pipe.send(error)
            continue
        # What never changes travels once a run.
        statics = (moment.seen.green, moment.seen.yields) if what == "reset" else None
        bare = moment.seen._replace(green=moment.present[:0], yields=moment.present[:0])
        pipe.send((moment._replace(seen=bare), statics))
