"""Events read back, from the days' files and from a running writer's journal."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.archive.book import read_books, write_book
from controller.archive.codes import Code
from controller.archive.event import Event
from controller.archive.query import Search, counts, find, last_s
from controller.archive.writer import Archive
from signal_drivers.errors import BadInput
from tests.signal_drivers.examples import crossroads

NOW_S = datetime(2026, 11, 26, 23, 59, tzinfo=UTC).timestamp()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two days of two posts, the last events of one of them not folded."""
    with Archive(tmp_path, "north") as north:
        north.add(Event(NOW_S + 30.0 * n, 1, n % 2, 3, "Minimum green" if n == 2 else "") for n in range(4))
    south = Archive(tmp_path, "south")
    south.add([Event(NOW_S, 2, Code.GUARD_VETO, 1, "unsafe")])
    south.fold()
    south.add([Event(NOW_S + 100.5, 2, Code.GUARD_VETO, 1, "late")])
    south.flush()
    return tmp_path


@pytest.mark.parametrize(("search", "times"), [
    (Search(), [0, 0, 30, 60, 90, 100.5]), (Search(from_s=NOW_S + 60), [60, 90, 100.5]), (Search(until_s=NOW_S + 60), [0, 0, 30]),
    (Search(devices=(2,)), [0, 100.5]), (Search(devices=(1, 2), codes=(1,)), [30, 90]), (Search(text="minimum GREEN"), [60]),
    (Search(limit=2), [0, 0]), (Search(from_s=NOW_S + 60, until_s=NOW_S + 100), [60, 90]), (Search(devices=(9,)), []),
    (Search(from_s=NOW_S + 10 * 86400), [])])
def test_what_is_looked_for(log: Path, search: Search, times: list[float]) -> None:
    assert [e.time_s - NOW_S for e in find(log, search)] == pytest.approx(times)


def test_counts(log: Path) -> None:
    assert [(c.device, c.code, c.events) for c in counts(log)] == [(1, 0, 2), (1, 1, 2), (2, Code.GUARD_VETO, 2)]
    assert (last_s(log, 2), last_s(log, 9)) == (NOW_S + 100.5, None)


def test_a_writer_that_folds_meanwhile_is_read_neither_twice_nor_short(tmp_path: Path) -> None:
    archive, stop, written = Archive(tmp_path, "post"), threading.Event(), []

    def write() -> None:
        n = 0
        while not stop.is_set():
            archive.add([Event(NOW_S + n % 120, 1, 1, n % 30000)])
            archive.flush()
            written.append(n)
            n += 1
            if n % 3 == 0:
                archive.fold()

    writer = threading.Thread(target=write)
    archive.add([Event(NOW_S, 1, 2, 0)])
    archive.fold()
    writer.start()
    try:
        for _ in range(12):
            least = len(written)
            numbers = [e.parameter for e in find(tmp_path, Search(codes=(1,)))]
            assert len(set(numbers)) == len(numbers), "none twice"
            assert set(range(least)) <= set(numbers)
    finally:
        stop.set()
        writer.join()
        archive.close()


def test_what_cannot_be_read(log: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        find(tmp_path / "none")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BadInput, match="holds no events"):
        find(empty)
    file = log / "2026-11-26" / "north.parquet"
    whole = file.read_bytes()
    for broken in (b"rubbish", whole[:60] + b"\xff" * 40 + whole[100:]):
        file.write_bytes(broken)
        with pytest.raises(BadInput, match=r"north\.parquet: it is no Parquet file"):
            find(log)


def test_the_list_of_junctions(tmp_path: Path) -> None:
    write_book(tmp_path, "north", {5: crossroads()})
    entry = read_books(tmp_path)[5]
    assert (entry.junction, entry.name, entry.phases[0], entry.lanes) == ("J1", "Two Roads", "main", ("m0", "m1", "s0"))
    (tmp_path / "x.junctions.json").write_text("[1]")
    with pytest.raises(BadInput, match=r"x\.junctions\.json"):
        read_books(tmp_path)
