"""The archive keeps what it says it has kept: through kills, full disks and torn records."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from controller.archive.days import day_files
from controller.archive.event import Event
from controller.archive.journal import read_journal
from controller.archive.writer import Archive
from signal_drivers.errors import BadInput, OutputError
from tests.conftest import ROOT

NOW_S = datetime(2026, 11, 26, 7, 30, tzinfo=UTC).timestamp()
DAY_S = 86_400


def events(*numbers: int, at_s: float = NOW_S) -> list[Event]:
    return [Event(at_s + n * 0.1, 7, n % 256, n % 1000, f"n{n}") for n in numbers]


def kept(folder: Path) -> Counter[str]:
    """Details of every event in the day files."""
    return Counter(d for f in day_files(folder) for d in pq.read_table(f)["Detail"].to_pylist())


def journalled(folder: Path) -> list[str]:
    content = read_journal(folder / "post.journal")
    assert content is not None
    return [r.detail for r in content.records]


def test_a_day_is_one_file_with_the_columns_that_tools_read(tmp_path: Path) -> None:
    with Archive(tmp_path, "post") as archive:
        archive.add([*events(2, 1), *events(3, at_s=NOW_S + DAY_S)])
    assert [str(f.relative_to(tmp_path)) for f in day_files(tmp_path)] == ["2026-11-26/post.parquet", "2026-11-27/post.parquet"]
    table = pq.read_table(day_files(tmp_path)[0])
    assert [(f.name, str(f.type)) for f in table.schema] == [
        ("TimeStamp", "timestamp[ms]"), ("DeviceId", "int32"), ("EventId", "int16"), ("Parameter", "int16"), ("Detail", "string")]
    assert table.to_pylist()[0] == {"TimeStamp": datetime(2026, 11, 26, 7, 30, 0, 100_000), "DeviceId": 7, "EventId": 1,
                                    "Parameter": 1, "Detail": "n1"}


def test_a_day_grows_by_each_fold(tmp_path: Path) -> None:
    with Archive(tmp_path, "post") as archive:
        for n in range(5):
            archive.add(events(n))
            archive.fold()
    assert kept(tmp_path) == Counter({f"n{n}": 1 for n in range(5)})
    with Archive(tmp_path, "post") as archive:
        archive.add(events(9))
    assert kept(tmp_path)["n9"] == 1 and sum(kept(tmp_path).values()) == 6
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["post.journal", "post.lock", "post.parquet"]


def test_tick_writes_what_is_due(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "post", fsync_every_s=0.0)
    archive.add(events(1))
    archive.tick()
    assert archive.waiting == 0 and journalled(tmp_path) == ["n1"] and not day_files(tmp_path)
    archive.fold_every_s = 0.0
    archive.tick()
    assert journalled(tmp_path) == [] and kept(tmp_path) == Counter({"n1": 1})
    archive.close()
    archive.close()


def test_killed_at_any_moment_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """25 times: a writer is killed while it writes and folds; what it called safe is there once, and so is nothing else."""
    draw, safe, first = random.Random(5), 0, 0
    acknowledged: set[int] = set()
    command = [sys.executable, str(Path(__file__).with_name("killed_writer.py")), str(tmp_path)]
    with subprocess.Popen(command, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}) as writers:
        assert writers.stdin is not None and writers.stdout is not None
        for seed in range(25):
            print(first, seed, file=writers.stdin)
            victim = int(writers.stdout.readline())
            assert writers.stdout.readline() == "ready\n"
            time.sleep(draw.uniform(0.0, 0.12))
            os.kill(victim, signal.SIGKILL)
            safe = first - 1
            # A number cut short by the kill stands before the word.
            while not (line := writers.stdout.readline()).endswith("dead\n"):
                safe = int(line)
            acknowledged |= set(range(first, safe + 1))
            for file in day_files(tmp_path):
                pq.read_table(file)
            # Numbers that were written but not called safe may be there or not: the next writer does not take them again.
            first = safe + 100
    Archive(tmp_path, "post").close()
    found = kept(tmp_path)
    assert max(found.values()) == 1
    assert {f"n{n}" for n in acknowledged} <= set(found)
    assert len(acknowledged) > 200
    print(f"{len(acknowledged)} events safe, {len(found) - len(acknowledged)} more found")


@pytest.mark.parametrize("moment", ["before the journal is renewed", "between two days"])
def test_a_fold_cut_short_is_not_done_twice(tmp_path: Path, moment: str) -> None:
    archive = Archive(tmp_path, "post")
    archive.add([*events(1, 2), *events(3, at_s=NOW_S + DAY_S)])
    archive.flush()
    old = (tmp_path / "post.journal").read_bytes()
    archive.close()
    (tmp_path / "post.journal").write_bytes(old)
    if moment == "between two days":
        day_files(tmp_path)[1].unlink()
    Archive(tmp_path, "post").close()
    assert kept(tmp_path) == Counter({"n1": 1, "n2": 1, "n3": 1})


def test_a_record_torn_by_a_crash_is_dropped(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "post")
    archive.add(events(1, 2, 3))
    archive.flush()
    whole = (tmp_path / "post.journal").read_bytes()
    archive.close()
    for cut in (1, 5, 20):
        for file in day_files(tmp_path):
            file.unlink()
        (tmp_path / "post.journal").write_bytes(whole[:-cut])
        with Archive(tmp_path, "post") as again:
            again.add(events(4))
        assert kept(tmp_path) == Counter({"n1": 1, "n2": 1, "n4": 1})


def test_a_damaged_record_costs_itself_only(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "post")
    archive.add(events(1, 2, 3))
    archive.flush()
    whole = bytearray((tmp_path / "post.journal").read_bytes())
    whole[whole.index(b"n2")] ^= 1
    archive.close()
    day_files(tmp_path)[0].unlink()
    (tmp_path / "post.journal").write_bytes(whole)
    with Archive(tmp_path, "post") as again:
        assert again.damaged == 1
    assert kept(tmp_path) == Counter({"n1": 1, "n3": 1})


def test_a_full_disk_is_one_error_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path, "post")
    archive.add(events(1))
    archive.flush()
    real = os.pwrite

    def full(file: int, data: bytes, at: int) -> int:
        if at > 30 and len(data) <= 10:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(file, bytes(data)[:10], at)

    monkeypatch.setattr(os, "pwrite", full)
    archive.add(events(2, 3))
    for _ in range(2):
        with pytest.raises(OutputError, match=r"post\.journal: events cannot be written: No space left on device \(make room"):
            archive.flush()
    assert archive.waiting == 2
    monkeypatch.undo()
    archive.add(events(4))
    archive.close()
    assert kept(tmp_path) == Counter({f"n{n}": 1 for n in range(1, 5)})


def test_a_day_that_cannot_be_folded_stays_in_the_journal(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "post")
    (tmp_path / "2026-11-26").write_text("in the way")
    archive.add(events(1))
    with pytest.raises(OutputError, match="folded"):
        archive.fold()
    assert journalled(tmp_path) == ["n1"] and archive.waiting == 0
    (tmp_path / "2026-11-26").unlink()
    archive.close()
    assert kept(tmp_path) == Counter({"n1": 1})


def test_memory_has_an_end(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "post", keep=3)
    archive.add(events(*range(5)))
    assert (archive.waiting, archive.dropped) == (3, 2)
    archive.close()
    assert set(kept(tmp_path)) == {"n2", "n3", "n4"}


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with Archive(tmp_path, "post"):
        with pytest.raises(OutputError, match="another process writes the events of post post"):
            Archive(tmp_path, "post")
        Archive(tmp_path, "other").close()
    Archive(tmp_path, "post").close()


def test_places_and_names_that_do_not_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be opened"):
        Archive(tmp_path / "file" / "deep", "post")
    with pytest.raises(BadInput, match=r"'\.\./x'"):
        Archive(tmp_path, "../x")
    (tmp_path / "post.journal").write_bytes(b"something else altogether")
    with pytest.raises(OutputError, match="no journal"):
        Archive(tmp_path, "post")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError, match="Permission denied"):
        Archive(tmp_path, "post")
    tmp_path.chmod(0o755)


def test_what_an_event_costs(tmp_path: Path) -> None:
    """Printed, not judged: it depends on the disk."""
    made = events(*range(20_000))
    with Archive(tmp_path, "post") as archive:
        times = [time.perf_counter()]
        for step in (lambda: archive.add(made), archive.flush, archive.fold):
            step()
            times.append(time.perf_counter())
    size = day_files(tmp_path)[0].stat().st_size / len(made)
    print("per event:", *(f"{name} {(b - a) / len(made) * 1e6:.2f} µs," for name, a, b in
                          zip(("add", "flush", "fold"), times, times[1:], strict=False)), f"{size:.1f} bytes")
