"""Guard and cabinet for a million steps: whatever passes is carried out, and no head ever shows what it must not.

``make millions`` looks further; so does MOUROUR_STEPS=20000000, and MOUROUR_SEED=7 looks elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from signal_drivers.guard import SafetyGuard
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.limits import Clearance
from signal_drivers.monitor import HeadMonitor
from signal_drivers.requests import StageRequest
from simulation.cabinet.clockwork import Clockwork
from tests.signal_drivers.dice import EPOCHS_S, any_junction
from tests.signal_drivers.rules_again import objections
from tests.simulation.cabinet.heads_judge import HeadsJudge

STEPS = int(os.environ.get("MOUROUR_STEPS", "20000"))
SEED = int(os.environ.get("MOUROUR_SEED", "1"))
JUNCTIONS = 50
WAITS_S = (0.1, 0.5, 1.0, 1.0, 1.0, 2.0, 7.0, 40.0)
CLOSELY_S = (0.1, 0.5, 1.0)


def drive(dice: Random, junction: Junction, cabinet: Clockwork, now_s: float, steps: int) -> tuple[HeadsJudge, SafetyGuard, int]:
    """Random requests at random moments, called groups among them; how many of them changed the stage."""
    judge, guard = HeadsJudge(junction, now_s, cabinet.heads), SafetyGuard(junction)
    stages, last, changes = [s.id for s in junction.stages], 0, 0
    for sequence in range(1, steps + 1):
        # Most happens in transitions: those are looked at closely.
        now_s += dice.choice(WAITS_S if cabinet.settled else CLOSELY_S) if dice.random() < 0.8 else dice.random() * 9.0
        cabinet.tick(now_s)
        judge.look(now_s, cabinet.heads)
        if dice.random() < 0.05:
            cabinet.calls = {g.id: now_s - dice.random() * 60.0 for g in junction.groups if dice.random() < 0.3}
        status = cabinet.status(now_s)
        guard.watch(status)
        request = StageRequest(junction.id, dice.choice(stages), sequence, now_s, now_s + 5.0)
        against = objections(junction, request, status, now_s, last_sequence=last, latched=guard.latched is not None)
        verdict = guard.review(request, status, now_s)
        assert verdict.accepted == (not against), (junction, request, status, verdict, against)
        if verdict.accepted:
            last, was = sequence, cabinet.stage
            assert cabinet.request(request, now_s), f"the guard let {request} pass, the cabinet did not"
            changes += request.stage != was
            judge.look(now_s, cabinet.heads)
            guard.watch(cabinet.status(now_s))
    return judge, guard, changes


def test_no_head_ever_shows_what_it_must_not() -> None:
    dice, changes = Random(SEED), 0
    for number in range(JUNCTIONS):
        junction, start_s = any_junction(dice, f"J{number}"), EPOCHS_S[number % len(EPOCHS_S)]
        judge, guard, changed = drive(dice, junction, Clockwork(junction, start_s), start_s, STEPS // JUNCTIONS)
        assert (judge.faults, guard.violations, guard.latched) == ([], [], None), junction
        changes += changed
    print(f"seed {SEED}, {JUNCTIONS} junctions: {STEPS // JUNCTIONS * JUNCTIONS} steps, {changes} changes of stage")
    assert changes > STEPS / 30


def without_minimum_greens(junction: Junction) -> Junction:
    return replace(junction, clearance=Clearance.BENCHMARK, groups=tuple(replace(g, min_green_s=0.0) for g in junction.groups))


def without_intergreens(junction: Junction) -> Junction:
    return replace(junction, intergreens=Intergreens({pair: s / 2 for pair, s in junction.intergreens.items()}),
                   yellow_s=junction.yellow_s / 2)


def without_yellow(junction: Junction) -> Junction:
    return replace(junction, yellow_s=0.0)


def both_look(judge: HeadsJudge, monitor: HeadMonitor, cabinet: Clockwork, now_s: float) -> None:
    known = len(judge.faults)
    judge.look(now_s, cabinet.heads)
    violations = monitor.watch(cabinet.status(now_s))
    assert bool(violations) == (len(judge.faults) > known), (violations, judge.faults[known:])


@pytest.mark.parametrize("spoilt", [without_minimum_greens, without_intergreens, without_yellow])
def test_judge_and_monitor_see_the_same_of_a_cabinet_that_cheats(spoilt: Callable[[Junction], Junction]) -> None:
    dice, seen = Random(SEED), 0
    for number in range(20):
        junction = any_junction(dice, f"J{number}")
        cheat, monitor, now_s = Clockwork(spoilt(junction), 0.0), HeadMonitor(junction), 0.0
        judge = HeadsJudge(junction, now_s, cheat.heads)
        monitor.watch(cheat.status(now_s))
        for sequence in range(400):
            now_s += dice.choice(WAITS_S if cheat.settled else CLOSELY_S)
            cheat.tick(now_s)
            both_look(judge, monitor, cheat, now_s)
            cheat.request(StageRequest(junction.id, dice.choice(junction.stages).id, sequence, now_s, now_s + 5.0), now_s)
            both_look(judge, monitor, cheat, now_s)
        seen += bool(judge.faults)
    assert seen >= 10
