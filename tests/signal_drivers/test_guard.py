"""The guard: each rule swept across its boundary, just allowed and just not."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from signal_drivers.guard import ACCEPTED, Rule, SafetyGuard, Verdict
from signal_drivers.limits import Limits
from signal_drivers.monitor import Violation
from signal_drivers.status import Fault, Head, Mode, ModeSource
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, WALK, ask, crossroads, in_stage_1, report

NOT_A_TIME = [math.nan, math.inf, -math.inf]
TINY_S = 1e-3


def review(now_s: float = 60.0, stage: str = "3", request: dict[str, Any] | None = None, guard: SafetyGuard | None = None,
           **status: Any) -> Verdict:
    """A request at ``now_s`` with the junction long in stage 1, save for what the caller says differently."""
    guard = guard or SafetyGuard(crossroads())
    return guard.review(ask(stage, at_s=now_s, **(request or {})),
                        in_stage_1(guard.junction, **{"at_s": now_s, **status}), now_s)


class TestPasses:
    @pytest.mark.parametrize("stage", ["1", "2", "3"])
    def test_a_settled_healthy_junction_may_go_anywhere(self, stage: str) -> None:
        assert review(stage=stage) == ACCEPTED == Verdict(True)

    def test_and_is_counted(self) -> None:
        guard = SafetyGuard(crossroads())
        review(guard=guard)
        review(guard=guard, stage="9")
        review(guard=guard, stage="9")
        assert (guard.requests, guard.vetoes) == (3, {Rule.UNKNOWN_STAGE: 2})

    def test_a_yielding_green_may_stand_in_for_a_protected_one(self) -> None:
        assert review(heads={MAIN: Head.GREEN_YIELD, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD}).accepted


class TestAddress:
    def test_refuses_a_request_for_another_junction(self) -> None:
        verdict = review(request={"junction": "J2"})
        assert (verdict.rule, verdict.detail) == (Rule.WRONG_JUNCTION, "J2 / J1")

    def test_refuses_a_report_of_another_junction(self) -> None:
        guard = SafetyGuard(crossroads())
        status = replace(in_stage_1(guard.junction, at_s=60.0), junction="J2")
        assert guard.review(ask("3", at_s=60.0), status, 60.0).rule is Rule.WRONG_JUNCTION

    def test_refuses_an_unknown_stage(self) -> None:
        verdict = review(stage="99")
        assert (verdict.rule, verdict.detail) == (Rule.UNKNOWN_STAGE, "99")


class TestStaleness:
    @pytest.mark.parametrize("age_s", [0.0, 0.5, 2.0 - TINY_S, 2.0])
    def test_allows_a_report_of_up_to_two_seconds(self, age_s: float) -> None:
        assert review(at_s=60.0 - age_s).accepted

    @pytest.mark.parametrize("age_s", [2.0 + TINY_S, 3.0, 3600.0, -TINY_S, -10.0])
    def test_refuses_an_older_one_and_one_from_the_future(self, age_s: float) -> None:
        verdict = review(at_s=60.0 - age_s)
        assert verdict.rule is Rule.STALE_STATUS
        assert f"{age_s:g} s old" in verdict.detail

    @pytest.mark.parametrize("at_s", NOT_A_TIME)
    def test_refuses_a_report_without_a_time(self, at_s: float) -> None:
        assert review(at_s=at_s).rule is Rule.STALE_STATUS

    @pytest.mark.parametrize("now_s", NOT_A_TIME)
    def test_refuses_everything_when_its_own_clock_is_broken(self, now_s: float) -> None:
        assert review(now_s=now_s, at_s=60.0).rule is Rule.STALE_STATUS

    def test_the_limit_can_be_set(self) -> None:
        assert review(guard=SafetyGuard(crossroads(), Limits(status_stale_s=9.0)), at_s=51.0).accepted


class TestReportFits:
    def test_refuses_a_report_with_a_head_missing(self) -> None:
        guard = SafetyGuard(crossroads())
        status = in_stage_1(guard.junction, at_s=60.0)
        for garbled in (replace(status, heads=status.heads[:-1]), replace(status, head_since_s=status.head_since_s[:-1]),
                        replace(status, heads=(*status.heads, Head.RED)), replace(status, heads=(), head_since_s=())):
            assert guard.review(ask("3", at_s=60.0), garbled, 60.0).rule is Rule.HEADS

    @pytest.mark.parametrize("group", [MAIN, SIDE, WALK])
    @pytest.mark.parametrize("since_s", NOT_A_TIME)
    def test_refuses_a_head_without_a_time(self, group: str, since_s: float) -> None:
        verdict = review(since_s={group: since_s})
        assert verdict.rule is Rule.HEADS
        assert group in verdict.detail

    @pytest.mark.parametrize("head", [h for h in Head if h is not Head.RED])
    def test_refuses_a_head_that_should_be_red(self, head: Head) -> None:
        verdict = review(heads={MAIN: Head.GREEN, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD, SIDE: head})
        assert (verdict.rule, verdict.detail) == (Rule.HEADS, f"side shows {head.name} in stage 1")

    @pytest.mark.parametrize("head", [h for h in Head if not h.is_green])
    def test_refuses_a_head_that_should_be_green(self, head: Head) -> None:
        assert review(heads={MAIN: head, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD}).rule is Rule.HEADS

    def test_refuses_protected_green_on_a_head_that_should_yield(self) -> None:
        assert review(heads={MAIN: Head.GREEN, WALK: Head.GREEN, LEFT: Head.GREEN}).rule is Rule.HEADS

    def test_refuses_a_stage_the_junction_does_not_have(self) -> None:
        guard = SafetyGuard(crossroads())
        verdict = guard.review(ask("3", at_s=60.0), report(guard.junction, {}, at_s=60.0, stage="8"), 60.0)
        assert (verdict.rule, verdict.detail) == (Rule.HEADS, "cabinet reports unknown stage 8")


class TestTransition:
    def test_refuses_while_no_stage_is_reached(self) -> None:
        guard = SafetyGuard(crossroads())
        verdict = guard.review(ask("1", at_s=60.0), report(guard.junction, {MAIN: Head.AMBER}, at_s=60.0, target="3"), 60.0)
        assert (verdict.rule, verdict.detail) == (Rule.TRANSITION, "to 3")

    def test_refuses_while_the_target_is_another_stage(self) -> None:
        assert review(target="2").rule is Rule.TRANSITION


class TestHealth:
    @pytest.mark.parametrize("mode", list(Mode))
    def test_only_central_mode_takes_requests(self, mode: Mode) -> None:
        verdict = review(mode=mode, mode_source=ModeSource.PANEL)
        assert verdict.accepted == (mode is Mode.CENTRAL)
        if not verdict.accepted:
            assert (verdict.rule, verdict.detail) == (Rule.MODE, f"{mode.value} by panel")

    @pytest.mark.parametrize("fault", list(Fault))
    def test_a_fault_of_lamps_conflict_mains_or_clock_blocks(self, fault: Fault) -> None:
        verdict = review(faults=frozenset({fault}))
        assert verdict.accepted == (fault in (Fault.DOOR, Fault.DETECTOR))
        if not verdict.accepted:
            assert (verdict.rule, verdict.detail) == (Rule.FAULT, fault.value)

    def test_an_open_door_and_a_dead_detector_do_not(self) -> None:
        assert review(faults=frozenset({Fault.DOOR, Fault.DETECTOR})).accepted

    def test_a_fault_nobody_has_heard_of_does(self) -> None:
        verdict = review(faults=frozenset({"smoke", Fault.DOOR}))
        assert (verdict.rule, verdict.detail) == (Rule.FAULT, "smoke")

    def test_every_blocking_fault_is_named(self) -> None:
        assert review(faults=frozenset(Fault)).detail == "clock, conflict, lamp, mains"


class TestExpiry:
    @pytest.mark.parametrize("now_s", [60.0, 62.5, 65.0 - TINY_S])
    def test_allows_within_its_life(self, now_s: float) -> None:
        assert review(now_s=now_s, request={"issued_s": 60.0, "expires_s": 65.0}).accepted

    @pytest.mark.parametrize("now_s", [60.0 - TINY_S, 65.0, 65.0 + TINY_S, 1000.0])
    def test_refuses_before_and_after(self, now_s: float) -> None:
        verdict = review(now_s=now_s, request={"issued_s": 60.0, "expires_s": 65.0})
        assert verdict.rule is Rule.EXPIRED
        assert "valid 60 to 65 s" in verdict.detail

    @pytest.mark.parametrize(("life_s", "accepted"), [(TINY_S, True), (5.0, True), (5.0 + TINY_S, False), (3600.0, False)])
    def test_no_request_may_live_long(self, life_s: float, accepted: bool) -> None:
        verdict = review(request={"issued_s": 60.0, "expires_s": 60.0 + life_s})
        assert verdict.accepted is accepted
        assert accepted or (verdict.rule is Rule.EXPIRED and "at most 5 s" in verdict.detail)

    @pytest.mark.parametrize("bad", NOT_A_TIME)
    @pytest.mark.parametrize("name", ["issued_s", "expires_s"])
    def test_refuses_a_life_without_times(self, name: str, bad: float) -> None:
        assert review(request={"issued_s": 60.0, "expires_s": 65.0, name: bad}).rule is Rule.EXPIRED


class TestSequence:
    @pytest.mark.parametrize(("sequence", "accepted"), [(6, False), (7, False), (8, True), (9, True)])
    def test_must_rise_above_what_the_cabinet_echoes(self, sequence: int, accepted: bool) -> None:
        verdict = review(request={"sequence": sequence}, echo_sequence=7)
        assert verdict.accepted is accepted
        assert accepted or (verdict.rule, verdict.detail) == (Rule.SEQUENCE, f"{sequence} after 7")

    def test_a_replay_is_refused_even_when_the_cabinet_has_not_echoed(self) -> None:
        guard = SafetyGuard(crossroads())
        assert review(guard=guard, request={"sequence": 5}).accepted
        assert review(guard=guard, request={"sequence": 5}).rule is Rule.SEQUENCE
        assert review(guard=guard, request={"sequence": 4}).rule is Rule.SEQUENCE
        assert review(guard=guard, request={"sequence": 6}).accepted

    def test_a_refused_request_does_not_use_up_its_number(self) -> None:
        guard = SafetyGuard(crossroads())
        assert review(guard=guard, request={"sequence": 5}, mode=Mode.LOCAL).rule is Rule.MODE
        assert review(guard=guard, request={"sequence": 5}).accepted


class TestMinimumGreen:
    @pytest.mark.parametrize(("green_s", "accepted"), [
        (0.0, False), (5.0, False), (6.0 - TINY_S, False), (6.0, True), (7.0, True)])
    def test_of_vehicles(self, green_s: float, accepted: bool) -> None:
        verdict = review(since_s={MAIN: 60.0 - green_s, LEFT: 0.0, WALK: 0.0})
        assert verdict.accepted is accepted
        assert accepted or (verdict.rule, verdict.detail) == (Rule.MIN_GREEN, f"main {green_s:g} s of 6 s")

    @pytest.mark.parametrize(("green_s", "accepted"), [(0.0, False), (6.0, False), (10.0 - TINY_S, False), (10.0, True)])
    def test_of_people_on_foot(self, green_s: float, accepted: bool) -> None:
        verdict = review(since_s={WALK: 60.0 - green_s})
        assert verdict.accepted is accepted
        assert accepted or (verdict.rule, verdict.detail) == (Rule.PEDESTRIAN, f"walk {green_s:g} s of 10 s")

    def test_counts_only_for_groups_that_would_end(self) -> None:
        assert review(stage="2", since_s={LEFT: 59.0}).accepted
        assert review(stage="3", since_s={LEFT: 59.0}).rule is Rule.MIN_GREEN
        assert review(stage="1", since_s=59.0).accepted

    def test_a_green_from_the_future_is_no_green_yet(self) -> None:
        assert review(since_s={MAIN: 61.0}).rule is Rule.MIN_GREEN


class TestMaximumRed:
    @pytest.mark.parametrize("stage", ["1", "2"])
    @pytest.mark.parametrize(("red_s", "accepted"), [
        (0.0, True), (119.0, True), (120.0, True), (120.0 + TINY_S, False), (500.0, False)])
    def test_nothing_else_passes_while_a_called_group_is_overdue(self, stage: str, red_s: float, accepted: bool) -> None:
        verdict = review(now_s=600.0, stage=stage, since_s={SIDE: 600.0 - red_s}, call_since_s={SIDE: 0.0})
        assert verdict.accepted is accepted
        assert accepted or (verdict.rule, verdict.detail) == (Rule.MAX_RED, f"side waits and stage {stage} does not serve it")

    def test_the_stage_that_serves_it_passes(self) -> None:
        assert review(now_s=600.0, stage="3", call_since_s={SIDE: 0.0}).accepted

    def test_of_several_overdue_one_must_be_served(self) -> None:
        guard = SafetyGuard(crossroads())
        status = report(guard.junction, {LEFT: Head.GREEN}, at_s=600.0, stage="2", call_since_s={SIDE: 0.0, WALK: 0.0})
        assert guard.review(ask("2", at_s=600.0), status, 600.0).rule is Rule.MAX_RED
        assert guard.review(ask("1", at_s=600.0), status, 600.0).accepted

    def test_waiting_starts_with_the_call_not_with_the_red(self) -> None:
        assert review(now_s=600.0, stage="2", since_s={SIDE: 0.0}, call_since_s={SIDE: 500.0}).accepted

    def test_without_a_call_nobody_waits(self) -> None:
        assert review(now_s=600.0, stage="2", since_s={SIDE: 0.0}).accepted

    def test_calls_of_green_or_unknown_groups_do_not_count(self) -> None:
        assert review(now_s=600.0, stage="2", call_since_s={MAIN: 0.0, "ghost": 0.0}).accepted

    def test_a_call_without_a_time_counts_as_overdue(self) -> None:
        assert review(now_s=600.0, stage="2", call_since_s={SIDE: math.nan}).rule is Rule.MAX_RED

    def test_the_junction_sets_the_limit(self) -> None:
        guard = SafetyGuard(crossroads(max_red_s=30.0))
        assert review(stage="2", guard=guard, call_since_s={SIDE: 0.0}).rule is Rule.MAX_RED


class TestConflictLatches:
    CLASH = {MAIN: Head.GREEN, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD, SIDE: Head.GREEN}

    def watched(self, *reports: tuple[float, dict[str, Head]]) -> SafetyGuard:
        guard = SafetyGuard(crossroads())
        began = {MAIN: -60.0, LEFT: -60.0, WALK: -60.0, SIDE: reports[0][0]}
        for at_s, heads in reports:
            guard.watch(report(guard.junction, heads, at_s=at_s, since_s=began, stage="1"))
        return guard

    @pytest.mark.parametrize(("lasts_s", "latches"), [
        (0.0, False), (0.1, False), (0.299, False), (0.3, True), (0.301, True), (20.0, True)])
    def test_once_it_has_lasted(self, lasts_s: float, latches: bool) -> None:
        guard = self.watched((10.0, self.CLASH), (10.0 + lasts_s, self.CLASH))
        assert (guard.latched is not None) is latches
        assert {v.violation for v in guard.violations} == {Violation.CONFLICT}
        if latches:
            assert "main with side from 10 s" in str(guard.latched)

    def test_even_when_only_its_end_is_seen_late(self) -> None:
        clear = {k: v for k, v in self.CLASH.items() if k != SIDE}
        assert self.watched((10.0, self.CLASH), (11.0, clear)).latched
        assert self.watched((10.0, self.CLASH), (10.2, clear)).latched is None

    def test_the_first_reason_stays(self) -> None:
        guard = self.watched((10.0, self.CLASH), (11.0, self.CLASH), (12.0, {}))
        for at_s in (13.0, 14.0):
            guard.watch(report(guard.junction, self.CLASH, at_s=at_s, since_s=13.0, stage="1"))
        assert "from 10 s" in str(guard.latched)

    def test_a_standing_conflict_is_known(self) -> None:
        clear = {k: v for k, v in self.CLASH.items() if k != SIDE}
        assert self.watched((10.0, self.CLASH)).conflict_stands
        assert not self.watched((10.0, self.CLASH), (10.2, clear)).conflict_stands

    def test_a_time_that_is_none_latches(self) -> None:
        guard = SafetyGuard(crossroads())
        guard.watch(report(guard.junction, self.CLASH, at_s=10.0, since_s=math.nan, stage="1"))
        assert guard.latched

    def test_until_a_person_resets_it(self) -> None:
        guard = self.watched((10.0, self.CLASH), (10.5, self.CLASH), (11.0, {}))
        verdict = review(guard=guard)
        assert (verdict.rule, verdict.detail) == (Rule.LATCHED, guard.latched)
        guard.reset()
        assert review(guard=guard).accepted

    def test_a_reset_does_not_hide_one_that_still_shows(self) -> None:
        guard = self.watched((10.0, self.CLASH), (10.5, self.CLASH))
        guard.reset()
        guard.watch(report(guard.junction, self.CLASH, at_s=11.0, since_s=10.0, stage="1"))
        assert guard.latched

    def test_a_short_one_is_refused_while_it_shows(self) -> None:
        guard = self.watched((60.0, self.CLASH))
        assert guard.latched is None
        assert review(guard=guard, heads=self.CLASH).rule is Rule.HEADS

    def test_other_violations_are_kept_but_do_not_latch(self) -> None:
        guard = SafetyGuard(crossroads())
        guard.watch(report(guard.junction, {SIDE: Head.GREEN}, at_s=0.0, stage="3"))
        guard.watch(report(guard.junction, {}, at_s=1.0, since_s=1.0, target="1"))
        assert {v.violation for v in guard.violations} == {Violation.SHORT_GREEN, Violation.SHORT_YELLOW}
        assert guard.latched is None


def test_every_rule_is_swept_here() -> None:
    """A rule added to the guard without a test of its own fails this."""
    source = Path(__file__).read_text(encoding="utf-8")
    assert [r for r in Rule if f"Rule.{r.name}" not in source] == []
