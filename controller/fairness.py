"""Nobody waits past the maximum red, whatever a strategy prefers.

The warden plans the calls by earliest deadline: if serving the waiting groups one stage after another, each
for its minimum green, would make one of them late, the first of them goes now. (Earliest deadline first
misses no deadline that any order of service would keep, were all services equally long: Liu & Layland 1973.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.network import Network
from controller.strategy import Decision, Tick, leave_at_s, may_leave
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus, Head
from signal_drivers.transitions import ended_ago_s, green_starts, transition_s

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
    plain: Junction
    """without overlap stages: they serve half of those who wait on both sides, so that calls pile up"""
    transition_s: dict[tuple[StageId, StageId], float]
    """until all of the second stage is green"""
    change_s: dict[tuple[StageId, StageId], float]
    """until it may end again"""
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
            if not late or now_s < late[0][0] - ward.round_s or status.stage not in ward.junction.stage:
                continue
            wanted = kept.get(junction_id)
            if wanted is not None and wanted.stage not in ward.junction.stage:
                wanted = None
            forced = _forced(ward, status, tick, late, wanted.stage if wanted is not None else None)
            if forced is None:
                continue
            ward.quiet_until_s = now_s
            kept.pop(junction_id, None)
            if forced != status.stage and may_leave(ward.junction, status, now_s, forced):
                kept[junction_id] = Decision(junction_id, forced, f"{MAX_RED_REASON} {late[0][1]}")
            # Otherwise hold: any other stage would only make the group wait longer.
        return list(kept.values())


def _forced(ward: _Ward, status: CabinetStatus, tick: Tick, late: list[tuple[float, GroupId]],
            wanted: StageId | None) -> StageId | None:
    """The stage that must go now, or be held; None while everybody can still be served in time, ``wanted`` going first, or where
    nothing would make anybody less late than ``wanted`` does.

    Which stage serves the first group is open until then: of those that keep every deadline, the one that serves most."""
    assert status.stage is not None
    junction = ward.junction
    spared_s, ago_s = -math.inf, ended_ago_s(junction, status, tick.now_s)
    overdue = [g for due_s, g in late if due_s <= tick.now_s]
    # Where somebody is overdue, the guard lets nothing pass that serves none of them.
    if wanted is not None and (not overdue or not junction.stage[wanted].green.isdisjoint(overdue)):
        spared_s = _slack_s(ward, status, late, None, wanted, tick.now_s, ago_s)
    if spared_s > 0:
        return None
    called = dict.fromkeys(g for _, g in late)
    best_s, best = spared_s, wanted if spared_s > -math.inf else None
    for stage in _by_worth(ward.plain, late[0][1], called, tick):
        slack_s = _slack_s(ward, status, late, stage, None, tick.now_s, ago_s)
        if slack_s > max(best_s, 0.0):
            if wanted is None:
                return None
            # There is time: what only ends some greens early may wait, a change of stage goes to who is due instead.
            return status.stage if junction.stage[wanted].base == junction.stage[status.stage].base else stage.id
        if slack_s > best_s or best is None:
            best_s, best = slack_s, stage.id
    return None if best == wanted and spared_s == best_s else best


def _slack_s(ward: _Ward, status: CabinetStatus, late: list[tuple[float, GroupId]], first: Stage | None,
             wanted: StageId | None, now_s: float, ago_s: Mapping[GroupId, float]) -> float:
    """How much later the change could come until somebody is late, the called groups being served in order of deadline: the
    first of them in ``first``, or where ``wanted`` runs first in whatever serves most; those of ``ago_s`` ended so long ago. Not
    above 0 when it has to come now."""
    assert status.stage is not None and (first is None) != (wanted is None)
    junction, present = ward.junction, ward.junction.stage[status.stage]
    begins = first if wanted is None else junction.stage[wanted]
    assert begins is not None
    at_s = now_s if first is None else leave_at_s(junction, status, first, now_s)
    starts_s = green_starts(junction, present, begins, ended_ago_s={g: ago + at_s - now_s for g, ago in ago_s.items()})
    slack_s, remaining = math.inf, dict.fromkeys(g for _, g in late)
    for due_s, group in late:
        if group in begins.green:
            slack_s = min(slack_s, due_s - at_s - starts_s.get(group, 0.0) - TICK_S)
            del remaining[group]
    # Who left a moment ago may keep it waiting longer than the present stage does.
    pending_s = max(0.0, max(starts_s.values(), default=0.0) - ward.transition_s.get((present.id, begins.id), 0.0))
    at_s += ward.change_s.get((present.id, begins.id), 0.0) + pending_s + (TICK_S if wanted is None else 0.0)
    stage = begins.id
    for due_s, group in late:
        if group not in remaining:
            continue
        target = _best_stage(ward.plain, group, remaining)
        slack_s = min(slack_s, due_s - at_s - ward.transition_s.get((stage, target.id), 0.0) - TICK_S)
        at_s += ward.change_s.get((stage, target.id), 0.0) + TICK_S
        stage = target.id
        for served in target.green:
            remaining.pop(served, None)
    return slack_s


def _ward(junction: Junction) -> _Ward:
    # What runs now, or what a strategy asks for, may be an overlap.
    pairs = [(a, b) for a in junction.stages for b in junction.stages if a is not b]
    transition = {(a.id, b.id): transition_s(junction, a, b) for a, b in pairs}
    # What is green in both has run its minimum.
    change = {(a.id, b.id): transition[a.id, b.id] + max((junction.group[g].min_green_s for g in b.green - a.green), default=0.0)
              for a, b in pairs}
    plain = junction.without_overlaps
    into = {s.id: max((seconds for (_, b), seconds in change.items() if b == s.id), default=0.0) for s in junction.stages}
    # Before the first of all stages can go, the present one may have its minimum green to run, and so may the
    # one that a strategy changes to just now.
    longest_s = max(max(g.min_green_s for g in junction.groups), *into.values()) + TICK_S
    return _Ward(junction, plain, transition, change, sum(into[s.id] + TICK_S for s in plain.stages) + 2 * longest_s)


def _deadlines(junction: Junction, status: CabinetStatus) -> list[tuple[float, GroupId]]:
    """(latest start of green, group) of the called groups that show red, earliest first."""
    found = []
    for group, called_s in status.call_since_s.items():
        i = junction.index.get(group)
        if i is not None and status.heads[i] is Head.RED:
            found.append((max(called_s, status.head_since_s[i]) + junction.max_red_s, group))
    return sorted(found)


def _best_stage(junction: Junction, group: GroupId, waiting: dict[GroupId, None]) -> Stage:
    """Of the stages that serve ``group``: the first that serves most waiting groups; of its variants the leanest, since groups
    nobody waits for cost clearance."""
    stages = junction.stages_serving(group)
    most = max(len(s.green & waiting.keys()) for s in stages)
    best = [s for s in stages if len(s.green & waiting.keys()) == most]
    return min((s for s in best if s.base == best[0].base), key=lambda s: len(s.green))


def _by_worth(junction: Junction, group: GroupId, waiting: dict[GroupId, None], tick: Tick) -> list[Stage]:
    """The stages that serve ``group``, best first: what serves most waiting groups, then the longest queue, then the leanest."""
    return sorted(junction.stages_serving(group), key=lambda s: (-len(s.green & waiting.keys()), -_queue_veh(junction, s, tick),
                                                                 len(s.green)))


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
    return _best_stage(junction.without_overlaps, late[0][1], groups).id, frozenset(groups)

