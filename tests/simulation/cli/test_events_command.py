"""``mourour events`` as a user types it: output, exit codes, one line for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.archive.book import write_book
from controller.archive.codes import Code
from controller.archive.event import Event
from controller.archive.writer import Archive
from signal_drivers.errors import BadInput, MourourError
from simulation.cli.events import events
from tests.conftest import ROOT
from tests.signal_drivers.examples import crossroads

NOW_S = datetime(2026, 11, 26, 7, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    write_book(folder, "post", {5: crossroads()})
    with Archive(folder, "post") as archive:
        archive.add([Event(NOW_S, 5, Code.PHASE_BEGIN_GREEN, 1), Event(NOW_S + 9.5, 5, Code.DETECTOR_ON, 103),
                     Event(NOW_S + 20, 5, Code.GUARD_VETO, 2, "minimum green: [main] 3 s"), Event(NOW_S + 21, 6, 4000, 2)])
    return folder


def mourour(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", *map(str, words)], text=True, capture_output=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"})


def test_the_table_speaks_both_languages(log: Path) -> None:
    done = mourour("events", log)
    assert done.returncode == 0 and done.stdout == ""
    for part in ("2026-11-26T07:30:00.000Z", "5 Two Roads", "begin green", "début du vert", "1 main", "103 s0", "guard veto",
                 "minimum green: [main] 3 s", "event 4000"):
        assert part in done.stderr


def test_json_and_csv(log: Path, tmp_path: Path) -> None:
    done = mourour("events", log, "--junction", "two", "--code", "guard-veto", "--from", "2026-11-26T08:30+01:00", "--json")
    assert json.loads(done.stdout) == {"more": False, "events": [{
        "time": "2026-11-26T07:30:20.000Z", "device": 5, "junction": "J1", "code": 20001, "name": "guard veto", "parameter": 2,
        "detail": "minimum green: [main] 3 s"}]}
    assert mourour("events", log, "--device", "5", "--csv", tmp_path / "a.csv").returncode == 0
    assert (tmp_path / "a.csv").read_text().splitlines()[:2] == ["TimeStamp,DeviceId,EventId,Parameter,Detail",
                                                                 "2026-11-26T07:30:00.000,5,1,1,"]


def test_summary_limit_and_help(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events(log, summary=True, json=True)
    assert [(c["device"], c["events"]) for c in json.loads(capsys.readouterr().out)["counts"]] == [(5, 1)] * 3 + [(6, 1)]
    events(log, limit=1, json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["more"] and len(said["events"]) == 1
    assert "Consulter le journal" in mourour("events", "--help").stdout


@pytest.mark.parametrize(("options", "parts"), [
    ({"begin": "yesterday"}, ("--from", "'yesterday' is not a time")), ({"code": ["phase-begin-gren"]}, ("phase-begin-green?",)),
    ({"junction": ["nowhere"]}, ("'nowhere' is no junction",)), ({"summary": True, "csv": Path("x.csv")}, ("--csv",))])
def test_what_cannot_be_used(log: Path, options: dict[str, object], parts: tuple[str, ...]) -> None:
    with pytest.raises(MourourError) as error:
        events(log, **options)  # type: ignore[arg-type]
    assert isinstance(error.value, BadInput) and error.value.exit_code == 2
    assert all(part in str(error.value) for part in parts)


def test_a_broken_file_is_one_line(log: Path) -> None:
    next(log.glob("*/post.parquet")).write_bytes(b"PAR1 but not really PAR1")
    done = mourour("events", log)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
    assert "post.parquet" in done.stderr
