"""What counts as wrong at a junction, and for which rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from controller.daemon.watch import (
    CONFLICT,
    FAULTY,
    LONGEST_TRANSITION_S,
    NO_VIEW,
    NOT_HEARD,
    REFUSED,
    RESTING,
    STUCK,
    TOO_MANY_REFUSALS,
    Watch,
)
from controller.ladder import Rung
from signal_drivers.guard import ACCEPTED, Rule, SafetyGuard, Verdict
from signal_drivers.ids import DetectorId, JunctionId, LaneId
from signal_drivers.lanes import Detector
from signal_drivers.status import CabinetStatus, Fault, Head, Mode
from tests.controller.frames import SaidFrame, car
from tests.signal_drivers.examples import MAIN, SIDE, crossroads, in_stage_1, report

JUNCTION = crossroads(detectors=tuple(Detector(DetectorId(lane), LaneId(lane)) for lane in ("m0", "m1", "s0")))
SEEN = SaidFrame(100.0, {"m0": [car(3)], "m1": [], "s0": []})
J = JunctionId("J1")
VETO = Verdict(False, Rule.MIN_GREEN, "")


def reasons(watch: Watch | None = None, status: CabinetStatus | None = None, now_s: float = 100.0,
            **other: Any) -> Mapping[str, Rung]:
    return (watch or Watch(0.5)).reasons(
        JUNCTION, status or in_stage_1(JUNCTION, at_s=now_s), other.get("guard") or SafetyGuard(JUNCTION),
        other.get("frame", SEEN), other.get("resting", False), now_s)


def test_nothing_is_wrong() -> None:
    assert reasons() == {}


def test_a_strategy_that_rests() -> None:
    assert reasons(resting=True) == {RESTING: Rung.PLANS}


@pytest.mark.parametrize(("age_s", "found"), [(5.0, {}), (5.1, {NOT_HEARD: Rung.LOCAL}), (float("inf"), {NOT_HEARD: Rung.LOCAL})])
def test_a_cabinet_that_is_not_heard(age_s: float, found: Mapping[str, Rung]) -> None:
    assert reasons(status=in_stage_1(JUNCTION, at_s=100.0 - age_s)) == found


@pytest.mark.parametrize(("blind", "found"), [((), {}), (("m0",), {}), (("s0",), {NO_VIEW: Rung.PLANS}),
                                              (("m0", "m1"), {NO_VIEW: Rung.PLANS})])
def test_approaches_without_a_view(blind: tuple[str, ...], found: Mapping[str, Rung]) -> None:
    frame = SaidFrame(100.0, {"m0": [], "m1": [], "s0": []} | dict.fromkeys(blind))
    assert reasons(frame=frame) == found


def test_vetoes_in_a_row() -> None:
    watch = Watch(0.5)
    for count in range(1, TOO_MANY_REFUSALS + 1):
        watch.hear(J, VETO)
        assert reasons(watch) == ({} if count < 5 else {REFUSED: Rung.PLANS if count < TOO_MANY_REFUSALS else Rung.LOCAL})
    watch.hear(J, ACCEPTED)
    assert reasons(watch) == {}


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_that_blocks(fault: Fault) -> None:
    status = in_stage_1(JUNCTION, at_s=100.0, faults=frozenset({fault}))
    harmless = fault in (Fault.DOOR, Fault.DETECTOR)
    assert reasons(status=status) == ({} if harmless else {FAULTY: Rung.LOCAL})
    assert reasons(status=replace(status, mode=Mode.FLASHING)) == {}, "the cabinet has seen to it itself"


def test_a_transition_that_does_not_end() -> None:
    watch = Watch(0.5)
    for second in range(200):
        changing = report(JUNCTION, {MAIN: Head.AMBER}, at_s=float(second), target="3")
        found = reasons(watch, changing, float(second))
        assert found == ({STUCK: Rung.LOCAL} if second > LONGEST_TRANSITION_S else {})
    assert reasons(watch, now_s=200.0) == {}
    assert reasons(watch, report(JUNCTION, {MAIN: Head.AMBER}, at_s=201.0, target="3"), 201.0) == {}


def test_conflicting_greens() -> None:
    guard = SafetyGuard(JUNCTION)
    guard.watch(report(JUNCTION, {MAIN: Head.GREEN, SIDE: Head.GREEN}, at_s=99.0, since_s=98.0))
    assert reasons(guard=guard) == {CONFLICT: Rung.FLASHING}
