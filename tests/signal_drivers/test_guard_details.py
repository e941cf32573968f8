"""The guard's small print: what it makes of rounding, the words it refuses with, and who may change what it said."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from signal_drivers.guard import ACCEPTED, HARMLESS_FAULTS, KEPT, Rule, SafetyGuard, Verdict
from signal_drivers.monitor import HeadMonitor
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Fault, Head, Mode
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, WALK, ask, crossroads, in_stage_1, report

NOW_S = 600.0
EPS = 1e-6
ROUNDING_S, NO_ROUNDING_S = 0.9e-6, 1.1e-6


def on_the_limit(rule: Rule, beyond_s: float) -> tuple[StageRequest, CabinetStatus]:
    """A request and a report that are right in everything, ``beyond_s`` past one rule's limit."""
    junction = crossroads()
    request, status = ask("3", at_s=NOW_S), in_stage_1(junction, at_s=NOW_S)
    if rule is Rule.STALE_STATUS:
        return request, replace(status, reported_s=NOW_S - 2.0 - beyond_s)
    if rule is Rule.EXPIRED:
        return ask("3", at_s=NOW_S, expires_s=NOW_S + 5.0 + beyond_s), status
    if rule is Rule.MIN_GREEN:
        return request, in_stage_1(junction, at_s=NOW_S, since_s={MAIN: NOW_S - 6.0 + beyond_s})
    if rule is Rule.PEDESTRIAN:
        return request, in_stage_1(junction, at_s=NOW_S, since_s={WALK: NOW_S - 10.0 + beyond_s})
    assert rule is Rule.MAX_RED
    return ask("2", at_s=NOW_S), in_stage_1(junction, at_s=NOW_S, call_since_s={SIDE: NOW_S - 120.0 - beyond_s})


class TestRounding:
    @pytest.mark.parametrize("rule", [Rule.STALE_STATUS, Rule.EXPIRED, Rule.MIN_GREEN, Rule.PEDESTRIAN, Rule.MAX_RED])
    def test_alone_refuses_nothing_and_excuses_nothing_else(self, rule: Rule) -> None:
        assert SafetyGuard(crossroads()).review(*on_the_limit(rule, ROUNDING_S), NOW_S) == ACCEPTED
        assert SafetyGuard(crossroads()).review(*on_the_limit(rule, NO_ROUNDING_S), NOW_S).rule is rule

    def test_of_two_clocks_that_agree(self) -> None:
        guard = SafetyGuard(crossroads())
        early = in_stage_1(guard.junction, at_s=NOW_S + ROUNDING_S)
        assert guard.review(ask("3", at_s=NOW_S, issued_s=NOW_S + ROUNDING_S), early, NOW_S).accepted
        late = in_stage_1(guard.junction, at_s=NOW_S + NO_ROUNDING_S)
        assert guard.review(ask("3", at_s=NOW_S, sequence=2), late, NOW_S).rule is Rule.STALE_STATUS
        in_advance = ask("3", at_s=NOW_S, sequence=2, issued_s=NOW_S + NO_ROUNDING_S)
        assert guard.review(in_advance, in_stage_1(guard.junction, at_s=NOW_S), NOW_S).rule is Rule.EXPIRED

    @pytest.mark.parametrize(("short_s", "latches"), [(ROUNDING_S, True), (NO_ROUNDING_S, False)])
    def test_of_a_conflict_that_lasted_just_long_enough(self, short_s: float, latches: bool) -> None:
        guard = SafetyGuard(crossroads())
        for at_s in (10.0, 10.3 - short_s):
            guard.watch(report(guard.junction, {MAIN: Head.GREEN, SIDE: Head.GREEN}, at_s=at_s, since_s=10.0))
        assert (guard.latched is not None) is latches


