"""Simulations on a Ray cluster, or on one that is begun here for as long as the training takes.

Every node has mourour installed and sees the same files at the same paths: the nets to learn on and the lessons lie under the
training's folder. The results are those of processes of this machine's.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import Any, cast

from signal_drivers.errors import BadInput, MourourError, RunFailed
from simulation.learning.apart import Apart, Served
from simulation.learning.engine import Done, Job
from simulation.settings import RunSettings

# Nobody is told how this is used.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
import ray
from ray.exceptions import RayError

ANSWERS_S = 5.0
SMALL_CPU = 0.001
"""Worlds wait for each other most of the time: as many as are asked for run, on however few cores."""


class OnRay:
    """``address`` of a cluster as Ray has it (``auto``, ``ray://host:10001``); None begins one here, with ``workers`` cores.

    Raises :class:`BadInput` where no cluster answers.
    """

    def __init__(self, workers: int, address: str | None = None) -> None:
        if address:
            _look_for(address)
        here: dict[str, Any] = {} if address else {"num_cpus": workers, "include_dashboard": False}
        try:
            ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **here)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError, RayError) as error:
            raise _none(address, str(error) or type(error).__name__) from None

    def world(self, settings: RunSettings) -> Apart:
        return RayWorld(settings)

    def each(self, work: Callable[[Job], int], jobs: Iterable[Job]) -> Iterator[tuple[Job, Done]]:
        remote = cast(Any, ray.remote(num_cpus=1, max_calls=1, max_retries=0)(_caught))
        running = {remote.remote(work, job): job for job in jobs}
        try:
            while running:
                for done in ray.wait(list(running))[0]:
                    yield running.pop(done), partial(_said, done)
        finally:
            for one in running:
                ray.cancel(one, force=True)

    def __enter__(self) -> OnRay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        ray.shutdown()


def _look_for(address: str) -> None:
    """Ray itself waits for minutes where nobody answers."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWERS_S).close()
    except OSError as error:
        raise _none(address, error.strerror or str(error)) from None


def _none(address: str | None, why: str) -> BadInput:
    return BadInput(f"no Ray cluster: {why.splitlines()[0][:160]}",
                    where=f"--ray-address {address}" if address else "--engine ray",
                    mend="begin one (ray start --head) and name its address, or leave it out")


class RayWorld(Apart):
    """In an actor of its own, wherever Ray puts it."""

    def __init__(self, settings: RunSettings) -> None:
        self._actor = cast(Any, ray.remote(num_cpus=SMALL_CPU, max_restarts=0)(_Actor)).remote(settings)
        self._pending: Any = self._actor.facts.remote()
        self.junctions, self.shape = self._answer()

    def send(self, what: str, value: Any) -> None:
        self._pending = self._actor.answer.remote(what, value)

    def _received(self) -> Any:
        try:
            return ray.get(self._pending)
        except RayError:
            raise self._gone() from None

    def close(self) -> None:
        with contextlib.suppress(RayError):
            ray.kill(self._actor)


class _Actor:
    def __init__(self, settings: RunSettings) -> None:
        self._served: Served | MourourError
        try:
            self._served = Served(settings)
        except MourourError as error:
            self._served = error

    def facts(self) -> Any:
        return self._served if isinstance(self._served, MourourError) else self._served.facts

    def answer(self, what: str, value: Any) -> Any:
        return self._served if isinstance(self._served, MourourError) else self._served.answer(what, value)


def _caught(work: Callable[[Job], int], job: Job) -> int | MourourError:
    # Ray would raise it as a class of its own.
    try:
        return work(job)
    except MourourError as error:
        return error


def _said(done: Any) -> int:
    try:
        answer = ray.get(done)
    except RayError as error:
        raise RunFailed(f"a lesson failed: {str(error).splitlines()[-1][:160]}", where="Ray") from None
    if isinstance(answer, MourourError):
        raise answer
    return int(answer)
