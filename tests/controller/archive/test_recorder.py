"""Reports of the small junction as events: modes, faults, calls, and what lies between two reports."""

from __future__ import annotations

import math
from typing import Any

from controller.archive.codes import Code
from controller.archive.event import Event
from controller.archive.recorder import StatusRecorder
from signal_drivers.status import CabinetStatus, Fault, Head, Mode, ModeSource
from tests.signal_drivers.examples import MAIN, SIDE, WALK, crossroads, in_stage_1, report

J = crossroads()


def noted(*statuses: CabinetStatus, **options: Any) -> list[Event]:
    recorder = StatusRecorder(J, 7, **options)
    return [e for status in statuses for e in recorder.note(status)]


def unit(*statuses: CabinetStatus) -> list[tuple[Code, int]]:
    """Code and parameter of what is not about a group."""
    return [(Code(e.code), e.parameter) for e in noted(*statuses) if e.code > 100 and e.code != Code.HEADS_MISSED]


def codes_of(events: list[Event], phase: int) -> list[tuple[float, int, str]]:
    return [(e.time_s, e.code, e.detail) for e in events if e.parameter == phase]


def test_a_green_that_the_log_has_already_is_not_written_again() -> None:
    first = in_stage_1(J, at_s=20.0)
    assert {e.code for e in noted(first)} >= {1, 21}
    assert noted(first, after_s=10.0) == []


def test_a_yellow_that_nobody_saw_follows_and_says_so() -> None:
    events = noted(in_stage_1(J, at_s=20.0), report(J, {}, at_s=30.0, since_s={"main": 28.0, "left": 28.0, "walk": 25.0}))
    assert codes_of(events, 1)[3:] == [*((25.0, code, "inferred") for code in (6, 7, 8)), (28.0, 9, ""), (28.0, 10, "")]
    assert codes_of(events, 4) == [(0.0, 21, ""), (25.0, 22, "")]


def test_a_green_that_nobody_saw_is_missed_and_not_made_up() -> None:
    events = noted(in_stage_1(J, at_s=20.0), in_stage_1(J, at_s=120.0, since_s=100.0))
    assert [c for _, c, _ in codes_of(events, 1)] == [0, 1, 3, Code.HEADS_MISSED, 0, 1, 3]


def test_clearance_ends_when_all_others_may_run() -> None:
    red = {"main": 13.0, "left": 13.0, "walk": 10.0}
    amber = in_stage_1(J, at_s=10.0, heads={MAIN: Head.AMBER, "left": Head.AMBER}, since_s=10.0)
    events = noted(in_stage_1(J, at_s=9.0), amber, report(J, {}, at_s=13.0, since_s=red), report(J, {}, at_s=40.0, since_s=red))
    assert [(t, c) for t, c, _ in codes_of(events, 1)][-3:] == [(13.0, 10), (16.0, 11), (16.0, 12)], "side waits 6 s for main"
    assert (19.0, 23, "") in codes_of(events, 4), "side waits 9 s for who walks"


def test_modes() -> None:
    central = in_stage_1(J, at_s=10.0)
    local = in_stage_1(J, at_s=11.0, mode=Mode.LOCAL, mode_source=ModeSource.TIMETABLE)
    assert unit(local, in_stage_1(J, at_s=12.0)) == [(Code.TAKE_OVER, 1)]
    assert unit(central, local) == [(Code.HAND_BACK, 2)]
    flashing = report(J, {}, at_s=12.0, mode=Mode.FLASHING, mode_source=ModeSource.FAULT, faults=frozenset({Fault.CONFLICT}))
    assert unit(central, flashing) == [(Code.HAND_BACK, 4), (Code.UNIT_FLASH_STATUS, 5), (Code.UNIT_ALARM_STATUS, 16),
                                       (Code.FAULT_BEGAN, 3)]
    back = in_stage_1(J, at_s=20.0, mode=Mode.MANUAL, mode_source=ModeSource.PANEL)
    assert unit(flashing, back)[4:] == [(Code.UNIT_FLASH_STATUS, 2), (Code.UNIT_ALARM_STATUS, 0), (Code.MANUAL_CONTROL, 1),
                                        (Code.FAULT_ENDED, 3)]
    dark = report(J, {}, at_s=30.0, mode=Mode.DARK, mode_source=ModeSource.FAULT)
    assert unit(central, dark, in_stage_1(J, at_s=40.0)) == [(Code.HAND_BACK, 5), (Code.POWER_FAILURE, 0), (Code.TAKE_OVER, 1),
                                                             (Code.POWER_RESTORED, 0)]


def test_flashing_ends_a_green_without_a_yellow() -> None:
    flashing = report(J, {MAIN: Head.FLASHING_AMBER, WALK: Head.DARK}, at_s=30.0, since_s=30.0, mode=Mode.FLASHING)
    events = noted(in_stage_1(J, at_s=20.0), flashing)
    assert codes_of(events, 1)[-3:] == [(30.0, 6, ""), (30.0, 7, ""), (30.0, 12, "")]


def test_calls() -> None:
    events = noted(in_stage_1(J, at_s=10.0), in_stage_1(J, at_s=11.0, call_since_s={SIDE: 10.5, WALK: 10.7}),
                   in_stage_1(J, at_s=12.0, call_since_s={SIDE: 10.5}), in_stage_1(J, at_s=13.0))
    assert [(e.time_s, e.code, e.parameter) for e in events if 40 < e.code < 50] == [(10.5, 43, 3), (10.7, 45, 4), (13.0, 44, 3)]


def test_why_a_green_ended() -> None:
    recorder = StatusRecorder(J, 7)
    recorder.note(in_stage_1(J, at_s=10.0))
    recorder.because(Code.PHASE_GAP_OUT)
    made = recorder.note(in_stage_1(J, at_s=20.0, heads={MAIN: Head.AMBER, WALK: Head.GREEN, "left": Head.GREEN_YIELD},
                                    since_s={"main": 20.0}))
    assert [e.code for e in made] == [4, 7, 8]


def test_reports_that_do_not_fit_are_passed_over() -> None:
    good = in_stage_1(J, at_s=20.0)
    assert noted(in_stage_1(crossroads(id="other"), at_s=1.0), in_stage_1(J, at_s=math.nan),
                 in_stage_1(J, at_s=2.0, since_s={"main": math.inf})) == []
    assert {e.time_s for e in noted(in_stage_1(J, at_s=20.0, since_s=1e300))} == {20.0}, "a cabinet that knows the future"
    assert len(noted(good, in_stage_1(J, at_s=10.0, heads={}))) == len(noted(good)), "an older report comes late"
