"""Where simulations run while something learns: processes of this machine's, or wherever an engine has its workers."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from types import TracebackType
from typing import Protocol, TypeVar

from simulation.learning.apart import Apart, WorldApart
from simulation.settings import RunSettings

Job = TypeVar("Job")
Worlds = Callable[[RunSettings], Apart]
Done = Callable[[], int]
"""What a job came to; raises what it raised."""


class Engine(Protocol):
    """Use as a context manager."""

    def world(self, settings: RunSettings) -> Apart: ...

    def each(self, work: Callable[[Job], int], jobs: Iterable[Job]) -> Iterator[tuple[Job, Done]]:
        """Every job as it ends, each done in a fresh process, for libsumo's sake."""
        ...

    def __enter__(self) -> Engine: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class Here:
    """Processes of this machine's, ``workers`` jobs at a time."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def world(self, settings: RunSettings) -> Apart:
        return WorldApart(settings)

    def each(self, work: Callable[[Job], int], jobs: Iterable[Job]) -> Iterator[tuple[Job, Done]]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._workers, mp_context=context, max_tasks_per_child=1) as pool:
            running = {pool.submit(work, job): job for job in jobs}
            try:
                for done in as_completed(running):
                    yield running[done], done.result
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def __enter__(self) -> Here:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None
