"""Errors of what cameras say, by hand."""

from __future__ import annotations

import pytest

from detectors.observation import LaneObservation, SeenVehicle, VehicleClass
from simulation.cameras.truth import CameraErrors, LaneErrors, compare_lane, pairs


def car(distance_m: float, speed_mps: float = 0.0) -> SeenVehicle:
    return SeenVehicle(distance_m, speed_mps, VehicleClass.CAR, 4.5)


def lane(vehicles: tuple[SeenVehicle, ...], queue: int, passed: int = 0) -> LaneObservation:
    return LaneObservation("a", 0.0, 100.0, vehicles, queue, 10.0 * queue, 0.1, {VehicleClass.CAR: passed})


def test_each_is_matched_once_with_the_nearest() -> None:
    there = (car(2), car(8), car(60))
    assert pairs((car(7.5), car(9), car(64.5)), there) == [(car(7.5), car(8)), (car(64.5), car(60))]
    assert pairs((car(30),), there) == []
    assert pairs((), there) == []


def test_a_lane_by_hand() -> None:
    errors = LaneErrors("a", 50.0)
    compare_lane(errors, lane((car(2), car(20, 9)), 1, passed=3), lane((car(2.5), car(9), car(21, 10), car(70)), 2, passed=4))
    compare_lane(errors, lane((), 0, passed=3), lane((car(5, 1.0),), 1, passed=5))
    found = CameraErrors({"a": 50.0})
    found.lanes["a"] = errors
    figures = found.figures()
    assert figures["queue_error_veh"] == 1.0 and figures["queue_true_veh"] == 1.5
    assert figures["speed_error_share"] == 0.1 and figures["speed_bias_share"] == -0.1 and figures["speeds_compared"] == 1
    assert figures["seen_share"] == 0.5  # two of four: the one at 70 m is out of range
    assert figures["invented_share"] == 0.0
    assert (figures["counted_veh"], figures["passed_veh"], figures["count_error_share"]) == (3, 5, 0.4)
    assert figures["lanes"]["a"]["range_m"] == 50.0


def test_nothing_seen_yet_is_no_error() -> None:
    class Blind:
        time_s = 0.0

        def lane(self, name: str) -> LaneObservation:
            raise KeyError(name)

    errors = CameraErrors({"a": 100.0})
    errors.note(Blind(), Blind())  # type: ignore[arg-type]
    assert errors.figures()["queue_error_veh"] is None


@pytest.mark.parametrize("said", [0, 3])
def test_queue_errors_are_absolute(said: int) -> None:
    errors = LaneErrors("a", 100.0)
    vehicles = tuple(car(2 + 6.5 * i) for i in range(3))
    compare_lane(errors, lane(vehicles, said), lane(vehicles[:1], 1))
    assert errors.queue_veh == [abs(said - 1)]
