"""Fixed-time plans fit their cycle and their junction; the library knows which plan runs when."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.plan import Plan, PlanLibrary, PlanWindow, Split
from tests.signal_drivers.examples import J, crossroads

# Stage 1 from 0 s, 2 from 40 s, 3 from 60 s of a 90 s cycle.
STARTS = (("1", 0.0), ("2", 40.0), ("3", 60.0))


def plan(starts: tuple[tuple[str, float], ...] = STARTS, cycle_s: float = 90.0, **more: Any) -> Plan:
    return Plan(J, cycle_s, tuple(Split(StageId(s), t) for s, t in starts), **more)


def refusal(*args: Any, **more: Any) -> str:
    with pytest.raises(InvalidValue) as caught:
        plan(*args, **more)
    assert str(caught.value).startswith("plan of junction J1: ")
    return str(caught.value)


class TestPlan:
    @pytest.mark.parametrize("starts", [
        (("1", 1.0), ("2", 40.0)), (("1", 0.0), ("2", 0.0)), (("1", 0.0), ("2", 50.0), ("3", 40.0)),
        (("1", 0.0), ("2", 90.0)), (("1", 0.0), ("2", 95.0)), (("1", 0.0), ("2", math.nan)), (("1", math.nan),),
        (("1", 0.0), ("2", math.inf))])
    def test_refuses_starts_that_do_not_rise_within_the_cycle(self, starts: tuple[tuple[str, float], ...]) -> None:
        message = refusal(starts)
        assert str([t for _, t in starts]) in message and "below the cycle of 90 s" in message

    @pytest.mark.parametrize("cycle_s", [0.0, 0.999, -90.0, math.nan, math.inf])
    def test_refuses_a_cycle_that_is_none(self, cycle_s: float) -> None:
        assert f"cycle_s is {cycle_s!r}" in refusal(cycle_s=cycle_s)

    @pytest.mark.parametrize(("offset_s", "accepted"), [
        (0.0, True), (89.999, True), (90.0, False), (-1.0, False), (math.nan, False)])
    def test_offset_lies_within_the_cycle(self, offset_s: float, accepted: bool) -> None:
        if accepted:
            assert plan(offset_s=offset_s).offset_s == offset_s
        else:
            assert "offset_s is" in refusal(offset_s=offset_s)

    def test_refuses_to_be_empty(self) -> None:
        assert "it has no stages" in refusal(())

    @pytest.mark.parametrize(("now_s", "stage"), [
        (0.0, "1"), (39.999, "1"), (40.0, "2"), (59.999, "2"), (60.0, "3"), (89.999, "3"), (90.0, "1"),
            (130.0, "2"), (-1.0, "3")])
    def test_stage_at(self, now_s: float, stage: str) -> None:
        assert plan().stage_at(now_s) == stage
        assert plan(offset_s=25.0).stage_at(now_s + 25.0) == stage

    @given(now_s=st.floats(0, 1e6), offset_s=st.integers(0, 89))
    def test_repeats_every_cycle(self, now_s: float, offset_s: int) -> None:
        p = plan(offset_s=float(offset_s))
        assert 0 <= p.second_of_cycle(now_s) < 90
        gap = min(abs(p.second_of_cycle(now_s) - t) for t in (0, 40, 60, 90))
        assert gap < 1e-3 or p.stage_at(now_s) == p.stage_at(now_s + 90)

    def test_durations(self) -> None:
        assert plan().durations_s() == (40.0, 20.0, 30.0)


class TestPlanAgainstItsJunction:
    def refusal(self, p: Plan) -> str:
        with pytest.raises(InvalidValue) as caught:
            p.check_against(crossroads())
        assert str(caught.value).startswith("plan of junction Two Roads (J1): ")
        return str(caught.value)

    def test_one_that_fits(self) -> None:
        plan().check_against(crossroads())

    def test_an_unknown_stage(self) -> None:
        assert "stage 9 is unknown" in self.refusal(plan((("1", 0.0), ("9", 30.0))))

    def test_a_group_that_is_never_green(self) -> None:
        assert "signal group side is never green" in self.refusal(plan((("1", 0.0), ("2", 30.0))))

    # From 2 to 3: 4.5 s intergreen and 6 s minimum green of side.
    @pytest.mark.parametrize(("seconds", "fits"), [(10.5, True), (11.0, True), (10.499, False), (1.0, False)])
    def test_a_stage_without_room_for_clearance_and_minimum_green(self, seconds: float, fits: bool) -> None:
        p = plan(cycle_s=60.0 + seconds)
        if fits:
            p.check_against(crossroads())
        else:
            assert f"stage 3 has {seconds:g} s, its clearance and minimum green need 10.5 s" in self.refusal(p)

    def test_the_first_stage_follows_the_last(self) -> None:
        # From 3 to 1: 5.5 s for the left turn, then 10 s for the people on foot.
        plan((("1", 0.0), ("2", 15.5), ("3", 60.0))).check_against(crossroads())
        assert "stage 1 has 15.4 s" in self.refusal(plan((("1", 0.0), ("2", 15.4), ("3", 60.0))))


class TestPlanWindow:
    @pytest.mark.parametrize(("from_s", "until_s"), [
        (7.0, 7.0), (9.0, 7.0), (-1.0, 7.0), (0.0, 86401.0), (math.nan, 7.0), (0.0, math.nan)])
    def test_lies_within_one_day(self, from_s: float, until_s: float) -> None:
        with pytest.raises(InvalidValue) as caught:
            PlanWindow(from_s, until_s, ())
        assert f"from {from_s!r} to {until_s!r} s" in str(caught.value) and "two windows" in str(caught.value)

    @pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 3})])
    def test_on_days_that_exist(self, weekdays: frozenset[int]) -> None:
        with pytest.raises(InvalidValue, match="weekdays are"):
            PlanWindow(0.0, 60.0, (), weekdays)

    def test_one_plan_for_each_junction(self) -> None:
        other = Plan(JunctionId("J2"), 90.0, plan().splits)
        assert PlanWindow(0.0, 60.0, (plan(), other)).plans == (plan(), other)
        with pytest.raises(InvalidValue, match="junction J1 has two plans"):
            PlanWindow(0.0, 60.0, (plan(), other, plan(name="again")))


class TestPlanLibrary:
    PEAK, DAY, FEAST, NIGHT = (plan(name=n) for n in ("peak", "day", "feast", "night"))
    LIBRARY = PlanLibrary((
        PlanWindow(25200.0, 32400.0, (PEAK,), frozenset(range(5))),
        PlanWindow(0.0, 86400.0, (DAY,), frozenset(range(6))),
        PlanWindow(36000.0, 72000.0, (FEAST,), frozenset({0}), special_day="aid"),
    ))

    @pytest.mark.parametrize(("second", "weekday", "special", "name"), [
        (25199.9, 0, None, "day"), (25200.0, 0, None, "peak"), (32399.9, 4, None, "peak"), (32400.0, 4, None, "day"),
        (28000.0, 5, None, "day"), (28000.0, 6, None, None),
        (40000.0, 6, "aid", "feast"), (28000.0, 0, "aid", "peak"), (72000.0, 0, "aid", "day"), (40000.0, 0, "ramadan", "day"),
        (40000.0, 0, None, "day"),
    ])
    def test_select(self, second: float, weekday: int, special: str | None, name: str | None) -> None:
        assert [p.name for p in self.LIBRARY.select(second, weekday, special)] == ([name] if name else [])

    @pytest.mark.parametrize(("second", "weekday"), [(-0.1, 0), (86400.0, 0), (math.nan, 0), (0.0, 7), (0.0, -1)])
    def test_refuses_a_moment_that_does_not_exist(self, second: float, weekday: int) -> None:
        with pytest.raises(InvalidValue, match="no such moment"):
            self.LIBRARY.select(second, weekday)
