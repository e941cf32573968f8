"""Nobody waits past the maximum red, whatever a strategy prefers.

The warden plans the calls by earliest deadline: if serving the waiting groups one stage after another, each for its minimum
green, would make one of them late, the first of them goes now. (Earliest deadline first misses no deadline that any order
of service would keep, were all services equally long: Liu & Layland 1973.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.network import Network
from controller.strategy import Decision, Tick, may_leave
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus, Head
from signal_drivers.transitions import transition_s

TICK_S = 1.0
"""Control runs once a second: each stage in a chain may start that much late."""
QUIET_S = 5.0
"""A junction with no deadline near is looked at again after this long."""


@dataclass(slots=True)
class _Ward:
    junction: Junction
    transition_s: dict[tuple[StageId, StageId], float]
    min_green_s: dict[StageId, float]
    round_s: float
    quiet_until_s: float = float("-inf")


class MaxRedWarden:
    """Overrides decisions that would let a called group wait longer than its junction's maximum red."""

    def __init__(self, network: Network) -> None:
        self._wards = {j: _ward(junction) for j, junction in network.junctions.items()}

    def apply(self, tick: Tick, decisions: Sequence[Decision]) -> list[Decision]:
        """``decisions`` with those replaced, added or dropped that a waiting group needs; one a junction at most."""
        kept = {d.junction: d for d in decisions}
        for junction_id, status in tick.statuses.items():
            calls = status.call_since_s
            if not calls:
                continue
            ward = self._wards[junction_id]
            if tick.now_s < ward.quiet_until_s:
                continue
            late = _deadlines(ward.junction, status)
            ward.quiet_until_s = min([tick.now_s + QUIET_S, *(due - ward.round_s for due, _ in late)])
            if not late or tick.now_s < late[0][0] - ward.round_s or status.stage not in ward.min_green_s:
                continue
            forced = self._forced(ward, status, tick, late)
            if forced is None:
                continue
            ward.quiet_until_s = tick.now_s
            wanted = kept.pop(junction_id, None)
            group, stage = forced
            if wanted is not None and group in ward.junction.stage[wanted.stage].green:
                kept[junction_id] = wanted
            elif stage != status.stage and may_leave(ward.junction, status, tick.now_s, stage):
                kept[junction_id] = Decision(junction_id, stage, f"maximum red of {group}")
            # Otherwise hold: any other stage would only make the group wait longer.
        return list(kept.values())

    def _forced(self, ward: _Ward, status: CabinetStatus, tick: Tick,
                late: list[tuple[float, GroupId]]) -> tuple[GroupId, StageId] | None:
        """The group and stage that must go now, or None while everybody can still be served in time."""
        assert status.stage is not None
        at_s, stage, first = tick.now_s, status.stage, None
        remaining = dict.fromkeys(g for _, g in late)
        for due_s, group in late:
            if group not in remaining:
                continue
            target = _best_stage(ward.junction, group, remaining, tick, choose_by_queue=first is None)
            if first is None:
                first = (group, target.id)
                at_s = _leave_at_s(ward.junction, status, target, tick.now_s)
            at_s += ward.transition_s.get((stage, target.id), 0.0)
            # One tick of grace: the decision after this one comes a second later.
            if at_s + TICK_S >= due_s:
                return first
            at_s += ward.min_green_s[target.id] + TICK_S
            stage = target.id
            for served in target.green:
                remaining.pop(served, None)
        return None


def _ward(junction: Junction) -> _Ward:
    transition = {(a.id, b.id): transition_s(junction, a, b)
                  for a in junction.stages for b in junction.stages if a is not b}
    green = {s.id: max(junction.group[g].min_green_s for g in s.green) for s in junction.stages}
    into = {s.id: max((t for (_, b), t in transition.items() if b == s.id), default=0.0) for s in junction.stages}
    # The present stage may have its whole minimum green still to run before the first of all others can go.
    round_s = sum(green[s] + into[s] + TICK_S for s in green) + max(green.values()) + TICK_S
    return _Ward(junction, transition, green, round_s)


def _deadlines(junction: Junction, status: CabinetStatus) -> list[tuple[float, GroupId]]:
    """(latest start of green, group) of the called groups that show red, earliest first."""
    found = []
    for group, called_s in status.call_since_s.items():
        i = junction.index.get(group)
        if i is not None and status.heads[i] is Head.RED:
            found.append((max(called_s, status.head_since_s[i]) + junction.max_red_s, group))
    return sorted(found)


def _leave_at_s(junction: Junction, status: CabinetStatus, target: Stage, now_s: float) -> float:
    return max([now_s, *(since + g.min_green_s for g, head, since
                         in zip(junction.groups, status.heads, status.head_since_s, strict=True)
                         if head.is_green and g.id not in target.green)])


def _best_stage(junction: Junction, group: GroupId, waiting: dict[GroupId, None], tick: Tick, *,
                choose_by_queue: bool) -> Stage:
    """Of the stages that serve ``group``: the one that serves most waiting groups, then (asked last, since looking costs)
    the one with the longest queue, then the first."""
    stages = junction.stages_serving(group)
    most = max(len(s.green & waiting.keys()) for s in stages)
    best = [s for s in stages if len(s.green & waiting.keys()) == most]
    if len(best) == 1 or not choose_by_queue:
        return best[0]
    return max(best, key=lambda s: _queue_veh(junction, s, tick))


def _queue_veh(junction: Junction, stage: Stage, tick: Tick) -> int:
    total = 0
    for lane in junction.lanes:
        if not stage.green.isdisjoint(lane.groups):
            try:
                total += tick.frame.lane(lane.id).queue_veh
            except KeyError:
                continue
    return total


def overdue_stage(junction: Junction, status: CabinetStatus, tick: Tick) -> tuple[StageId, frozenset[GroupId]] | None:
    """Stage that serves the most overdue group, with all overdue groups; None where nobody is overdue.

    For strategies that bound red by themselves and must still never ask for what the guard refuses.
    """
    late = [(due, g) for due, g in _deadlines(junction, status) if tick.now_s > due] if status.call_since_s else []
    if not late:
        return None
    groups = dict.fromkeys(g for _, g in late)
    return _best_stage(junction, late[0][1], groups, tick, choose_by_queue=False).id, frozenset(groups)

