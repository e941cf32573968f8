"""``mourour conformance`` as people type it: exit codes, one line for bad input, clean JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.network import Network
from controller.site.network_file import network_text
from signal_drivers.errors import BadInput
from simulation.cabinet.fleet import Fleet
from simulation.cabinet.fleet_files import write_fleet, write_site
from simulation.cabinet.seat import CabinetSpec, WireProtocol
from simulation.cli.app import app
from simulation.ports import free_ports
from tests.conftest import ROOT
from tests.controller.junctions import crossroads, full_crossroads
from tests.simulation.conformance.stepped import TIMES, quick_junction, quick_plan


def mourour(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", "conformance", *map(str, words)], capture_output=True,
                          text=True, check=False, cwd=ROOT, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    folder = tmp_path_factory.mktemp("fleet")
    junction = quick_junction()
    spec = CabinetSpec(junction, (quick_plan(junction),), WireProtocol.MODBUS, "127.0.0.1", free_ports(1)[0], times=TIMES)
    write_site(folder, Network({junction.id: junction}), [spec], None, strategy="actuated")
    with Fleet([spec]) as running:
        write_fleet(folder, running)
        yield folder, spec.port


def test_in_real_time_by_site_file_with_a_bench(fleet: tuple[Path, int], tmp_path: Path) -> None:
    folder, _ = fleet
    done = mourour("--site", folder / "site.yaml", "--junction", "X", "--bench", folder, "--json", "--out", tmp_path, "--only",
                   "handshake,manual")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [b["verdict"] for b in told["behaviours"]] == ["passed"] * 2
    assert told["left"].startswith("handed back: local by")
    assert "<svg" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == told


def test_bad_input_is_one_line(fleet: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, port = fleet
    monkeypatch.setattr("sys.stdin", None)
    other = tmp_path / "other.json"
    other.write_text(network_text(Network({j.id: j for j in (full_crossroads("X"), crossroads("Y"))})), encoding="utf-8")
    at = ("--protocol", "modbus", "--port", port, "--network")
    right = (*at, folder / "network.json", "--junction", "X")
    for words, said in (
            ((*at, folder / "network.json", "--junction", "Z"), "no junction is called 'Z'"),
            ((*at, other, "--junction", "X"), "its configuration has checksum"),
            (("--protocol", "modbus", "--port", free_ports(1)[0], "--network", other, "--junction", "X"), "nobody answers"),
            (("--protocol", "opcua", "--port", port, "--network", other, "--junction", "X"), "--certificate"),
            (("--site", folder / "site.yaml"), "no junction is named"),
            (("--site", folder / "site.yaml", "--junction", "X", "--port", port), "has address and network already"),
            (("--junction", "X"), "address is not complete"),
            (("--only", "nothing"), "no behaviour is called 'nothing'"),
            ((*right, "--bench", tmp_path), "no fleet has left its file"),
            ((*right, "--by-hand"), "there is nobody to ask"),
            ((*right, "--host", "192.0.2.1"), "nobody to confirm")):
        with pytest.raises(BadInput) as caught:
            app(["conformance", *map(str, words)], standalone_mode=False)
        assert caught.value.exit_code == 2
        assert said in str(caught.value) and "\n" not in str(caught.value)


def test_the_wrong_cabinet_is_exit_code_two_without_a_traceback(fleet: tuple[Path, int], tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(network_text(Network({"X": full_crossroads("X")})), encoding="utf-8")  # type: ignore[dict-item]
    done = mourour("--protocol", "modbus", "--port", fleet[1], "--network", other, "--junction", "X", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "mourour: modbus://" in done.stderr and "Traceback" not in done.stderr


def test_the_list_connects_to_nothing() -> None:
    done = mourour("--list", "--json")
    assert done.returncode == 0
    assert {"expired", "tour", "conflict"} <= {b["id"] for b in json.loads(done.stdout)["behaviours"]}
