"""A control unit as the wire sees it: reports made from it, commands given to it, each echoed with its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from signal_drivers.requests import StageRequest
from signal_drivers.wire.checksum import MAP_VERSION, checksum
from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing
from signal_drivers.wire.report import Answer, DetectorReport, Identity, Report
from simulation.cabinet.controller import ControlUnit


@dataclass(slots=True)
class _Echo:
    heartbeat: int = 0
    sequence: int = 0
    stage: int = 0
    hurry: int = 0
    hurry_answer: Answer = Answer.NONE
    clock: int = 0
    clock_answer: Answer = Answer.NONE
    answer: Answer = field(default=Answer.NONE)


class Station:
    """Puts one unit on a wire, whichever it is. Times are the unit's uptime in ms; ``began_s`` is its uptime's zero on the
    clock it is ticked by. ``wrong_echo`` has it echo what was never asked, as a broken unit might.

    Where a ``clock`` that runs by itself is given, each command is taken at its own time: taken at the last tick's, a yellow it
    begins would be dated back to before anybody saw it, and end that much too soon."""

    def __init__(self, unit: ControlUnit, *, began_s: float = 0.0) -> None:
        self.unit, self._began_s = unit, began_s
        self.detectors: tuple[DetectorReport, ...] = (DetectorReport(),) * len(unit.junction.detectors)
        self.wrong_echo = False
        self._stages = [s.id for s in unit.junction.stages]
        self._number = {s: n for n, s in enumerate(self._stages, 1)}
        self._counter = 0
        self._echo = _Echo()
        self._now_s = began_s
        self.clock: Callable[[], float] | None = None

    @property
    def identity(self) -> Identity:
        junction = self.unit.junction
        return Identity(MAP_VERSION, checksum(junction), len(junction.groups), len(junction.stages), len(junction.detectors),
                        len(self.unit.plans), junction.id)

    def tick(self, now_s: float) -> None:
        """Let time pass to ``now_s``."""
        self._now_s = max(self._now_s, now_s)
        self.unit.tick(self._now_s)

    def _catch_up(self) -> None:
        if self.clock is not None:
            self.tick(self.clock())

    def restart(self, unit: ControlUnit, now_s: float) -> None:
        """The unit was switched off and on: another one, that remembers only what its memory kept."""
        self.unit, self._began_s, self._echo, self._counter = unit, now_s, _Echo(), 0
        self.tick(now_s)

    def _ms(self, at_s: float) -> int:
        return round((at_s - self._began_s) * 1000)

    def report(self) -> Report:
        """What the unit says now."""
        status, unit, echo, now_s = self.unit.status(self._now_s), self.unit, self._echo, self._now_s
        self._counter = (self._counter + 1) & 0xFFFF
        calls = status.call_since_s
        hurry = unit.hurry[0] if unit.hurry is not None and now_s < unit.hurry[1] else None
        calendar_s = now_s + unit.calendar_ahead_s
        return Report(
            self._counter, self._ms(now_s), round(calendar_s * 1000), echo.heartbeat, echo.sequence + self.wrong_echo,
            echo.stage, echo.answer, status.mode, status.mode_source, 1 + unit.plans.index(unit.plan),
            self._number[status.stage] if status.stage else 0, self._number[status.target], self._ms(status.stage_since_s),
            int(unit.plan.second_of_cycle(calendar_s)), status.faults, status.heads, tuple(map(self._ms, status.head_since_s)),
            tuple(self._ms(calls[g.id]) if g.id in calls else None for g in unit.junction.groups), echo.hurry,
            echo.hurry_answer, self._number[hurry] if hurry is not None else 0, echo.clock, echo.clock_answer, self.detectors)

    def standing(self, standing: Standing) -> Answer:
        """Raises :class:`ValueError` where it speaks of another number of groups."""
        self._catch_up()
        groups = self.unit.junction.groups
        calls = {g.id: self._now_s - age_ms / 1000 for g, age_ms in zip(groups, standing.call_age_ms, strict=True)
                 if age_ms is not None}
        self._echo.heartbeat = standing.heartbeat
        self.unit.heartbeat(standing.heartbeat, self._now_s)
        return self.unit.want(standing.wanted, standing.plan, calls, self._now_s)

    def stage_call(self, call: StageCall) -> Answer:
        self._catch_up()
        echo = self._echo
        echo.sequence, echo.stage = call.sequence, call.stage
        if not 1 <= call.stage <= len(self._stages):
            echo.answer = Answer.UNKNOWN
            return echo.answer
        issued_s = self._began_s + call.issued_ms / 1000
        self.unit.request(StageRequest(self.unit.junction.id, self._stages[call.stage - 1], call.sequence, issued_s,
                                       issued_s + call.life_ms / 1000), self._now_s)
        echo.answer = self.unit.answer
        return echo.answer

    def hurry_call(self, call: HurryCall) -> Answer:
        self._catch_up()
        echo = self._echo
        until_s = self._began_s + (call.issued_ms + call.life_ms) / 1000
        if call.sequence <= echo.hurry:
            echo.hurry_answer = Answer.OLD_SEQUENCE
        elif call.stage > len(self._stages):
            echo.hurry_answer = Answer.UNKNOWN
        elif call.stage and until_s <= self._now_s:
            echo.hurry_answer = Answer.EXPIRED
        else:
            stage = self._stages[call.stage - 1] if call.stage else None
            echo.hurry_answer = self.unit.hurry_call(stage, until_s, call.level, self._now_s)
        echo.hurry = max(echo.hurry, call.sequence)
        return echo.hurry_answer

    def clock_call(self, call: ClockCall) -> Answer:
        self._catch_up()
        echo = self._echo
        if call.sequence <= echo.clock:
            echo.clock_answer = Answer.OLD_SEQUENCE
        else:
            echo.clock, echo.clock_answer = call.sequence, Answer.TAKEN
            self.unit.calendar_ahead_s = call.clock_ms / 1000 - self._now_s
        return echo.clock_answer

    def detect(self, detectors: Sequence[DetectorReport]) -> None:
        """Feed its detector inputs. Raises :class:`ValueError` for another number than it has."""
        if len(detectors) != len(self.detectors):
            raise ValueError(f"{len(detectors)} detector values for {len(self.detectors)} detectors")
        self.detectors = tuple(detectors)
