"""From statuses and observations to arrays: the same, however odd, and however little has changed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from controller.predictive.arrays import ENDED_S, GREEN_S, RED_S
from controller.predictive.reading import _believed, believable
from controller.strategies.predictive import Predictive
from controller.strategy import Tick
from detectors.observation import LaneObservation, SeenVehicle, VehicleClass
from signal_drivers.ids import GroupId, StageId
from signal_drivers.requests import StageRequest
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame
from tests.controller.junctions import crossroads, network

ODD = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.floats(-5, 1100))


@given(st.lists(st.lists(st.tuples(ODD, ODD), max_size=4), max_size=5))
def test_all_lanes_at_once_believe_what_one_by_one_is_believable(lanes: list[list[tuple[float, float]]]) -> None:
    begin = np.concatenate(([0], np.cumsum([len(row) for row in lanes], dtype=int)))
    flat = np.asarray([pair for row in lanes for pair in row], float).reshape(-1, 2)
    first, distance_m, speed_mps = _believed(begin, flat[:, 0], flat[:, 1])
    for i, row in enumerate(lanes):
        vehicles = tuple(SeenVehicle(d, v, VehicleClass.CAR, 5.0) for d, v in row)
        seen = LaneObservation.trusted("x", 0.0, 100.0, vehicles, 0, 0.0, 0.0, {})
        wanted = np.asarray(list(believable(seen)), np.float32).reshape(-1, 2)
        assert np.array_equal(distance_m[first[i]:first[i + 1]], wanted[:, 0])
        assert np.array_equal(speed_mps[first[i]:first[i + 1]], wanted[:, 1])


def test_ages_of_heads_go_on_while_the_cabinet_says_the_same_and_through_a_transition() -> None:
    """North-south ends at 20 s with 3 s of yellow; east-west, called since 2 s, starts at 25 s."""
    junction = crossroads()
    made = Predictive()
    made.start(network(junction), 1)
    clock = Clockwork(junction, 0.0, StageId("NS"))
    clock.calls = {GroupId("ew"): 2.0}
    rows = made.planner.now.group
    for second in range(31):
        if second == 20:
            assert clock.request(StageRequest(junction.id, StageId("EW"), 1, second, second + 5.0), second)
        clock.tick(second)
        status = clock.status(float(second))
        settled = {junction.id: status} if status.stage is not None else {}
        changing = {} if settled else {junction.id: status}
        made.planner.reader.read(Tick(float(second), SaidFrame(float(second)), settled, changing), 1.0)
        ns, ew = rows[0, 0], rows[0, 1]
        if second < 20:
            assert ns[GREEN_S] == second and ns[ENDED_S] == 0 and ns[RED_S] == 0
            assert ew[GREEN_S] == -1 and ew[RED_S] == max(0, second - 2)
        elif second < 25:
            assert ns[GREEN_S] == -1 and ns[ENDED_S] == second - 20, "the yellow has run since the green ended, not longer"
            assert ew[RED_S] == second - 2
        else:
            assert ns[ENDED_S] == second - 20
            assert ew[GREEN_S] == second - 25 and ew[RED_S] == 0


def test_what_no_clock_can_say_is_no_age() -> None:
    junction = crossroads()
    made = Predictive()
    made.start(network(junction), 1)
    status = replace(Clockwork(junction, 0.0, StageId("NS")).status(5.0), head_since_s=(math.nan, math.nan))
    made.decide(Tick(5.0, SaidFrame(5.0), {junction.id: status}))
    assert np.isfinite(made.planner.now.group).all()

