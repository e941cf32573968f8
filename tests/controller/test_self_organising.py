"""Index and stabilisation against values worked out by hand from the paper's definitions."""

from __future__ import annotations

import pytest

from controller.estimate import departures_s
from controller.strategies.self_organising import SelfOrganising, best_index, critical_veh
from controller.strategy import Tick
from signal_drivers.ids import StageId
from signal_drivers.junction import Junction
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame, car, queue
from tests.controller.junctions import crossroads, network
from tests.controller.post import run

NOW_S = 10.0


def started(junction: Junction, frame: SaidFrame, present: str) -> tuple[SelfOrganising, Tick]:
    made = SelfOrganising()
    made.start(network(junction))
    return made, Tick(NOW_S, frame, {junction.id: Clockwork(junction, 0.0, StageId(present)).status(NOW_S)})


def index(frame: SaidFrame, stage: str, present: str = "NS") -> tuple[float, float]:
    junction = crossroads()
    made, tick = started(junction, frame, present)
    found = made.index(made.sites[junction.id], tick.statuses[junction.id], StageId(stage), tick)
    return found.value, found.green_s


def test_present_green_counts_without_clearance() -> None:
    # Four that have started: they leave at 0, 2, 4 and 6 s, the last is through after 8 s: 4 / 8 veh/s.
    value, green_s = index(SaidFrame(NOW_S, {"n_0": [car(0.5, 3.0), *queue(4)[1:]]}), "NS")
    assert green_s == pytest.approx(8.0, abs=0.1)
    assert value == pytest.approx(4 / 8, abs=0.01)


def test_queue_whose_head_does_not_start_counts_for_nothing() -> None:
    assert index(SaidFrame(NOW_S, {"n_0": queue(4)}), "NS")[0] == 0.0


def test_other_stage_pays_clearance_start_up_and_the_way_back() -> None:
    # tau = 5 s + 2 s, tau_pen = 5 s, g = 8 s for four vehicles: 4 / 20.
    value, green_s = index(SaidFrame(NOW_S, {"e_0": queue(4)}), "EW")
    assert green_s == pytest.approx(8.0)
    assert value == pytest.approx(4 / 20)


def test_two_lanes_leave_side_by_side() -> None:
    assert index(SaidFrame(NOW_S, {"e_0": queue(4), "w_0": queue(4)}), "EW")[0] == pytest.approx(8 / 20)


def test_length_of_green_is_the_one_with_the_highest_index() -> None:
    # One lane has two vehicles, one has six: 8 in 12 s of green beat 4 in 4 s (8/24 > 4/16).
    assert best_index([(1.0, [7.0, 9.0]), (1.0, [7.0, 9.0, 11.0, 13.0, 15.0, 17.0])], 7.0, 5.0, 5.0).green_s == pytest.approx(12)


def test_platoon_in_view_is_served_with_the_queue_and_a_gap_ends_it() -> None:
    frame = SaidFrame(NOW_S, {"n_0": [car(1.0), car(30, 13.9), car(95, 13.9)]})
    times = departures_s(frame.lane("n_0"), 13.9, 0.0, gap_s=2.5, last_s=60.0)
    assert times == pytest.approx([1 / 13.9, 30 / 13.9], abs=0.01)


def test_critical_number_falls_from_an_interval_of_arrivals_to_nothing() -> None:
    # Q = 0.1 veh/s, T = 60 s, T_max = 120 s: 6 vehicles at z = 60 s, 3 at 90 s, none at 120 s.
    assert critical_veh(0.1, 60.0, 60.0, 120.0) == pytest.approx(6.0)
    assert critical_veh(0.1, 90.0, 60.0, 120.0) == pytest.approx(3.0)
    assert critical_veh(0.1, 120.0, 60.0, 120.0) == 0.0


def test_higher_index_is_served_first() -> None:
    junction = crossroads()
    made, tick = started(junction, SaidFrame(NOW_S, {"n_0": [car(70, 13)], "e_0": queue(8), "w_0": queue(8)}), "NS")
    assert [d.stage for d in made.decide(tick)] == ["EW"]


def test_unfinished_queue_is_not_left_for_one_just_as_long() -> None:
    junction = crossroads()
    made, tick = started(junction, SaidFrame(NOW_S, {"n_0": [car(10, 4), car(17, 3), car(25)], "e_0": queue(3)}), "NS")
    assert made.decide(tick) == []


def test_lone_vehicle_is_served_within_the_maximum_red_without_the_warden() -> None:
    # The main road never empties, so the side road's one vehicle never has the higher index.
    junction, made = crossroads(), SelfOrganising()
    made.keeps_max_red = True  # type: ignore[misc]
    log = run(made, junction, lambda t: SaidFrame(t, {"n_0": [car(5 + 12 * i, 12) for i in range(8)],
                                                      "s_0": [car(5 + 12 * i, 12) for i in range(8)], "e_0": [car(1.0)]}),
              seconds=600, calls=lambda t: {})
    served = [now_s for now_s, d in log.decisions if d.stage == "EW"]
    assert served and served[0] - 1000.0 <= junction.max_red_s
    assert any(d.reason == "service of ew" for _, d in log.decisions)
