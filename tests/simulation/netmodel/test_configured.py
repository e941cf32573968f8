"""A post's own junctions on a net's signals: what the file says is what is simulated, and what cannot be shown is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from controller.network import Network
from controller.site.network_file import network_text
from signal_drivers.errors import NetError
from signal_drivers.ids import JunctionId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.limits import Clearance
from simulation.netmodel.configured import with_configured
from simulation.netmodel.derive import derive_net
from simulation.record import SignalTrack
from simulation.run import RunSettings, run
from tests.simulation.nets import flows, four_arm, scenario

C = JunctionId("C")
HERE = Path("network.json")


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cross")
    net = four_arm(folder, "--no-turnarounds", "true")
    return scenario(folder, net, flows({("N_in", "S_out"): 6, ("W_in", "E_out"): 6}, 90), end_s=90)


def slower(junction: Junction) -> Junction:
    """With 2 s more yellow, and as much more between greens."""
    return replace(junction, yellow_s=junction.yellow_s + 2.0, intergreens=Intergreens(
        {pair: s + 2.0 for pair, s in junction.intergreens.items()}))


def yellows_s(track: SignalTrack) -> set[float]:
    """How long each group was yellow, each time."""
    found, since = set(), dict.fromkeys(range(len(track.groups)), 0.0)
    before = track.states[0]
    for time_s, state in zip(track.times_s, track.states, strict=True):
        for i, (was, now) in enumerate(zip(before, state, strict=True)):
            if was != now and now == "y":
                since[i] = time_s
            if was == "y" and now != "y":
                found.add(time_s - since[i])
        before = state
    return found


def test_what_the_file_says_is_what_is_simulated(cross: Path) -> None:
    derived = derive_net(cross.parent / "net.net.xml").junctions[C].junction
    file = cross.parent / "network.json"
    file.write_text(network_text(Network({C: slower(derived)})), encoding="utf-8")
    record = run(RunSettings(str(cross), "actuated", network=file))
    assert yellows_s(record.signals[0]) == {derived.yellow_s + 2.0}
    assert record.result["guard"]["violations"] == 0


def test_junctions_of_the_file_alone_are_replaced(cross: Path) -> None:
    signals = derive_net(cross.parent / "net.net.xml")
    mine = slower(signals.junctions[C].junction)
    assert with_configured(signals, Network({C: mine}), HERE).junctions[C].junction is mine
    elsewhere = replace(mine, id=JunctionId("D"))
    assert with_configured(signals, Network({elsewhere.id: elsewhere}), HERE).junctions == signals.junctions


@pytest.mark.parametrize(("what", "says"), [("lanes", "other lanes"), ("movements", "other movements"),
                                            ("clearance", "clearance of published benchmarks")])
def test_what_cannot_be_shown_is_refused(cross: Path, what: str, says: str) -> None:
    signals = derive_net(cross.parent / "net.net.xml")
    junction = signals.junctions[C].junction
    other = {"lanes": {"lanes": junction.lanes[1:], "detectors": ()}, "movements": {"movements": junction.movements[1:]},
             "clearance": {"clearance": Clearance.BENCHMARK}}[what]
    with pytest.raises(NetError, match=says):
        with_configured(signals, Network({C: replace(junction, **other)}), HERE)  # type: ignore[arg-type]
