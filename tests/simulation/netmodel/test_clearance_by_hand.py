"""Clearance from geometry, with the arithmetic written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from signal_drivers.clearance import Stream, intergreen_s
from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId
from signal_drivers.lanes import Turn
from signal_drivers.limits import Clearance
from simulation.netmodel.conflicts import meeting
from simulation.netmodel.derive import SumoJunction, derive_net
from tests.simulation.nets import derived, four_arm, only_junction

EASTBOUND = np.array([[0.0, 0.0], [30.0, 0.0]])
NORTHBOUND = np.array([[12.0, -8.0], [12.0, 22.0]])


def test_the_conflict_area_of_two_straight_paths_at_right_angles() -> None:
    """The paths cross 12 m after one stop line and 8 m after the other; each is within 1.8 m of the other's line for 1.8 m
    before and after, seen in half metres: 10.5 to 13.5 m, and 6.5 to 9.5 m."""
    m = meeting(EASTBOUND, NORTHBOUND)
    assert (m.first_enters_m, m.first_clears_m) == (10.5, 13.5)
    assert (m.second_enters_m, m.second_clears_m) == (6.5, 9.5)


def test_intergreen_of_cars_at_right_angles() -> None:
    """Last eastbound car out: 3 s crossing time + (13.5 + 6) m / 10 m/s = 4.95 s. First northbound car in, at its limit of
    50 km/h = 13.89 m/s: 6.5 / 13.89 = 0.47 s. 4.95 - 0.47 = 4.48, rounded up to 5 s. The other way round:
    3 + (9.5 + 6) / 10 - 10.5 / 13.89 = 4.55 - 0.76 = 3.79, so 4 s: also what yellow 3 s + 1 s asks."""
    car = Stream(GroupKind.VEHICLE)
    assert intergreen_s(car, 13.5, car, 6.5, 3.0) == 5.0
    assert intergreen_s(car, 9.5, car, 10.5, 3.0) == 4.0


def test_intergreen_after_a_turning_car_a_tram_people_and_bicycles() -> None:
    car = Stream(GroupKind.VEHICLE)
    # 2 s + (15 + 6) / 7 = 5.0 s - 5 / 13.89 = 0.36 -> 4.64 -> 5 s
    assert intergreen_s(Stream(GroupKind.VEHICLE, turning=True), 15.0, car, 5.0, 3.0) == 5.0
    # 3 s + (20 + 65) / 8.33 = 13.2 s - 5 / 13.89 = 0.36 -> 12.84 -> 13 s
    assert intergreen_s(Stream(GroupKind.TRAM), 20.0, car, 5.0, 3.0) == 13.0
    # 13 m at 1 m/s = 13 s - 2 / 13.89 = 0.14 -> 12.86 -> 13 s
    assert intergreen_s(Stream(GroupKind.PEDESTRIAN), 13.0, car, 2.0, 3.0) == 13.0
    # 1 s + 16 / 4 = 5 s - 5 / 13.89 = 0.36 -> 4.64 -> 5 s
    assert intergreen_s(Stream(GroupKind.CYCLE), 16.0, car, 5.0, 3.0) == 5.0
    # car before people: 3 + (4 + 6) / 10 = 4 s - 3 / 1.5 = 2 -> 2 s, but never below yellow + 1 s
    assert intergreen_s(car, 4.0, Stream(GroupKind.PEDESTRIAN), 3.0, 3.0) == 4.0


def through(s: SumoJunction, arm: str) -> GroupId:
    return next(m.group for m in s.junction.movements if m.from_lane.startswith(f"{arm}_in") and m.turn is Turn.THROUGH)


def test_a_net_whose_distances_are_known(tmp_path: Path) -> None:
    """Single 3.2 m lanes, 50 km/h. The path from the west runs along y = -1.6, that from the south along x = 1.6. With the
    stop lines ``d`` m from the centre, the paths cross d + 1.6 m after the west's stop line and d - 1.6 m after the south's."""
    net = four_arm(tmp_path, "--no-turnarounds", "true")
    s = derived(net)
    d = 200.0 - next(lane.length_m for lane in s.junction.lanes if lane.approach == "W_in")
    swath = 1.8
    west_clears, south_enters = d + 1.6 + swath, d - 1.6 - swath
    by_hand = 3.0 + (west_clears + 6.0) / 10.0 - south_enters / (50 / 3.6)
    got = s.junction.intergreens.between(through(s, "W"), through(s, "S"))
    # Left turns share the group, so that the longest of its paths decides; half a metre of sampling may move a whole second.
    assert got >= np.ceil(by_hand - 0.1)
    assert got <= np.ceil(by_hand) + 2


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_wider_junctions_take_longer_to_clear(tmp_path: Path, lanes: int) -> None:
    narrow = derived(four_arm(tmp_path / "narrow", "--no-turnarounds", "true", lanes=1))
    wide = derived(four_arm(tmp_path / "wide", "--no-turnarounds", "true", lanes=lanes))
    assert (wide.junction.intergreens.between(through(wide, "W"), through(wide, "S"))
            >= narrow.junction.intergreens.between(through(narrow, "W"), through(narrow, "S")))


def test_the_benchmark_convention_is_three_seconds_and_no_all_red(tmp_path: Path) -> None:
    s = only_junction(derive_net(four_arm(tmp_path, lanes=3), clearance=Clearance.BENCHMARK))
    assert {seconds for _, seconds in s.junction.intergreens.items()} == {3.0}
    assert s.junction.yellow_s == 3.0
    assert {g.min_green_s for g in s.junction.groups} == {5.0}
