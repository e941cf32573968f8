"""One thread that writes, many tasks that wait for it: everything that has come in meanwhile shares one commit.

A commit costs a write to the disk, some milliseconds; at one for each position a few dozen a second would be all. Whoever waits
is answered after the commit, so that acknowledged still means stored.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table, insert
from sqlalchemy.exc import SQLAlchemyError

from controller.service.audit import WRITTEN
from controller.service.problem import store_refused
from controller.service.store import Store

T = TypeVar("T")
Job = Callable[[Connection], Any]
AT_ONCE = 500
"""Jobs of one commit at most."""
GATHER_S = 0.003
"""Where commits follow each other, so long each waits for company."""
WAITING = 20_000
"""Jobs that may wait; with more the disk is hopelessly behind, and it is better to say so."""


class Writer:
    """:meth:`do` runs a job in a transaction that others share; where the job raises, what it wrote is undone and the others' is
    not. :meth:`append` adds a row to a table, for much the same at less cost."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: deque[tuple[Job, asyncio.Future[Any]]] = deque()
        self._rows: deque[tuple[Table, Mapping[str, Any], asyncio.Future[Any]]] = deque()
        self._wake, self._stop = threading.Condition(), False
        self._thread = threading.Thread(target=self._run, name="mourour-writer", daemon=True)
        self.commits = 0
        self._ended_s = float("-inf")
        self._thread.start()

    async def do(self, job: Callable[[Connection], T]) -> T:
        """What ``job`` returns, once it is on the disk. Raises what it raises, and :class:`Problem` where the disk refuses."""
        future = asyncio.get_running_loop().create_future()
        with self._wake:
            self._check()
            self._jobs.append((job, future))
            self._wake.notify()
        result: T = await future
        return result

    async def append(self, table: Table, row: Mapping[str, Any]) -> None:
        """The row is on the disk when this returns. All rows of one table must have the same columns."""
        future = asyncio.get_running_loop().create_future()
        with self._wake:
            self._check()
            self._rows.append((table, row, future))
            self._wake.notify()
        await future

    def close(self) -> None:
        """Write what waits, and end."""
        with self._wake:
            self._stop = True
            self._wake.notify()
        self._thread.join()

    def _check(self) -> None:
        if self._stop or len(self._jobs) + len(self._rows) >= WAITING:
            raise store_refused()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not (self._jobs or self._rows or self._stop):
                    self._wake.wait()
                if not (self._jobs or self._rows):
                    return
            if time.monotonic() - self._ended_s < GATHER_S:
                time.sleep(GATHER_S)
            with self._wake:
                jobs = [self._jobs.popleft() for _ in range(min(AT_ONCE, len(self._jobs)))]
                rows = [self._rows.popleft() for _ in range(min(AT_ONCE, len(self._rows)))]
            self._write(jobs, rows)
            self._ended_s = time.monotonic()

    def _write(self, jobs: list[tuple[Job, asyncio.Future[Any]]],
               rows: list[tuple[Table, Mapping[str, Any], asyncio.Future[Any]]]) -> None:
        answers: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
        try:
            with self._store.writing() as connection:
                by_table: dict[Table, list[Mapping[str, Any]]] = {}
                for table, row, future in rows:
                    by_table.setdefault(table, []).append(row)
                    answers.append((future, None, None))
                for table, said in by_table.items():
                    connection.execute(_insert(table), said)
                for job, future in jobs:
                    written = connection.info.get(WRITTEN)
                    try:
                        with connection.begin_nested():
                            answers.append((future, job(connection), None))
                    except Exception as error:
                        connection.info[WRITTEN] = written
                        answers.append((future, None, error))
            self.commits += 1
        except SQLAlchemyError as error:
            refused = store_refused(error)
            answers = [(future, None, refused) for future in (*(f for _, f in jobs), *(f for _, _, f in rows))]
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any, BaseException | None]]] = {}
        for answer in answers:
            by_loop.setdefault(answer[0].get_loop(), []).append(answer)
        for loop, told in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, told)


@lru_cache(maxsize=32)
def _insert(table: Table) -> Insert:
    return insert(table)


def _settle(answers: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    for future, result, error in answers:
        if future.done():
            continue
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)
