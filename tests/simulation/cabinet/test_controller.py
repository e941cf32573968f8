"""The whole control unit: start-up, who commands, what faults do, and that no head ever shows what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_drivers.errors import OutputError
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.monitor import HeadMonitor
from signal_drivers.plan import Plan, Split
from signal_drivers.requests import StageRequest
from signal_drivers.status import Fault, Head, Mode, ModeSource
from signal_drivers.transitions import transition_s
from signal_drivers.wire.command import Wanted
from signal_drivers.wire.report import Answer
from simulation.cabinet.controller import ControlUnit, UnitTimes
from simulation.cabinet.memory import UNREADABLE, FaultMemory
from tests.controller.junctions import crossroads, full_crossroads
from tests.signal_drivers.random_junctions import junctions

UP_S = 20
"""Flashing and all red are over by then."""


def plan_of(junction: Junction, spare_s: float = 10.0) -> Plan:
    """Every stage once, for its minimum and some more."""
    starts, at_s = [], 0.0
    for i, stage in enumerate(junction.stages):
        starts.append(Split(stage.id, at_s))
        before = junction.stages[i - 1]
        at_s += transition_s(junction, before, stage) + max(junction.group[g].min_green_s for g in stage.green) + spare_s
    return Plan(junction.id, max(at_s, 1.0), tuple(starts))


def unit(junction: Junction | None = None, memory: FaultMemory | None = None) -> ControlUnit:
    junction = junction or crossroads()
    return ControlUnit(junction, [plan_of(junction)], 0.0, memory=memory)


def run(made: ControlUnit, begin: int, end: int, *, heard: bool = False) -> None:
    for second in range(begin, end):
        if heard:
            made.heartbeat(second, second)
        made.tick(second)


def ask(made: ControlUnit, stage: str, sequence: int, now_s: float, *, life_s: float = 5.0) -> bool:
    return made.request(StageRequest(made.junction.id, StageId(stage), sequence, now_s, now_s + life_s), now_s)


def test_lamps_come_up_by_flashing_amber_all_red_first_stage() -> None:
    made, seen = unit(full_crossroads()), []
    for tenth in range(300):
        made.tick(tenth / 10)
        heads = made.status(tenth / 10).heads
        if not seen or seen[-1][1] != heads:
            seen.append((tenth / 10, heads))
    flashing, red, first = seen[:3]
    assert flashing == (0.0, (Head.FLASHING_AMBER,) * 3 + (Head.DARK,)), "people have no flashing amber"
    assert red == (5.0, (Head.RED,) * 4)
    assert first[0] == 10.0, "all red lasts the longest intergreen"
    assert first[1] == (Head.GREEN, Head.GREEN_YIELD, Head.RED, Head.RED)


def test_without_the_centre_the_local_plan_runs_through_its_stages() -> None:
    made, stages = unit(full_crossroads()), []
    for second in range(200):
        made.tick(second)
        status = made.status(second)
        if second >= UP_S:
            assert (status.mode, status.mode_source) == (Mode.LOCAL, ModeSource.TIMETABLE)
        if status.stage and stages[-1:] != [status.stage]:
            stages.append(status.stage)
    assert {"A", "B", "C"} <= set(stages)


def test_the_centre_commands_while_it_is_heard_and_no_longer() -> None:
    made = unit()
    run(made, 0, UP_S + 1, heard=True)
    assert made.status(UP_S).mode is Mode.CENTRAL
    now_s = UP_S + 1
    while not ask(made, "EW" if made.status(now_s).stage == "NS" else "NS", now_s, now_s):
        made.heartbeat(now_s, now_s)
        made.tick(now_s)
        now_s += 1
    made.heartbeat(now_s, now_s)
    last = "EW" if made.status(now_s).heads[0] is Head.AMBER else "NS"
    run(made, now_s, now_s + 9)
    assert made.status(now_s + 9).mode is Mode.CENTRAL and made.status(now_s + 9).stage == last
    run(made, now_s + 9, now_s + 11)
    assert (made.mode(now_s + 11)) == (Mode.LOCAL, ModeSource.TIMETABLE)
    assert not ask(made, "NS", 10**6, now_s + 11) and made.answer is Answer.NOT_CENTRAL


def test_a_counter_that_stands_still_is_no_sign_of_life() -> None:
    made = unit()
    for second in range(UP_S + 15):
        made.heartbeat(7, second)
        made.tick(second)
    assert made.mode(UP_S + 15)[0] is Mode.LOCAL


def test_released_it_is_local_at_once() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    assert made.want(Wanted.LOCAL, 0, {}, UP_S) is Answer.TAKEN
    assert made.mode(UP_S) == (Mode.LOCAL, ModeSource.TIMETABLE)


@pytest.mark.parametrize(("stage", "sequence", "life_s", "why"), [
    ("nowhere", 9, 5.0, Answer.UNKNOWN), ("EW", 9, -1.0, Answer.EXPIRED), ("EW", 0, 5.0, Answer.OLD_SEQUENCE),
    ("EW", 9, float("nan"), Answer.EXPIRED)])
def test_what_it_refuses_and_why(stage: str, sequence: int, life_s: float, why: Answer) -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    assert not ask(made, stage, sequence, UP_S, life_s=life_s) and made.answer is why


def test_a_request_for_another_junction_is_refused() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    assert not made.request(StageRequest(JunctionId("other"), StageId("EW"), 9, UP_S, UP_S + 5), UP_S)
    assert made.answer is Answer.UNKNOWN


def test_a_power_cut_darkens_and_start_up_follows_and_the_centre_has_to_be_heard_anew() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    made.mains(False, UP_S)
    off = made.status(UP_S)
    assert off.mode is Mode.DARK and set(off.heads) == {Head.DARK} and Fault.MAINS in off.faults and off.stage is None
    made.mains(True, 30)
    run(made, 30, 33)
    assert (made.mode(33)) == (Mode.FLASHING, ModeSource.START_UP)
    run(made, 33, 30 + UP_S)
    assert made.mode(30 + UP_S) == (Mode.LOCAL, ModeSource.TIMETABLE) and Fault.MAINS not in made.status(50).faults


def test_a_failed_red_lamp_flashes_until_somebody_resets_it_even_through_a_power_cut(tmp_path: Path) -> None:
    kept = tmp_path / "unit.json"
    made = unit(memory=FaultMemory(kept))
    run(made, 0, UP_S)
    made.lamp(True, UP_S)
    assert made.mode(UP_S) == (Mode.FLASHING, ModeSource.FAULT)
    again = unit(memory=FaultMemory(kept))
    run(again, 0, UP_S)
    assert again.mode(UP_S) == (Mode.FLASHING, ModeSource.FAULT) and Fault.LAMP in again.status(UP_S).faults
    again.reset(UP_S)
    run(again, UP_S, 2 * UP_S)
    assert again.mode(2 * UP_S)[0] is Mode.LOCAL and not FaultMemory(kept).latched


def test_other_lamps_and_the_door_are_told_and_stop_nothing() -> None:
    made = unit()
    run(made, 0, UP_S)
    made.lamp(False, UP_S)
    made.door(True)
    assert made.mode(UP_S)[0] is Mode.LOCAL and made.status(UP_S).faults == {Fault.LAMP, Fault.DOOR}
    made.door(False)
    assert made.status(UP_S).faults == {Fault.LAMP}


@pytest.mark.parametrize("content", ["{", "[1]", '["fire"]', "7", "\x00"])
def test_a_memory_that_cannot_be_read_counts_as_a_latched_conflict(tmp_path: Path, content: str) -> None:
    kept = tmp_path / "unit.json"
    kept.write_text(content)
    assert FaultMemory(kept).latched == UNREADABLE


def test_what_cannot_be_written_is_latched_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = FaultMemory(tmp_path / "file" / "unit.json")
    with pytest.raises(OutputError):
        memory.latch(Fault.CONFLICT)
    assert memory.latched == {Fault.CONFLICT}


def test_the_officers_switch_holds_flashes_and_lets_go() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    made.panel(Mode.MANUAL, UP_S)
    stage = made.status(UP_S).stage
    run(made, UP_S, UP_S + 60, heard=True)
    assert made.mode(80) == (Mode.MANUAL, ModeSource.PANEL) and made.status(80).stage == stage
    made.panel(Mode.FLASHING, 80)
    assert set(made.status(80).heads) == {Head.FLASHING_AMBER}
    made.panel(None, 90)
    assert made.mode(91) == (Mode.FLASHING, ModeSource.START_UP)


def test_the_centre_may_have_it_flash_as_long_as_it_is_heard() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    made.want(Wanted.FLASHING, 0, {}, UP_S)
    made.tick(UP_S)
    assert made.mode(UP_S) == (Mode.FLASHING, ModeSource.CENTRE) and set(made.heads) == {Head.FLASHING_AMBER}
    run(made, UP_S + 1, UP_S + 12)
    assert made.mode(UP_S + 12) == (Mode.FLASHING, ModeSource.START_UP), "not heard any more, it starts up into its own plan"
    run(made, UP_S + 12, UP_S + 40)
    assert made.mode(UP_S + 40) == (Mode.LOCAL, ModeSource.TIMETABLE)


def test_a_plan_of_its_own_runs_by_the_centres_word_and_requests_have_to_wait() -> None:
    made = unit(full_crossroads())
    run(made, 0, UP_S, heard=True)
    assert made.want(Wanted.CENTRAL, 2, {}, UP_S) is Answer.UNKNOWN, "it has one plan"
    made.want(Wanted.CENTRAL, 1, {}, UP_S)
    stages = set()
    for second in range(UP_S, UP_S + 200):
        made.heartbeat(second, second)
        made.tick(second)
        stages.add(made.status(second).stage)
    assert {"A", "B", "C"} <= stages and made.mode(UP_S + 199)[0] is Mode.CENTRAL
    assert not ask(made, "A", 9, UP_S + 199) and made.answer is Answer.NOT_ALLOWED


def test_a_hurry_call_is_reached_by_the_rules_held_and_then_over() -> None:
    made = unit(full_crossroads())
    run(made, 0, UP_S, heard=True)
    assert made.hurry_call(StageId("C"), UP_S + 60, 3, UP_S) is Answer.TAKEN
    assert made.hurry_call(StageId("B"), UP_S + 60, 2, UP_S) is Answer.NOT_ALLOWED, "a lower level does not push it aside"
    assert not ask(made, "B", 9, UP_S) and made.answer is Answer.NOT_ALLOWED
    run(made, UP_S, UP_S + 60, heard=True)
    assert made.status(UP_S + 59).stage == "C"
    assert ask(made, "A", 9, UP_S + 60), "it has expired"


def test_a_green_that_nobody_ordered_is_latched_within_moments() -> None:
    made = unit()
    run(made, 0, 15)
    made.conflict_shown = True
    for tenth in range(6):
        made.tick(15 + tenth / 10)
    assert made.mode(15.5) == (Mode.FLASHING, ModeSource.FAULT) and Fault.CONFLICT in made.memory.latched
    made.reset(30)
    run(made, 30, 60)
    assert made.mode(60)[0] is Mode.LOCAL


HAPPENS = ["ask", "ask", "ask", "heartbeat", "heartbeat", "release", "want", "hurry", "stick", "mains", "lamp", "reset", "flash",
           "hold", "let go"]
EVENTS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(HAPPENS), st.integers(0, 6)), max_size=60)


@settings(deadline=None, max_examples=60)
@given(junctions(), EVENTS, st.floats(2.0, 12.0))
def test_whatever_happens_no_head_shows_what_it_must_not(junction: Junction, events: list[tuple[int, str, int]],
                                                         limit_s: float) -> None:
    made = ControlUnit(junction, [plan_of(junction)], 0.0, times=UnitTimes(heartbeat_limit_s=limit_s))
    watch, now_s, heard_s = HeadMonitor(junction), 0.0, -1e9

    def step(seconds: int) -> None:
        nonlocal now_s
        for _ in range(2 * seconds):
            now_s += 0.5
            made.tick(now_s)
            status = made.status(now_s)
            assert watch.watch(status) == []
            if status.mode is Mode.CENTRAL:
                assert now_s - heard_s < limit_s
            if status.mode in (Mode.DARK, Mode.FLASHING):
                assert not any(h.is_green for h in status.heads) and status.stage is None

    step(UP_S)
    for number, (wait_s, event, which) in enumerate(events, 1):
        stage = junction.stages[which % len(junction.stages)].id
        if event == "ask":
            made.request(StageRequest(junction.id, stage, number, now_s, now_s + 5), now_s)
        elif event == "heartbeat":
            made.heartbeat(number, now_s)
            heard_s = now_s
        elif event == "release":
            made.want(Wanted.LOCAL, 0, {}, now_s)
        elif event == "want":
            made.want([Wanted.CENTRAL, Wanted.FLASHING, Wanted.CENTRAL][which % 3], which % 2, {}, now_s)
        elif event == "hurry":
            made.hurry_call(stage if which else None, now_s + 10 * which, which, now_s)
        elif event == "stick":
            made.stuck = which % 2 == 0
        elif event == "mains":
            made.mains(which % 2 == 0, now_s)
        elif event == "lamp":
            made.lamp(which == 0, now_s)
        elif event == "reset":
            made.reset(now_s)
        else:
            made.panel({"flash": Mode.FLASHING, "hold": Mode.MANUAL, "let go": None}[event], now_s)
        assert watch.watch(made.status(now_s)) == []
        step(wait_s)
