"""The head monitor and time: rounding, a cabinet's clock that turns out to be elsewhere, and what it says of it."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace

import pytest

from signal_drivers.guard import SafetyGuard
from signal_drivers.monitor import OUT_OF_SERVICE, HeadMonitor, Violation
from signal_drivers.status import CabinetStatus, Head
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, WALK, crossroads, report
from tests.signal_drivers.test_monitor import LAWFUL, Scene, with_scene

G, Y, A = Head.GREEN, Head.GREEN_YIELD, Head.AMBER
EPS = 2e-6
AHEAD_S = (0.0, 12.5, -3.0, -3.0, 100.0, 0.25)


def reports(scenes: tuple[Scene, ...]) -> list[CabinetStatus]:
    """What the cabinet reports of them, each at its beginning."""
    junction, made = crossroads(), list[CabinetStatus]()
    for at_s, heads in scenes:
        new = report(junction, heads, at_s=at_s, since_s=at_s)
        if made:
            kept = [old if (was is head or (was.is_green and head.is_green)) else at_s for was, head, old in
                    zip(made[-1].heads, new.heads, made[-1].head_since_s, strict=True)]
            new = replace(new, head_since_s=tuple(kept))
        made.append(new)
    return made


def moved(status: CabinetStatus, ahead_s: float) -> CabinetStatus:
    """The same report, read by a clock thought to be ``ahead_s`` in front of the cabinet's."""
    return replace(status, reported_s=status.reported_s + ahead_s, head_since_s=tuple(s + ahead_s for s in status.head_since_s),
                   clock_ahead_s=ahead_s)


def seen(statuses: list[CabinetStatus]) -> list[tuple[Violation, str]]:
    monitor = HeadMonitor(crossroads())
    return [(s.violation, s.detail) for status in statuses for s in monitor.watch(status)]


class TestTheCabinetsClock:
    @pytest.mark.parametrize("first", range(len(AHEAD_S)))
    @pytest.mark.parametrize("scenes", [LAWFUL, with_scene(1, 5.0), with_scene(2, 12.75), with_scene(3, 17.75),
                                        with_scene(6, 28.25), with_scene(7, 33.0), with_scene(10, 44.75)])
    def test_found_to_be_elsewhere_moves_no_duration(self, scenes: tuple[Scene, ...], first: int) -> None:
        ahead = [AHEAD_S[(first + k) % len(AHEAD_S)] for k in range(len(scenes))]
        assert seen([moved(s, a) for s, a in zip(reports(scenes), ahead, strict=True)]) == seen(reports(scenes))

    @pytest.mark.parametrize(("ahead_s", "later_s"), [(0.0, -5.0), (0.0, 5.0), (7.0, 2.0), (-7.0, 0.0)])
    @pytest.mark.parametrize(("lasts_s", "latches"), [(0.25, False), (0.5, True)])
    def test_neither_lengthens_nor_shortens_a_conflict(self, ahead_s: float, later_s: float, lasts_s: float,
                                                       latches: bool) -> None:
        guard = SafetyGuard(crossroads())
        clash = report(guard.junction, {MAIN: G, SIDE: G}, at_s=20.0, since_s=20.0)
        guard.watch(moved(clash, ahead_s))
        guard.watch(moved(replace(clash, reported_s=20.0 + lasts_s), later_s))
        assert guard.latched == (f"main with side from {20.0 + later_s:g} s" if latches else None)


class TestRounding:
    @pytest.mark.parametrize(("scenes", "violation"), [
        (((0.0, {MAIN: G}), (6.0, {MAIN: A})), Violation.SHORT_GREEN),
        (((-99.0, {MAIN: G}), (0.0, {MAIN: A}), (3.0, {})), Violation.SHORT_YELLOW),
        (((-99.0, {WALK: G}), (0.0, {}), (9.0, {SIDE: G})), Violation.SHORT_INTERGREEN),
    ])
    def test_alone_is_no_violation(self, scenes: tuple[Scene, ...], violation: Violation) -> None:
        at_s, heads = scenes[-1]
        for early_s in (0.0, 1.9e-6, EPS):
            assert seen(reports((*scenes[:-1], (at_s - early_s, heads)))) == []
        assert [v for v, _ in seen(reports((*scenes[:-1], (at_s - 2.1e-6, heads))))] == [violation]


class TestWords:
    def test_violations_are_reported_under_these(self) -> None:
        assert [v.value for v in Violation] == ["conflicting greens", "green shorter than its minimum",
                                                "yellow shorter than it must be", "green before the intergreen had run"]

    def test_what_was_seen_cannot_be_changed(self) -> None:
        monitor = HeadMonitor(crossroads())
        found, = monitor.watch(report(crossroads(), {MAIN: G, SIDE: G}, at_s=7.5))
        with pytest.raises(FrozenInstanceError):
            found.time_s = 0.0  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            monitor.conflict.since_s = 99.0  # type: ignore[misc, union-attr]

    def test_nobody_can_add_a_mode_that_is_not_judged(self) -> None:
        assert isinstance(OUT_OF_SERVICE, frozenset)

    def test_the_conflict_named_is_the_first_pair(self) -> None:
        monitor = HeadMonitor(crossroads())
        monitor.watch(report(crossroads(), {LEFT: G, SIDE: G, WALK: G}, at_s=7.5))
        assert monitor.conflict is not None and monitor.conflict.groups == "left with side"

    def test_a_beginning_that_is_no_time_counts_as_long_ago(self) -> None:
        guard = SafetyGuard(crossroads())
        guard.watch(report(crossroads(), {MAIN: G, SIDE: G}, at_s=20.0, since_s={MAIN: math.nan, SIDE: 20.0}))
        assert guard.latched
