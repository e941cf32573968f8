"""``mourour benchmark control`` as a user has it: interrupted for real, resumed, and run again after a change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.integration
OPTIONS = ("--strategies", "fixed,sumo:program", "--duration", "60", "--jobs", "1")


def start(net: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulation.cli", "benchmark", "control", "--scenarios", str(net), *OPTIONS,
               "--out", str(out), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
                            start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"})


def kept(out: Path) -> dict[str, float]:
    """Finished runs with the time of their file."""
    return {file.name: file.stat().st_mtime_ns for file in (out / "runs").glob("*.json.gz")}


def ran(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if "  delay " in line]


def test_interrupted_resumed_and_run_again_only_where_something_changed(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = start(town, out, "--seeds", "1-2")
    limit = time.monotonic() + 60
    while not kept(out) and time.monotonic() < limit and first.poll() is None:
        time.sleep(0.02)
    # As a terminal does it: to the command and to every process it has started, whatever they are doing.
    os.killpg(first.pid, signal.SIGINT)
    stdout, stderr = first.communicate(timeout=60)
    assert first.returncode == 1 and stdout == "", stderr
    assert "Traceback" not in stderr and stderr.strip().splitlines()[-1].startswith("mourour: interrupted")
    early = kept(out)
    assert 1 <= len(early) < 4, "it was interrupted half-way"
    assert "Incomplete" in (out / "control.md").read_text(encoding="utf-8")
    assert not list((out / "runs").glob("*.part"))

    second = start(town, out, "--seeds", "1-2", "--json")
    stdout, stderr = second.communicate(timeout=120)
    assert second.returncode == 0, stderr
    assert f"{len(early)} of 4 runs are kept from before" in stderr
    late = kept(out)
    assert len(late) == 4 and {name: late[name] for name in early} == early, "what was finished was not run again"
    assert len(ran(stderr)) == 4 - len(early)
    told = json.loads(stdout)
    assert len(told["runs"]) == 4 and told["failed"] == [] and told["missing"] == 0
    assert all(run["figures"]["red_longest_called_s"] >= 0 and run["figures"]["wait_longest_s"] > 0 for run in told["runs"])
    assert "Incomplete" not in (out / "control.md").read_text(encoding="utf-8")

    routes = town.parent / "run.rou.xml"
    text = routes.read_text()
    routes.write_text(text.replace('id="t0"', 'id="t0other"', 1))
    try:
        third = start(town, out, "--seeds", "1")
        _, stderr = third.communicate(timeout=120)
    finally:
        routes.write_text(text)
    assert third.returncode == 0, stderr
    assert "kept from before" not in stderr and len(ran(stderr)) == 2 and len(kept(out)) == 6


def test_a_run_that_fails_is_noted_and_the_rest_go_on(town: Path, tmp_path: Path) -> None:
    nets, out = tmp_path / "nets", tmp_path / "out"
    nets.mkdir()
    (nets / "lost.rou.xml").write_text('<routes><vehicle id="v" depart="1"><route edges="nowhere"/></vehicle></routes>')
    for name, routes in (("good", town.parent / "run.rou.xml"), ("lost", nets / "lost.rou.xml")):
        (nets / f"{name}.sumocfg").write_text(
            f'<configuration><input><net-file value="{town.parent / "net.net.xml"}"/><route-files value="{routes}"/></input>'
            '<time><begin value="0"/><end value="60"/></time></configuration>')
    command = [sys.executable, "-m", "simulation.cli", "benchmark", "control", "--nets", str(nets), "--scenarios", "lost,good",
               "--strategies", "actuated", "--seeds", "1", "--jobs", "1", "--out", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          timeout=120, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    told = json.loads(done.stdout)
    assert [run["name"] for run in told["runs"]] == ["good"] and told["runs"][0]["clearance"] == "benchmark"
    (failed,) = told["failed"]
    assert failed["name"] == "lost" and "nowhere" in failed["reason"] and "\n" not in failed["reason"]
    assert len(list((out / "runs").glob("*.failed.json"))) == 1
    assert "nowhere" in (out / "control.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("words", "parts"), [
    (("--scenarios", "nowhere"), ("nowhere", "zerktouni")), (("--strategies", "actuted"), ("actuted", "actuated")),
    (("--seeds", "x"), ("--seeds",)), (("--nets", "no/such"), ("--nets", "no/such")), (("--duration", "0"), ("--duration",))])
def test_bad_input_is_one_line(tmp_path: Path, words: tuple[str, str], parts: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "simulation.cli", "benchmark", "control", *words, "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"})
    assert done.returncode == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert all(part in line for part in parts), line
    assert not (tmp_path / "out").exists()
