"""Hurry-call stages: an emergency's own, hidden from every strategy, and always left again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.asking import Asking
from controller.hurry import BACK_REASON
from controller.registry import names, strategy
from controller.strategies.actuated import Actuated
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.guard import SafetyGuard
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from simulation.cabinet.clockwork import Clockwork
from tests.controller.contract import MODEST
from tests.controller.frames import SaidFrame, WildFrame, queue
from tests.controller.junctions import filtering, junctions, network
from tests.controller.post import Asked
from tests.controller.preemption.drive import BEGIN_S, drive, passing, way

H1 = StageId("H1")


class Curious(Strategy):
    """Wants nothing, and keeps what it was shown."""

    name = "curious"

    def __init__(self) -> None:
        self.settled: list[StageId | None] = []
        self.targets: list[StageId] = []

    def decide(self, tick: Tick) -> Sequence[Decision]:
        self.settled += [s.stage for s in tick.statuses.values()]
        self.targets += [s.target for s in tick.changing.values()]
        return ()


def test_a_left_turn_that_filters_in_every_stage_is_alone_for_an_emergency_and_for_nobody_else() -> None:
    junction = filtering()
    log = drive(junction, lambda t: SaidFrame(t, {"w_0": queue(9), "n_0": queue(4)}), seconds=130, strategy=Actuated(),
                say=passing(way(junction, "left")), calls=lambda t: {GroupId("side"): BEGIN_S + 60})
    heads = next(h for t, h in log.heads if t == BEGIN_S + 71)
    assert heads["left"].name == "GREEN" and not heads["main"].is_green
    back = [d for t, d in log.decisions if d.reason.startswith(BACK_REASON) or d.reason.startswith("owed")]
    assert back and not any(d.stage == H1 for d in back)
    assert log.refused == [] and log.violations == 0


def test_the_strategy_sees_a_change_to_what_comes_next_instead() -> None:
    junction, curious = filtering(), Curious()
    log = drive(junction, SaidFrame, seconds=130, strategy=curious, say=passing(way(junction, "left")),
                calls=lambda t: {GroupId("side"): BEGIN_S})
    assert any(d.stage == H1 for _, d in log.decisions)
    assert H1 not in curious.settled and not any(s.hurry for s in curious.network.junctions[junction.id].stages)
    assert StageId("C") in curious.targets, "the side road is who waits"
    assert curious.settled[-1] == StageId("C")


@pytest.mark.parametrize("late", [GroupId("side"), GroupId("main")])
def test_who_is_past_the_maximum_red_is_who_it_goes_back_to(late: GroupId) -> None:
    junction = replace(filtering(), max_red_s=30.0)
    calls = {g: BEGIN_S - (60.0 if g == late else 0.0) for g in map(GroupId, ("side", "main"))}
    log = drive(junction, SaidFrame, seconds=130, strategy=Curious(), say=passing(way(junction, "left")), calls=lambda t: calls)
    first = next(i for i, (_, d) in enumerate(log.decisions) if d.stage == H1)
    assert late in junction.stage[log.decisions[first + 1][1].stage].green
    assert log.refused == [] and log.violations == 0


@pytest.mark.parametrize("name", names())
@MODEST
@given(junction=junctions(), seed=st.integers(0, 10**6))
def test_no_strategy_asks_for_one_and_all_come_back_from_one(name: str, junction: Junction, seed: int) -> None:
    hurry = [s.id for s in junction.stages if s.hurry]
    if not hurry:
        return
    clock, guard = Clockwork(junction, BEGIN_S, hurry[seed % len(hurry)]), SafetyGuard(junction)
    asking, log, left = Asking(strategy(name), network(junction), seed), Asked(), False
    for second in range(120):
        now_s = BEGIN_S + second
        clock.tick(now_s)
        clock.calls = {g.id: BEGIN_S for g in junction.groups}
        status = clock.status(now_s)
        guard.watch(status)
        settled = {junction.id: status} if status.stage is not None else {}
        left = left or (status.stage is not None and status.stage not in hurry)
        for decision in asking.decide(Tick(now_s, WildFrame(seed, now_s), settled, {} if settled else {junction.id: status})):
            assert decision.stage not in hurry
            if decision.stage != status.stage:
                log.ask(decision, guard, clock, status, now_s)
    assert left and log.refused == [] and not guard.violations


def test_a_hurry_stage_is_no_full_one() -> None:
    junction = filtering()
    assert [s.id for s in junction.full_stages] == ["A", "C"]
    assert [s.id for s in junction.stages if s.hurry] == [H1]
