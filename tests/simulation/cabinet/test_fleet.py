"""Fleets in processes of their own: they come up, can be broken and shown, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from controller.site.read import read_site
from signal_drivers.errors import BadInput, RunFailed
from simulation.benchmark_planner.city import city
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.bench import BenchClient
from simulation.cabinet.fleet import Fleet
from simulation.cabinet.fleet_files import read_fleet, write_fleet, write_site
from simulation.cabinet.fleet_plan import network_for, specs_for
from simulation.cabinet.seat import INJECTIONS, NUMBERED, CabinetSpec, WireProtocol
from simulation.ports import free_ports

HOST = "127.0.0.1"


def specs(count: int, *protocols: WireProtocol, **other: Any) -> list[CabinetSpec]:
    made = specs_for(city(count).network, protocols or (WireProtocol.MODBUS,), HOST, 1, other.pop("access", None), **other)
    return [replace(s, port=port) for s, port in zip(made, free_ports(count), strict=True)]


def order(fleet: Fleet, **what: Any) -> list[dict[str, Any]]:
    async def asked() -> list[dict[str, Any]]:
        try:
            return await fleet.everywhere(**what)
        finally:
            await fleet.hang_up()
    return asyncio.run(asked())


def rows(fleet: Fleet) -> dict[str, dict[str, Any]]:
    return {name: row for told in order(fleet, do="show") for name, row in told["cabinets"].items()}


def test_two_processes_share_the_cabinets_and_end_with_the_fleet() -> None:
    with Fleet(specs(3, traffic_seed=1), processes=2) as fleet:
        assert len(fleet.pids) == 2 and fleet.alive == [True, True]
        assert {row["mode"] for row in rows(fleet).values()} == {"flashing"}
        order(fleet, do="inject", cabinets=["J00.01"], fault="door", value=True)
        assert {name: row["faults"] for name, row in rows(fleet).items()} == {"J00.00": [], "J00.01": ["door"], "J01.00": []}
        pids = fleet.pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_every_fault_can_be_switched_on_and_off_in_steps() -> None:
    with Fleet(specs(1), start_s=0.0) as fleet:
        for second in range(1, 60):
            order(fleet, do="advance", now_s=float(second))
        for fault in INJECTIONS:
            for value in (2.0 if fault in NUMBERED else True, 0.0 if fault in NUMBERED else False):
                assert order(fleet, do="inject", cabinets=[], fault=fault, value=value)[0]["done"] == ["J00.00"]
                second += 1
                order(fleet, do="advance", now_s=float(second))
        with pytest.raises(BadInput, match="no fault is called 'fire'"):
            order(fleet, do="inject", cabinets=[], fault="fire", value=True)
        with pytest.raises(BadInput, match="does not know how to 'dance'"):
            order(fleet, do="dance")
        for detectors in ({"J00.00": [{"count_veh": 1}]}, {"J00.00": 7}):
            with pytest.raises(BadInput):
                order(fleet, do="advance", now_s=float(second), detectors=detectors)
        assert not rows(fleet)["J00.00"]["violations"]


def test_a_fleet_that_runs_by_itself_is_not_stepped() -> None:
    with Fleet(specs(1)) as fleet, pytest.raises(BadInput, match="runs by itself"):
        order(fleet, do="advance", now_s=1.0)


def test_an_address_that_is_taken_is_said_and_nothing_is_left_running() -> None:
    made = specs(2)
    with pytest.raises(RunFailed, match=f"{HOST}:{made[0].port}: the address cannot be listened at"), Fleet(
            [made[0], replace(made[1], port=made[0].port)]):
        pass


def test_what_is_latched_outlives_the_fleet(tmp_path: Path) -> None:
    made = specs(1, memory=tmp_path)
    with Fleet(made, start_s=0.0) as fleet:
        order(fleet, do="inject", cabinets=[], fault="red-lamp", value=True)
    with Fleet(made, start_s=0.0) as fleet:
        order(fleet, do="advance", now_s=100.0)
        assert (rows(fleet)["J00.00"]["mode"], rows(fleet)["J00.00"]["faults"]) == ("flashing", ["lamp"])
        order(fleet, do="inject", cabinets=[], fault="reset", value=True)
    with Fleet(made, start_s=0.0) as fleet:
        assert rows(fleet)["J00.00"]["faults"] == []


def test_a_process_whose_parent_is_gone_ends_by_itself(tmp_path: Path) -> None:
    code = ("import os, signal, sys\nfrom tests.simulation.cabinet.test_fleet import specs\n"
            "from simulation.cabinet.fleet import Fleet\n"
            "if __name__ == '__main__':\n    fleet = Fleet(specs(1)).__enter__()\n    print(*fleet.pids, flush=True)\n"
            "    os.kill(os.getpid(), signal.SIGKILL)\n")
    file = tmp_path / "orphan.py"
    file.write_text(code)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60,
                          env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (pid,) = map(int, done.stdout.split())
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    raise AssertionError("it still runs")


def test_the_site_file_of_a_fleet_is_good_and_names_every_cabinet(tmp_path: Path) -> None:
    access = FleetAccess.made(tmp_path / "papers")
    network = city(4).network
    for protocols, tls in (((WireProtocol.MODBUS,), True), (tuple(WireProtocol), False)):
        made = specs_for(network, protocols, HOST, 15000, access, tls=tls)
        site = read_site(write_site(tmp_path, network, made, access, strategy="predictive"))
        assert [(c.junction, c.protocol, c.port, c.tls) for c in site.said.cabinets] == [
            (s.junction.id, s.protocol.value, s.port, tls and s.protocol is WireProtocol.MODBUS) for s in made]
    assert (tmp_path / "papers" / "password.txt").stat().st_mode & 0o077 == 0
    assert access.password not in (tmp_path / "site.yaml").read_text()


def test_a_fleet_is_found_by_its_file_or_it_is_said_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no fleet has left its file"):
        read_fleet(tmp_path)
    with Fleet(specs(2)) as fleet:
        write_fleet(tmp_path, fleet)
        sockets, names = read_fleet(tmp_path)
        assert names == ["J00.00", "J00.01"]
        assert set(asyncio.run(_show(sockets[0]))["cabinets"]) == set(names)
    with pytest.raises(RunFailed, match="is the fleet still running"):
        asyncio.run(_show(sockets[0]))


async def _show(socket: Path) -> dict[str, Any]:
    client = BenchClient(socket)
    try:
        return await client.ask(do="show")
    finally:
        await client.close()


def test_which_junctions() -> None:
    assert len(network_for(None, None).junctions) == 1 and len(network_for(7, None).junctions) == 7
    some = network_for(2, "mohammed-v")
    assert len(some.junctions) == 2 and all({x.upstream, x.downstream} <= some.junctions.keys() for x in some.links)
    with pytest.raises(BadInput, match="has 4 junctions"):
        network_for(5, "mohammed-v")
    with pytest.raises(BadInput, match="run out before 200"):
        specs_for(city(200).network, (WireProtocol.MODBUS,), HOST, 65500, None)
