"""The head monitor: every violation put in by hand is seen, and nothing lawful is called one."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.monitor import HeadMonitor, Violation
from signal_drivers.stages import Stage
from signal_drivers.status import Head, Mode
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, WALK, crossroads, report

G, Y, A, R = Head.GREEN, Head.GREEN_YIELD, Head.AMBER, Head.RED
TINY_S = 1e-3
Scene = tuple[float, dict[str, Head]]


def play(*scenes: Scene, junction: Junction | None = None, mode: Mode = Mode.CENTRAL,
         late_s: float = 0.0) -> list[tuple[Violation, str]]:
    """Show heads scene by scene (groups left out are red), each reported ``late_s`` after it began."""
    junction = junction or crossroads()
    monitor, since, was = HeadMonitor(junction), {g.id: scenes[0][0] for g in junction.groups}, dict[str, Head]()
    seen = []
    for at_s, heads in scenes:
        for g in since:
            before, after = was.get(g, R), heads.get(g, R)
            if before is not after and not (before.is_green and after.is_green):
                since[g] = at_s
        was = heads
        seen += monitor.watch(report(junction, heads, at_s=at_s + late_s, since_s=dict(since), mode=mode))
    return [(s.violation, s.detail) for s in seen]


LAWFUL: tuple[Scene, ...] = (
    (0, {MAIN: G, WALK: G, LEFT: Y}),
    (10, {MAIN: A, LEFT: Y}),
    (13, {LEFT: Y}),
    (18, {LEFT: G}),
    (24, {LEFT: A}),
    (27, {}),
    (28.5, {SIDE: G}),
    (40, {SIDE: A}),
    (43, {}),
    (44, {WALK: G}),
    (45, {WALK: G, MAIN: G}),
    (45.5, {WALK: G, MAIN: G, LEFT: Y}),
)


def with_scene(index: int, at_s: float) -> tuple[Scene, ...]:
    """The lawful sequence with one moment moved."""
    return tuple((at_s if i == index else t, heads) for i, (t, heads) in enumerate(LAWFUL))


class TestLawful:
    def test_a_whole_cycle(self) -> None:
        assert play(*LAWFUL) == []

    def test_reported_late(self) -> None:
        assert play(*LAWFUL, late_s=0.4) == []

    def test_the_first_report_is_no_change(self) -> None:
        assert play((100, {SIDE: G})) == []
        assert play((100, {MAIN: A}), (100.5, {})) == [], "nobody saw when that yellow began"

    def test_the_same_heads_again_cost_nothing(self) -> None:
        assert play((0, {MAIN: G}), (1, {MAIN: G}), (2, {MAIN: G})) == []

    def test_flashing_and_dark_end_everything_at_once(self) -> None:
        scenes: list[Scene] = [(0, {MAIN: G, WALK: G, LEFT: Y}), (1, {MAIN: A}),
            (2, dict.fromkeys((MAIN, LEFT, SIDE), Head.DARK))]
        assert play(*scenes, mode=Mode.DARK) == []
        assert play(*scenes, mode=Mode.FLASHING) == []
        assert play(*scenes, mode=Mode.LOCAL) != []

    def test_people_may_be_let_go_again_at_once(self) -> None:
        assert play((0, {WALK: G}), (20, {}), (21, {WALK: G})) == []

    def test_a_yellow_goes_on_while_others_change(self) -> None:
        assert play((0, {MAIN: G}), (20, {MAIN: A}), (21, {MAIN: A, WALK: G}), (23, {WALK: G})) == []

    def test_a_green_that_stays_waits_for_nobody_who_yielded_to_it(self) -> None:
        assert play((0, {MAIN: G, LEFT: Y}), (20, {MAIN: G, LEFT: A}), (23, {MAIN: G}), (30, {MAIN: A})) == []

    def test_a_bare_junction_without_yellow(self) -> None:
        junction = crossroads(yellow_s=0.0)
        assert play((0, {MAIN: G}), (6, {}), (12, {SIDE: G}), junction=junction) == []


class TestEachViolationIsSeen:
    @pytest.mark.parametrize(("scene", "at_s", "violation", "detail"), [
        (1, 10 - TINY_S, Violation.SHORT_GREEN, "walk 9.999 s of 10 s"),
        (1, 5.0, Violation.SHORT_GREEN, "main 5 s of 6 s"),
        (2, 13 - TINY_S, Violation.SHORT_YELLOW, "main 2.999 s"),
        (3, 18 - TINY_S, Violation.SHORT_INTERGREEN, "walk -> left 7.999 s of 8 s"),
        (3, 14.0, Violation.SHORT_INTERGREEN, "main -> left 4 s of 5 s"),
        (5, 26.9, Violation.SHORT_YELLOW, "left 2.9 s"),
        (6, 28.5 - TINY_S, Violation.SHORT_INTERGREEN, "left -> side 4.499 s of 4.5 s"),
        (7, 33.0, Violation.SHORT_GREEN, "side 4.5 s of 6 s"),
        (9, 44 - TINY_S, Violation.SHORT_INTERGREEN, "side -> walk 3.999 s of 4 s"),
        (10, 45 - TINY_S, Violation.SHORT_INTERGREEN, "side -> main 4.999 s of 5 s"),
    ])
    def test_when_a_moment_comes_too_early(self, scene: int, at_s: float, violation: Violation, detail: str) -> None:
        assert (violation, detail) in play(*with_scene(scene, at_s))

    def test_conflicting_greens(self) -> None:
        assert play((0, {MAIN: G, SIDE: G})) == [(Violation.CONFLICT, "main with side")]

    @pytest.mark.parametrize("aspect", [G, Y])
    def test_a_yielding_head_excuses_only_pairs_that_some_stage_lets_run_together(self, aspect: Head) -> None:
        assert play((0, {MAIN: aspect, SIDE: Y})) == [(Violation.CONFLICT, "main with side")]

    def test_people_and_traffic_that_does_not_yield(self) -> None:
        assert play((0, {LEFT: G, WALK: G})) == [(Violation.CONFLICT, "left with walk")]
        assert play((0, {LEFT: Y, WALK: G})) == []

    def test_the_wrong_one_yields(self) -> None:
        assert play((0, {LEFT: G, MAIN: Y})) == [(Violation.CONFLICT, "main with left")]

    def test_a_head_that_stops_yielding_beside_the_other(self) -> None:
        assert (Violation.CONFLICT, "main with left") in play((0, {MAIN: G, LEFT: Y}), (20, {MAIN: G, LEFT: G}))

    def test_two_conflicts_are_two_and_each_is_told_once(self) -> None:
        seen = play((0, {MAIN: G, SIDE: G}), (9, {MAIN: G, SIDE: G, WALK: G}), (12, {MAIN: G, SIDE: G, WALK: G, LEFT: Y}))
        assert [d for v, d in seen if v is Violation.CONFLICT] == ["main with side", "side with walk", "left with side"]

    def test_many_in_one_report_are_all_told_in_the_order_of_the_groups(self) -> None:
        assert [d for _, d in play((0, {MAIN: G, LEFT: G, SIDE: G, WALK: G}))] == [
            "main with left", "main with side", "left with side", "left with walk", "side with walk"]
        seen = play((0, {SIDE: G}), (20, {SIDE: A}), (20.5, {SIDE: A, MAIN: G}), (21, {MAIN: A}))
        assert seen[-2:] == [(Violation.SHORT_GREEN, "main 0.5 s of 6 s"), (Violation.SHORT_YELLOW, "side 1 s")]

    def test_green_straight_to_red(self) -> None:
        assert play((0, {MAIN: G}), (20, {})) == [(Violation.SHORT_YELLOW, "main had none")]

    def test_even_the_shortest_yellow_has_to_show(self) -> None:
        assert play((0, {MAIN: G}), (20, {}), junction=crossroads(yellow_s=0.1)) == [(Violation.SHORT_YELLOW, "main had none")]

    def test_people_have_no_yellow(self) -> None:
        assert play((0, {WALK: G}), (20, {})) == []

    @pytest.mark.parametrize("after", [G, Y, Head.RED_AMBER, Head.DARK, Head.FLASHING_AMBER])
    def test_a_yellow_cut_short_by_anything(self, after: Head) -> None:
        assert (Violation.SHORT_YELLOW, "main 1 s") in play((0, {MAIN: G}), (20, {MAIN: A}), (21, {MAIN: after}))

    @pytest.mark.parametrize("pair", [(MAIN, SIDE), (SIDE, MAIN)])
    def test_no_intergreen_at_all_whichever_group_stands_first(self, pair: tuple[str, str]) -> None:
        first, second = pair
        seen = play((0, {first: G}), (20, {first: A, second: G}))
        need = 6 if first == MAIN else 5
        assert seen == [(Violation.SHORT_INTERGREEN, f"{first} -> {second} 0 s of {need} s")]

    def test_a_yielding_start_needs_no_intergreen_from_those_it_yields_to(self) -> None:
        assert play((0, {WALK: G}), (20, {}), (21, {LEFT: Y})) == []
        assert play((0, {WALK: G}), (20, {}), (21, {LEFT: Y}), (22, {LEFT: G})) == [
            (Violation.SHORT_INTERGREEN, "walk -> left 2 s of 8 s")]

    def test_but_does_from_the_others(self) -> None:
        assert play((0, {SIDE: G}), (20, {SIDE: A}), (23, {}), (24, {LEFT: Y})) == [
            (Violation.SHORT_INTERGREEN, "side -> left 4 s of 5.5 s")]

    def test_times_that_are_none_count_as_violations(self) -> None:
        junction, nan = crossroads(), math.nan
        monitor = HeadMonitor(junction)
        monitor.watch(report(junction, {MAIN: G}, at_s=0.0, since_s=nan))
        seen = monitor.watch(report(junction, {MAIN: A}, at_s=20.0, since_s=20.0))
        seen += monitor.watch(report(junction, {}, at_s=24.0, since_s=nan))
        seen += monitor.watch(report(junction, {SIDE: G}, at_s=40.0, since_s=nan))
        assert [s.violation for s in seen] == [Violation.SHORT_GREEN, Violation.SHORT_YELLOW, Violation.SHORT_INTERGREEN]

    def test_each_names_junction_and_moment(self) -> None:
        junction = crossroads()
        seen, = HeadMonitor(junction).watch(report(junction, {MAIN: G, SIDE: G}, at_s=7.5))
        assert (seen.junction, seen.time_s) == ("J1", 7.5)


class TestConflictThatShows:
    def test_is_known_while_it_shows_with_its_beginning(self) -> None:
        junction = crossroads()
        monitor = HeadMonitor(junction)
        monitor.watch(report(junction, {MAIN: G}, at_s=0.0))
        assert monitor.conflict is None
        monitor.watch(report(junction, {MAIN: G, SIDE: G}, at_s=9.0, since_s={SIDE: 8.4}))
        assert monitor.conflict is not None
        assert (monitor.conflict.groups, monitor.conflict.since_s) == ("main with side", 8.4)
        monitor.watch(report(junction, {MAIN: G, SIDE: G, WALK: G}, at_s=12.0, since_s={SIDE: 8.4, WALK: 12.0}))
        assert monitor.conflict.since_s == 8.4
        monitor.watch(report(junction, {MAIN: G}, at_s=13.0))
        assert monitor.conflict is None

    def test_keeps_its_beginning_when_another_joins_it(self) -> None:
        monitor = HeadMonitor(crossroads())
        monitor.watch(report(crossroads(), {SIDE: G, WALK: G}, at_s=9.0, since_s=8.4))
        monitor.watch(report(crossroads(), {SIDE: G, WALK: G, MAIN: G}, at_s=12.0, since_s={SIDE: 8.4, WALK: 8.4, MAIN: 12.0}))
        assert monitor.conflict is not None
        assert (monitor.conflict.groups, monitor.conflict.since_s) == ("side with walk", 8.4)

    def test_never_begins_after_the_report_of_it(self) -> None:
        junction = crossroads()
        monitor = HeadMonitor(junction)
        monitor.watch(report(junction, {MAIN: G, SIDE: G}, at_s=9.0, since_s=1e9))
        assert monitor.conflict is not None and monitor.conflict.since_s == 9.0


class TestReportsThatDoNotFit:
    def test_are_not_judged_and_leave_no_trace(self) -> None:
        junction = crossroads()
        monitor = HeadMonitor(junction)
        monitor.watch(report(junction, {MAIN: G}, at_s=0.0))
        clash = report(junction, {MAIN: G, SIDE: G}, at_s=1.0, since_s={SIDE: 1.0})
        for bad in (replace(clash, junction=JunctionId("J2")), replace(clash, heads=clash.heads[:2]),
                    replace(clash, head_since_s=clash.head_since_s[:2])):
            assert monitor.watch(bad) == []
        assert [s.violation for s in monitor.watch(clash)] == [Violation.CONFLICT]


class TestBothYield:
    def test_two_groups_may_yield_to_each_other(self) -> None:
        both = Stage("1", frozenset({MAIN, LEFT, WALK}), frozenset({MAIN, LEFT}))
        junction = crossroads(stages=(both, *crossroads().stages[1:]))
        assert play((0, {MAIN: Y, LEFT: G}), junction=junction) == []
        assert play((0, {MAIN: Y, LEFT: Y}), junction=junction) == []
        assert play((0, {MAIN: G, LEFT: G}), junction=junction) == [(Violation.CONFLICT, "main with left")]
