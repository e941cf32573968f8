"""Reports were missed: what is seen afterwards is not judged by what was seen before."""

from __future__ import annotations

from signal_drivers.guard import Rule, SafetyGuard
from signal_drivers.monitor import HeadMonitor, Violation
from signal_drivers.status import Head
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, WALK, ask, crossroads, in_stage_1, report

G, Y = Head.GREEN, Head.GREEN_YIELD
STAGE_1 = {MAIN: G, WALK: G, LEFT: Y}


def after(lost: bool, *rows: tuple[float, dict[str, Head], float]) -> list[Violation]:
    """Violations in reports of (seconds, heads, since when), sight having been lost before the last."""
    monitor, found = HeadMonitor(crossroads()), []
    for i, (at_s, heads, since_s) in enumerate(rows):
        if lost and i == len(rows) - 1:
            monitor.lost_sight()
        found += monitor.watch(report(crossroads(), heads, at_s=at_s, since_s=since_s))
    return [seen.violation for seen in found]


def test_a_yellow_that_nobody_could_see_is_not_missed() -> None:
    rows = ((20.0, STAGE_1, 0.0), (40.0, {SIDE: G}, 38.0))
    assert Violation.SHORT_YELLOW in after(False, *rows)
    assert after(True, *rows) == []


def test_nor_is_an_intergreen_from_a_green_whose_end_nobody_saw() -> None:
    rows = ((0.0, {SIDE: G}, 0.0), (20.0, {SIDE: Head.AMBER}, 20.0), (23.0, {}, 23.0), (24.0, STAGE_1, 24.0))
    assert Violation.SHORT_INTERGREEN in after(False, *rows)
    assert after(True, *rows) == []


def test_what_follows_is_judged_as_ever() -> None:
    monitor = HeadMonitor(crossroads())
    monitor.watch(report(crossroads(), STAGE_1, at_s=20.0))
    monitor.lost_sight()
    assert monitor.watch(report(crossroads(), STAGE_1, at_s=40.0, since_s=38.0)) == []
    seen = monitor.watch(report(crossroads(), {}, at_s=41.0, since_s=41.0))
    assert {s.violation for s in seen} == {Violation.SHORT_GREEN, Violation.SHORT_YELLOW}


def test_a_conflict_that_shows_is_seen_again_and_counts_from_its_own_beginning() -> None:
    guard = SafetyGuard(crossroads())
    clash = {MAIN: G, SIDE: G}
    guard.watch(report(guard.junction, clash, at_s=20.0, since_s=19.9))
    guard.lost_sight()
    assert not guard.conflict_stands and guard.latched is None
    guard.watch(report(guard.junction, clash, at_s=20.5, since_s=19.9))
    assert guard.latched is not None and "19.9" in guard.latched
    assert [v.violation for v in guard.violations] == [Violation.CONFLICT, Violation.CONFLICT]


def test_what_has_latched_stays() -> None:
    guard = SafetyGuard(crossroads())
    guard.watch(report(guard.junction, {MAIN: G, SIDE: G}, at_s=20.0, since_s=19.0))
    guard.lost_sight()
    guard.watch(in_stage_1(guard.junction, at_s=60.0))
    assert guard.review(ask("3", at_s=60.0), in_stage_1(guard.junction, at_s=60.0), 60.0).rule is Rule.LATCHED
