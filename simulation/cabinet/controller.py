"""A whole virtual control unit around the clockwork: modes and their source, start-up, local plan, heartbeat, faults.

It behaves as field controllers do whatever the centre says or leaves unsaid: who is not heard any more no longer commands, what
the monitor has latched stays latched through a power cut, and lamps come back by flashing amber, all red, first stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.monitor import OUT_OF_SERVICE, HeadMonitor
from signal_drivers.plan import Plan
from signal_drivers.requests import StageRequest
from signal_drivers.status import NO_CALLS, CabinetStatus, Fault, Head, Mode, ModeSource
from signal_drivers.wire.command import Wanted
from signal_drivers.wire.report import Answer
from simulation.cabinet.clockwork import Clockwork
from simulation.cabinet.memory import FaultMemory

NO_FLASHING = (GroupKind.PEDESTRIAN, GroupKind.TRAM)
"""Heads without a flashing amber: they go out."""


CLOCKS_APART_S = 1.0
"""A request may seem to come from so far in the future: the centre's idea of our uptime is that good at least."""


@dataclass(frozen=True, slots=True)
class UnitTimes:
    """``heartbeat_limit_s`` without a new heartbeat and the centre no longer commands; ``flash_s`` of flashing amber and
    ``all_red_s`` (never less than the junction's longest intergreen) before the first stage."""

    heartbeat_limit_s: float = 10.0
    flash_s: float = 5.0
    all_red_s: float = 4.0


