"""Cycle and splits of one junction after Webster, from flows and saturation flows.

Sources: F. V. Webster, Traffic signal settings, Road Research Technical Paper 39, HMSO 1958 (cycle of least
delay C = (1.5 L + 5) / (1 - Y), greens in proportion to the critical flow ratios y); Highway Capacity Manual
(start-up lost time 2 s, extension of effective green 2 s, turn factors 0.95 left and 0.85 right, gap
acceptance of permissive left turns).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.estimate import START_UP_LOSS_S, turns_of
from signal_drivers.ids import GroupId, LaneId, StageId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Turn
from signal_drivers.plan import Plan, Split
from signal_drivers.stages import Stage
from signal_drivers.transitions import transition_s

SATURATION_VPH = 1800.0
TURN_FACTOR = {Turn.THROUGH: 1.0, Turn.RIGHT: 0.85, Turn.LEFT: 0.95, Turn.U_TURN: 0.8, Turn.CROSSING: 1.0}
YELLOW_USED_S = 2.0
CRITICAL_GAP_S, FOLLOW_UP_S = 4.5, 2.5
"""HCM, permissive left turns: gap a driver accepts in the opposing flow, and time between two who use the
same gap."""
UNKNOWN_FLOW_VPH = 300.0
SNEAKERS_VPH = 120.0
"""Permissive turners who leave at the end of green whatever the opposing flow (about two a cycle)."""
MIN_CYCLE_S, MAX_CYCLE_S = 40.0, 120.0
HIGHEST_LOAD = 0.92
"""Webster's cycle grows without bound as Y goes to 1; above this Y the longest cycle is taken."""
HIGHEST_SATURATION = 0.85
"""Degree of saturation above which random arrivals begin to leave queues over from cycle to cycle (Webster's
practical capacity is 0.9)."""

Flows = Mapping[tuple[LaneId, GroupId], float]


@dataclass(frozen=True, slots=True)
class Timing:
    """Stages in running order with the seconds each has from its request to the next one's; ``load`` is
    Webster's Y."""

    stages: tuple[StageId, ...]
    duration_s: tuple[float, ...]
    load: float

    @property
    def cycle_s(self) -> float:
        return sum(self.duration_s)

    def plan(self, junction: Junction, *, offset_s: float = 0.0, name: str = "") -> Plan:
        starts, at_s = [], 0.0
        for stage, duration in zip(self.stages, self.duration_s, strict=True):
            starts.append(Split(stage, at_s))
            at_s += duration
        plan = Plan(junction.id, self.cycle_s, tuple(starts), offset_s, name)
        plan.check_against(junction)
        return plan


def webster_cycle_s(lost_s: float, load: float) -> float:
    """Cycle of least delay, s, for ``lost_s`` seconds lost a cycle and Y = ``load`` (Webster 1958). Infinite
    from Y = 1."""
    return (1.5 * lost_s + 5.0) / (1.0 - load) if load < 1.0 else math.inf


def permissive_left_vph(opposing_vph: float) -> float:
    """Saturation flow of a left turn that filters through ``opposing_vph`` (HCM gap acceptance), veh/h."""
    if opposing_vph < 1.0:
        return 3600.0 / FOLLOW_UP_S
    per_s = opposing_vph / 3600.0
    return max(SNEAKERS_VPH, opposing_vph * math.exp(-per_s * CRITICAL_GAP_S) / (1.0 - math.exp(-per_s * FOLLOW_UP_S)))


def needed_stages(junction: Junction) -> tuple[Stage, ...]:
    """Stages that together serve every group, in the junction's order: those that add nothing are dropped,
    smallest first."""
    kept = list(junction.without_hurry.stages)
    for stage in sorted(kept, key=lambda s: (len(s.protected()), len(s.green))):
        others = [s for s in kept if s is not stage]
        if not others:
            break
        served = frozenset().union(*(s.green for s in others))
        protected = frozenset().union(*(s.protected() for s in others))
        # A stage that alone protects a turn is kept: it is why somebody drew it.
        if stage.green <= served and stage.protected() <= protected:
            kept = others
    return tuple(kept)


def _without(junction: Junction, stages: Sequence[Stage], idle: Sequence[Stage]) -> tuple[Stage, ...]:
    """``stages`` less those of ``idle`` that the others can do without."""
    kept = list(stages)
    everybody = {g.id for g in junction.groups}
    for stage in idle:
        others = [s for s in kept if s is not stage]
        if others and everybody <= frozenset().union(*(s.green for s in others)):
            kept = others
    return tuple(kept)


def shortest_s(junction: Junction, before: Stage, stage: Stage) -> float:
    """Least seconds from requesting ``stage`` to requesting the next: clearance and the minimum greens it
    starts, and the second that control needs to ask for anything. A group that stops yielding counts as starting: a
    protected turn shorter than its minimum green helps nobody."""
    gains = (stage.green - before.green) | (before.yielding & stage.protected())
    return max(1.0, transition_s(junction, before, stage) + max((junction.group[g].min_green_s for g in gains), default=0.0))


def saturation_vph(junction: Junction, lane: Lane, groups: Sequence[GroupId], stage: Stage, flows: Flows) -> float:
    """Saturation flow of ``lane`` with ``groups`` green in ``stage``, veh/h: harmonic mean over its movements
    by flow, as the HCM does for shared lanes."""
    total, time = 0.0, 0.0
    for g in groups:
        flow = max(flows.get((lane.id, g), UNKNOWN_FLOW_VPH), 1.0)
        turns = turns_of(junction, lane, g)
        own = SATURATION_VPH * sum(TURN_FACTOR[t] for t in turns) / len(turns)
        if g in stage.yielding:
            opposing = sum(_lane_flow(lane2, h, flows) for h in stage.protected() if junction.intergreens.conflict(g, h)
                           for lane2 in junction.lanes_of[h])
            own = min(own, permissive_left_vph(opposing))
        total, time = total + flow, time + flow / own
    return total / time


