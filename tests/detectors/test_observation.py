"""The observation contract: contradictions are refused, and a queue is what a person would count."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.observation import (
    QUEUE_SPEED_MPS,
    LaneObservation,
    ObservationError,
    Quality,
    SeenVehicle,
    VehicleClass,
    queue_of,
)


def car(distance_m: float, speed_mps: float = 0.0, length_m: float = 5.0) -> SeenVehicle:
    return SeenVehicle(distance_m, speed_mps, VehicleClass.CAR, length_m)


def seen(**changes: Any) -> LaneObservation:
    return LaneObservation(**{"lane": "n_0", "time_s": 5.0, "range_m": 100.0, "vehicles": (car(1.0), car(8.0)),
                              "queue_veh": 2, "queue_m": 13.0, "occupancy": 0.1, **changes})


class TestLaneObservation:
    @pytest.mark.parametrize(("queue_veh", "accepted"), [(-1, False), (0, True), (2, True), (3, False)])
    def test_no_more_queued_than_seen(self, queue_veh: int, accepted: bool) -> None:
        if accepted:
            assert seen(queue_veh=queue_veh).queue_veh == queue_veh
        else:
            with pytest.raises(ObservationError, match=rf"lane n_0: queue_veh is {queue_veh} of 2 vehicles in view"):
                seen(queue_veh=queue_veh)

    @pytest.mark.parametrize("bad", [-0.001, math.nan, math.inf])
    def test_queue_length(self, bad: float) -> None:
        with pytest.raises(ObservationError) as caught:
            seen(queue_m=bad)
        assert str(caught.value) == f"lane n_0: queue_m is {bad!r}"

    @pytest.mark.parametrize(("occupancy", "accepted"), [
        (-0.001, False), (0.0, True), (0.5, True), (1.0, True), (1.001, False), (math.nan, False)])
    def test_occupancy_is_a_share(self, occupancy: float, accepted: bool) -> None:
        if accepted:
            assert seen(occupancy=occupancy).occupancy == occupancy
        else:
            with pytest.raises(ObservationError, match=r"occupancy is .*, must be within 0..1"):
                seen(occupancy=occupancy)

    @pytest.mark.parametrize("quality", [Quality.DEGRADED, Quality.BAD])
    def test_poor_quality_needs_a_reason(self, quality: Quality) -> None:
        with pytest.raises(ObservationError, match=f"quality {quality} without a reason"):
            seen(quality=quality)
        assert seen(quality=quality, reason="rain on the lens").reason

    def test_counts_start_empty_and_cannot_be_written_by_accident(self) -> None:
        with pytest.raises(TypeError):
            seen().passed[VehicleClass.CAR] = 1  # type: ignore[index]

    def test_a_vehicle_says_nothing_of_where_it_is_bound(self) -> None:
        assert set(SeenVehicle._fields) - {"distance_m", "speed_mps", "kind", "length_m"} == {"next_road"}
        assert car(1.0).next_road is None


class TestQueue:
    @pytest.mark.parametrize(("vehicles", "count", "tail_m"), [
        ((), 0, 0.0),
        ((car(1.0),), 1, 6.0),
        ((car(1.0), car(8.0)), 2, 13.0),
        ((car(1.0, QUEUE_SPEED_MPS),), 0, 0.0),
        ((car(1.0, QUEUE_SPEED_MPS - 0.01),), 1, 6.0),
        # one that has started moving at the head does not hide those that wait behind it
        ((car(1.0, 8.0), car(9.0), car(16.0)), 2, 21.0),
        # a moving vehicle ends the chain
        ((car(1.0), car(8.0, 8.0), car(15.0)), 1, 6.0),
        # so does a gap of more than 15 m between tail and front
        ((car(1.0), car(21.0)), 2, 26.0),
        ((car(1.0), car(21.01)), 1, 6.0),
        # a queue may begin far from the stop line
        ((car(60.0), car(67.0)), 2, 72.0),
    ])
    def test_by_hand(self, vehicles: tuple[SeenVehicle, ...], count: int, tail_m: float) -> None:
        assert queue_of(vehicles) == (count, pytest.approx(tail_m))

    def test_the_gap_can_be_set(self) -> None:
        assert queue_of((car(1.0), car(21.0)), max_gap_m=10.0) == (1, 6.0)

    @given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 15), st.floats(1, 30)), max_size=30))
    def test_is_always_an_honest_observation(self, rows: list[tuple[float, float, float]]) -> None:
        vehicles, at_m = [], 0.0
        for gap_m, speed_mps, length_m in rows:
            vehicles.append(car(at_m + gap_m, speed_mps, length_m))
            at_m += gap_m + length_m
        count, tail_m = queue_of(tuple(vehicles))
        seen(vehicles=tuple(vehicles), queue_veh=count, queue_m=tail_m)
        slow = [v.speed_mps < QUEUE_SPEED_MPS for v in vehicles]
        assert count <= sum(slow)
        assert (count > 0) == any(slow)
        assert all(a.distance_m <= b.distance_m for a, b in pairwise(vehicles))
