"""From one plan to the next: in step in the end, no stage left out, nobody red for too long."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.plans.changeover import changeover
from controller.plans.cycles import least_s, lengthened, longest_red_s, shortened, whole_seconds
from controller.strategies.fixed import FixedTime
from controller.webster import timing
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan, PlanLibrary, PlanWindow, Split
from tests.controller.contract import one_round_s
from tests.controller.frames import SaidFrame
from tests.controller.junctions import crossroads, full_crossroads, junctions
from tests.controller.post import run

NS, EW = StageId("NS"), StageId("EW")


def two(ns_s: float, ew_s: float, offset_s: float = 0.0, name: str = "") -> Plan:
    return Plan(JunctionId("X"), ns_s + ew_s, (Split(NS, 0.0), Split(EW, ns_s)), offset_s, name)


def test_red_of_two_stages_is_the_other_stage_and_its_own_clearance() -> None:
    j = crossroads()
    assert longest_red_s(j, j.stages, (40.0, 20.0)) == {"ns": 20.0 + 5.0, "ew": 40.0 + 5.0}


@given(st.lists(st.tuples(st.floats(1, 60), st.floats(0, 60)), min_size=1, max_size=6), st.floats(0, 100))
def test_shortening_and_lengthening_keep_their_bounds(rows: list[tuple[float, float]], by_s: float) -> None:
    least, durations = [m for m, _ in rows], [m + more for m, more in rows]
    less = shortened(durations, least, by_s)
    assert all(m - 1e-6 <= d <= was + 1e-6 for m, d, was in zip(least, less, durations, strict=True))
    assert sum(durations) - sum(less) == pytest.approx(min(by_s, sum(durations) - sum(least)), abs=1e-6)
    assert sum(lengthened(durations, by_s)) == pytest.approx(sum(durations) + by_s)
    whole = whole_seconds(durations, least)
    assert all(w.is_integer() for w in whole) and all(w >= m - 1e-6 for w, m in zip(whole, least, strict=True))


@pytest.mark.parametrize("offset_s", range(0, 90, 10))
def test_the_short_way_is_taken(offset_s: int) -> None:
    new = two(50.0, 40.0, float(offset_s))
    found = changeover(crossroads(), new, NS, 10.0, {GroupId("ew"): 10.0}, 900.0)
    assert new.second_of_cycle(found.until_s + 1e-6) == pytest.approx(0.0, abs=1e-5)
    assert found.stages[0] == NS and all(a != b for a, b in pairwise(found.stages))
    lengths = [b - a for a, b in pairwise(found.starts_s[::2])]
    # 20 % longer or 17 % shorter at most, and never more than half way round.
    assert found.until_s - 900.0 <= 90.0 + 4 * 90.0
    assert all(90 * 0.83 - 1e-6 <= s <= 90 * 1.2 + 1e-6 for s in lengths[1:])


@settings(max_examples=60)
@given(junction=junctions(), vph=st.floats(50, 900), other=st.floats(50, 900), offset_s=st.integers(0, 39),
       switch_s=st.integers(30, 200))
def test_a_change_of_plan_is_legal_and_keeps_the_maximum_red(junction: Junction, vph: float, other: float, offset_s: int,
                                                             switch_s: int) -> None:
    def flows(least: float) -> Mapping[tuple[object, GroupId], float]:
        return {(lane.id, g): least * (1 + k % 3) for k, lane in enumerate(junction.lanes) for g in lane.groups}

    old = timing(junction, flows(vph)).plan(junction)  # type: ignore[arg-type]
    new = timing(junction, flows(other)).plan(junction, offset_s=float(offset_s % 40), name="new")  # type: ignore[arg-type]
    library = PlanLibrary((PlanWindow(0.0, 1000.0 + switch_s, (old,)), PlanWindow(1000.0 + switch_s, 86400.0, (new,))))
    strategy = FixedTime(library=library)
    log = run(strategy, junction, SaidFrame, seconds=1100)
    assert log.refused == [] and log.violations == 0
    # What the contract asks of every strategy at all times.
    bound_s = max(junction.max_red_s, one_round_s(junction)) + max(
        max(junction.group[g].min_green_s for g in s.green) for s in junction.stages) + 2
    assert {g: r for g, r in log.longest_red_s.items() if r > bound_s} == {}


def test_in_step_after_the_change_and_only_then() -> None:
    """Stages swap their lengths, the hardest change: on the way nobody waits beyond the maximum, and in the end every change
    is asked for in the plan's own second."""
    junction = crossroads()
    old, new = two(80.0, 35.0), two(35.0, 80.0, 50.0, "new")
    for switch_s in range(1300, 1420, 7):
        library = PlanLibrary((PlanWindow(0.0, switch_s, (old,)), PlanWindow(switch_s, 86400.0, (new,))))
        log = run(FixedTime(library=library), junction, SaidFrame, seconds=1600)
        assert max(log.longest_red_s.values()) <= junction.max_red_s
        late = [(t, d.stage) for t, d in log.decisions if t > switch_s + 115 * 5]
        assert len(late) > 6
        assert all(new.second_of_cycle(t) == {NS: 0.0, EW: 35.0}[stage] for t, stage in late)


def test_the_plan_follows_weekday_and_special_day() -> None:
    junction = crossroads()
    week, friday, match = two(60.0, 30.0, name="week"), two(30.0, 60.0, name="friday"), two(45.0, 45.0, name="match")
    days = frozenset(range(7))
    library = PlanLibrary((PlanWindow(0, 86400, (week,), days - {4}), PlanWindow(0, 86400, (friday,), frozenset({4})),
                           PlanWindow(1200, 5000, (match,), special_day="match")))

    def ns_seconds(**options: object) -> set[float]:
        log = run(FixedTime(library=library, **options), junction, SaidFrame, seconds=2500, begin_s=3000.0)  # type: ignore[arg-type]
        times = {s: [t for t, d in log.decisions if d.stage == s] for s in (NS, EW)}
        return {next(e for e in times[EW] if e > t) - t for t in times[NS][2:8]}

    assert ns_seconds() == {60.0}
    assert ns_seconds(weekday=4) == {30.0}
    assert ns_seconds(weekday=4, special_day="match") == {45.0}


def test_a_plan_without_the_running_stage_is_entered_by_the_likest() -> None:
    junction = full_crossroads()
    plan = Plan(junction.id, 80.0, (Split(StageId("C"), 0.0), Split(StageId("A"), 40.0)))
    found = changeover(junction, plan, StageId("B"), 20.0, {GroupId("side"): 60.0, GroupId("walk"): 60.0}, 500.0)
    assert found.stages[0] == "A"
    assert least_s(junction, [junction.stage[s] for s in ("C", "A")])[1] - 1e-6 <= found.starts_s[1] - 500.0
