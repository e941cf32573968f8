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
    return ControlUnit(junction, plan_of(junction), 0.0, memory=memory)


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
    assert not ask(made, "NS", 10**6, now_s + 11) and made.refused == "mode is local"


def test_a_counter_that_stands_still_is_no_sign_of_life() -> None:
    made = unit()
    for second in range(UP_S + 15):
        made.heartbeat(7, second)
        made.tick(second)
    assert made.mode(UP_S + 15)[0] is Mode.LOCAL


def test_released_it_is_local_at_once() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    made.release()
    assert made.mode(UP_S) == (Mode.LOCAL, ModeSource.TIMETABLE)


@pytest.mark.parametrize(("stage", "sequence", "life_s", "why"), [
    ("nowhere", 9, 5.0, "no stage nowhere"), ("EW", 9, -1.0, "expired"), ("EW", 0, 5.0, "sequence 0 was used"),
    ("EW", 9, float("nan"), "expired")])
def test_what_it_refuses_and_why(stage: str, sequence: int, life_s: float, why: str) -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    assert not ask(made, stage, sequence, UP_S, life_s=life_s) and made.refused == why


def test_a_request_for_another_junction_is_refused() -> None:
    made = unit()
    run(made, 0, UP_S, heard=True)
    assert not made.request(StageRequest(JunctionId("other"), StageId("EW"), 9, UP_S, UP_S + 5), UP_S)
    assert made.refused == "this is X"


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


HAPPENS = ["ask", "ask", "ask", "heartbeat", "heartbeat", "release", "mains", "lamp", "reset", "flash", "hold", "let go"]
EVENTS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(HAPPENS), st.integers(0, 6)), max_size=60)


@settings(deadline=None, max_examples=60)
@given(junctions(), EVENTS, st.floats(2.0, 12.0))
def test_whatever_happens_no_head_shows_what_it_must_not(junction: Junction, events: list[tuple[int, str, int]],
                                                         limit_s: float) -> None:
    made = ControlUnit(junction, plan_of(junction), 0.0, times=UnitTimes(heartbeat_limit_s=limit_s))
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
            made.release()
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
