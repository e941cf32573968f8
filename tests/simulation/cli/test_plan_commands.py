"""``mourour plan optimise | show | check`` and ``--plans`` as a user types them: output, exit codes, one line for what is
wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from signal_drivers.errors import BadInput
from simulation.cli.choices import read_weekday
from tests.simulation.nets import flows, four_arm, scenario

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cross")
    net = four_arm(folder, "--no-turnarounds", "true")
    return scenario(folder, net, flows({("N_in", "S_out"): 6, ("W_in", "E_out"): 5, ("S_in", "W_out"): 9}, 120), end_s=120)


def mourour(*words: str | Path, repository: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(repository), "COLUMNS": "160"}
    return subprocess.run([sys.executable, "-m", "simulation.cli", *map(str, words)], env=environment, capture_output=True,
                          text=True, check=False)


@pytest.fixture(scope="module")
def optimised(cross: Path, repository: Path) -> tuple[Path, dict[str, object]]:
    """The plan file and what ``--json`` printed."""
    done = mourour("plan", "optimise", cross, "--budget", "0", "--out", cross.parent / "out", "--json", repository=repository)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return Path(said["file"]), said


def one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), (done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    assert all(part in line for part in parts), line


def test_optimise_writes_a_file_and_a_page(optimised: tuple[Path, dict[str, object]]) -> None:
    file, said = optimised
    (plan,) = said["plans"]  # type: ignore[misc]
    assert plan["plan"] == "day" and plan["simulated"] is None and 0 < plan["degree_of_saturation"] < 1.5
    (junction,) = plan["junctions"]
    assert sum(s["seconds"] for s in junction["stages"]) == junction["cycle_s"] == plan["cycle_s"]
    assert Path(str(said["page"])).stat().st_size > 100_000
    text = file.read_text(encoding="utf-8")
    assert "phases de feux" in text or "phase de feux" in text
    assert f"cycle_s: {plan['cycle_s']:g}" in text


def test_show_check_and_run_it(optimised: tuple[Path, dict[str, object]], cross: Path, repository: Path) -> None:
    file, _ = optimised
    shown = mourour("plan", "show", file, repository=repository)
    assert shown.returncode == 0 and "00:00–24:00" in shown.stderr and "drawing:" in shown.stderr, shown.stderr
    checked = mourour("plan", "check", file, cross, "--json", repository=repository)
    assert json.loads(checked.stdout) == {"file": str(file), "scenario": str(cross), "plans": ["day"], "warnings": []}
    ran = mourour("simulate", cross, "--strategy", "fixed", "--plans", file, "--json", repository=repository)
    assert json.loads(ran.stdout)["guard"]["requests"] >= 2, ran.stderr


def test_an_edited_file_that_no_longer_fits(optimised: tuple[Path, dict[str, object]], cross: Path, repository: Path) -> None:
    file, _ = optimised
    lines = file.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(lines) if "cycle_s: " in line and not line.startswith("#"))
    lines[number] = "        cycle_s: 33"
    edited = file.with_name("edited.yaml")
    edited.write_text("\n".join(lines), encoding="utf-8")
    place = ("edited.yaml", f"line {number + 1}", "cycle_s", "cycle is 33 s")
    one_line(mourour("plan", "check", edited, cross, repository=repository), *place)
    one_line(mourour("simulate", cross, "--strategy", "fixed", "--plans", edited, repository=repository), *place)


def test_misuse_is_one_line(cross: Path, repository: Path, tmp_path: Path) -> None:
    one_line(mourour("plan", "optimise", cross, "--budget", "2", repository=repository), "--budget", "2 runs")
    one_line(mourour("compare", cross, "--strategies", "actuated,max-pressure", "--plans", tmp_path / "none.yaml",
                     repository=repository), "--plans", "run no plans")
    with pytest.raises(BadInput, match="--weekday: 'someday'"):
        read_weekday("someday")
    assert [read_weekday(day) for day in ("mon", "Friday", "dim")] == [0, 4, 6]
