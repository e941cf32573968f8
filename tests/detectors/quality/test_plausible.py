"""Counts against the neighbours': silence that is no chance, flows no lane carries, speeds no car drives."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.observation import Quality
from detectors.quality.plausible import CHANCE, FIRST_SHARE, CountPlausibility

APPROACH = {"n_0": ("n_1", "n_2"), "n_1": ("n_0", "n_2"), "n_2": ("n_0", "n_1"), "alone": ()}


def traffic(plausible: CountPlausibility, begun_s: float, until_s: float, every_s: dict[str, float], seed: int = 1) -> None:
    """Vehicles by chance, on average one every so many seconds in each lane."""
    chance = random.Random(seed)
    due = [(begun_s + chance.expovariate(1.0 / gap_s), lane) for lane, gap_s in every_s.items()]
    while due:
        due.sort()
        time_s, lane = due.pop(0)
        if time_s <= until_s:
            plausible.counted(lane, time_s)
            due.append((time_s + chance.expovariate(1.0 / every_s[lane]), lane))


def test_a_lane_that_goes_blind_is_found_out_and_comes_back() -> None:
    plausible = CountPlausibility(APPROACH)
    traffic(plausible, 0.0, 3600.0, {"n_0": 8.0, "n_1": 8.0, "n_2": 20.0})
    assert {plausible.judge(lane, 3600.0).quality for lane in APPROACH} == {Quality.GOOD}
    traffic(plausible, 3600.0, 4200.0, {"n_1": 8.0, "n_2": 20.0}, seed=2)
    said = plausible.judge("n_0", 4200.0)
    assert said.quality is Quality.BAD and said.neighbours_counted > 80
    assert said.reason == ("has counted nothing for 10 min while its neighbours counted "
                           f"{said.neighbours_counted}: blind, or closed")
    assert plausible.judge("n_1", 4200.0).quality is Quality.GOOD
    # However long it lasts, it does not become usual.
    traffic(plausible, 4200.0, 20_000.0, {"n_1": 8.0, "n_2": 20.0}, seed=3)
    assert plausible.judge("n_0", 20_000.0).quality is Quality.BAD
    plausible.counted("n_0", 20_001.0)
    assert plausible.judge("n_0", 20_002.0).quality is Quality.GOOD


def test_one_that_never_counted() -> None:
    plausible = CountPlausibility(APPROACH)
    traffic(plausible, 0.0, 1800.0, {"n_1": 8.0, "n_2": 8.0})
    assert plausible.judge("n_0", 1800.0).quality is Quality.BAD
    assert plausible.judge("alone", 1800.0).quality is Quality.GOOD, "without neighbours nothing is known"


@given(st.integers(0, 200), st.floats(3, 60), st.floats(3, 60))
@settings(max_examples=30)
def test_sound_lanes_are_left_in_peace(seed: int, first_s: float, second_s: float) -> None:
    plausible = CountPlausibility(APPROACH)
    for minute in range(60):
        # Each in its own half of a cycle of 120 s, as turning lanes are.
        lane, gap_s = (("n_0", first_s), ("n_1", second_s))[minute % 2]
        traffic(plausible, minute * 60.0, minute * 60.0 + 50.0, {lane: gap_s}, seed=seed * 100 + minute)
        assert all(plausible.judge(x, minute * 60.0 + 59.0).quality is not Quality.BAD for x in ("n_0", "n_1"))


def test_a_lane_that_is_seldom_used_is_soon_known_for_it() -> None:
    plausible = CountPlausibility(APPROACH)
    found = []
    for hour in range(12):
        traffic(plausible, hour * 3600.0, (hour + 1) * 3600.0, {"n_0": 1000.0, "n_1": 7.0}, seed=hour)
        found.append(plausible.judge("n_0", (hour + 1) * 3600.0).quality)
    assert Quality.BAD not in found[2:] and found[4:].count(Quality.GOOD) >= 7


def test_a_quiet_night_is_no_fault() -> None:
    plausible = CountPlausibility(APPROACH)
    traffic(plausible, 0.0, 6 * 3600.0, {"n_0": 900.0, "n_1": 1200.0, "n_2": 900.0})
    assert {plausible.judge(lane, 6 * 3600.0).quality for lane in APPROACH} == {Quality.GOOD}


@given(st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=40)
def test_more_counted_beside_never_makes_silence_more_believable(fewer: int, more: int) -> None:
    def said(count: int) -> int:
        plausible = CountPlausibility(APPROACH)
        for i in range(count):
            plausible.counted("n_1", i * 1000.0 / max(1, count))
        return list(Quality).index(plausible.judge("n_0", 1000.0).quality)

    fewer, more = sorted((fewer, more))
    assert said(fewer) <= said(more)
    enough = math.log(CHANCE[Quality.DEGRADED]) / math.log(1 - FIRST_SHARE)
    assert (said(more) > 0) == (more > enough)


@pytest.mark.parametrize(("gap_s", "quality"), [(1.6, Quality.GOOD), (1.4, Quality.BAD), (0.2, Quality.BAD)])
def test_more_than_a_lane_carries(gap_s: float, quality: Quality) -> None:
    plausible = CountPlausibility(APPROACH)
    for i in range(int(400 / gap_s)):
        plausible.counted("alone", i * gap_s)
    said = plausible.judge("alone", 400.0)
    assert said.quality is quality and said.flow_vph == pytest.approx(3600 / gap_s, rel=0.02)
    assert plausible.judge("alone", 800.0) == (Quality.GOOD, "", 0.0, 0)


@given(st.lists(st.floats(0, 55.5), max_size=100),
       st.lists(st.sampled_from([55.6, 426.0, -1.0, math.nan, math.inf]), max_size=20))
def test_speeds_beyond_belief(real_mps: list[float], odd_mps: list[float]) -> None:
    plausible = CountPlausibility(APPROACH)
    for i, speed_mps in enumerate([*real_mps, *odd_mps]):
        plausible.counted("alone", i * 4.0, speed_mps)
    said = plausible.judge("alone", 4.0 * 120)
    share = len(odd_mps) / max(1, len(real_mps) + len(odd_mps))
    expected = Quality.GOOD if len(odd_mps) < 3 or share < 0.02 else Quality.DEGRADED if share < 0.1 else Quality.BAD
    assert said.quality is expected
    if expected is not Quality.GOOD:
        assert said.reason == f"{len(odd_mps)} of {len(real_mps) + len(odd_mps)} speeds cannot be: beyond 200 km/h"


@pytest.mark.parametrize("neighbours", [{"a": ("b",)}, {"a": ("a",)}])
def test_neighbours_that_cannot_be(neighbours: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="lane a: its neighbour"):
        CountPlausibility(neighbours)
    with pytest.raises(KeyError):
        CountPlausibility(APPROACH).counted("nowhere", 0.0)
