"""Millions of requests: the guard lets pass just what the rules, written a second time, have nothing against.

``make millions`` looks further; so does MOUROUR_CASES=20000000, and MOUROUR_SEED=7 looks elsewhere.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

from signal_drivers.guard import Rule, SafetyGuard
from signal_drivers.status import Head
from tests.signal_drivers.dice import EPOCHS_S, Cases, any_junction
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, WALK, crossroads, report
from tests.signal_drivers.rules_again import conflicting_greens, objections

CASES = int(os.environ.get("MOUROUR_CASES", "100000"))
SEED = int(os.environ.get("MOUROUR_SEED", "1"))
JUNCTIONS = 60


def test_what_passes_is_what_no_rule_forbids() -> None:
    dice, outcomes, accepted = Random(SEED), Counter[str](), 0
    for number in range(JUNCTIONS):
        junction = any_junction(dice, f"J{number}")
        guard, cases = SafetyGuard(junction), Cases(dice, junction, EPOCHS_S[number % len(EPOCHS_S)])
        last_sequence = 0
        for _ in range(-(-CASES // JUNCTIONS)):
            request, status, now_s = cases.next()
            against = objections(junction, request, status, now_s, last_sequence=last_sequence, latched=False)
            verdict = guard.review(request, status, now_s)
            assert verdict.accepted == (not against), (junction, request, status, now_s, verdict, against)
            if verdict.accepted:
                assert verdict.rule is None
                assert conflicting_greens(junction, request) == []
                last_sequence = request.sequence
                accepted += 1
            else:
                assert verdict.rule in against, (junction, request, status, now_s, verdict, against)
                outcomes[verdict.rule] += 1
        assert guard.requests == -(-CASES // JUNCTIONS)
    print(f"seed {SEED}, {JUNCTIONS} junctions, {accepted + outcomes.total()} requests: {accepted} accepted; refused:",
          ", ".join(f"{rule} {n}" for rule, n in outcomes.most_common()))
    # Chance that never met a rule, or never passed, would prove nothing.
    assert accepted > CASES / 10
    assert outcomes.keys() == set(Rule) - {Rule.LATCHED}
    assert min(outcomes.values()) > CASES / 2000


def test_nothing_passes_while_a_conflict_is_latched_and_a_short_one_latches_nothing() -> None:
    dice, junction = Random(SEED), crossroads()
    clash: dict[str, Head] = {MAIN: Head.GREEN, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD, SIDE: Head.GREEN}
    latches = Counter[bool]()
    for _ in range(max(120, CASES // 200)):
        guard, cases, latched = SafetyGuard(junction), Cases(dice, junction, dice.choice(EPOCHS_S)), False
        for _ in range(2):
            start_s, lasts_s = cases.now_s, dice.choice((0.0, 0.1, 0.299, 0.3, 0.301, 5.0))
            for at_s in (start_s, start_s + lasts_s):
                guard.watch(report(junction, clash, at_s=at_s, since_s=start_s, stage="1"))
            guard.watch(report(junction, {}, at_s=start_s + lasts_s, since_s=start_s + lasts_s, target="1"))
            latched = latched or lasts_s >= 0.3
            assert (guard.latched is not None) == latched
        latches[latched] += 1
        for _ in range(5):
            request, status, now_s = cases.next()
            against = objections(junction, request, status, now_s, last_sequence=guard._sequence, latched=latched)
            assert guard.review(request, status, now_s).accepted == (not against)
    assert min(latches.values()) > 20