class ControlUnit:
    """One junction's unit on its own clock. :meth:`tick` lets time pass, the other methods are what reaches it from outside:
    the centre (:meth:`heartbeat`, :meth:`want`, :meth:`request`), the street (:meth:`mains`, :meth:`lamp`, :meth:`door`) and
    whoever stands before it (:meth:`panel`, :meth:`reset`).

    ``plans`` are its own, the first of them the one it runs by itself. ``now_s`` is its uptime everywhere; its calendar clock,
    which plans follow, is ``calendar_ahead_s`` in front of that.

    ``memory`` outlives the unit: give it to the next one, and what was latched is latched still.
    """

    def __init__(self, junction: Junction, plans: Sequence[Plan], now_s: float, *, memory: FaultMemory | None = None,
                 times: UnitTimes | None = None, calendar_ahead_s: float = 0.0) -> None:
        for plan in plans:
            plan.check_against(junction)
        self.junction, self.plans, self.calendar_ahead_s = junction, tuple(plans), calendar_ahead_s
        self._wanted, self._ordered = Wanted.CENTRAL, 0
        self.times = times or UnitTimes()
        self.memory = memory if memory is not None else FaultMemory()
        self.faults: set[Fault] = set()
        self.answer = Answer.NONE
        """What became of the last request."""
        self.hurry: tuple[StageId, float, int] | None = None
        """Stage that an emergency call wants, until when, and its level."""
        self.stuck = False
        """The clockwork stands still, as a fault in the field would have it."""
        self.conflict_shown = False
        """The lamp switches show a green that nobody ordered; only the unit's monitor can end it."""
        self._calls: Mapping[GroupId, float] = NO_CALLS
        self._monitor = HeadMonitor(junction)
        self._all_red_s = max([self.times.all_red_s, *(seconds for _, seconds in junction.intergreens.items())])
        self._powered = True
        self._panel: Mode | None = None
        self._heard: tuple[int, float] | None = None
        self._sequence = 0
        self._clock: Clockwork | None = None
        self._began_s = now_s
        self._shown: tuple[Head, ...] = ()
        self._since_s: tuple[float, ...] = ()
        self._show(now_s)

    @property
    def heads(self) -> tuple[Head, ...]:
        """What they show; the same object as long as nothing changes."""
        return self._shown

    # What the centre says.

    def heartbeat(self, counter: int, now_s: float) -> None:
        """A counter that stands still is no sign of life."""
        if self._heard is None or self._heard[0] != counter:
            self._heard = counter, now_s

    def want(self, wanted: Wanted, plan: int, calls: Mapping[GroupId, float], now_s: float) -> Answer:
        """Standing orders, which hold as long as the heartbeat comes: the mode, the number of a plan of its own to run (0 for
        none), and who has waited since when."""
        if plan > len(self.plans):
            return Answer.UNKNOWN
        flashed = self._flashed(now_s)
        self._wanted, self._ordered, self._calls = wanted, plan, calls
        if flashed and not self._flashed(now_s):
            self._start(now_s)
        return Answer.TAKEN

    def request(self, request: StageRequest, now_s: float) -> bool:
        """Take over a stage request; ``answer`` says what became of it."""
        self.answer = self._objection(request, now_s)
        if self.answer is Answer.TAKEN:
            assert self._clock is not None
            if not self._clock.request(request, now_s):
                self.answer = Answer.MINIMUM_GREEN if self._clock.settled else Answer.IN_TRANSITION
        if self.answer is not Answer.TAKEN:
            return False
        self._sequence = request.sequence
        self._show(now_s)
        return True

    def _objection(self, request: StageRequest, now_s: float) -> Answer:
        if request.sequence <= self._sequence:
            return Answer.OLD_SEQUENCE
        if request.junction != self.junction.id or request.stage not in self.junction.stage:
            return Answer.UNKNOWN
        if not request.issued_s - CLOCKS_APART_S <= now_s <= request.expires_s:
            return Answer.EXPIRED
        if self.mode(now_s)[0] is not Mode.CENTRAL:
            return Answer.NOT_CENTRAL
        if self._ordered or self._hurried(now_s) or self.stuck:
            return Answer.NOT_ALLOWED
        return Answer.TAKEN

    def hurry_call(self, stage: StageId | None, until_s: float, level: int, now_s: float) -> Answer:
        """An emergency vehicle's stage, reached as soon as minimum greens and intergreens let it and held until ``until_s``;
        None ends the call that stands. A call of a higher level is not pushed aside."""
        if stage is None:
            self.hurry = None
            return Answer.TAKEN
        if stage not in self.junction.stage:
            return Answer.UNKNOWN
        if self.mode(now_s)[0] is not Mode.CENTRAL:
            return Answer.NOT_CENTRAL
        if self._hurried(now_s) and self.hurry is not None and self.hurry[2] > level:
            return Answer.NOT_ALLOWED
        self.hurry = stage, until_s, level
        return Answer.TAKEN

    def _hurried(self, now_s: float) -> bool:
        return self.hurry is not None and now_s < self.hurry[1]

    def _central(self, now_s: float) -> bool:
        return self._heard is not None and now_s - self._heard[1] < self.times.heartbeat_limit_s

    def _flashed(self, now_s: float) -> bool:
        return self._wanted is Wanted.FLASHING and self._central(now_s)

    # What happens to it.

    def mains(self, on: bool, now_s: float) -> None:
        """Power fails or comes back; the centre has to be heard anew afterwards."""
        if on == self._powered:
            return
        self._powered, self._heard = on, None
        self._start(now_s)

    def lamp(self, failed_red: bool, now_s: float) -> None:
        """A lamp fails; without its red a group cannot be stopped, and the junction flashes."""
        self.faults.add(Fault.LAMP)
        if failed_red:
            self._latch(Fault.LAMP, now_s)

    def door(self, opened: bool) -> None:
        (self.faults.add if opened else self.faults.discard)(Fault.DOOR)

    def panel(self, mode: Mode | None, now_s: float) -> None:
        """A police officer's or technician's switch: MANUAL holds the stage, FLASHING and DARK do what they say, None lets go."""
        before, self._panel = self._panel, mode
        if before in OUT_OF_SERVICE and mode not in OUT_OF_SERVICE:
            self._start(now_s)
        else:
            self._show(now_s)

    def reset(self, now_s: float) -> None:
        """A person clears what was latched; the junction starts anew."""
        if self.memory.latched or self.faults:
            self.memory.clear()
            self.faults.clear()
            self.conflict_shown = False
            self._start(now_s)

    def _start(self, now_s: float) -> None:
        self._began_s, self._clock = now_s, None
        self._show(now_s)

    def _latch(self, fault: Fault, now_s: float) -> None:
        self.memory.latch(fault)
        self._clock = None
        self._show(now_s)

    # What it does.

    def mode(self, now_s: float) -> tuple[Mode, ModeSource]:
        """What it does now, and on whose account."""
        if not self._powered:
            return Mode.DARK, ModeSource.FAULT
        if self.memory.latched:
            return Mode.FLASHING, ModeSource.FAULT
        if self._panel is not None and self._panel in OUT_OF_SERVICE:
            return self._panel, ModeSource.PANEL
        if now_s - self._began_s < self.times.flash_s:
            return Mode.FLASHING, ModeSource.START_UP
        if self._flashed(now_s):
            return Mode.FLASHING, ModeSource.CENTRE
        if now_s - self._began_s < self.times.flash_s + self._all_red_s:
            return Mode.LOCAL, ModeSource.START_UP
        if self._panel is Mode.MANUAL:
            return Mode.MANUAL, ModeSource.PANEL
        if self._wanted is Wanted.CENTRAL and self._central(now_s):
            return Mode.CENTRAL, ModeSource.CENTRE
        return Mode.LOCAL, ModeSource.TIMETABLE

    @property
    def plan(self) -> Plan:
        """The plan that runs or would run."""
        return self.plans[max(0, self._ordered - 1)]

    def _due(self, mode: Mode, now_s: float) -> StageId | None:
        """The stage that should run by somebody else's word than a request's."""
        if mode is Mode.CENTRAL and self._hurried(now_s):
            assert self.hurry is not None
            return self.hurry[0]
        if mode is Mode.LOCAL or (mode is Mode.CENTRAL and self._ordered):
            return self.plan.stage_at(now_s + self.calendar_ahead_s)
        return None

    def tick(self, now_s: float) -> None:
        """Let time pass."""
        if self._flashing_ended(now_s):
            self._start(now_s)
        mode, source = self.mode(now_s)
        if mode in OUT_OF_SERVICE or source is ModeSource.START_UP:
            if mode in OUT_OF_SERVICE:
                self._clock = None
            self._show(now_s)
            return
        if mode is not Mode.CENTRAL:
            self._calls, self.hurry = NO_CALLS, None
            if mode is Mode.LOCAL:
                self._ordered = 0
        if self._clock is None:
            self._clock = Clockwork(self.junction, now_s, self.plan.stage_at(now_s + self.calendar_ahead_s))
        if not self.stuck:
            self._clock.tick(now_s)
            due = self._due(mode, now_s)
            if due is not None and self._clock.settled and self._clock.stage != due:
                self._clock.request(StageRequest(self.junction.id, due, 0, now_s, now_s), now_s)
        self._show(now_s)
        self._watch(now_s)

    def _flashing_ended(self, now_s: float) -> bool:
        """The centre that had it flash is not heard any more."""
        if self._wanted is Wanted.FLASHING and not self._central(now_s):
            self._wanted = Wanted.CENTRAL
            return self._clock is None
        return False

    def _watch(self, now_s: float) -> None:
        """The unit's own monitor has the last word on its heads."""
        self._monitor.watch(self.status(now_s))
        conflict = self._monitor.conflict
        if conflict is not None and now_s - conflict.since_s >= self.junction.limits.conflict_latch_s:
            self.faults.add(Fault.CONFLICT)
            self.conflict_shown = False
            self._latch(Fault.CONFLICT, now_s)

    def _show(self, now_s: float) -> None:
        heads = self._heads(now_s)
        if self._clock is not None and heads == tuple(self._clock.heads):
            since_s = tuple(self._clock.head_since_s)
        else:
            since_s = tuple(since if head is was else now_s for head, was, since in
                            zip(heads, self._shown or (None,) * len(heads), self._since_s or (now_s,) * len(heads), strict=True))
        self._shown, self._since_s = self._shown if heads == self._shown else heads, since_s

    def _heads(self, now_s: float) -> tuple[Head, ...]:
        mode, source = self.mode(now_s)
        if mode is Mode.DARK:
            return (Head.DARK,) * len(self.junction.groups)
        if mode is Mode.FLASHING:
            return tuple(Head.FLASHING_AMBER if g.kind not in NO_FLASHING else Head.DARK for g in self.junction.groups)
        if self._clock is None or source is ModeSource.START_UP:
            return (Head.RED,) * len(self.junction.groups)
        heads = tuple(self._clock.heads)
        return self._with_conflict(heads) if self.conflict_shown else heads

    def _with_conflict(self, heads: tuple[Head, ...]) -> tuple[Head, ...]:
        """``heads`` with the first group green that must not be beside one that is."""
        junction = self.junction
        for group, head in zip(junction.groups, heads, strict=True):
            if head is Head.GREEN:
                for other in junction.intergreens.after(group.id):
                    i = junction.index[other]
                    if heads[i] is Head.RED:
                        return (*heads[:i], Head.GREEN, *heads[i + 1:])
        return heads

    def status(self, now_s: float) -> CabinetStatus:
        """What it reports."""
        mode, source = self.mode(now_s)
        faults = frozenset(self.faults | self.memory.latched | (set() if self._powered else {Fault.MAINS}))
        told = None if self._clock is None else self._clock.status(now_s)
        if told is None:
            first = self.plan.stage_at(now_s + self.calendar_ahead_s)
            return CabinetStatus(self.junction.id, now_s, None, first, self._began_s, self._shown, self._since_s, self._sequence,
                                 self._calls, mode, source, faults)
        return replace(told, heads=self._shown, head_since_s=self._since_s, echo_sequence=self._sequence, mode=mode,
                       mode_source=source, faults=faults, call_since_s=self._calls,
                       stage=None if mode in OUT_OF_SERVICE else told.stage)
