"""The planner benchmark's figures agree with each other; how long a strategy thought is not this test's business."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from controller.registry import names
from simulation.benchmark_planner.measure import GROWTH, PlannerFigures, measure, preferred, ticks_for
from simulation.benchmark_planner.table import growth, noise, side_by_side
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def found() -> dict[str, PlannerFigures]:
    return {name: measure(name, 4, 120, seed=5) for name in names()}


@pytest.mark.parametrize("name", names())
def test_every_registered_strategy_can_be_measured_and_drives_the_city(found: dict[str, PlannerFigures], name: str) -> None:
    figures = found[name]
    assert (figures.strategy, figures.junctions, figures.lanes, figures.ticks) == (name, 4, 48, 120)
    assert figures.vetoes == figures.violations == 0
    assert figures.stage_changes > 8 and figures.served > 50 and figures.vehicles > 4
    assert 0 <= figures.decide_p50_ms <= figures.tick_p50_ms <= figures.tick_p99_ms <= figures.tick_max_ms
    assert 0 < figures.decide_mean_ms < figures.tick_mean_ms and figures.feed_mean_ms > 0
    assert figures.tick_p99_us_per_junction == pytest.approx(figures.tick_p99_ms * 1e3 / 4)
    assert figures.memory_start_mb > 10 and figures.memory_end_mb > 10


def test_the_same_seed_gives_the_same_city_and_another_does_not(found: dict[str, PlannerFigures]) -> None:
    def untimed(f: PlannerFigures) -> tuple[float, ...]:
        return f.vehicles, f.served, f.stage_changes

    assert untimed(measure("actuated", 4, 120, seed=5)) == untimed(found["actuated"])
    assert untimed(measure("actuated", 4, 120, seed=6)) != untimed(found["actuated"])


def test_large_cities_are_timed_for_fewer_seconds() -> None:
    assert [ticks_for(n, 600) for n in GROWTH] == [600, 600, 600, 240, 120, 60]
    assert ticks_for(2000, 30) == 30


def test_tables(found: dict[str, PlannerFigures]) -> None:
    rows = list(found.values())
    assert len(side_by_side(rows, 2).columns) == 1 + len(rows)
    assert growth(rows, 2).row_count == len(rows)
    assert "2 cores" in noise(2) and "1 core," in noise(1)
    assert preferred() in names()


@pytest.mark.integration
def test_the_command_prints_one_object_and_refuses_what_it_cannot_use() -> None:
    def planner(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "simulation.cli", "benchmark", "planner", *words], capture_output=True,
                              text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}, timeout=120,
                              check=False)

    done = planner("--strategy", "max-pressure", "--junctions", "2", "--ticks", "20", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["strategy"] for row in told["measured"]] == ["max-pressure", "actuated"] and told["cores"] >= 1
    assert {"tick_p50_ms", "tick_p99_ms", "decide_mean_ms", "feed_mean_ms", "memory_flat"} <= told["measured"][0].keys()
    for words, part in ((("--strategy", "sumo:actuated"), "sumo:actuated"), (("--junctions", "0"), "--junctions"),
                        (("--seed", "-1"), "--seed")):
        refused = planner(*words)
        assert refused.returncode == 2 and refused.stdout == "" and len(refused.stderr.splitlines()) == 1
        assert part in refused.stderr
