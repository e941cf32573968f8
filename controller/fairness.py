"""Nobody waits past the maximum red, whatever a strategy prefers.

The warden plans the calls by earliest deadline: if serving the waiting groups one stage after another, each
for its minimum green, would make one of them late, the first of them goes now. (Earliest deadline first
misses no deadline that any order of service would keep, were all services equally long: Liu & Layland 1973.)
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
CALL_LAG_S = 10.0
"""A call may be reported this long after it began (calls are looked for every few seconds)."""
QUIET_S = 5.0
"""A junction with no deadline near is looked at again after this long."""

MAX_RED_REASON = "maximum red of"
"""How the reason of every decision of the warden begins."""


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
        """``decisions`` with those replaced, added or dropped that a waiting group needs; one a junction at
        most."""
        kept = {d.junction: d for d in decisions}
        now_s = tick.now_s
        for junction_id, status in tick.statuses.items():
            ward = self._wards[junction_id]
            if not status.call_since_s or now_s < ward.quiet_until_s:
                continue
            late = _deadlines(ward.junction, status)
            # A call may come to light a few seconds after it began, hence the last term.
            ward.quiet_until_s = min([now_s + QUIET_S, *(due - ward.round_s for due, _ in late),
                                      now_s + ward.junction.max_red_s - ward.round_s - CALL_LAG_S])
            if not late or now_s < late[0][0] - ward.round_s or status.stage not in ward.min_green_s:
                continue
            wanted = kept.get(junction_id)
            if wanted is not None and wanted.stage not in ward.min_green_s:
                wanted = None
            forced = _forced(ward, status, tick, late, wanted.stage if wanted is not None else None)
            if forced is None:
                continue
            ward.quiet_until_s = now_s
            group, stage = forced
            if wanted is not None and group in ward.junction.stage[wanted.stage].green:
                continue
            kept.pop(junction_id, None)
            if stage != status.stage and may_leave(ward.junction, status, now_s, stage):
                kept[junction_id] = Decision(junction_id, stage, f"{MAX_RED_REASON} {group}")
            # Otherwise hold: any other stage would only make the group wait longer.
        return list(kept.values())


def _forced(ward: _Ward, status: CabinetStatus, tick: Tick, late: list[tuple[float, GroupId]],
            wanted: StageId | None) -> tuple[GroupId, StageId] | None:
    """The group and stage that must go now; None while everybody can still be served in time, ``wanted``
    going first."""
    assert status.stage is not None
    junction = ward.junction
    remaining = dict.fromkeys(g for _, g in late)
    first_group = late[0][1]
    first = _best_stage(junction, first_group, remaining, tick)
    if wanted is None:
        at_s, stage = _leave_at_s(junction, status, first, tick.now_s), status.stage
    else:
        stage = wanted
        at_s = tick.now_s + ward.transition_s.get((status.stage, wanted), 0.0) + ward.min_green_s[wanted]
        for served in junction.stage[wanted].green:
            remaining.pop(served, None)
    for due_s, group in late:
        if group not in remaining:
            continue
        target = first if group == first_group else _best_stage(junction, group, remaining)
        at_s += ward.transition_s.get((stage, target.id), 0.0) + TICK_S
        if at_s >= due_s:
            return first_group, first.id
        at_s += ward.min_green_s[target.id]
        stage = target.id
        for served in target.green:
            remaining.pop(served, None)
    return None


def _ward(junction: Junction) -> _Ward:
    transition = {(a.id, b.id): transition_s(junction, a, b)
                  for a in junction.stages for b in junction.stages if a is not b}
    green = {s.id: max(junction.group[g].min_green_s for g in s.green) for s in junction.stages}
    into = {s.id: max((t for (_, b), t in transition.items() if b == s.id), default=0.0) for s in junction.stages}
    # Before the first of all stages can go, the present one may have its minimum green to run, and so may the
    # one that a strategy changes to just now.
    round_s = sum(green[s] + into[s] + TICK_S for s in green) + 2 * (max(green.values()) + TICK_S) + max(into.values())
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


def _best_stage(junction: Junction, group: GroupId, waiting: dict[GroupId, None], tick: Tick | None = None) -> Stage:
    """Of the stages that serve ``group``: the one that serves most waiting groups, then (only where ``tick``
    is given, since looking costs) the one with the longest queue, then the first; of its variants the leanest,
    since groups nobody waits for cost clearance."""
    stages = junction.stages_serving(group)
    most = max(len(s.green & waiting.keys()) for s in stages)
    best = [s for s in stages if len(s.green & waiting.keys()) == most]
    chosen = best[0] if len(best) == 1 or tick is None else max(best, key=lambda s: _queue_veh(junction, s, tick))
    return min((s for s in best if s.base == chosen.base), key=lambda s: len(s.green))


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
    return _best_stage(junction, late[0][1], groups).id, frozenset(groups)

