"""One pedestrian group through successive reports."""

from __future__ import annotations

from controller.archive.codes import Code
from controller.archive.tracks import LEAST_CLEARANCE_S, TICK_S, Aspect, Track
from signal_drivers.status import Head


class WalkTrack(Track):
    """Events of a pedestrian group: walk, clearance, don't walk. It has no yellow and none of the phase's own events."""

    def _begin_green(self, at_s: float) -> None:
        self._clear(at_s - TICK_S)
        self._add(Code.PED_BEGIN_WALK, at_s)

    def _end_green(self, at_s: float, detail: str = "") -> None:
        self._ended_s = at_s

    def _begin_yellow(self, at_s: float, detail: str = "") -> None:
        """An amber man is a red one."""

    def _begin_red(self, at_s: float, detail: str = "") -> None:
        self._add(Code.PED_BEGIN_CLEARANCE, at_s, detail)
        self._red_s = at_s
        self._clear_due_s = at_s + max(LEAST_CLEARANCE_S, self.clearance_s)

    def _clear(self, at_s: float) -> None:
        if self._clear_due_s is not None:
            self._add(Code.PED_BEGIN_SOLID_DONT_WALK, max(min(self._clear_due_s, at_s), self._red_s + TICK_S))
            self._clear_due_s = None

    def _out(self, was: Aspect, at_s: float) -> None:
        if was is Aspect.GREEN:
            self._begin_red(at_s)
        self._clear(at_s)

    @staticmethod
    def aspect(head: Head) -> Aspect:
        if head.is_green:
            return Aspect.GREEN
        return Aspect.OUT if head in (Head.DARK, Head.FLASHING_AMBER) else Aspect.RED
