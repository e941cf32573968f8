"""HCM delay by hand, and splits and cycles of least delay."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.plans.cycles import least_s
from controller.plans.hcm import streams_of
from controller.plans.splits import best_splits, common_cycle_s, timing_at
from controller.webster import timing
from signal_drivers.junction import Junction
from tests.controller.junctions import crossroads, full_crossroads, junctions
from tests.controller.test_webster import by_lane


def test_delay_by_hand() -> None:
    # ns: 20 of 60 s green (25 s less 5 s clearance), 1800 veh/h: c = 600 veh/h, X = 0.5 at 300 veh/h.
    # d1 = 0.5 x 60 x (2/3)^2 / (1 - 0.5/3) = 16.0 s; d2 = 900 (-0.5 + sqrt(0.25 + 8 x 0.5 x 0.5/600)) = 2.990 s.
    junction = crossroads()
    streams = streams_of(junction, junction.stages, by_lane(junction, ns=300.0, ew=600.0))
    durations = np.array([25.0, 35.0])
    assert streams.capacity_vph(durations) == pytest.approx([600.0, 600.0, 900.0, 900.0])
    assert streams.saturation(durations) == pytest.approx([0.5, 0.5, 2 / 3, 2 / 3])
    assert streams.delay_s(durations)[0] == pytest.approx(16.0 + 900 * (-0.5 + math.sqrt(0.25 + 2 / 600)), abs=1e-9)


def test_oversaturation_costs_half_of_what_is_over_for_the_whole_period() -> None:
    # X = 2 for an hour: the queue grows all the time, and the mean wait in it tends to (X - 1)/2 x 3600 s.
    junction = crossroads()
    streams = streams_of(junction, junction.stages, by_lane(junction, ns=1200.0, ew=10.0))
    assert streams.saturation(np.array([25.0, 35.0]))[0] == pytest.approx(2.0)
    assert streams.delay_s(np.array([25.0, 35.0]))[0] == pytest.approx(1800.0 + 20.0, rel=0.01)


def test_green_that_goes_on_through_two_stages_loses_no_second_clearance() -> None:
    junction = full_crossroads()
    streams = streams_of(junction, junction.stages, by_lane(junction, left=100.0))
    assert streams.late_s.tolist() == [[5.0, 0.0, 0.0]]
    assert streams.rate_vph[0][0] < streams.rate_vph[0][1], "it filters in the first stage and is protected in the second"


@settings(max_examples=40)
@given(junction=junctions(), vph=st.floats(20, 900), cycle_s=st.sampled_from([60.0, 90.0, 120.0]))
def test_any_junction_is_no_worse_than_by_webster_and_fits(junction: Junction, vph: float, cycle_s: float) -> None:
    flows = {(lane.id, g): vph * (1 + k % 3) for k, lane in enumerate(junction.lanes) for g in lane.groups}
    begun = timing(junction, flows, cycle_s=cycle_s)
    found, delay = timing_at(junction, flows, cycle_s)
    found.plan(junction)
    assert found.stages == begun.stages and found.cycle_s == pytest.approx(begun.cycle_s)
    streams = streams_of(junction, [junction.stage[s] for s in begun.stages], flows)
    assert delay <= streams.total_delay(np.asarray(begun.duration_s)) + 1e-6
    assert timing_at(junction, flows, cycle_s) == (found, delay)


def test_splits_reach_the_optimum_that_a_grid_finds() -> None:
    junction = crossroads()
    streams = streams_of(junction, junction.stages, by_lane(junction, ns=700.0, ew=200.0))
    least = least_s(junction, junction.stages)
    found = best_splits(streams, (40.0, 40.0), least)
    grid = min((streams.total_delay(np.array([a, 80.0 - a])), a) for a in np.arange(least[0], 80.0 - least[1] + 0.01, 0.25))
    assert streams.total_delay(found) <= grid[0] * (1 + 1e-3)


def test_common_cycle_is_of_least_delay_over_all() -> None:
    a, b = crossroads("A"), crossroads("B")
    flows = {a.id: by_lane(a, ns=750.0, ew=600.0), b.id: by_lane(b, ns=100.0, ew=100.0)}
    chosen = common_cycle_s([a, b], flows)
    light = common_cycle_s([b], flows)
    assert chosen % 2 == 0 and 40 <= light < chosen <= 120
    alone = {c: timing_at(a, flows[a.id], c)[1] for c in range(40, 121, 2)}
    assert timing_at(a, flows[a.id], common_cycle_s([a], flows))[1] <= 1.01 * min(alone.values())
