"""Control units that do one thing wrong, each as a real one might."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from signal_drivers.status import Mode
from signal_drivers.wire.report import Answer, Report
from simulation.cabinet import clockwork
from simulation.cabinet.clockwork import Clockwork
from simulation.cabinet.controller import ControlUnit
from simulation.cabinet.memory import FaultMemory
from simulation.cabinet.seat import Seat
from simulation.cabinet.station import Station

Spoil = Callable[[pytest.MonkeyPatch], None]


def cuts_minimum_greens(patch: pytest.MonkeyPatch) -> None:
    right = Clockwork.request

    def request(self: Clockwork, asked: Any, now_s: float) -> bool:
        kept, self.head_since_s = self.head_since_s, [-math.inf] * len(self.heads)
        taken = right(self, asked, now_s)
        self.head_since_s = [old if new == -math.inf else new for old, new in zip(kept, self.head_since_s, strict=True)]
        return taken

    patch.setattr(Clockwork, "request", request)


def shortens_intergreens(patch: pytest.MonkeyPatch) -> None:
    right = clockwork.green_starts
    patch.setattr(clockwork, "green_starts", lambda *a, **k: {g: max(0.0, s - 1.0) for g, s in right(*a, **k).items()})


def shortens_yellow(patch: pytest.MonkeyPatch) -> None:
    right = Clockwork.__init__

    def init(self: Clockwork, junction: Any, *rest: Any) -> None:
        right(self, replace(junction, yellow_s=1.0), *rest)

    patch.setattr(Clockwork, "__init__", init)


def _objecting(patch: pytest.MonkeyPatch, spared: Callable[[ControlUnit, Answer, float], bool]) -> None:
    """A unit that overlooks some of its objections."""
    right = ControlUnit._objection

    def objection(self: ControlUnit, request: Any, now_s: float) -> Answer:
        found = right(self, request, now_s)
        return Answer.TAKEN if spared(self, found, now_s) else found

    patch.setattr(ControlUnit, "_objection", objection)


def ignores_expiry(patch: pytest.MonkeyPatch) -> None:
    _objecting(patch, lambda unit, found, now_s: found is Answer.EXPIRED)


def takes_old_sequences(patch: pytest.MonkeyPatch) -> None:
    _objecting(patch, lambda unit, found, now_s: found is Answer.OLD_SEQUENCE)


def takes_requests_while_local(patch: pytest.MonkeyPatch) -> None:
    _objecting(patch, lambda unit, found, now_s: found is Answer.NOT_CENTRAL and unit.mode(now_s)[0] is Mode.LOCAL)


def never_misses_the_heartbeat(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ControlUnit, "_central", lambda self, now_s: self._heard is not None)


def takes_any_heartbeat_for_life(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ControlUnit, "heartbeat", lambda self, counter, now_s: setattr(self, "_heard", (counter, now_s)))


def stays_in_one_local_stage(patch: pytest.MonkeyPatch) -> None:
    right = ControlUnit._due
    patch.setattr(ControlUnit, "_due", lambda self, mode, now_s: None if mode is Mode.LOCAL else right(self, mode, now_s))


def _reporting(patch: pytest.MonkeyPatch, lie: Callable[[Station, Report], Report]) -> None:
    right = Station.report
    patch.setattr(Station, "report", lambda self: lie(self, right(self)))


def echoes_wrongly(patch: pytest.MonkeyPatch) -> None:
    _reporting(patch, lambda station, report: replace(report, sequence_echo=report.sequence_echo + 1))


def lies_about_ages(patch: pytest.MonkeyPatch) -> None:
    _reporting(patch, lambda station, report: replace(
        report, head_since_ms=tuple(max(0, ms - 3000) for ms in report.head_since_ms)))


def confirms_stages_too_soon(patch: pytest.MonkeyPatch) -> None:
    _reporting(patch, lambda station, report: replace(report, stage=report.stage or (
        report.target if report.mode is Mode.CENTRAL else 0)))


def loses_counts(patch: pytest.MonkeyPatch) -> None:
    right = Station.tick

    def tick(self: Station, now_s: float) -> bool:
        self.detectors = tuple(replace(d, count_veh=30 - int(now_s) % 30) for d in self.detectors)
        return right(self, now_s)

    patch.setattr(Station, "tick", tick)


def skips_all_red(patch: pytest.MonkeyPatch) -> None:
    right = ControlUnit.__init__

    def init(self: ControlUnit, *rest: Any, **named: Any) -> None:
        right(self, *rest, **named)
        self._all_red_s = 1.0

    patch.setattr(ControlUnit, "__init__", init)


def watches_no_conflict(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ControlUnit, "_watch", lambda self, now_s: None)


def starts_again_after_a_conflict(patch: pytest.MonkeyPatch) -> None:
    def latch(self: ControlUnit, fault: Any, now_s: float) -> None:
        self._start(now_s)

    patch.setattr(ControlUnit, "_latch", latch)


def forgets_faults_when_restarted(patch: pytest.MonkeyPatch) -> None:
    right = Seat.restart

    def restart(self: Seat, now_s: float) -> None:
        self._memory = FaultMemory()
        right(self, now_s)

    patch.setattr(Seat, "restart", restart)


def keeps_hearing_through_a_power_cut(patch: pytest.MonkeyPatch) -> None:
    right = ControlUnit.mains

    def mains(self: ControlUnit, on: bool, now_s: float) -> None:
        right(self, on, now_s)
        self._heard = (1, now_s + 60.0)

    patch.setattr(ControlUnit, "mains", mains)


def counts_uptime_by_the_clock(patch: pytest.MonkeyPatch) -> None:
    right = Station.clock_call

    def clock_call(self: Station, call: Any) -> Answer:
        before_s = self.unit.calendar_ahead_s
        answer = right(self, call)
        self._began_s -= self.unit.calendar_ahead_s - before_s
        return answer

    patch.setattr(Station, "clock_call", clock_call)


def ignores_the_clock(patch: pytest.MonkeyPatch) -> None:
    right = Station.clock_call

    def clock_call(self: Station, call: Any) -> Answer:
        before_s = self.unit.calendar_ahead_s
        answer = right(self, call)
        self.unit.calendar_ahead_s = before_s
        return answer

    patch.setattr(Station, "clock_call", clock_call)


def never_ends_hurry_calls(patch: pytest.MonkeyPatch) -> None:
    right = ControlUnit.hurry_call
    patch.setattr(ControlUnit, "hurry_call",
                  lambda self, stage, until_s, level, now_s: right(self, stage, until_s + 3600.0, level, now_s))


def follows_requests_from_the_panel(patch: pytest.MonkeyPatch) -> None:
    _objecting(patch, lambda unit, found, now_s: found is Answer.NOT_CENTRAL and unit.mode(now_s)[0] is Mode.MANUAL)
