"""One signal group through successive reports: its events, each once, at the time the cabinet gives for the change.

What lies between two reports is filled in only where it follows: a yellow that nobody saw has lasted as long as it does, and
says ``inferred``. A whole green that nobody saw is not made up; that one was missed is noted.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from controller.archive.codes import Code
from controller.archive.event import Event
from signal_drivers.groups import SignalGroup
from signal_drivers.status import Head

SAME_S = 0.05
"""Two beginnings so near each other on the cabinet's clock are one."""
LEAST_CLEARANCE_S = 0.1
"""Of an end of clearance after its beginning: readers sort by time, and nothing else keeps the two apart."""
TICK_S = 0.001
INFERRED = "inferred"


class Aspect(Enum):
    RED = 1
    GREEN = 2
    YELLOW = 3
    OUT = 4


class Seen(NamedTuple):
    """A head as one report has it: since when on our clock, that of the report, and how far ours is in front of the cabinet's."""

    head: Head
    since_s: float
    reported_s: float
    ahead_s: float

    def same_as(self, other: Seen) -> bool:
        return abs((self.since_s - self.ahead_s) - (other.since_s - other.ahead_s)) < SAME_S


class Track:
    """Events of one group that has a yellow. ``clearance_s`` runs from the end of its green."""

    def __init__(self, group: SignalGroup, device: int, phase: int, yellow_s: float, clearance_s: float) -> None:
        self.device, self.phase, self.min_green_s = device, phase, group.min_green_s
        self.yellow_s, self.clearance_s = yellow_s, clearance_s
        self.ended_by = Code.PHASE_FORCE_OFF
        """Why the next green ends."""
        self._was: Seen | None = None
        self._min_due_s: float | None = None
        self._ended_s: float | None = None
        self._red_s = 0.0
        self._clear_due_s: float | None = None
        self._made: list[Event] = []

    @staticmethod
    def aspect(head: Head) -> Aspect:
        if head.is_green:
            return Aspect.GREEN
        if head is Head.AMBER:
            return Aspect.YELLOW
        return Aspect.OUT if head in (Head.DARK, Head.FLASHING_AMBER) else Aspect.RED

    def note(self, now: Seen, after_s: float) -> list[Event]:
        """Events that ``now`` shows for the first time. What the first report of all shows counts where it began after
        ``after_s``."""
        was, self._was, self._made = self._was, now, []
        is_now = self.aspect(now.head)
        if was is None:
            if is_now is Aspect.GREEN and now.since_s > after_s:
                self._begin_green(now.since_s)
        elif self.aspect(was.head) is is_now:
            if not now.same_as(was) and self._really_anew(was, now, is_now):
                self._missed(was, now, is_now)
        else:
            self._changed(was, now, self.aspect(was.head), is_now)
        self._due(now.reported_s)
        return self._made

    def _really_anew(self, was: Seen, now: Seen, aspect: Aspect) -> bool:
        if aspect is Aspect.GREEN:
            # One that stops yielding may be given a new beginning; a new green has had a yellow before it.
            return now.since_s > was.reported_s + (self.yellow_s if was.head is not now.head else 0.0)
        return was.head is now.head and now.since_s > was.reported_s

    def _changed(self, was: Seen, now: Seen, was_aspect: Aspect, is_now: Aspect) -> None:
        at_s = now.since_s
        if is_now is Aspect.OUT:
            self._out(was_aspect, at_s)
        elif is_now is Aspect.GREEN:
            if was_aspect is Aspect.YELLOW:
                self._yellow_cut(was, at_s)
            self._begin_green(at_s)
        elif is_now is Aspect.YELLOW:
            if was_aspect is Aspect.RED:
                self._add(Code.HEADS_MISSED, at_s)
                self._clear(at_s)
            self._end_green(at_s)
            self._begin_yellow(at_s)
        elif was_aspect is Aspect.GREEN:
            self._green_to_red(was, at_s)
        elif was_aspect is Aspect.YELLOW:
            self._add(Code.PHASE_END_YELLOW, at_s)
            self._begin_red(at_s)

    def _missed(self, was: Seen, now: Seen, aspect: Aspect) -> None:
        """The same again, but since later: a whole cycle of the group lies between."""
        self._add(Code.HEADS_MISSED, now.since_s)
        self._ended_s = None
        if aspect is Aspect.GREEN:
            self._min_due_s = None
            self._begin_green(now.since_s)
        elif aspect is Aspect.YELLOW:
            self._begin_yellow(now.since_s)
        elif aspect is Aspect.RED:
            self._clear(was.reported_s)
            self._begin_red(now.since_s)

    def _green_to_red(self, was: Seen, red_s: float) -> None:
        unseen_s = max(red_s - self.yellow_s, was.reported_s)
        if self.yellow_s > 0 and red_s - unseen_s >= self.yellow_s - SAME_S:
            self._end_green(unseen_s, INFERRED)
            self._begin_yellow(unseen_s, INFERRED)
            self._add(Code.PHASE_END_YELLOW, red_s)
        else:
            self._end_green(red_s)
        self._begin_red(red_s)

    def _yellow_cut(self, was: Seen, green_s: float) -> None:
        """From yellow to green: there was a red that nobody saw, or none."""
        red_s = max(was.since_s + self.yellow_s, was.reported_s)
        if red_s < green_s - LEAST_CLEARANCE_S:
            self._add(Code.PHASE_END_YELLOW, red_s, INFERRED)
            self._begin_red(red_s, INFERRED)
        else:
            self._add(Code.PHASE_END_YELLOW, green_s)

    def _out(self, was: Aspect, at_s: float) -> None:
        self._clear(at_s)
        if was is Aspect.GREEN:
            self._end_green(at_s)
        elif was is Aspect.YELLOW:
            self._add(Code.PHASE_END_YELLOW, at_s)
        if was in (Aspect.GREEN, Aspect.YELLOW):
            self._add(Code.PHASE_INACTIVE, at_s)

    def _begin_green(self, at_s: float) -> None:
        self._clear(at_s - TICK_S)
        self._add(Code.PHASE_ON, at_s)
        self._add(Code.PHASE_BEGIN_GREEN, at_s)
        self._min_due_s = at_s + self.min_green_s

    def _end_green(self, at_s: float, detail: str = "") -> None:
        self._minimum(at_s)
        self._min_due_s, self._ended_s = None, at_s
        self._add(self.ended_by, at_s, detail)
        self._add(Code.PHASE_GREEN_TERMINATION, at_s, detail)

    def _begin_yellow(self, at_s: float, detail: str = "") -> None:
        self._add(Code.PHASE_BEGIN_YELLOW, at_s, detail)

    def _begin_red(self, at_s: float, detail: str = "") -> None:
        self._add(Code.PHASE_BEGIN_RED_CLEARANCE, at_s, detail)
        ended_s = at_s - self.yellow_s if self._ended_s is None else self._ended_s
        self._red_s = at_s
        self._clear_due_s = max(at_s + LEAST_CLEARANCE_S, ended_s + self.clearance_s)

    def _minimum(self, until_s: float) -> None:
        if self._min_due_s is not None and self._min_due_s <= until_s:
            self._add(Code.PHASE_MIN_COMPLETE, self._min_due_s)
            self._min_due_s = None

    def _clear(self, at_s: float) -> None:
        """The clearance is over, at the latest now."""
        if self._clear_due_s is not None:
            over_s = max(min(self._clear_due_s, at_s), self._red_s + TICK_S)
            self._clear_due_s = None
            self._add(Code.PHASE_END_RED_CLEARANCE, over_s)
            self._add(Code.PHASE_INACTIVE, over_s)

    def _due(self, until_s: float) -> None:
        """What is over by itself once its time has run."""
        self._minimum(until_s)
        if self._clear_due_s is not None and self._clear_due_s <= until_s:
            self._clear(until_s)

    def _add(self, code: Code, at_s: float, detail: str = "") -> None:
        # A head may be older than 1970 where a run's clock begins there.
        self._made.append(Event(max(0.0, at_s), self.device, code, self.phase, detail))