def _lane_flow(lane: Lane, group: GroupId, flows: Flows) -> float:
    return flows.get((lane.id, group), UNKNOWN_FLOW_VPH / len(lane.groups))


def flow_ratios(junction: Junction, stages: Sequence[Stage], flows: Flows) -> tuple[float, ...]:
    """Critical flow ratio y of each stage: flow over saturation flow of its most loaded lane.

    A movement that several stages serve needs their sum, each weighted with what it lets through (less where
    it yields). What is still missing after the movements with fewer stages have theirs goes to the stages
    that let most through. Where ``flows`` is empty every stage gets the same.
    """
    if not flows:
        return tuple(0.8 / len(stages) for _ in stages)
    needs: list[tuple[int, float, tuple[int, ...], tuple[float, ...]]] = []
    for lane in junction.lanes:
        parts: dict[tuple[int, ...], list[GroupId]] = {}
        for g in lane.groups:
            parts.setdefault(tuple(i for i, s in enumerate(stages) if g in s.green), []).append(g)
        for where, groups in parts.items():
            flow = sum(flows.get((lane.id, g), 0.0) for g in groups)
            if where and flow > 0:
                through = [saturation_vph(junction, lane, groups, stages[i], flows) for i in where]
                most = max(through)
                needs.append((len(where), flow / most, where, tuple(t / most for t in through)))
    ratios = [0.0] * len(stages)
    for _, need, where, worth in sorted(needs, key=lambda n: (n[0], -n[1], n[2])):
        missing = need - sum(ratios[i] * w for i, w in zip(where, worth, strict=True))
        if missing > 1e-9:
            best = [i for i, w in zip(where, worth, strict=True) if w > 0.99]
            for i in best:
                ratios[i] += missing / len(best)
    return tuple(ratios)


def timing(junction: Junction, flows: Flows, *, cycle_s: float | None = None) -> Timing:
    """Webster's timing in whole seconds; ``cycle_s`` imposes a cycle (lengthened where the minimum greens
    need more)."""
    stages = needed_stages(junction)
    ratios = flow_ratios(junction, stages, flows)
    idle = [s for s, y in zip(stages, ratios, strict=True) if y <= 0]
    if idle:
        # A protected turn whose traffic finds its gaps while yielding needs no stage of its own.
        stages = _without(junction, stages, idle)
        ratios = flow_ratios(junction, stages, flows)
    if len(stages) == 1:
        return Timing((stages[0].id,), (cycle_s or MIN_CYCLE_S,), sum(ratios))
    least = [max(1, math.ceil(shortest_s(junction, stages[i - 1], s) - 1e-9)) for i, s in enumerate(stages)]
    lost = [transition_s(junction, stages[i - 1], s) + START_UP_LOSS_S - YELLOW_USED_S for i, s in enumerate(stages)]
    load = sum(ratios)
    if cycle_s is not None:
        return Timing(tuple(s.id for s in stages), _share_out(max(cycle_s, sum(least)), ratios, lost, least), load)
    best_s = webster_cycle_s(sum(lost), load) if load < HIGHEST_LOAD else MAX_CYCLE_S
    # No group can be red longer than the cycle, so a cycle below the maximum red keeps it by itself.
    longest_s = max(min(MAX_CYCLE_S, math.floor(junction.max_red_s)), sum(least))
    cycle_s = math.ceil(min(max(best_s, MIN_CYCLE_S, sum(least)), longest_s) - 1e-9)
    # Minimum greens may have taken more than their share: lengthen the cycle until the others have enough.
    while True:
        durations = _share_out(cycle_s, ratios, lost, least)
        if cycle_s >= longest_s or all(y * cycle_s <= HIGHEST_SATURATION * (d - gone) + 1e-9
                                       for y, d, gone in zip(ratios, durations, lost, strict=True)):
            return Timing(tuple(s.id for s in stages), durations, load)
        cycle_s = min(cycle_s + 2, longest_s)


def _share_out(cycle_s: float, ratios: Sequence[float], lost: Sequence[float], least: Sequence[float]) -> tuple[float, ...]:
    """Durations that sum to ``cycle_s``: lost time plus green in proportion to the ratios, none below its
    least."""
    free = list(range(len(ratios)))
    durations = [float(m) for m in least]
    while free:
        room = cycle_s - sum(durations[i] for i in range(len(ratios)) if i not in free) - sum(lost[i] for i in free)
        weight = sum(ratios[i] for i in free)
        share = {i: lost[i] + room * (ratios[i] / weight if weight > 0 else 1 / len(free)) for i in free}
        short = [i for i in free if share[i] < least[i]]
        if not short:
            for i in free:
                durations[i] = share[i]
            break
        free = [i for i in free if i not in short]
    return _whole_seconds(durations, least, cycle_s)


def _whole_seconds(durations: Sequence[float], least: Sequence[float], cycle_s: float) -> tuple[float, ...]:
    whole = [max(math.floor(d + 1e-9), m) for d, m in zip(durations, least, strict=True)]
    # Seconds left over go where rounding took most; seconds too many come off the stages with most to spare.
    while sum(whole) < cycle_s - 1e-9:
        whole[max(range(len(whole)), key=lambda i: durations[i] - whole[i])] += min(1.0, cycle_s - sum(whole))
    while sum(whole) > cycle_s + 1e-9:
        whole[max(range(len(whole)), key=lambda i: whole[i] - least[i])] -= min(1.0, sum(whole) - cycle_s)
    return tuple(float(w) for w in whole)
