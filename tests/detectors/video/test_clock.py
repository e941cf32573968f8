"""Times rise, whatever a container or a wall clock says."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.video.clock import LEAP_S, SLEW, FrameClock, LiveClock, believable_fps

RATES = st.floats(0.01, 240.0)


@given(RATES, st.lists(st.floats() | st.sampled_from([0.0, -1.0, math.nan, 1e300]), max_size=60))
def test_times_of_a_file_rise_strictly_whatever_it_is_told(fps: float, told: list[float]) -> None:
    clock = FrameClock(fps)
    times_s = [clock.time_s(t) for t in told]
    assert all(math.isfinite(t) and t >= 0.0 for t in times_s)
    assert all(a < b for a, b in pairwise(times_s))
    assert clock.odd <= len(told)


@given(RATES, st.floats(0, 60), st.lists(st.floats(0.001, 3000.0), max_size=60))
def test_timestamps_that_rise_are_believed(fps: float, first_s: float, gaps_s: list[float]) -> None:
    told = list(accumulate(gaps_s, initial=first_s))
    clock = FrameClock(fps)
    assert [clock.time_s(t) for t in told] == told and clock.odd == 0 and not clock.counting


@given(RATES, st.integers(4, 40), st.sampled_from([0.0, math.nan, -5.0, 1e9]))
def test_timestamps_that_say_nothing_are_counted(fps: float, frames: int, told_s: float) -> None:
    clock = FrameClock(fps)
    times_s = [clock.time_s(told_s) for _ in range(frames)]
    assert clock.counting and times_s == pytest.approx([i / fps for i in range(frames)])


def test_one_odd_timestamp_does_not_end_the_belief() -> None:
    clock = FrameClock(10.0)
    assert [clock.time_s(t) for t in (0.0, 5.0, 3.0, 5.2, 90_000.0, 5.5)] == pytest.approx([0.0, 5.0, 5.1, 5.2, 5.3, 5.5])
    assert clock.odd == 2 and not clock.counting


@pytest.mark.parametrize(("told", "believed"), [
    (25.0, 25.0), (1.0, 1.0), (0.0, None), (-1.0, None), (math.nan, None), (math.inf, None), (90_000.0, None), (1e-9, None)])
def test_rates(told: float, believed: float | None) -> None:
    assert believable_fps(told) == believed


@given(st.floats(0, 2e9), st.lists(st.tuples(st.floats(0, 10), st.floats(-1e6, 1e6) | st.just(0.0)), max_size=60),
       st.floats(-1e6, 1e6))
def test_times_of_a_camera_rise_strictly_and_hold_to_the_wall_clock(start_s: float, steps: list[tuple[float, float]],
                                                                   after_s: float) -> None:
    clock = LiveClock(after_s)
    wall_s, steady_s, last_s = start_s, 5.0, after_s
    for passed_s, leap_s in [(0.0, 0.0), *steps]:
        wall_s, steady_s = wall_s + passed_s + leap_s, steady_s + passed_s
        time_s = clock.time_s(wall_s, steady_s)
        assert time_s > last_s
        assert time_s > wall_s - LEAP_S - SLEW - 1e-3, "never behind by more than a leap"
        last_s = time_s


def test_a_clock_put_forward_is_followed_at_once_and_one_put_back_slowly() -> None:
    clock = LiveClock()
    assert clock.time_s(100.0, 0.0) == 100.0
    assert clock.time_s(101.0, 1.0) == 101.0
    assert clock.time_s(5000.0, 2.0) == 5000.0, "a unit learns the time"
    times_s = [clock.time_s(4990.0 + i, 2.0 + i) for i in range(1, 400)]
    steps_s = [b - a for a, b in pairwise(times_s)]
    assert min(steps_s) >= 1.0 - SLEW - 1e-9 and max(steps_s) <= 1.0 + SLEW + 1e-9
    assert times_s[-1] == pytest.approx(4990.0 + 399)


def test_a_camera_opened_again_goes_on_after_its_last_image() -> None:
    assert LiveClock(after_s=200.0).time_s(150.0, 0.0) > 200.0
    assert LiveClock(after_s=200.0).time_s(250.0, 0.0) == 250.0


@given(RATES, st.lists(st.floats(0.001, 100.0), min_size=1, max_size=20), st.integers(1, 4))
def test_a_looped_recording_goes_on_where_it_ended(fps: float, gaps_s: list[float], times: int) -> None:
    clock, told = FrameClock(fps), list(accumulate(gaps_s, initial=0.0))
    seen: list[float] = []
    for _ in range(times):
        seen += [clock.time_s(t) for t in told]
        clock.begin_again()
    assert all(a < b for a, b in pairwise(seen)) and clock.odd == 0
    assert seen[-1] == pytest.approx(times * told[-1] + (times - 1) / fps)
