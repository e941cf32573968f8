"""One junction's cycle, run by the clock, and how it is kept in step with its corridor's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from controller.plans.changeover import LONGER, SHORTER
from controller.plans.cycles import EPS, least_s, lengthened, longest_red_s, shortened, whole_seconds
from signal_drivers.ids import StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan
from signal_drivers.stages import Stage

RED_RESERVE_S = 8.0
"""A lengthened cycle stays this far from the maximum red, so that stage changes may still be moved in it."""


@dataclass
class CorridorClock:
    """What the junctions of a corridor share: ``cycle_s`` and the second ``start_s`` from which offsets count."""

    cycle_s: float
    start_s: float = 0.0


class Runner:
    """Stage by stage through cycles. ``base`` (seconds by stage) and ``offset_s`` are what the optimisers change; ``ends_s`` are
    the stage changes of the present cycle, on the controller's clock, and what is moved in it alone."""

    def __init__(self, junction: Junction, plan: Plan, clock: CorridorClock, turns: int) -> None:
        self.junction, self.clock, self.turns = junction, clock, turns
        self.stages: tuple[Stage, ...] = tuple(junction.stage[s.stage] for s in plan.splits)
        self.least = least_s(junction, self.stages) if len(self.stages) > 1 else (1.0,)
        self.base: tuple[float, ...] = plan.durations_s()
        self.offset_s = plan.offset_s
        self.index = 0
        self.cycle_start_s = math.nan
        self.ends_s: list[float] = []
        self.cycles = 0
        self._length_s = sum(self.base)

    @property
    def nominal_end_s(self) -> float:
        """When the present cycle ends, whatever becomes of its last stage."""
        return self.cycle_start_s + self._length_s

    @property
    def cycle_s(self) -> float:
        """Its own: the corridor's, or a part of it for one that turns more than once."""
        return self.clock.cycle_s / self.turns

    @property
    def wanted(self) -> StageId:
        return self.stages[self.index].id

    def advance(self, now_s: float) -> int | None:
        """Let time pass to ``now_s``; the number of the stage that ended, or None while none did."""
        if not self.ends_s:
            self._begin(now_s - (now_s - self.clock.start_s - self.offset_s) % self.cycle_s, self.base)
            self.index = next((i for i, end in enumerate(self.ends_s) if end > now_s + EPS), 0)
            return None
        if now_s < self.ends_s[self.index] - EPS or len(self.stages) == 1:
            return None
        ended = self.index
        self.index += 1
        if self.index == len(self.stages):
            self.index = 0
            self._next_cycle()
        return ended

    def _begin(self, start_s: float, durations: Sequence[float]) -> None:
        self.cycle_start_s = start_s
        self.ends_s = [start_s + t for t in accumulate(durations)]

    def _next_cycle(self) -> None:
        """Nominal stage changes of the next cycle, longer or shorter where that brings it into step."""
        # A last stage that was moved does not move the cycle: its nominal end does not know of it.
        start_s = self.nominal_end_s
        late_s = (start_s - self.clock.start_s - self.offset_s) % self.cycle_s
        self._begin(start_s, self.in_step(self.base, late_s))
        self._length_s = self.ends_s[-1] - start_s
        self.cycles += 1

    def in_step(self, durations: Sequence[float], late_s: float) -> tuple[float, ...]:
        """One cycle that ends less out of step than it begins, ``late_s`` after the clock's."""
        cycle_s = sum(durations)
        early_s = cycle_s - late_s
        if late_s < 0.5 or early_s < 0.5:
            return tuple(durations)
        red_s = max((r for r in longest_red_s(self.junction, self.stages, durations).values() if math.isfinite(r)), default=0.0)
        room_s = (self.junction.max_red_s - RED_RESERVE_S) / red_s - 1.0 if red_s > 0 else LONGER
        longer_s = max(0.0, min(LONGER, room_s)) * cycle_s
        shorter_s = min(SHORTER * cycle_s, sum(max(0.0, d - m) for d, m in zip(durations, self.least, strict=True)))
        if longer_s > 0.5 and (shorter_s < 0.5 or early_s / longer_s <= late_s / shorter_s):
            return lengthened(durations, min(early_s, longer_s))
        return shortened(durations, self.least, min(late_s, shorter_s))

    def rescale(self, cycle_s: float) -> None:
        """Stretch or shrink ``base`` to a new own cycle, in whole seconds, none below its least."""
        self.base = whole_seconds(self.scaled(cycle_s), self.least)

    def scaled(self, cycle_s: float) -> tuple[float, ...]:
        """The present splits at another cycle: what each has above its least, in the same proportion."""
        free = [max(0.0, d - m) for d, m in zip(self.base, self.least, strict=True)]
        room_s, total = max(0.0, cycle_s - sum(self.least)), sum(free)
        return tuple(m + room_s * (f / total if total > EPS else 1.0 / len(free))
                     for m, f in zip(self.least, free, strict=True))
