"""``mourour cabinet``, ``check`` and ``run`` as their users meet them: bad input is one line and exit code 2."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulation.ports import free_ports


def mourour(*words: str, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", *words], capture_output=True, text=True, timeout=timeout_s,
                          check=False)


@pytest.mark.parametrize(("words", "says"), [
    (("cabinet", "--count", "0"), "greater than or equal to 1"),
    (("cabinet", "--count", "9", "--scenario", "far"), "far has 5 junctions"),
    (("cabinet", "--scenario", "farr"), "did you mean"),
    (("cabinet", "--protocol", "profibus"), "'profibus' is not one of"),
    (("cabinet", "inject", "fire", "--out", "nowhere"), "no fault is called 'fire'"),
    (("cabinet", "inject", "delay", "--out", "nowhere"), "delay needs its seconds"),
    (("cabinet", "inject", "hang", "--out", "nowhere"), "no fleet has left its file there"),
    (("cabinet", "show", "--out", "nowhere"), "no fleet has left its file there"),
    (("check", "nowhere.yaml"), "no such site file"),
    (("check", "README.md"), "not YAML"),
    (("run", "--config", "nowhere.yaml"), "no such site file"),
    (("benchmark", "cabinets", "--strategy", "guess"), "no strategy is called 'guess'"),
    (("simulate", "far", "--cabinets", "modbus", "--strategy", "sumo:program"), "commands no cabinet"),
])
def test_bad_input_is_one_line(words: tuple[str, ...], says: str) -> None:
    done = mourour(*words)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.strip().count("\n") == 0 and done.stdout == ""


def test_a_fleet_as_its_user_has_it(tmp_path: Path) -> None:
    out = tmp_path / "fleet"
    port = free_ports(1)[0]
    words = ["cabinet", "--count", "2", "--protocol", "mixed", "--out", str(out), "--port", str(port), "--processes", "1",
             "--json"]
    fleet = subprocess.Popen([sys.executable, "-m", "simulation.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if (out / "fleet.json").exists():
                break
            time.sleep(0.1)
        assert mourour("check", str(out / "site.yaml")).returncode == 0
        assert mourour("cabinet", "inject", "door", "J00.01", "--out", str(out)).returncode == 0
        told = json.loads(mourour("cabinet", "show", "--json", "--out", str(out)).stdout)
        assert {name: row["faults"] for name, row in told["cabinets"].items()} == {"J00.00": [], "J00.01": ["door"]}
        done = mourour("cabinet", "inject", "door", "J99", "--out", str(out))
        assert done.returncode == 2 and "the fleet has no cabinet 'J99'" in done.stderr
    finally:
        fleet.send_signal(signal.SIGTERM)
        told_first, _ = fleet.communicate(timeout=20)
    assert [c["protocol"] for c in json.loads(told_first)["cabinets"]] == ["modbus", "opcua"]
    assert not (out / "fleet.json").exists()


def test_check_says_everything_at_once(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("mourour_site: 1\npost: p\nnetwork: no.json\nstrategy: guess\ncabinets:\n"
                    "- {junction: a, protocol: modbus, host: h, port: 1}\n- {junction: a, protocol: modbus, host: h, port: 1}\n")
    done = mourour("check", str(site))
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 4 and all(line.startswith("mourour: site.yaml, line ") for line in lines)
    told = json.loads(mourour("check", str(site), "--json").stdout)
    assert not told["good"] and len(told["problems"]) == 4
