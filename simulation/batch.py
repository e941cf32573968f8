"""Many runs in parallel processes; each is kept as soon as it is finished."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from signal_drivers.errors import RunFailed
from simulation.record import RunRecord
from simulation.run import RunSettings, prepare, run

Told = Callable[[int, float], None]
"""Called with the number of a run and the share of it that is done."""

_told: Any = None


def _begin(queue: Any) -> None:
    global _told
    _told = queue
    # Ctrl-C is the parent's to answer: it stops handing out runs and lets the report be written.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _one(number: int, settings: RunSettings, keep: Path | None) -> RunRecord:
    ready = prepare(settings)
    span = ready.end_s - ready.begin_s
    record = run(settings, prepared=ready, progress=lambda now: _told.put((number, (now - ready.begin_s) / span)))
    if keep is not None:
        record.save(keep / f"{record.key}.json.gz")
    return record


def run_all(jobs: Sequence[RunSettings], *, workers: int, keep: Path | None = None, told: Told | None = None,
            finished: Callable[[RunRecord], None] | None = None) -> list[RunRecord]:
    """Run ``jobs`` in ``workers`` processes and return the records in their order.

    On Ctrl-C the KeyboardInterrupt is raised after the workers have been stopped; ``finished`` has been told of each record
    by then. The first run that fails stops the rest and its error is raised.
    """
    context = multiprocessing.get_context("spawn")
    queue = context.Manager().Queue()
    records: dict[int, RunRecord] = {}
    pool = ProcessPoolExecutor(max(1, workers), mp_context=context, initializer=_begin, initargs=(queue,))
    try:
        futures: dict[Future[RunRecord], int] = {pool.submit(_one, i, s, keep): i for i, s in enumerate(jobs)}
        waiting = set(futures)
        while waiting:
            done = _wait(waiting)
            while not queue.empty():
                number, share = queue.get()
                if told is not None:
                    told(number, share)
            for future in done:
                record = future.result()
                records[futures[future]] = record
                if finished is not None:
                    finished(record)
            waiting -= done
    except BrokenProcessPool as error:
        raise RunFailed("a simulation process died", mend="out of memory? try --jobs 1") from error
    except BaseException:
        _stop(pool)
        raise
    pool.shutdown()
    return [records[i] for i in sorted(records)]


def _wait(waiting: set[Future[RunRecord]]) -> set[Future[RunRecord]]:
    try:
        return {next(as_completed(waiting, timeout=0.3))} | {f for f in waiting if f.done()}
    except TimeoutError:
        return set()


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(5)


def default_workers() -> int:
    return max(1, len(os.sched_getaffinity(0)))
