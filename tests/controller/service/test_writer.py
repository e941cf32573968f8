"""Many tasks, one thread, shared commits: each job stands or falls by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from controller.service.problem import Kind, Problem
from controller.service.store import Store
from controller.service.tables import incidents, meta, request_ids
from controller.service.writer import Writer


def test_what_was_acknowledged_is_stored_and_a_job_that_fails_undoes_only_itself(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def put(connection: Connection, key: str, fail: bool) -> str:
        connection.execute(insert(meta).values(key=key, value="x"))
        if fail:
            raise ValueError(key)
        return key

    async def work() -> list[object]:
        writer = Writer(store)
        rows = [writer.append(request_ids, {"client": "c", "request_id": f"r{i}", "time_s": float(i)}) for i in range(100)]
        jobs = [writer.do(lambda c, i=i: put(c, f"k{i}", i % 3 == 0)) for i in range(100)]
        twice = [writer.do(lambda c: c.execute(insert(meta).values(key="same", value="x"))) for _ in range(2)]
        told = await asyncio.gather(*rows, *jobs, *twice, return_exceptions=True)
        assert writer.commits < 50, "commits are shared"
        writer.close()
        return list(told)

    told = asyncio.run(work())
    assert told[:100] == [None] * 100
    assert [str(t) for t in told[100:200]] == [f"k{i}" for i in range(100)]
    assert sum(isinstance(t, ValueError) for t in told[100:200]) == 34
    assert sum(isinstance(t, IntegrityError) for t in told[200:]) == 1
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(meta)).scalar_one() == 1 + 66 + 1
        assert connection.execute(select(func.count()).select_from(request_ids)).scalar_one() == 100
    store.close()


def test_where_the_disk_refuses_everybody_is_told(tmp_path: Path) -> None:
    store = Store(tmp_path)

    async def work() -> None:
        writer = Writer(store)
        # A row that breaks its table stands for a disk that is full: the whole commit fails.
        bad = writer.append(incidents, {"post": "p"})
        good = writer.append(request_ids, {"client": "c", "request_id": "r", "time_s": 0.0})
        told = await asyncio.gather(bad, good, return_exceptions=True)
        assert all(isinstance(t, Problem) and t.kind is Kind.STORE and t.kind.status == 503 for t in told)
        await writer.append(request_ids, {"client": "c", "request_id": "r", "time_s": 0.0})
        writer.close()
        with pytest.raises(Problem):
            await writer.append(request_ids, {"client": "c", "request_id": "s", "time_s": 0.0})

    asyncio.run(work())
    store.close()
