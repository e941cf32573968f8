"""The warden: who has waited too long goes, and never against the guard."""

from __future__ import annotations

import dataclasses
import random

from hypothesis import given
from hypothesis import strategies as st

from controller.fairness import MaxRedWarden, overdue_stage
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.ids import GroupId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from simulation.cabinet.clockwork import Clockwork
from tests.controller.contract import MODEST, one_round_s
from tests.controller.frames import SaidFrame, WildFrame, queue
from tests.controller.junctions import crossroads, full_crossroads, intergreens, junctions, network, pedestrian, stage
from tests.controller.post import run


class Idle(Strategy):
    name = "idle"
    summary = "never asks for anything"

    def decide(self, tick: Tick) -> list[Decision]:
        return []


class Restless(Strategy):
    """Asks for any stage at any time: the worst that a strategy can do to the warden."""

    name = "restless"
    summary = "asks at random"

    def start(self, network, seed: int = 0) -> None:  # type: ignore[no-untyped-def]
        super().start(network, seed)
        self._dice = random.Random(seed)

    def decide(self, tick: Tick) -> list[Decision]:
        return [Decision(j, self._dice.choice(self.network.junctions[j].stages).id) for j in tick.statuses]


def test_idle_strategy_still_serves_everybody_in_time() -> None:
    junction = full_crossroads()
    log = run(Idle(), junction, SaidFrame, seconds=900)
    assert log.refused == []
    assert max(log.longest_red_s.values()) <= junction.max_red_s + 1
    assert min(log.longest_red_s.values()) > 0.5 * junction.max_red_s, "the warden must not take over before it has to"


@MODEST
@given(junction=junctions(), seed=st.integers(0, 10**6))
def test_maximum_red_holds_wherever_one_round_fits_into_it(junction: Junction, seed: int) -> None:
    log = run(Restless(), junction, lambda t: WildFrame(seed, t), seconds=400, seed=seed)
    if one_round_s(junction) < junction.max_red_s:
        assert {g: r for g, r in log.longest_red_s.items() if r > junction.max_red_s + 1} == {}


def test_nobody_calls_nothing_happens() -> None:
    log = run(Idle(), crossroads(), SaidFrame, seconds=600, calls=lambda t: {})
    assert log.decisions == []


def waited(junction: Junction, group: str, seconds: float, first: str) -> Tick:
    clock = Clockwork(junction, 0.0, StageId(first))
    clock.calls = {GroupId(group): 0.0}
    return Tick(seconds, SaidFrame(seconds), {junction.id: clock.status(seconds)})


def test_forces_just_before_the_deadline_and_not_earlier() -> None:
    junction = crossroads()
    early, due = waited(junction, "ew", 112.0, "NS"), waited(junction, "ew", 115.0, "NS")
    assert MaxRedWarden(network(junction)).apply(early, []) == []
    forced = MaxRedWarden(network(junction)).apply(due, [])
    assert [d.stage for d in forced] == ["EW"]


def test_replaces_a_decision_that_would_make_it_late_and_keeps_one_that_serves() -> None:
    junction = full_crossroads()
    warden = MaxRedWarden(network(junction))
    wrong = warden.apply(waited(junction, "side", 116.0, "A"), [Decision(junction.id, StageId("B"))])
    assert [d.stage for d in wrong] == ["C"]
    right = [Decision(junction.id, StageId("C"), "own wish")]
    assert MaxRedWarden(network(junction)).apply(waited(junction, "side", 116.0, "A"), right) == right


def test_of_two_stages_that_serve_the_group_the_fuller_wins() -> None:
    base = full_crossroads()
    junction = dataclasses.replace(base, stages=(stage("W", ["walk"]), stage("M", ["main"]), stage("L", ["left"]),
                                                 stage("D", ["side"]), stage("E", ["main", "left"], ["left"])))
    clock = Clockwork(junction, 0.0, StageId("W"))
    clock.calls = {GroupId("left"): 0.0}
    frame = SaidFrame(118.0, {"e_1": queue(2), "e_0": queue(9)})
    tick = Tick(118.0, frame, {junction.id: clock.status(118.0)})
    assert [d.stage for d in MaxRedWarden(network(junction)).apply(tick, [])] == ["E"]


