"""Cycle and splits against figures worked out by hand from the cited formulas."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.webster import (
    MAX_CYCLE_S,
    MIN_CYCLE_S,
    SNEAKERS_VPH,
    flow_ratios,
    needed_stages,
    permissive_left_vph,
    timing,
    webster_cycle_s,
)
from signal_drivers.ids import GroupId, LaneId
from signal_drivers.junction import Junction
from tests.controller.junctions import crossroads, full_crossroads, junctions


def by_lane(junction: Junction, **vph: float) -> dict[tuple[LaneId, GroupId], float]:
    return {(lane.id, g): vph[g] for lane in junction.lanes for g in lane.groups if g in vph}


def test_cycle_of_the_textbook_example() -> None:
    # Two-phase junction, 10 s lost, Y = 0.6: C = (15 + 5) / 0.4 = 50 s (the form in which Webster 1958 gives it).
    assert webster_cycle_s(10.0, 0.6) == pytest.approx(50.0)
    assert webster_cycle_s(10.0, 1.0) == math.inf


def test_splits_of_two_stages_follow_their_flow_ratios() -> None:
    # y = 720/1800 = 0.4 and 360/1800 = 0.2; L = 2 x 5 s; C = (15 + 5)/(1 - 0.6) = 50 s;
    # green (50 - 10) x 0.4/0.6 = 26.7 s and 13.3 s, each with its 5 s of clearance before it.
    junction = crossroads()
    found = timing(junction, by_lane(junction, ns=720.0, ew=360.0))
    assert found.load == pytest.approx(0.6)
    assert found.cycle_s == 50.0
    assert found.duration_s == pytest.approx((32.0, 18.0), abs=1.0)


def test_light_traffic_gets_the_shortest_cycle_and_overload_the_longest() -> None:
    junction = crossroads()
    assert timing(junction, by_lane(junction, ns=50.0, ew=50.0)).cycle_s == MIN_CYCLE_S
    assert timing(junction, by_lane(junction, ns=1500.0, ew=1500.0)).cycle_s == MAX_CYCLE_S


def test_cycle_stays_below_a_short_maximum_red() -> None:
    junction = crossroads(max_red_s=60.0)
    assert timing(junction, by_lane(junction, ns=1500.0, ew=1500.0)).cycle_s == 60.0


def test_unknown_flows_mean_equal_saturation() -> None:
    junction = crossroads()
    assert flow_ratios(junction, junction.stages, {}) == (0.4, 0.4)
    assert len(set(timing(junction, {}).duration_s)) == 1


def test_permissive_left_follows_gap_acceptance() -> None:
    # HCM: 600 e^(-600 x 4.5/3600) / (1 - e^(-600 x 2.5/3600)) = 600 x 0.47237 / 0.34076 = 831.7 veh/h.
    assert permissive_left_vph(600.0) == pytest.approx(831.7, abs=0.5)
    assert permissive_left_vph(0.0) == pytest.approx(1440.0)
    assert permissive_left_vph(5000.0) == SNEAKERS_VPH


def test_arrow_stage_runs_only_for_who_finds_no_gap() -> None:
    junction = full_crossroads()
    light = by_lane(junction, main=300.0, left=40.0, side=200.0)
    heavy = by_lane(junction, main=900.0, left=300.0, side=200.0)
    assert "B" not in timing(junction, light).stages
    assert "B" in timing(junction, heavy).stages


def test_a_stage_that_adds_nothing_is_dropped() -> None:
    whole = full_crossroads()
    assert [s.id for s in needed_stages(whole)] == ["A", "B", "C"]


@settings(max_examples=60, deadline=None)
@given(junction=junctions(), vph=st.floats(0, 1500))
def test_any_junction_gets_a_plan_that_fits_it(junction: Junction, vph: float) -> None:
    flows = {(lane.id, g): vph for lane in junction.lanes for g in lane.groups}
    plan = timing(junction, flows).plan(junction)
    assert plan.cycle_s >= MIN_CYCLE_S or len(plan.splits) == 1
    assert all(float(d).is_integer() for d in plan.durations_s())
