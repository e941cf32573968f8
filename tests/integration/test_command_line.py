"""The real command in its own process, given what it cannot use: one line that says what, where and the mend; the right exit
code; no traceback; nothing but JSON on standard output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.simulation.nets import convert, scenario

pytestmark = pytest.mark.integration


def mourour(*words: str | Path, cwd: Path | None = None, timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run([sys.executable, "-m", "simulation.cli", *map(str, words)], capture_output=True, text=True, check=False,
                          cwd=cwd or ROOT, env=environment, timeout=timeout_s)


def one_line(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    """The complaint is the only line, and has ``parts`` in it."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, lines
    for part in parts:
        assert part in lines[0], lines[0]


@pytest.fixture
def broken(town: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the town's configuration with a text in it replaced."""
    def make(old: str, new: str) -> Path:
        text = town.read_text()
        for name in ("net.net.xml", "run.rou.xml"):
            text = text.replace(f'"{name}"', f'"{town.parent / name}"')
        assert old in text
        file = tmp_path / "broken.sumocfg"
        file.write_text(text.replace(old, new))
        return file
    return make


def test_a_configuration_that_is_not_there() -> None:
    one_line(mourour("simulate", "no/such.sumocfg"), 2, "no/such.sumocfg", "the configuration does not exist")


def test_a_scenario_nobody_ships() -> None:
    one_line(mourour("simulate", "mohamed-vi"), 2, "mohamed-vi", "mohammed-vi")


def test_a_configuration_that_is_not_xml(tmp_path: Path) -> None:
    file = tmp_path / "plain.sumocfg"
    file.write_text("not xml at all")
    one_line(mourour("simulate", file, "--json"), 2, "plain.sumocfg", "XML")


def test_a_network_that_is_not_there(broken: Callable[..., Path]) -> None:
    one_line(mourour("simulate", broken("net.net.xml", "gone.net.xml"), "--json"), 2, "gone.net.xml", "broken.sumocfg")


def test_demand_that_is_not_there(broken: Callable[..., Path]) -> None:
    one_line(mourour("simulate", broken("run.rou.xml", "gone.rou.xml")), 2, "gone.rou.xml", "broken.sumocfg")


def test_a_network_that_is_not_one(broken: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "junk.net.xml").write_text("<routes/>")
    file = broken('<net-file value="', f'<net-file value="{tmp_path / "junk.net.xml"}"/><note value="')
    one_line(mourour("simulate", file), 2, "junk.net.xml")


@pytest.mark.parametrize("strategy", ["fixed", "self-organising", "sumo:program"])
@pytest.mark.parametrize("vehicle", ['<vehicle id="v" depart="1"><route edges="nowhere elsewhere"/></vehicle>',
                                     '<trip id="v" depart="1" from="nowhere" to="elsewhere"/>'], ids=["route", "trip"])
def test_demand_on_roads_that_are_not_there(town: Path, tmp_path: Path, vehicle: str, strategy: str) -> None:
    (tmp_path / "lost.rou.xml").write_text(f"<routes>{vehicle}</routes>")
    file = tmp_path / "lost.sumocfg"
    file.write_text(f'<configuration><input><net-file value="{town.parent / "net.net.xml"}"/><route-files value="lost.rou.xml"/>'
                    '</input><time><begin value="0"/><end value="60"/></time></configuration>')
    one_line(mourour("simulate", file, "--strategy", strategy), 2, "nowhere", "lost.sumocfg")


@pytest.mark.parametrize("command", [("simulate", "--strategy", "self-organizing"),
                                     ("compare", "--strategies", "fixed,self-organizing")], ids=["simulate", "compare"])
def test_an_unknown_strategy(town: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    name, *options = command
    one_line(mourour(name, town, *options, "--json", "--out", tmp_path), 2, "self-organizing", "self-organising")


def test_a_network_without_signals(tmp_path: Path) -> None:
    net = convert(tmp_path, '<node id="A" x="0" y="0"/><node id="B" x="300" y="0"/>', '<edge id="ab" from="A" to="B"/>')
    config = scenario(tmp_path, net, '<flow id="f" begin="0" end="60" period="5" from="ab" to="ab"/>', end_s=60)
    one_line(mourour("simulate", config), 2, "no signals", "net.net.xml")


def test_a_negative_duration_and_a_seed_that_is_none(town: Path, tmp_path: Path) -> None:
    one_line(mourour("simulate", town, "--duration", "-5"), 2, "--duration")
    one_line(mourour("compare", town, "--seeds", "3-1", "--out", tmp_path), 2, "--seeds")


@pytest.mark.parametrize("command", ["simulate", "compare"])
def test_a_place_that_cannot_be_written_to(town: Path, tmp_path: Path, command: str) -> None:
    file = tmp_path / "a-file"
    file.write_text("")
    one_line(mourour(command, town, "--out", file / "below"), 2, "a-file", "--out")


@pytest.mark.parametrize(("words", "part"), [
    (("--duration", "soon"), "--duration"), (("--duration", "nan"), "--duration"), (("--duration", "1e300"), "31 days"),
    (("--seed", "1.5"), "--seed"), (("--view", "radar"), "'radar'"), (("--nonsense",), "--nonsense"),
    (("--emergencies", "1", "--emergency-gps", "five"), "--emergency-gps"), (("--emergency-gps", "5"), "no emergency"),
    (("--emergencies", "1", "--wrong-turn", "2"), "--wrong-turn")])
def test_options_that_cannot_be_read(town: Path, words: tuple[str, ...], part: str) -> None:
    one_line(mourour("simulate", town, *words), 2, part)


@pytest.mark.parametrize("seeds", ["3-1", "x", "", "1,,2", "²", "0-99999999999", "99999999999"])
def test_seeds_that_are_none(town: Path, tmp_path: Path, seeds: str) -> None:
    one_line(mourour("compare", town, "--strategies", "fixed", "--seeds", seeds, "--out", tmp_path / "out"), 2, "--seed")
    assert not (tmp_path / "out").exists()


def test_a_command_nobody_made() -> None:
    one_line(mourour("simulat"), 2, "simulat", "--help")


@pytest.mark.parametrize("words", [("--duration", "nan"), ("--duration", "0"), ("--seed", "-3"), ("--strategy", "sumo:program")])
def test_a_speed_benchmark_of_nothing(words: tuple[str, str]) -> None:
    one_line(mourour("benchmark", "speed", "--junctions", "4", *words), 2, words[0].strip("-"))


def test_a_comma_in_the_path_is_refused_since_sumo_cannot_take_it(town: Path, tmp_path: Path) -> None:
    one_line(mourour("simulate", town, "--out", tmp_path / "a,b"), 2, "a,b", "comma")


def test_other_marks_in_paths_do_no_harm(town: Path, tmp_path: Path) -> None:
    out = tmp_path / """résultats d'été & "<2>" """.strip()
    done = mourour("simulate", town, "--duration", "20", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["vehicles"]["scheduled"] > 0
    assert (out / "report.html").is_file()


def test_json_is_all_that_stands_on_standard_output(town: Path) -> None:
    done = mourour("simulate", town, "--duration", "60", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == ["scenario", "strategy", "seed", "view", "clearance", "detectors", "vehicles", "delay_s",
                           "travel_time_s", "waiting_time_s", "stops", "co2_kg", "teleports", "guard", "speed"]
    assert list(found["vehicles"]) == ["scheduled", "departed", "arrived", "running", "never_departed"]
    assert list(found["delay_s"]) == ["mean", "resco", "p50", "p95"]
    assert list(found["guard"]) == ["requests", "vetoes", "violations"]
    assert list(found["speed"]) == ["wall_s", "sim_s", "real_time_factor"]


def test_json_of_a_comparison(town: Path, tmp_path: Path) -> None:
    done = mourour("compare", town, "--strategies", "fixed,actuated", "--seeds", "1-2", "--duration", "60", "--jobs", "1",
                   "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"runs", "summary"} and len(found["runs"]) == 4
    assert set(found["summary"]) == {"fixed", "actuated"}
    assert all(set(v) == {"mean", "ci95"} for row in found["summary"].values() for v in row.values())
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("a full disk needs a small tmpfs, which only root may mount")
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)], capture_output=True, text=True,
                             check=False)
    if mounted.returncode != 0:
        pytest.skip(f"a full disk needs a small tmpfs, which cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def test_a_full_disk(town: Path, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * 150_000)
    done = mourour("simulate", town, "--strategy", "fixed", "--out", small_disk / "out")
    assert done.returncode in (1, 2), (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "disk" in last or "room" in last, done.stderr


def test_ctrl_c_half_way_keeps_what_was_finished(town: Path, tmp_path: Path) -> None:
    """Many runs in one process; interrupted once the first is kept."""
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-m", "simulation.cli", "compare", str(town), "--strategies", "fixed,actuated",
                                "--seeds", "1-40", "--jobs", "1", "--out", str(out), "--json"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    limit = time.monotonic() + 60
    while not list(out.glob("runs/*.json.gz")) and time.monotonic() < limit and process.poll() is None:
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 1, (process.returncode, stderr)
    assert "Traceback" not in stderr and stdout == ""
    assert stderr.strip().splitlines()[-1].startswith("mourour: interrupted")
    assert list(out.glob("runs/*.json.gz"))
    assert (out / "report.html").stat().st_size > 10_000