def test_overdue_stage_names_who_waits() -> None:
    junction = crossroads()
    late = waited(junction, "ew", 121.0, "NS")
    assert overdue_stage(junction, late.statuses[junction.id], late) == ("EW", {"ew"})
    fine = waited(junction, "ew", 119.0, "NS")
    assert overdue_stage(junction, fine.statuses[junction.id], fine) is None


def test_a_change_that_serves_the_first_but_makes_the_next_late_is_replaced() -> None:
    """The crossing beside the main road holds its stage for 25 s; the left turn, due soon after, cannot wait so long."""
    base = full_crossroads()
    junction = dataclasses.replace(
        base, groups=(*base.groups[:3], pedestrian("walk", 25.0)),
        intergreens=intergreens(("main", "side"), ("left", "side"), ("left", "walk"), ("side", "walk")),
        stages=(stage("MW", ["main", "walk"]), stage("ML", ["main", "left"]), stage("D", ["side"])))
    clock = Clockwork(junction, 0.0, StageId("D"))
    clock.calls = {GroupId("main"): 0.0, GroupId("left"): 10.0}
    tick = Tick(108.0, SaidFrame(108.0), {junction.id: clock.status(108.0)})
    wish = [Decision(junction.id, StageId("MW"), "why")]
    assert [d.stage for d in MaxRedWarden(network(junction)).apply(tick, wish)] == ["ML"]
    clock.calls = {GroupId("main"): 0.0}
    alone = Tick(108.0, SaidFrame(108.0), {junction.id: clock.status(108.0)})
    assert MaxRedWarden(network(junction)).apply(alone, wish) == wish


def test_who_left_before_the_present_stage_keeps_the_next_one_waiting() -> None:
    """Those on foot may walk 25 s after the main road's green, of which ten have gone by: with their own 8 s that is too late
    for the side road, though right after the left turn they would wait for 3 s only."""
    base = full_crossroads()
    pairs = intergreens(("main", "left"), ("main", "side"), ("left", "side"), ("walk", "side"))
    slower = (intergreens(("walk", "left"), seconds=3.0), intergreens(("main", "walk"), seconds=25.0))
    junction = dataclasses.replace(
        base, intergreens=Intergreens({pair: seconds for table in (pairs, *slower) for pair, seconds in table.items()}),
        stages=(stage("M", ["main"]), stage("L", ["left"]), stage("W", ["walk"]), stage("S", ["side"])))
    clock = Clockwork(junction, 0.0, StageId("M"))
    clock.request(StageRequest(junction.id, StageId("L"), 1, 95.0, 105.0), 95.0)
    for second in range(96, 106):
        clock.tick(float(second))
    wish = [Decision(junction.id, StageId("W"), "why")]

    def said(called_s: float) -> list[StageId]:
        clock.calls = {GroupId("side"): called_s}
        tick = Tick(105.0, SaidFrame(105.0), {junction.id: clock.status(105.0)})
        assert tick.statuses[junction.id].stage == "L"
        return [d.stage for d in MaxRedWarden(network(junction)).apply(tick, wish)]

    assert said(10.0) == ["S"]
    assert said(15.0) == ["W"]


def test_overlaps_are_never_what_the_warden_goes_to() -> None:
    base = full_crossroads()
    overlap = dataclasses.replace(stage("O", ["side"]), overlap=True)
    junction = dataclasses.replace(base, stages=(overlap, *base.stages))
    tick = waited(junction, "side", 118.0, "A")
    assert [d.stage for d in MaxRedWarden(network(junction)).apply(tick, [])] == ["C"]
    wish = [Decision(junction.id, StageId("O"), "why")]
    assert MaxRedWarden(network(junction)).apply(tick, wish) == wish, "but one that serves in time may go"