class TestWords:
    def test_refusals_are_counted_and_reported_under_these(self) -> None:
        assert [r.value for r in Rule] == [
            "wrong junction", "stale status", "conflict latched", "cabinet fault", "not under central control", "request expired",
            "sequence not rising", "unknown stage", "transition in progress", "heads disagree with the stage", "minimum green",
            "minimum pedestrian time", "maximum red"]

    def test_a_report_that_does_not_fit_is_described(self) -> None:
        guard = SafetyGuard(crossroads())
        status = in_stage_1(guard.junction, at_s=NOW_S)
        short = replace(status, heads=status.heads[:-1])
        assert guard.review(ask("3", at_s=NOW_S), short, NOW_S).detail == "3 heads for 4 groups"
        undated = in_stage_1(guard.junction, at_s=NOW_S, since_s={SIDE: float("-inf")})
        assert guard.review(ask("3", at_s=NOW_S), undated, NOW_S).detail == "side has shown its aspect since -inf s"

    def test_a_request_made_to_live_too_long_is_described(self) -> None:
        request = ask("3", at_s=NOW_S, expires_s=NOW_S + 9.5)
        verdict = SafetyGuard(crossroads()).review(request, in_stage_1(crossroads(), at_s=NOW_S), NOW_S)
        assert verdict.detail == "would live 9.5 s, at most 5 s"

    def test_one_out_of_time_is_described(self) -> None:
        verdict = SafetyGuard(crossroads()).review(ask("3", at_s=NOW_S - 9.0), in_stage_1(crossroads(), at_s=NOW_S), NOW_S)
        assert verdict.detail == "valid 591 to 596 s, now 600 s"


class TestVerdicts:
    def test_cannot_be_changed_afterwards(self) -> None:
        refused = Verdict(False, Rule.LATCHED)
        with pytest.raises(FrozenInstanceError):
            refused.accepted = True  # type: ignore[misc]

    def test_nobody_can_make_a_fault_harmless_while_it_runs(self) -> None:
        assert isinstance(HARMLESS_FAULTS, frozenset)

    def test_an_acceptance_gives_no_reason(self) -> None:
        assert (ACCEPTED.accepted, ACCEPTED.rule, ACCEPTED.detail) == (True, None, "")


class TestAtTheToleranceItself:
    """On clocks that begin at nought the millionth can be written down exactly: it is within."""

    @pytest.mark.parametrize(("rule", "now_s", "stage", "request_", "status"), [
        (Rule.STALE_STATUS, 2.0 + EPS, "1", {}, {"reported_s": 0.0}),
        (Rule.STALE_STATUS, 0.0, "1", {}, {"reported_s": EPS}),
        (Rule.EXPIRED, -EPS, "1", {"issued_s": 0.0, "expires_s": 5.0}, {}),
        (Rule.EXPIRED, 1.0, "1", {"issued_s": 0.0, "expires_s": 5.0 + EPS}, {}),
        (Rule.MIN_GREEN, 6.0 - EPS, "3", {}, {"head_since_s": (0.0, -9.0, -9.0, -9.0)}),
        (Rule.PEDESTRIAN, 10.0 - EPS, "3", {}, {"head_since_s": (-9.0, -9.0, -9.0, 0.0)}),
        (Rule.MAX_RED, 120.0 + EPS, "2", {}, {"call_since_s": {SIDE: 0.0}}),
    ])
    def test_nothing_is_refused(self, rule: Rule, now_s: float, stage: str, request_: dict[str, Any],
                                status: dict[str, Any]) -> None:
        guard = SafetyGuard(crossroads())
        assert guard.review(ask(stage, at_s=now_s, **request_), replace(in_stage_1(guard.junction, at_s=now_s), **status),
                            now_s) == ACCEPTED, rule

    def test_a_conflict_has_lasted(self) -> None:
        guard = SafetyGuard(crossroads())
        for at_s in (0.0, 0.3 - EPS):
            guard.watch(report(guard.junction, {MAIN: Head.GREEN, SIDE: Head.GREEN}, at_s=at_s))
        assert guard.latched


