"""A run is asked for again when what it depends on changes, and only then."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.benchmark_control.fingerprint import code_hash, reached_from, scenario_hash
from tests.conftest import ROOT

PRINT = ("from simulation.benchmark_control.fingerprint import code_hash\n"
         "print(*[code_hash(s) for s in ('fixed', 'actuated', 'sumo:actuated')])")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    for package in ("simulation", "controller", "detectors", "signal_drivers", "scenarios"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def hashes(copy: Path) -> tuple[str, ...]:
    """Of fixed, actuated and sumo:actuated, by the code in ``copy``."""
    done = subprocess.run([sys.executable, "-c", PRINT], cwd=copy, capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"})
    return tuple(done.stdout.split())


@pytest.fixture(scope="module")
def before(copy: Path) -> tuple[str, ...]:
    return hashes(copy)


def edited(copy: Path, before: tuple[str, ...], file: str, old: str, new: str) -> tuple[bool, ...]:
    """Which of the three change with an edit, which is taken back."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        return tuple(a != b for a, b in zip(before, hashes(copy), strict=True))
    finally:
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("file", "old", "new", "changed"), [
    ("controller/strategies/actuated.py", "STARTING_S = 6.0", "STARTING_S = 7.0", (False, True, False)),
    ("controller/strategies/adaptive.py", "recheck_s: float = 1.0", "recheck_s: float = 2.0", (False, True, False)),
    ("controller/calls.py", "LOOK_EVERY_S = 10.0", "LOOK_EVERY_S = 9.0", (True, True, True)),
    ("signal_drivers/limits.py", "max_red_s: float = 120.0", "max_red_s: float = 90.0", (True, True, True)),
    ("simulation/sumo/feed.py", "LONG_PIECE_M = 15.0", "LONG_PIECE_M = 25.0", (True, True, True)),
    ("simulation/report/palette.py", 'BASELINE = "#7a7f87"', 'BASELINE = "#000000"', (False, False, False)),
    ("controller/calls.py", "LOOK_EVERY_S = 10.0", "LOOK_EVERY_S = 10.0  # a comment", (False, False, False)),
], ids=["its own strategy", "what its strategy imports", "the loop", "a limit", "the feed", "a report", "a comment"])
def test_what_changes_a_run(copy: Path, before: tuple[str, ...], file: str, old: str, new: str,
                            changed: tuple[bool, ...]) -> None:
    assert edited(copy, before, file, old, new) == changed


def test_what_a_run_goes_through() -> None:
    reached = reached_from(["simulation.run"])
    assert {"simulation.run", "controller.loop", "signal_drivers.guard", "detectors.observation", "simulation.sumo.feed",
            "simulation.metrics", "simulation.scenario.build"} <= reached
    assert not [m for m in reached if m.startswith(("simulation.report", "simulation.cli", "controller.strategies."))]


def test_the_same_code_has_the_same_hash_and_strategies_differ() -> None:
    assert code_hash("fixed") == code_hash("fixed") != code_hash("actuated")


def test_a_scenario_is_its_files_without_the_date_in_their_comments(cross: Path, tmp_path: Path) -> None:
    for file in cross.parent.iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    again = tmp_path / cross.name
    assert scenario_hash(str(again)) == scenario_hash(str(cross))
    net = tmp_path / "net.net.xml"
    net.write_text(net.read_text() + "<!-- generated another day -->")
    assert scenario_hash(str(again)) == scenario_hash(str(cross))
    routes = tmp_path / "run.rou.xml"
    routes.write_text(routes.read_text().replace('begin="0"', 'begin="1"', 1))
    assert scenario_hash(str(again)) != scenario_hash(str(cross))
