"""How long anybody was kept: against a programme whose reds are known, and with a simulator that says what a test tells it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulation.netmodel.derive import SignalNet, derive_net
from simulation.run import run
from simulation.settings import RunSettings
from simulation.waits import LOOK_EVERY_S, WaitWatch
from tests.simulation.nets import four_arm, programme, scenario, with_programme


@pytest.fixture(scope="module")
def signals(tmp_path_factory: pytest.TempPathFactory) -> SignalNet:
    """Two lanes an arm: the right one goes straight on and right, the left one straight on and left."""
    net = four_arm(tmp_path_factory.mktemp("arms"), "--no-turnarounds", "true", lanes=2)
    return derive_net(net)


class SaidSumo:
    """What the watch asks of SUMO, as the test says it: ``standing`` has (lane, vehicle, seconds stood, link it comes to)."""

    def __init__(self, signals: SignalNet) -> None:
        (self.junction,) = signals.junctions.values()
        self.red: set[int] = set()
        self.standing: list[tuple[str, str, float, int]] = []
        self.asked = 0
        self.trafficlight = SimpleNamespace(getRedYellowGreenState=lambda tls: "".join(
            "r" if i in self.red else "G" for i in range(self.junction.width)))
        self.lane = SimpleNamespace(getLastStepHaltingNumber=lambda lane: len(self._on(lane)),
                                    getLastStepVehicleIDs=lambda lane: [row[1] for row in self._on(lane)])
        self.vehicle = SimpleNamespace(getWaitingTime=lambda v: self._row(v)[2], getNextTLS=self._next)

    def _on(self, lane: str) -> list[tuple[str, str, float, int]]:
        return [row for row in self.standing if row[0] == lane]

    def _row(self, vehicle: str) -> tuple[str, str, float, int]:
        return next(row for row in self.standing if row[1] == vehicle)

    def _next(self, vehicle: str) -> list[tuple[str, int, float, str]]:
        self.asked += 1
        return [(self.junction.tls, self._row(vehicle)[3], 1.0, "r")]


def positions(said: SaidSumo, lane: str) -> dict[str, tuple[int, ...]]:
    """Positions in the state string of the groups that serve ``lane``."""
    return {g.id: tuple(sorted(g.indices)) for g in said.junction.groups if any(link.from_lane == lane for link in g.links)}


def stands(said: SaidSumo, watch: WaitWatch, seconds: range, lane: str, link: int) -> None:
    """One vehicle stands on ``lane`` from the first to the last of ``seconds``."""
    for now_s in seconds:
        said.standing = [(lane, "v", float(now_s - seconds.start), link)]
        watch.note(now_s)


def test_red_counts_from_the_later_of_red_and_standing(signals: SignalNet) -> None:
    said = SaidSumo(signals)
    watch = WaitWatch(said, signals)
    everything = set(range(said.junction.width))
    lane = said.junction.junction.lanes[0].id
    (link, *_) = next(iter(positions(said, lane).values()))
    said.red = everything
    for now_s in range(40):
        watch.note(now_s)
    stands(said, watch, range(40, 71), lane, link)
    said.red, said.standing = set(), []
    watch.note(71)
    assert watch.finish(80) == {"red_longest_called_s": pytest.approx(31, abs=1), "wait_longest_s": 30}


def test_a_wait_that_still_lasts_at_the_end_counts(signals: SignalNet) -> None:
    said = SaidSumo(signals)
    watch = WaitWatch(said, signals)
    lane = said.junction.junction.lanes[0].id
    said.red = set(range(said.junction.width))
    stands(said, watch, range(101), lane, next(iter(positions(said, lane).values()))[0])
    assert watch.finish(100)["red_longest_called_s"] == pytest.approx(100, abs=1)


def test_red_before_nobody_is_nobodys_red(signals: SignalNet) -> None:
    said = SaidSumo(signals)
    watch = WaitWatch(said, signals)
    said.red = set(range(said.junction.width))
    for now_s in range(500):
        watch.note(now_s)
    assert watch.finish(500) == {"red_longest_called_s": 0, "wait_longest_s": 0}


def test_who_goes_away_from_a_red_is_not_waited_for_any_longer(signals: SignalNet) -> None:
    said = SaidSumo(signals)
    watch = WaitWatch(said, signals)
    lane = said.junction.junction.lanes[0].id
    said.red = set(range(said.junction.width))
    stands(said, watch, range(21), lane, next(iter(positions(said, lane).values()))[0])
    said.standing = []
    for now_s in range(21, 300):
        watch.note(now_s)
    assert watch.finish(300)["red_longest_called_s"] == pytest.approx(20, abs=LOOK_EVERY_S)


def test_who_has_stood_in_another_lane_calls_from_when_he_moved_over(signals: SignalNet) -> None:
    said = SaidSumo(signals)
    watch = WaitWatch(said, signals)
    lane = said.junction.junction.lanes[0].id
    said.red = set(range(said.junction.width))
    for now_s in range(80):
        watch.note(now_s)
    link = next(iter(positions(said, lane).values()))[0]
    for now_s in range(80, 121):
        said.standing = [(lane, "v", 70.0 + now_s - 80, link)]
        watch.note(now_s)
    found = watch.finish(120)
    assert found["red_longest_called_s"] == pytest.approx(40, abs=LOOK_EVERY_S) and found["wait_longest_s"] >= 105


def test_on_a_shared_lane_only_the_group_is_called_that_the_vehicle_comes_to(signals: SignalNet) -> None:
    said = SaidSumo(signals)
    shared = next(lane.id for lane in said.junction.junction.lanes if len(lane.groups) > 1)
    groups = list(positions(said, shared).values())
    # Who stands wants the first group, which is green; the second is red and nobody's.
    watch = WaitWatch(said, signals)
    said.red = set(groups[1])
    stands(said, watch, range(200), shared, groups[0][0])
    assert said.asked > 0
    assert watch.finish(200) == {"red_longest_called_s": 0, "wait_longest_s": pytest.approx(199, abs=LOOK_EVERY_S)}


@pytest.mark.integration
def test_a_programme_with_a_long_red(tmp_path: Path) -> None:
    """North and south are red for 96 s of each cycle; the one vehicle from the north arrives early in it."""
    plain = four_arm(tmp_path, "--no-turnarounds", "true")
    states = [state for state, _ in programme(plain)]
    net = with_programme(plain, list(zip(states, [20.0, 3.0, 90.0, 3.0], strict=True)))
    config = scenario(tmp_path, net, '<trip id="v" depart="10" from="N_in" to="S_out"/>', end_s=240)
    record = run(RunSettings(str(config), "sumo:program", out=tmp_path / "out"))
    (trip,) = ElementTree.parse(tmp_path / "out" / "sumo-program-seed1" / "tripinfo.xml").getroot().iter("tripinfo")
    waited_s = float(trip.attrib["waitingTime"])
    assert waited_s > 60
    assert record.figures["red_longest_called_s"] == pytest.approx(waited_s, abs=2)
    assert waited_s - LOOK_EVERY_S <= record.figures["wait_longest_s"] <= waited_s
