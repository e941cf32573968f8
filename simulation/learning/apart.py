"""A world elsewhere, in a process of its own: any number of them at a time, each with a SUMO to itself."""

from __future__ import annotations

import abc
import contextlib
import multiprocessing
from collections.abc import Collection
from multiprocessing.connection import Connection
from typing import Any

from controller.predictive.model import Array
from signal_drivers.errors import MourourError, RunFailed
from signal_drivers.ids import JunctionId
from simulation.learning.world import Moment, Shape, World
from simulation.settings import RunSettings


class Apart(abc.ABC):
    """As :class:`World`, somewhere else; what is raised there is raised here. :meth:`send` and :meth:`receive` are the two halves
    of what takes time, so that others can work meanwhile."""

    junctions: tuple[JunctionId, ...]
    shape: Shape
    _statics: tuple[Array, Array] | None = None

    @abc.abstractmethod
    def send(self, what: str, value: Any) -> None:
        """``reset`` with a seed or ``step`` with stages; :meth:`receive` has the moment. ``leave`` has no answer."""

    @abc.abstractmethod
    def _received(self) -> Any:
        """The answer to what was sent. Raises :class:`RunFailed` where nobody answers any more."""

    @abc.abstractmethod
    def close(self) -> None:
        """Ends it; harmless a second time."""

    def leave(self, junctions: Collection[JunctionId]) -> None:
        self.send("leave", tuple(junctions))

    def reset(self, seed: int) -> Moment:
        self.send("reset", seed)
        return self.receive()

    def step(self, wanted: Array) -> Moment:
        self.send("step", wanted)
        return self.receive()

    def receive(self) -> Moment:
        moment, statics = self._answer()
        if statics is not None:
            self._statics = statics
        assert self._statics is not None
        green, yields = self._statics
        found: Moment = moment._replace(seen=moment.seen._replace(green=green, yields=yields))
        return found

    def _answer(self) -> Any:
        """As :meth:`_received`; an error that is the answer is raised."""
        answer = self._received()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _gone(self) -> RunFailed:
        return RunFailed("the process that simulated has ended", where="simulation.learning")


class Served:
    """The other end: a world, and what it answers. An error of ours is an answer too, for whoever asked."""

    def __init__(self, settings: RunSettings) -> None:
        self._world = World(settings)
        self.facts = (self._world.junctions, self._world.shape)

    def answer(self, what: str, value: Any) -> Any:
        if what == "leave":
            self._world.leave(value)
            return None
        try:
            moment = self._world.reset(value) if what == "reset" else self._world.step(value)
        except (MourourError, RuntimeError) as error:
            return error
        # What never changes travels once a run.
        statics = (moment.seen.green, moment.seen.yields) if what == "reset" else None
        bare = moment.seen._replace(green=moment.present[:0], yields=moment.present[:0])
        return moment._replace(seen=bare), statics

    def close(self) -> None:
        self._world.close()


class WorldApart(Apart):
    """In a process of this machine's."""

    def __init__(self, settings: RunSettings) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, settings), daemon=True)
        self._process.start()
        theirs.close()
        self.junctions, self.shape = self._answer()

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process.is_alive()

    def send(self, what: str, value: Any) -> None:
        try:
            self._pipe.send((what, value))
        except OSError:
            raise self._gone() from None

    def _received(self) -> Any:
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            raise self._gone() from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._pipe.send(("close", None))
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, settings: RunSettings) -> None:
    try:
        served = Served(settings)
    except MourourError as error:
        pipe.send(error)
        return
    pipe.send(served.facts)
    while True:
        try:
            what, value = pipe.recv()
        except EOFError:
            what, value = "close", None
        if what == "close":
            served.close()
            return
        answer = served.answer(what, value)
        if answer is not None:
            pipe.send(answer)
