"""Pressures worked out by hand, and the choice they lead to."""

from __future__ import annotations

import pytest

from controller.strategies.max_pressure import MaxPressure
from controller.strategy import Tick
from detectors.observation import ExitObservation
from signal_drivers.ids import StageId
from signal_drivers.junction import Junction
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame, car, queue
from tests.controller.junctions import crossroads, full_crossroads, network

NOW_S = 10.0


def tick_of(junction: Junction, frame: SaidFrame, stage: str) -> Tick:
    clock = Clockwork(junction, 0.0, StageId(stage))
    return Tick(NOW_S, frame, {junction.id: clock.status(NOW_S)})


def pressure(junction: Junction, frame: SaidFrame, stage: str, present: str) -> float:
    made = MaxPressure()
    made.start(network(junction))
    tick = tick_of(junction, frame, present)
    return made.pressure(made.sites[junction.id], tick.statuses[junction.id], StageId(stage), tick)


def choice(junction: Junction, frame: SaidFrame, present: str) -> list[str]:
    made = MaxPressure()
    made.start(network(junction))
    return [d.stage for d in made.decide(tick_of(junction, frame, present))]


def test_pressure_counts_queue_and_who_is_about_to_arrive() -> None:
    # Three in the queue of n_0; on s_0 one at 60 m (4.3 s away at 13.9 m/s); one at 120 m is too far (8 s reach 111 m).
    frame = SaidFrame(NOW_S, {"n_0": queue(3), "s_0": [car(60, 13), car(120, 13)]})
    assert pressure(crossroads(), frame, "NS", "EW") == pytest.approx(4.0)
    assert pressure(crossroads(), frame, "EW", "EW") == 0.0


def test_queue_on_the_exit_takes_pressure_off() -> None:
    # so_0 stands full over half of its seen 100 m: 3 - 4 x 0.5 = 1.
    half = {"so_0": ExitObservation("so_0", NOW_S, 100.0, 8, 8, 50.0)}
    assert pressure(crossroads(), SaidFrame(NOW_S, {"n_0": queue(3)}, half), "NS", "EW") == pytest.approx(1.0)


def test_full_exit_releases_nothing() -> None:
    full = {"so_0": ExitObservation("so_0", NOW_S, 100.0, 14, 14, 2.0)}
    assert pressure(crossroads(), SaidFrame(NOW_S, {"n_0": queue(9)}, full), "NS", "EW") == 0.0


def test_yielding_turn_weighs_half() -> None:
    frame = SaidFrame(NOW_S, {"e_1": queue(4)})
    assert pressure(full_crossroads(), frame, "B", "C") == pytest.approx(4.0)
    assert pressure(full_crossroads(), frame, "A", "C") == pytest.approx(2.0)


def test_highest_pressure_wins() -> None:
    assert choice(crossroads(), SaidFrame(NOW_S, {"n_0": queue(1), "e_0": queue(6), "w_0": queue(4)}), "NS") == ["EW"]
    assert choice(crossroads(), SaidFrame(NOW_S, {"n_0": queue(6), "e_0": queue(4)}), "NS") == []


def test_small_advantage_does_not_pay_for_the_clearance() -> None:
    # 5 s of clearance are 2.5 vehicles that the present green would have let go.
    assert choice(crossroads(), SaidFrame(NOW_S, {"n_0": queue(4), "e_0": queue(6)}), "NS") == []
    assert choice(crossroads(), SaidFrame(NOW_S, {"n_0": queue(4), "e_0": queue(7)}), "NS") == ["EW"]


def test_lane_that_nobody_sees_gets_its_turn() -> None:
    assert choice(crossroads(), SaidFrame(NOW_S, {"e_0": None}), "NS") == ["EW"]


def test_decides_every_five_seconds_after_the_minimum_green() -> None:
    junction, made = crossroads(), MaxPressure()
    made.start(network(junction))
    clock = Clockwork(junction, 0.0, StageId("NS"))
    looked = []

    class Noting(SaidFrame):
        def lane(self, lane: str):  # type: ignore[no-untyped-def]
            looked.append(self.time_s)
            return super().lane(lane)

    for now_s in range(20):
        made.decide(Tick(now_s, Noting(now_s, {"n_0": queue(2)}), {junction.id: clock.status(now_s)}))
    assert sorted(set(looked)) == [5, 10, 15]
