"""Green waves from the command line: measured over scenarios and seeds, and followed by GPS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def mourour(repository: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", *words], capture_output=True, text=True, cwd=repository,
                          timeout=400)


def test_cases_and_targets_follow_from_each_other(repository: Path) -> None:
    done = mourour(repository, "benchmark", "waves", "--scenarios", "far", "--seeds", "2", "--duration", "300", "--emergencies",
                   "2", "--strategy", "actuated", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (case,) = told["cases"]
    mine, others = case["emergencies"], case["others"]
    assert (case["scenario"], case["seed"], mine["trips"]) == ("far", 2, 2) and 0 < mine["compared"] <= mine["completed"]
    assert mine["holds"] >= mine["compared"] and mine["held_s"] > 0 and mine["recovery_s"] >= 0
    targets = {t["what"]: t for t in told["targets"]}
    assert targets["travel time over free flow"]["value"] == pytest.approx(mine["ratio"], abs=1e-3)
    assert targets["shorter than without pre-emption"]["value"] == pytest.approx(mine["shorter_share"], abs=1e-3)
    assert targets["delay of all others, more"]["value"] == pytest.approx(others["more_share"], abs=1e-3)
    assert targets["guard violations"]["value"] == 0.0 and targets["guard violations"]["reached"]
    assert all(t["reached"] == (t["value"] <= t["limit"] if t["at_most"] else t["value"] >= t["limit"]) for t in targets.values())


def test_a_run_by_gps(repository: Path) -> None:
    done = mourour(repository, "simulate", "far", "--strategy", "actuated", "--duration", "200", "--seed", "2", "--emergencies",
                   "2", "--emergency-gps", "10:3", "--notice", "0", "--json")
    assert done.returncode == 0, done.stderr
    trips = json.loads(done.stdout)["emergencies"]["by_trip"]
    assert len(trips) == 2 and all(3.0 < t["position_error_m"] < 20.0 and t["reroutes"] == 0 for t in trips if t["passed"])
    assert any(t["passed"] for t in trips)


@pytest.mark.parametrize(("words", "said"), [
    (("--scenarios", ","), "no scenario is named"), (("--strategy", "sumo:actuated"), "where no emergency is heard of")])
def test_what_cannot_be_measured(repository: Path, words: tuple[str, ...], said: str) -> None:
    done = mourour(repository, "benchmark", "waves", *words)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1
