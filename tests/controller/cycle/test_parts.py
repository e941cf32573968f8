"""Runner, meter, arrivals and choice of cycle, each by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.cycle.arrivals import ArrivalProfile
from controller.cycle.cycle_choice import chosen_cycle_s
from controller.cycle.delay import delay_veh_s
from controller.cycle.demand import DemandMeter, runs_of
from controller.cycle.runner import CorridorClock, Runner
from controller.plans.changeover import LONGER
from controller.plans.cycles import longest_red_s
from controller.webster import timing
from detectors.observation import LaneObservation, SeenVehicle, VehicleClass, queue_of
from signal_drivers.ids import JunctionId, LaneId, StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan, Split
from tests.controller.frames import RANGE_M, SaidFrame, car, queue
from tests.controller.junctions import crossroads, full_crossroads, junctions


def two(ns_s: float = 40.0, ew_s: float = 40.0, offset_s: float = 0.0) -> Plan:
    return Plan(JunctionId("X"), ns_s + ew_s, (Split(StageId("NS"), 0.0), Split(StageId("EW"), ns_s)), offset_s)


class CountingFrame(SaidFrame):
    """Lanes with vehicles in view and passages counted."""

    def __init__(self, time_s: float, passed: dict[str, dict[VehicleClass, int]], lanes: dict[str, list[SeenVehicle]]) -> None:
        super().__init__(time_s, lanes)
        self.passed, self.seen = passed, lanes

    def lane(self, lane: str) -> LaneObservation:
        vehicles = tuple(sorted(self.seen.get(lane, [])))
        count, queue_m = queue_of(vehicles)
        return LaneObservation(lane, self.time_s, RANGE_M, vehicles, count, queue_m, 0.0, self.passed.get(lane, {}))


class TestRunner:
    def changes(self, runner: Runner, begin_s: int, seconds: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for now_s in range(begin_s, begin_s + seconds):
            runner.advance(float(now_s))
            if not found or found[-1][1] != runner.wanted:
                found.append((now_s, runner.wanted))
        return found

    def test_runs_the_plan_on_its_clock(self) -> None:
        plan = two(50.0, 30.0, 12.0)
        for now_s, stage in self.changes(Runner(crossroads(), plan, CorridorClock(80.0), 1), 1000, 500)[1:]:
            assert plan.second_of_cycle(now_s) == {"NS": 0.0, "EW": 50.0}[stage]

    def test_a_moved_change_does_not_move_the_cycle(self) -> None:
        runner = Runner(crossroads(), two(), CorridorClock(80.0), 1)
        runner.advance(800.0)
        runner.ends_s[1] += 4.0
        assert self.changes(runner, 801, 200)[1:] == [(840, "EW"), (884, "NS"), (920, "EW"), (960, "NS"), (1000, "EW")]

    @pytest.mark.parametrize("shift_s", [4.0, 20.0, 40.0, 60.0, 76.0])
    def test_another_offset_is_reached_within_the_bounds_of_a_transition(self, shift_s: float) -> None:
        runner = Runner(crossroads(), two(), CorridorClock(80.0), 1)
        runner.advance(800.0)
        runner.offset_s = shift_s
        starts = [t for t, stage in self.changes(runner, 801, 1200) if stage == "NS"]
        lengths = [b - a for a, b in pairwise(starts[1:])]
        assert min(lengths) >= 80 * 0.83 - 1 and max(lengths) <= 80 * 1.2 + 1
        assert (starts[-1] - shift_s) % 80 == pytest.approx(0, abs=1)

    @settings(max_examples=40)
    @given(junction=junctions(), cycle_s=st.integers(40, 120), late_s=st.floats(0, 119))
    def test_no_cycle_is_below_the_least_or_beyond_the_maximum_red(self, junction: Junction, cycle_s: int, late_s: float) -> None:
        plan = timing(junction, {}, cycle_s=float(cycle_s)).plan(junction)
        runner = Runner(junction, plan, CorridorClock(plan.cycle_s), 1)
        for base in (runner.base, runner.scaled(cycle_s + 10.0), runner.scaled(cycle_s - 10.0)):
            row = runner.in_step(base, late_s % sum(base))
            assert all(d >= m - 1e-6 for d, m in zip(row, runner.least, strict=True)) or len(row) == 1
            assert sum(row) <= (1 + LONGER) * sum(base) + 1e-6 and len(row) == len(plan.splits)
            before, after = (longest_red_s(junction, runner.stages, durations) for durations in (base, row))
            assert {g: s for g, s in after.items() if s > max(before[g], junction.max_red_s) + 1e-6} == {}


class TestMeter:
    J = crossroads()
    METER_ROW = (40.0, 40.0)

    def test_demand_is_what_passed_and_what_was_left(self) -> None:
        meter = DemandMeter(runs_of(self.J, self.J.stages))
        assert [(r.lane, r.stages, r.late_s) for r in meter.runs] == [
            ("n_0", (0,), 5.0), ("s_0", (0,), 5.0), ("e_0", (1,), 5.0), ("w_0", (1,), 5.0)]
        meter.stage_begins(0, CountingFrame(100.0, {"n_0": {VehicleClass.CAR: 7}}, {}))
        passed = {VehicleClass.CAR: 15, VehicleClass.MOTORCYCLE: 5}
        meter.stage_ends(0, CountingFrame(140.0, {"n_0": passed}, {"n_0": queue(4)}))
        # 8 cars, 5 motorcycles at 0.4, 4 cars left; 35 s of green at half a car a second.
        assert meter.demand_veh[0] == pytest.approx(8 + 2 + 4)
        assert meter.saturation(1, self.METER_ROW) == pytest.approx(0.0)
        # The queue stood to the end: 10 in 35 s is what the lane can do, and is believed by 40 %.
        assert meter.rate_vps[0] == pytest.approx(0.6 * 0.5 + 0.4 * 10 / 35)

    def test_nothing_is_made_of_what_was_not_seen(self) -> None:
        meter = DemandMeter(runs_of(self.J, self.J.stages))
        meter.stage_begins(0, SaidFrame(0.0, {"n_0": None}))
        meter.stage_ends(0, SaidFrame(40.0, {"s_0": None}))
        assert meter.demand_veh == {} and meter.saturation(0, self.METER_ROW) is None
        assert meter.demand_now_veh(0, SaidFrame(40.0, {"n_0": None}), 5.0) is None

    def test_a_detector_that_starts_anew_is_no_negative_traffic(self) -> None:
        meter = DemandMeter(runs_of(self.J, self.J.stages))
        meter.stage_begins(0, CountingFrame(0.0, {"n_0": {VehicleClass.CAR: 90}}, {}))
        meter.stage_ends(0, CountingFrame(40.0, {"n_0": {VehicleClass.CAR: 3}}, {}))
        assert meter.demand_veh[0] == 0.0

    def test_a_green_through_two_stages_is_one(self) -> None:
        j = full_crossroads()
        assert [(r.stages, r.first, r.last) for r in runs_of(j, j.stages) if r.lane == "e_1"] == [((0, 1), 0, 1)]


class TestArrivals:
    def profile(self, at_s: int, vehicles: int) -> ArrivalProfile:
        """Every minute a platoon comes into view at ``at_s``, and is gone 20 s later."""
        profile, passed = ArrivalProfile(LaneId("n_0"), 10.0), 0
        for cycle in range(5):
            for second in range(60):
                there = at_s <= second < at_s + 20
                if second == at_s + 20:
                    passed += vehicles
                seen = {"n_0": [car(90.0, 10.0)] * vehicles} if there else {}
                profile.note(CountingFrame(60.0 * cycle + second, {"n_0": {VehicleClass.CAR: passed}}, seen), second)
            profile.cycle_ends(60.0)
        return profile

    def test_counts_come_where_the_platoon_comes(self) -> None:
        profile = self.profile(12, 6)
        assert profile.mean[12] == pytest.approx(6.0) and sum(profile.mean) == pytest.approx(6.0)
        assert profile.lead_s == 10.0 and profile.cycles == 5

    def test_the_offset_that_lets_the_platoon_through_costs_least(self) -> None:
        profile = self.profile(12, 6)
        green = [second < 36 for second in range(60)]
        delay = {shift: profile.delay_veh_s(green, shift, 1.0) for shift in range(-20, 41, 4)}
        # It reaches the stop line in second 22: a green that has begun and lasts another 14 s serves it at once.
        assert delay[0] == min(delay.values()) < 0.3 * delay[40] and delay[0] < 0.3 * delay[-20]

    def test_another_cycle_is_learned_anew(self) -> None:
        profile = self.profile(12, 6)
        profile.cycle_ends(72.0)
        assert len(profile.mean) == 72 and profile.cycles == 1
        assert profile.delay_veh_s([True] * 60, 0, 1.0) == 0.0


def test_delay_grows_with_demand_and_falls_with_green() -> None:
    assert delay_veh_s(5, 15, 0.4, 75) < delay_veh_s(10, 15, 0.4, 75) < delay_veh_s(14, 15, 0.4, 75)
    assert delay_veh_s(10, 20, 0.5, 75) < delay_veh_s(10, 15, 0.4, 75)
    # The same as HCM by hand: 300 veh/h, 600 veh/h, C = 60, g/C = 1/3: d1 = 16.0 s, d2 = 900 x 0.25 x (...).
    assert delay_veh_s(5, 10, 1 / 3, 60) / 300 == pytest.approx(16.0 + 225 * (-0.5 + (0.25 + 2 / 150) ** 0.5))


@pytest.mark.parametrize(("demand", "direction"), [(3.0, -1), (20.0, 1), (None, 0)])
def test_the_cycle_follows_the_load(demand: float | None, direction: int) -> None:
    j = crossroads()
    runner = Runner(j, two(), CorridorClock(80.0), 1)
    meter = DemandMeter(runs_of(j, j.stages))
    if demand is not None:
        meter.demand_veh = dict.fromkeys(range(4), demand)
    chosen = chosen_cycle_s([(runner, meter)], 16.0)
    assert (chosen > 80.0) - (chosen < 80.0) == direction and abs(chosen - 80.0) <= 16.0
    runner.clock.cycle_s = chosen
    runner.rescale(chosen)
    assert sum(runner.base) == chosen
