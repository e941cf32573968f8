"""Explained and degraded runs in SUMO: what is told, and that telling changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signal_drivers.errors import BadInput
from simulation.batch import run_all
from simulation.prepare import prepare
from simulation.record import RunRecord
from simulation.run import run
from simulation.settings import RunSettings
from tests.integration.test_command_line import mourour, one_line

pytestmark = pytest.mark.integration


def test_the_command_tells_why(town: Path, tmp_path: Path) -> None:
    done = mourour("simulate", town, "--strategy", "predictive", "--duration", "90", "--explain", "A0", "--explain", "B1",
                   "--json", "--out", tmp_path, timeout_s=400.0)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["explain"]
    assert [track["junction"] for track in told] == ["A0", "B1"] and all(track["account"] for track in told)
    changes = [d for track in told for d in track["decisions"] if d["verdict"] == "accepted"]
    assert changes and all(d["asked"] != d["stage"] and d["reason"] for d in changes)
    own = [d for d in changes if d["by"] == "strategy"]
    assert own and all(d["saves_veh_s"] is not None and d["alternatives"] for d in own)
    assert any(lane["vehicles"] for d in changes for lane in d["lanes"])
    record = RunRecord.load(tmp_path / "predictive-seed1.json.gz")
    assert [t.decisions for t in record.explain] == [t["decisions"] for t in told]
    assert "Why the stages changed" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_console_has_the_table(town: Path) -> None:
    done = mourour("simulate", town, "--strategy", "actuated", "--duration", "60", "--explain", "a0")
    assert done.returncode == 0, done.stderr
    assert "Why: A0 (A0)" in done.stderr and "Pourquoi" in done.stderr and "keeps no account" in done.stderr


@pytest.mark.parametrize(("words", "said"), [
    (("--explain", "Z9"), ("--explain: no junction is called 'Z9'", "A0; A1; B0; B1")),
    (("--explain", "A"), ("--explain: 'A' fits 2 junctions", "A0; A1")),
    (("--explain", "A0", "--strategy", "sumo:actuated"), ("sumo:actuated decides inside SUMO and gives no account",)),
    (("--detectors", "mising=0.1"), ("--detectors: 'mising' is no fault of a detector", "did you mean missing?")),
    (("--detectors", "lane=nowhere_0"), ("--detectors: no camera looks at lane 'nowhere_0'",))])
def test_what_cannot_be_is_one_line(town: Path, words: tuple[str, ...], said: tuple[str, ...]) -> None:
    one_line(mourour("simulate", town, *words), 2, *said)


def test_telling_changes_nothing_and_neither_does_asking_again(town: Path) -> None:
    jobs = [RunSettings(str(town), "self-organising", 1, 120.0, explain=explain, detectors=detectors)
            for detectors in ("perfect", "missing=0.25,miscount=0.2,position_m=1") for explain in ((), ("A0",))]
    silent, telling, worse, worse_telling = run_all(jobs, workers=1)
    for a, b in ((silent, telling), (worse, worse_telling)):
        assert {k: v for k, v in a.result.items() if k != "speed"} == {k: v for k, v in b.result.items() if k != "speed"}
        assert [s.states for s in a.signals] == [s.states for s in b.signals] and b.explain[0].decisions
    assert silent.result["delay_s"] != worse.result["delay_s"]
    assert (silent.detectors, worse.result["detectors"]) == ("perfect", "missing=0.25,miscount=0.2,position_m=1")
    assert any("degraded on purpose" in note for note in worse.notes)


@pytest.mark.parametrize("detectors", ["missing=1", "outage=1,from_s=30", "bad=1", "miscount=1,speed_mps=5"])
def test_control_goes_on_whatever_the_cameras_say(town: Path, detectors: str) -> None:
    settings = RunSettings(str(town), "actuated", 1, 180.0, detectors=detectors, detail=False)
    record = run(settings, prepared=prepare(settings))
    assert record.result["guard"]["violations"] == 0 and record.result["guard"]["requests"] > 4
    assert record.result["vehicles"]["arrived"] > 20


def test_a_bad_name_is_found_before_anything_runs(town: Path) -> None:
    with pytest.raises(BadInput, match="did you mean"):
        prepare(RunSettings(str(town), detectors="junction=A9"))


def test_the_benchmark_prints_its_table(town: Path) -> None:
    done = mourour("benchmark", "detectors", "--scenarios", town, "--strategies", "actuated", "--seeds", "1", "--duration", "60",
                   "--jobs", "1", "--condition", "perfect", "--condition", "missing=0.5")
    assert done.returncode == 0, done.stderr
    assert "| scenario" in done.stdout and "missing=0.5" in done.stdout and "`actuated`" in done.stdout
