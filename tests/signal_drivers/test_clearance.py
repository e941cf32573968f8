"""Intergreens by the conflict-point method against sums done by hand, and what must hold for any distances."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.clearance import Stream, clearing_s, entering_s, intergreen_s
from signal_drivers.groups import GroupKind

KMH = 1 / 3.6
CAR, TURN = Stream(GroupKind.VEHICLE), Stream(GroupKind.VEHICLE, turning=True)
WALK, TRAM, BIKE = Stream(GroupKind.PEDESTRIAN), Stream(GroupKind.TRAM), Stream(GroupKind.CYCLE)
STREAMS = st.builds(Stream, st.sampled_from(list(GroupKind)), st.booleans(), st.floats(2.0, 25.0))
METRES = st.floats(0, 120)


@pytest.mark.parametrize(("stream", "s_clear_m", "seconds"), [
    (CAR, 14.0, 3 + (14 + 6) / 10),
    (TURN, 15.0, 2 + (15 + 6) / 7),
    (Stream(GroupKind.VEHICLE, limit_mps=30 * KMH), 19.0, 3 + (19 + 6) / (30 / 3.6)),
    (WALK, 12.0, 12.0),
    (BIKE, 14.0, 1 + 14 / 4),
    (TRAM, 10.0, 3 + (10 + 65) / (30 / 3.6)),
    (Stream(GroupKind.TRAM, limit_mps=5.0), 10.0, 3 + 75 / 5)])
def test_clearing(stream: Stream, s_clear_m: float, seconds: float) -> None:
    assert clearing_s(stream, s_clear_m) == pytest.approx(seconds)


@pytest.mark.parametrize(("stream", "s_enter_m", "seconds"), [
    (CAR, 20.0, 20 / (50 / 3.6)),
    (Stream(GroupKind.VEHICLE, limit_mps=30 * KMH), 20.0, 20 / (40 / 3.6)),
    (WALK, 3.0, 2.0),
    (TRAM, 25.0, 3.0),
    (Stream(GroupKind.TRAM, limit_mps=5.0), 25.0, 5.0)])
def test_entering(stream: Stream, s_enter_m: float, seconds: float) -> None:
    assert entering_s(stream, s_enter_m) == pytest.approx(seconds)


def test_cars_that_cross_by_hand() -> None:
    # 3 + (14 + 6) / 10 - 8 / 13.89 = 4.42
    assert intergreen_s(CAR, 14.0, CAR, 8.0, 3.0) == 5.0


def test_people_before_cars_by_hand() -> None:
    # 12 m at 1 m/s, less 2 m at 13.89 m/s: 11.86
    assert intergreen_s(WALK, 12.0, CAR, 2.0, 3.0) == 12.0


def test_a_tram_is_out_of_the_way_after_its_whole_length() -> None:
    # 3 + (20 + 65) / 8.33 - 0 = 13.2
    assert intergreen_s(TRAM, 20.0, CAR, 0.0, 3.0) == 14.0


@given(ending=STREAMS, starting=STREAMS, s_clear_m=METRES, s_enter_m=METRES, more_m=METRES, yellow_s=st.sampled_from([3.0, 5.0]))
def test_whole_seconds_never_below_the_floor_and_longer_for_longer_ways(
        ending: Stream, starting: Stream, s_clear_m: float, s_enter_m: float, more_m: float, yellow_s: float) -> None:
    seconds = intergreen_s(ending, s_clear_m, starting, s_enter_m, yellow_s)
    assert seconds == math.ceil(seconds)
    assert seconds >= (0 if ending.kind is GroupKind.PEDESTRIAN else yellow_s + 1)
    assert intergreen_s(ending, s_clear_m + more_m, starting, s_enter_m, yellow_s) >= seconds
    assert intergreen_s(ending, s_clear_m, starting, s_enter_m + more_m, yellow_s) <= seconds
    # The last one out has left the conflict area before the first one in can reach it.
    assert seconds + entering_s(starting, s_enter_m) >= clearing_s(ending, s_clear_m) - 1e-6


@pytest.mark.parametrize("metres", [-0.1, math.nan, math.inf])
def test_distances_that_are_none(metres: float) -> None:
    with pytest.raises(ValueError, match="s_clear_m"):
        intergreen_s(CAR, metres, CAR, 1.0, 3.0)
    with pytest.raises(ValueError, match="s_enter_m"):
        intergreen_s(CAR, 1.0, CAR, metres, 3.0)
