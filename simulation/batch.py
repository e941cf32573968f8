"""Many runs in parallel, each in a process of its own and kept as soon as it is finished.

A process a run, because a simulation started after another in the same process is not always the same simulation
(collisions seen in one and not in the other), so that a seed would not give one result.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from signal_drivers.errors import MourourError, RunFailed
from simulation.prepare import prepare
from simulation.record import RunRecord
from simulation.run import run
from simulation.settings import RunSettings

Told = Callable[[int, float], None]
"""Called with the number of a run and the share of it that is done."""
Failed = Callable[[int, MourourError], None]
"""Called with the number of a run and why it failed."""
LOOK_EVERY_S = 0.2
"""How soon Ctrl-C is noticed while every process is busy."""


def _one(link: Connection, settings: RunSettings, keep: Path | None) -> None:
    """A run, in its own process: sends shares of progress, then its record or its error."""
    # Ctrl-C is the parent's to answer: it stops handing out runs and lets the report be written.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        ready = prepare(settings)
        span_s = ready.end_s - ready.begin_s
        record = run(settings, prepared=ready, progress=lambda now_s: link.send((now_s - ready.begin_s) / span_s))
        if keep is not None:
            record.save(keep / f"{record.key}.json.gz")
        link.send(record)
    except Exception as error:
        # Where the parent is gone, there is nobody left to tell.
        with contextlib.suppress(OSError):
            link.send(_failure(error, settings))
    finally:
        link.close()


def _failure(error: Exception, settings: RunSettings) -> MourourError:
    if isinstance(error, MourourError):
        return error
    if isinstance(error, OSError):
        return RunFailed(f"the run could not be kept: {error.strerror or error}", where=str(error.filename or settings.out),
                         mend="is the disk full? free some space and run again")
    # A fault of ours or of a strategy's: one line that says where is worth more than a process that just died.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return RunFailed(f"{type(error).__name__}: {error}", where=f"{settings.strategy}, seed {settings.seed}",
                     mend=f"raised at {Path(frame.filename).name}:{frame.lineno}")


@contextlib.contextmanager
def _ctrl_c_noted() -> Iterator[Callable[[], bool]]:
    """Ctrl-C is noted and asked for where it does no harm: raised anywhere, it would cut a file short or lose a process that
    was just started. A second one is raised at once."""
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def note(number: int, _: object) -> None:
        if noted:
            raise KeyboardInterrupt
        noted.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(noted)
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What is started here never hears Ctrl-C, not even while it still imports; for us it is only put off."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_all(jobs: Sequence[RunSettings], *, workers: int, keep: Path | None = None, told: Told | None = None,
            finished: Callable[[RunRecord], None] | None = None, failed: Failed | None = None) -> list[RunRecord]:
    """Run ``jobs``, ``workers`` at a time, and return the records in their order.

    On Ctrl-C the KeyboardInterrupt is raised after the workers have been stopped; ``finished`` has been told of each record
    by then. The first run that fails stops the rest and its error is raised, unless ``failed`` is given: then it is told, the
    rest go on, and the list lacks that run.
    """
    with _ctrl_c_noted() as interrupted:
        return _run_all(jobs, max(1, workers), keep, told, finished, failed, interrupted)


def _run_all(jobs: Sequence[RunSettings], workers: int, keep: Path | None, told: Told | None,
             finished: Callable[[RunRecord], None] | None, failed: Failed | None, interrupted: Callable[[], bool]
             ) -> list[RunRecord]:
    context = multiprocessing.get_context("spawn")
    waiting = deque(enumerate(jobs))
    active: dict[Connection, tuple[int, BaseProcess]] = {}
    records: dict[int, RunRecord] = {}
    try:
        while waiting or active:
            while waiting and len(active) < workers and not interrupted():
                number, settings = waiting.popleft()
                ours, theirs = context.Pipe(duplex=False)
                # Who has cabinets starts processes for them, which no daemonic process may.
                child = context.Process(target=_one, args=(theirs, settings, keep), daemon=settings.cabinets == "none")
                with _deaf_to_ctrl_c():
                    child.start()
                theirs.close()
                active[ours] = (number, child)
            for link in wait(list(active), LOOK_EVERY_S):
                assert isinstance(link, Connection)
                number, process = active[link]
                try:
                    said = link.recv()
                except EOFError:
                    said = RunFailed(f"the simulation process of {jobs[number].strategy}, seed {jobs[number].seed} died",
                                     mend="out of memory? try --jobs 1")
                if isinstance(said, MourourError) and failed is None:
                    raise said
                if isinstance(said, MourourError | RunRecord):
                    del active[link]
                    process.join()
                    link.close()
                    if told is not None:
                        told(number, 1.0)
                    if isinstance(said, RunRecord):
                        records[number] = said
                        if finished is not None:
                            finished(said)
                    elif failed is not None:
                        failed(number, said)
                elif told is not None:
                    told(number, said)
            if interrupted():
                raise KeyboardInterrupt
    finally:
        for left, (_, abandoned) in active.items():
            abandoned.terminate()
            abandoned.join(5)
            left.close()
    return [records[i] for i in sorted(records)]


def default_workers() -> int:
    return max(1, len(os.sched_getaffinity(0)))
