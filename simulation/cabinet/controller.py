"""A whole virtual control unit around the clockwork: modes and their source, start-up, local plan, heartbeat, faults.

It behaves as field controllers do whatever the centre says or leaves unsaid: who is not heard any more no longer commands, what
the monitor has latched stays latched through a power cut, and lamps come back by flashing amber, all red, first stage.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from signal_drivers.groups import GroupKind
from signal_drivers.junction import Junction
from signal_drivers.monitor import OUT_OF_SERVICE, HeadMonitor
from signal_drivers.plan import Plan
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Fault, Head, Mode, ModeSource
from simulation.cabinet.clockwork import Clockwork
from simulation.cabinet.memory import FaultMemory

NO_FLASHING = (GroupKind.PEDESTRIAN, GroupKind.TRAM)
"""Heads without a flashing amber: they go out."""


@dataclass(frozen=True, slots=True)
class UnitTimes:
    """``heartbeat_limit_s`` without a new heartbeat and the centre no longer commands; ``flash_s`` of flashing amber and
    ``all_red_s`` (never less than the junction's longest intergreen) before the first stage."""

    heartbeat_limit_s: float = 10.0
    flash_s: float = 5.0
    all_red_s: float = 4.0


class ControlUnit:
    """One junction's unit on its own clock. :meth:`tick` lets time pass, the other methods are what reaches it from outside:
    the centre (:meth:`heartbeat`, :meth:`release`, :meth:`request`), the street (:meth:`mains`, :meth:`lamp`, :meth:`door`) and
    whoever stands before it (:meth:`panel`, :meth:`reset`).

    ``memory`` outlives the unit: give it to the next one, and what was latched is latched still.
    """

    def __init__(self, junction: Junction, plan: Plan, now_s: float, *, memory: FaultMemory | None = None,
                 times: UnitTimes | None = None) -> None:
        plan.check_against(junction)
        self.junction, self.plan = junction, plan
        self.times = times or UnitTimes()
        self.memory = memory if memory is not None else FaultMemory()
        self.faults: set[Fault] = set()
        self.refused: str = ""
        """Why the last request was refused; empty where it was taken."""
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

    # What the centre says.

    def heartbeat(self, counter: int, now_s: float) -> None:
        """A counter that stands still is no sign of life."""
        if self._heard is None or self._heard[0] != counter:
            self._heard = counter, now_s

    def release(self) -> None:
        """The centre hands back: the local plan takes over at once."""
        self._heard = None

    def request(self, request: StageRequest, now_s: float) -> bool:
        """Take over a stage request, or say in ``refused`` why not."""
        self.refused = self._objection(request, now_s)
        if self.refused:
            return False
        assert self._clock is not None
        if not self._clock.request(request, now_s):
            self.refused = "a minimum green still runs" if self._clock.settled else "in transition"
            return False
        self._sequence = request.sequence
        self._show(now_s)
        return True

    def _objection(self, request: StageRequest, now_s: float) -> str:
        mode, _ = self.mode(now_s)
        if request.junction != self.junction.id:
            return f"this is {self.junction.id}"
        if mode is not Mode.CENTRAL:
            return f"mode is {mode}"
        if request.stage not in self.junction.stage:
            return f"no stage {request.stage}"
        if not now_s <= request.expires_s:
            return "expired"
        if request.sequence <= self._sequence:
            return f"sequence {request.sequence} was used"
        return ""

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
        if now_s - self._began_s < self.times.flash_s + self._all_red_s:
            return Mode.LOCAL, ModeSource.START_UP
        if self._panel is Mode.MANUAL:
            return Mode.MANUAL, ModeSource.PANEL
        if self._heard is not None and now_s - self._heard[1] < self.times.heartbeat_limit_s:
            return Mode.CENTRAL, ModeSource.CENTRE
        return Mode.LOCAL, ModeSource.TIMETABLE

    def tick(self, now_s: float) -> None:
        """Let time pass."""
        mode, source = self.mode(now_s)
        if mode in OUT_OF_SERVICE or source is ModeSource.START_UP:
            self._show(now_s)
            return
        if self._clock is None:
            self._clock = Clockwork(self.junction, now_s, self.plan.stage_at(now_s))
        self._clock.tick(now_s)
        wanted = self.plan.stage_at(now_s)
        if mode is Mode.LOCAL and self._clock.settled and self._clock.stage != wanted:
            self._clock.request(StageRequest(self.junction.id, wanted, 0, now_s, now_s), now_s)
        self._show(now_s)
        self._watch(now_s)

    def _watch(self, now_s: float) -> None:
        """The unit's own monitor has the last word on its heads."""
        self._monitor.watch(self.status(now_s))
        conflict = self._monitor.conflict
        if conflict is not None and now_s - conflict.since_s >= self.junction.limits.conflict_latch_s:
            self.faults.add(Fault.CONFLICT)
            self._latch(Fault.CONFLICT, now_s)

    def _show(self, now_s: float) -> None:
        heads = self._heads(now_s)
        if self._clock is not None and heads == tuple(self._clock.heads):
            since_s = tuple(self._clock.head_since_s)
        else:
            since_s = tuple(since if head is was else now_s for head, was, since in
                            zip(heads, self._shown or (None,) * len(heads), self._since_s or (now_s,) * len(heads), strict=True))
        self._shown, self._since_s = heads, since_s

    def _heads(self, now_s: float) -> tuple[Head, ...]:
        mode, source = self.mode(now_s)
        if mode is Mode.DARK:
            return (Head.DARK,) * len(self.junction.groups)
        if mode is Mode.FLASHING:
            return tuple(Head.FLASHING_AMBER if g.kind not in NO_FLASHING else Head.DARK for g in self.junction.groups)
        if self._clock is None or source is ModeSource.START_UP:
            return (Head.RED,) * len(self.junction.groups)
        return tuple(self._clock.heads)

    def status(self, now_s: float) -> CabinetStatus:
        """What it reports."""
        mode, source = self.mode(now_s)
        faults = frozenset(self.faults | self.memory.latched | (set() if self._powered else {Fault.MAINS}))
        if self._clock is None:
            return CabinetStatus(self.junction.id, now_s, None, self.plan.stage_at(now_s), self._began_s, self._shown,
                                 self._since_s, self._sequence, mode=mode, mode_source=source, faults=faults)
        told = self._clock.status(now_s)
        return replace(told, heads=self._shown, head_since_s=self._since_s, echo_sequence=self._sequence, mode=mode,
                       mode_source=source, faults=faults, stage=None if mode in OUT_OF_SERVICE else told.stage)
