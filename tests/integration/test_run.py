"""Whole runs, looked at from outside: what the signals showed, what is noted, what the options do."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest

from controller.registry import names
from signal_drivers.limits import Clearance
from simulation.prepare import prepare
from simulation.run import run
from simulation.settings import SUMO_STRATEGIES, RunSettings
from simulation.sumo.tools import program
from tests.integration.conftest import END_S, demand
from tests.integration.signal_check import faults
from tests.simulation.nets import scenario

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("clearance", list(Clearance))
@pytest.mark.parametrize("strategy", names())
def test_nothing_unsafe_is_ever_shown(town: Path, strategy: str, clearance: Clearance) -> None:
    settings = RunSettings(str(town), strategy, clearance=clearance)
    ready = prepare(settings)
    record = run(settings, prepared=ready)
    assert record.result["guard"]["violations"] == 0
    assert faults(record, ready.signals) == []
    assert sum(len(t.states) for t in record.signals) > 40, "the signals did change"
    assert record.result["vehicles"]["arrived"] > 50


def test_the_check_of_heads_sees_what_is_wrong(town: Path) -> None:
    settings = RunSettings(str(town), "fixed", duration_s=120.0)
    ready = prepare(settings)
    record = run(settings, prepared=ready)
    track = record.signals[0]
    track.states[1] = "G" * len(track.groups)
    assert any("green together" in f for f in faults(record, ready.signals))


@pytest.mark.parametrize("strategy", SUMO_STRATEGIES)
def test_outside_references_go_through_the_same_metrics(town: Path, strategy: str) -> None:
    record = run(RunSettings(str(town), strategy))
    assert record.result["guard"] == {"requests": 0, "vetoes": 0, "violations": 0}
    assert record.result["vehicles"]["arrived"] > 50
    assert record.signals and all(len(t.states) > 2 for t in record.signals)


def test_the_signals_sumo_shows_are_the_programme_the_net_has(town: Path) -> None:
    settings = RunSettings(str(town), "sumo:program")
    ready = prepare(settings)
    record = run(settings, prepared=ready)
    track = record.signals[0]
    phases = ready.signals.junctions[track.junction].programme  # type: ignore[index]
    cycle_s = sum(p.duration_s for p in phases)
    starts = [t for t, s in zip(track.times_s, track.states, strict=True) if s == track.states[0]]
    assert {b - a for a, b in pairwise(starts[1:])} == {cycle_s}


def test_the_duration_ends_the_run(town: Path) -> None:
    record = run(RunSettings(str(town), "fixed", duration_s=90.0))
    assert record.end_s == 90.0 == record.result["speed"]["sim_s"]
    assert record.result["vehicles"]["scheduled"] == pytest.approx(60, abs=1)


def test_half_second_steps(town_net: Path) -> None:
    config = scenario(town_net.parent, town_net, demand(END_S, 1.5), end_s=END_S, extra='<step-length value="0.5"/>', name="half")
    settings = RunSettings(str(config), "self-organising")
    ready = prepare(settings)
    record = run(settings, prepared=ready)
    assert ready.cfg.step_s == 0.5
    assert record.result["guard"]["violations"] == 0 and faults(record, ready.signals) == []
    whole = run(RunSettings(str(town_net.parent / "run.sumocfg"), "self-organising"))
    assert record.result["delay_s"]["mean"] == pytest.approx(whole.result["delay_s"]["mean"], rel=0.5)


def test_benchmark_clearance_and_full_view_are_said(town: Path) -> None:
    plain = run(RunSettings(str(town), "fixed", duration_s=30.0))
    assert not any("street" in n or "camera can" in n for n in plain.notes)
    marked = run(RunSettings(str(town), "fixed", duration_s=30.0, view="full", clearance=Clearance.BENCHMARK))
    assert any("yellow 3 s, no all-red, minimum green 5 s" in n and "not for a street" in n for n in marked.notes)
    assert any("no camera can" in n for n in marked.notes)
    assert (marked.result["view"], marked.result["clearance"]) == ("full", "benchmark")


def test_figures_agree_with_sumos_own_statistics(town: Path, tmp_path: Path) -> None:
    """SUMO's statistics cover vehicles that departed; ours cover all, so they are compared where everyone did depart."""
    record = run(RunSettings(str(town), "sumo:program", out=tmp_path))
    said = tmp_path / "statistics.xml"
    done = subprocess.run([program("sumo"), "-c", str(town), "--seed", "1", "--time-to-teleport", "-1",
                           "--statistic-output", str(said), "--duration-log.statistics", "true",
                           "--tripinfo-output.write-unfinished", "true", "--device.emissions.probability", "1",
                           "--no-step-log", "true", "--no-warnings", "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    root = ElementTree.parse(said).getroot()
    vehicles, trips = root.find("vehicles"), root.find("vehicleTripStatistics")
    assert vehicles is not None and trips is not None
    counts = record.result["vehicles"]
    assert counts["departed"] == int(vehicles.attrib["inserted"])
    assert counts["running"] == int(vehicles.attrib["running"])
    assert counts["never_departed"] == int(vehicles.attrib["waiting"])
    if int(trips.attrib["count"]) == counts["departed"] and counts["never_departed"] == 0:
        strict = float(trips.attrib["timeLoss"]) + float(trips.attrib["departDelay"])
        assert record.result["delay_s"]["mean"] == pytest.approx(strict, abs=0.02)
        assert record.result["travel_time_s"] == pytest.approx(float(trips.attrib["duration"]), abs=0.02)
        assert record.result["waiting_time_s"] == pytest.approx(float(trips.attrib["waitingTime"]), abs=0.02)
    else:
        pytest.fail(f"SUMO counted {trips.attrib['count']} trips of {counts}: the comparison needs everyone")


def test_a_configuration_without_an_end_runs_an_hour_and_says_so(town: Path) -> None:
    config = town.parent / "endless.sumocfg"
    config.write_text('<configuration><input><net-file value="net.net.xml"/><route-files value="run.rou.xml"/></input>'
                      "</configuration>")
    record = run(RunSettings(str(config), "fixed", detail=False))
    assert record.end_s - record.begin_s == 3600
    assert any("no end" in note and "--duration" in note for note in record.notes)
