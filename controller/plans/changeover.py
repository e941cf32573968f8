"""From one plan to another at a junction: a few adjusted cycles, and the new plan is in step.

The usual transition of signal controllers, "short way" (FHWA Traffic Signal Timing Manual, second edition, section 7.6): the new
plan is entered in the stage that is running, and its cycles are then lengthened by up to 20 % or shortened by up to 17 %,
whichever is in step sooner, until the cycle begins with the network's clock. Lengthening stops at the maximum red; shortening
at the minimum greens. Stages keep their order and none is left out.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.plans.cycles import EPS, least_s, lengthened, longest_red_s, shortened
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.plan import Plan
from signal_drivers.stages import Stage
from signal_drivers.transitions import green_starts

LONGER, SHORTER = 0.20, 0.17


@dataclass(frozen=True, slots=True)
class Changeover:
    """Stages with the second at which each is requested, up to ``until_s``, from which ``plan`` runs by the network's clock."""

    starts_s: tuple[float, ...]
    stages: tuple[StageId, ...]
    until_s: float
    plan: Plan

    def stage_at(self, now_s: float) -> StageId:
        if now_s >= self.until_s - EPS:
            return self.plan.stage_at(now_s)
        return self.stages[max(0, bisect_right(self.starts_s, now_s + EPS) - 1)]


def changeover(junction: Junction, plan: Plan, running: StageId, running_s: float, red_s: Mapping[GroupId, float],
               now_s: float) -> Changeover:
    """The way into ``plan`` at ``now_s``.

    ``running`` was requested ``running_s`` seconds ago; ``red_s`` says for how long each red group has been red. Where
    somebody's red would pass the maximum before his stage comes, the stages before it are shortened to their minimum at most.
    """
    stages = [junction.stage[s.stage] for s in plan.splits]
    durations = plan.durations_s()
    if len(stages) == 1:
        return Changeover((now_s,), (stages[0].id,), now_s, plan)
    least = least_s(junction, stages)
    entry = _entry(junction.stage[running], stages)
    first = _first_pass(junction, stages, durations, least, entry, running, running_s, red_s)
    starts, row, at_s = [], [], now_s
    for i, seconds in first:
        starts.append(at_s)
        row.append(stages[i].id)
        at_s += seconds
    for cycle in _adjusted_cycles(junction, plan, stages, durations, least, at_s):
        for stage, seconds in zip(stages, cycle, strict=True):
            starts.append(at_s)
            row.append(stage.id)
            at_s += seconds
    return Changeover(tuple(starts), tuple(row), at_s, plan)


def _entry(running: Stage, stages: Sequence[Stage]) -> int:
    """The stage that is running, or the one most like it."""
    return max(range(len(stages)), key=lambda i: (stages[i].id == running.id, len(stages[i].green & running.green), -i))


def _first_pass(junction: Junction, stages: Sequence[Stage], durations: Sequence[float], least: Sequence[float], entry: int,
                running: StageId, running_s: float, red_s: Mapping[GroupId, float]) -> list[tuple[int, float]]:
    """(stage, seconds) from the entry to the end of the new plan's cycle."""
    gone_s = running_s if stages[entry].id == running else 0.0
    # The running stage may have to wait for its minimum green; what follows keeps its clearance and minimum.
    order = list(range(entry, len(stages)))
    seconds = [max(durations[entry] - gone_s, least[entry] - gone_s, 0.0), *(durations[i] for i in order[1:])]
    floor = [max(least[entry] - gone_s, 0.0), *(least[i] for i in order[1:])]
    waiting = {g: red for g, red in red_s.items() if g not in stages[entry].green}
    # Also those whose stage comes only after the cycle's end: what is before it is all that can be shortened here.
    later_s = 0.0
    for k, i in enumerate([*order[1:], *range(entry)], start=1):
        before = stages[i - 1]
        if k > len(order):
            later_s += durations[(i - 1) % len(stages)]
        for group in [g for g in waiting if g in stages[i].green]:
            n = min(k, len(order))
            due_s = junction.max_red_s - waiting.pop(group) - green_starts(junction, before, stages[i]).get(group, 0.0) - later_s
            over_s = sum(seconds[:n]) - due_s
            if over_s > 0:
                seconds[:n] = shortened(seconds[:n], floor[:n], over_s)
    return list(zip(order, seconds, strict=True))


def _adjusted_cycles(junction: Junction, plan: Plan, stages: Sequence[Stage], durations: Sequence[float], least: Sequence[float],
                     at_s: float) -> list[tuple[float, ...]]:
    """Cycles after which the plan's own begins at the network's second."""
    late_s = plan.second_of_cycle(at_s)
    if late_s < EPS or plan.cycle_s - late_s < EPS:
        return []
    room_s = sum(max(0.0, d - m) for d, m in zip(durations, least, strict=True))
    red_s = max((r for r in longest_red_s(junction, stages, durations).values() if math.isfinite(r)), default=0.0)
    longer_s = min(LONGER, junction.max_red_s / red_s - 1.0 if red_s > 0 else LONGER) * plan.cycle_s
    shorter_s = min(SHORTER * plan.cycle_s, room_s)
    early_s = plan.cycle_s - late_s
    ways = [(math.ceil(total / each - EPS), name) for name, total, each in
            (("longer", early_s, longer_s), ("shorter", late_s, shorter_s)) if each > 1.0]
    if not ways:
        # Neither is possible within the limits, in a plan that has no second to spare: the warden looks after who waits.
        ways = [(math.ceil(early_s / (LONGER * plan.cycle_s)), "longer")]
    count, way = min(ways)
    if way == "longer":
        return [lengthened(durations, early_s / count)] * count
    return [shortened(durations, least, late_s / count)] * count