class TestOrder:
    def test_the_rule_that_stands_first_in_the_document_names_the_refusal(self) -> None:
        """Everything is wrong at once, and is mended bit by bit."""
        guard = SafetyGuard(crossroads())
        guard.latched = "by hand"
        request = ask("9", at_s=NOW_S, junction="J2", sequence=0, expires_s=NOW_S)
        nowhere = {MAIN: Head.RED, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD}
        status = in_stage_1(guard.junction, at_s=NOW_S - 9.0, heads=nowhere, mode=Mode.LOCAL, faults=frozenset({Fault.LAMP}),
                            since_s=math.nan, call_since_s={SIDE: 1.0}, target="2")
        young = (NOW_S - 1.0, 0.0, 0.0, NOW_S - 1.0)
        steps: tuple[tuple[Rule, dict[str, Any], dict[str, Any]], ...] = (
            (Rule.WRONG_JUNCTION, {"junction": guard.junction.id}, {}),
            (Rule.UNKNOWN_STAGE, {"stage": "2"}, {}),
            (Rule.STALE_STATUS, {}, {"reported_s": NOW_S}),
            (Rule.HEADS, {}, {"head_since_s": young}),
            (Rule.LATCHED, {}, {}),
            (Rule.MODE, {}, {"mode": Mode.CENTRAL}),
            (Rule.FAULT, {}, {"faults": frozenset()}),
            (Rule.EXPIRED, {"expires_s": NOW_S + 5.0}, {}),
            (Rule.SEQUENCE, {"sequence": 1}, {}),
            (Rule.TRANSITION, {}, {"target": "1"}),
            (Rule.HEADS, {}, {"heads": in_stage_1(guard.junction, at_s=0.0).heads}),
            (Rule.MIN_GREEN, {}, {"head_since_s": (0.0, 0.0, 0.0, NOW_S)}),
            (Rule.PEDESTRIAN, {}, {"head_since_s": (0.0, 0.0, 0.0, 0.0)}),
            (Rule.MAX_RED, {"stage": "3"}, {}),
        )
        for rule, asked, reported in steps:
            assert guard.review(request, status, NOW_S).rule is rule
            request, status = replace(request, **asked), replace(status, **reported)
            if rule is Rule.LATCHED:
                guard.reset()
        assert guard.review(request, status, NOW_S) == ACCEPTED


def test_a_cabinet_that_echoes_nonsense_opens_nothing() -> None:
    guard = SafetyGuard(crossroads())
    status = in_stage_1(guard.junction, at_s=NOW_S, echo_sequence=-5)
    assert guard.review(ask("3", at_s=NOW_S, sequence=0), status, NOW_S).rule is Rule.SEQUENCE


def test_a_report_of_no_stage_at_all_is_no_settled_one() -> None:
    guard = SafetyGuard(crossroads())
    status = replace(in_stage_1(guard.junction, at_s=NOW_S), stage=None, target=None)  # type: ignore[arg-type]
    assert guard.review(ask("3", at_s=NOW_S), status, NOW_S).rule is Rule.TRANSITION


def test_every_violation_is_kept() -> None:
    guard = SafetyGuard(crossroads())
    scenes: tuple[tuple[float, dict[str, Head]], ...] = (
        (0.0, {MAIN: Head.GREEN}), (1.0, {}), (60.0, {SIDE: Head.GREEN}), (61.0, {}))
    for at_s, heads in scenes:
        guard.watch(report(guard.junction, heads, at_s=at_s, since_s=at_s))
    assert [v.time_s for v in guard.violations] == [1.0, 1.0, 61.0, 61.0] and guard.violations_seen == 4


def test_of_many_violations_the_last_are_kept_and_all_are_counted() -> None:
    guard = SafetyGuard(crossroads())
    for i in range(1200):
        heads = {MAIN if i % 2 else SIDE: Head.GREEN}
        guard.watch(report(guard.junction, heads, at_s=float(i), since_s=float(i)))
    kept, seen = guard.violations, guard.violations_seen
    assert len(kept) == KEPT < seen and kept[-1].time_s == 1199.0
    assert kept[0].time_s > 0.0 and [v.time_s for v in kept] == sorted(v.time_s for v in kept)
    watched = HeadMonitor(guard.junction)
    one_by_one = [v for i in range(1200) for v in watched.watch(
        report(guard.junction, {MAIN if i % 2 else SIDE: Head.GREEN}, at_s=float(i), since_s=float(i)))]
    assert seen == len(one_by_one) and kept == one_by_one[-KEPT:]
