"""Nets nobody looked at: whatever netgenerate makes, each junction derives and holds its invariants."""

from __future__ import annotations

from pathlib import Path

import pytest

from signal_drivers.limits import Clearance
from simulation.netmodel.derive import derive_net
from tests.simulation.netmodel.invariants import check
from tests.simulation.nets import generate

NETS = {
    "grid, one lane": ("--grid", "--grid.number", "3", "--grid.length", "150", "--grid.attach-length", "100"),
    "grid, three lanes and a turn lane": ("--grid", "--grid.number", "2", "--grid.length", "200", "-L", "3", "--turn-lanes", "1",
                                          "--grid.attach-length", "150"),
    "grid, four lanes": ("--grid", "--grid.number", "2", "--grid.length", "200", "-L", "4", "--grid.attach-length", "150"),
    "grid, left arrows": ("--grid", "--grid.number", "2", "--grid.length", "200", "-L", "2", "--turn-lanes", "1",
                          "--grid.attach-length", "150", "--tls.left-green.time", "6"),
    "grid, crossings": ("--grid", "--grid.number", "2", "--grid.length", "200", "-L", "2", "--grid.attach-length", "150",
                        "--sidewalks.guess", "--crossings.guess"),
    "grid, cycle lanes and crossings": ("--grid", "--grid.number", "2", "--grid.length", "200", "-L", "2", "--grid.attach-length",
                                        "150", "--bikelanes.guess", "--sidewalks.guess", "--crossings.guess"),
    "spider": ("--spider", "--spider.arm-number", "6", "--spider.circle-number", "2", "-L", "2"),
    **{f"random {seed}": ("--rand", "--seed", str(seed), "--rand.iterations", "12", "-L", str(1 + seed % 3))
       for seed in range(1, 9)},
    **{f"random {seed}, crossings, one road at a time": ("--rand", "--seed", str(seed), "--rand.iterations", "10", "-L", "2",
                                                         "--sidewalks.guess", "--crossings.guess", "--tls.layout", "incoming")
       for seed in (11, 12)},
}


@pytest.mark.parametrize("name", NETS)
def test_every_junction_derives_and_holds_its_invariants(name: str, tmp_path: Path) -> None:
    net = generate(tmp_path, *NETS[name])
    for clearance in Clearance:
        signals = derive_net(net, clearance=clearance)
        assert signals.junctions
        check(net, signals, clearance)


def test_deriving_twice_gives_the_same_junctions(tmp_path: Path) -> None:
    net = generate(tmp_path, *NETS["random 3"])
    first, second = derive_net(net), derive_net(net)
    assert [s.junction for s in first.junctions.values()] == [s.junction for s in second.junctions.values()]
