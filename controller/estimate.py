"""What strategies ask of lanes and stages: who is released by a stage, how many come, and how long they need.

Everything that does not change is worked out once (:func:`stage_views`); the rest are small functions of one
observation. They never fail on an observation: what is unknown, stale or absurd comes back as None, and the
strategy assumes demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from detectors.observation import ExitObservation, Frame, LaneObservation, Quality
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Turn
from signal_drivers.stages import Stage

STALE_S = 3.0
"""An observation older than this says nothing about now."""
HEADWAY_S = 2.0
"""Saturation headway: 1800 veh/h and lane (HCM, base saturation flow rounded down for mixed urban
traffic)."""
START_UP_LOSS_S = 2.0
"""What the first vehicles of a queue lose over the saturation headway (HCM start-up lost time)."""
HEAD_M = 8.0
"""A vehicle this close to the stop line is first in its lane."""
STANDING_MPS = 1.0
FULL_EXIT_M = 8.0
"""Less room than this behind the junction and the next vehicle would stop inside it."""
UNKNOWN_VEH = 1.0
"""Vehicles assumed on a lane that nobody can see: enough to be served, never enough to win against a
queue."""

# Prior of how a shared lane's vehicles divide, until counts say better: through traffic dominates, u-turns
# are rare.
_TURN_PRIOR = {Turn.THROUGH: 1.0, Turn.RIGHT: 0.5, Turn.LEFT: 0.5, Turn.U_TURN: 0.05, Turn.CROSSING: 0.0}
# Capacity of a yielding movement over that of a protected one.
_YIELD_SHARE = {Turn.THROUGH: 0.7, Turn.RIGHT: 0.8, Turn.LEFT: 0.5, Turn.U_TURN: 0.4, Turn.CROSSING: 1.0}


class Release(NamedTuple):
    """One lane as one stage releases it. ``share`` of the lane's vehicles can leave (0..1; less where they
    must yield), ``whole`` says that no movement of the lane stays red, ``freely`` that none of them yields
    either."""

    lane: LaneId
    share: float
    whole: bool
    freely: bool
    speed_mps: float
    groups: tuple[GroupId, ...]
    exits: tuple[LaneId, ...]


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage as strategies look at it: the lanes it releases and the pedestrian groups it lets cross."""

    stage: Stage
    releases: tuple[Release, ...]
    people: tuple[GroupId, ...]


def stage_views(junction: Junction) -> Mapping[StageId, StageView]:
    """Views of all stages of ``junction``, in its order."""
    return {stage.id: _view(junction, stage) for stage in junction.stages}


def _view(junction: Junction, stage: Stage) -> StageView:
    releases = []
    for lane in junction.lanes:
        groups = tuple(g for g in lane.groups if not junction.group[g].for_pedestrians)
        green = tuple(g for g in groups if g in stage.green)
        if not green:
            continue
        weight = {g: group_weight(junction, lane, g) for g in groups}
        share = sum(weight[g] * (yield_share(junction, lane, g) if g in stage.yielding else 1.0) for g in green)
        exits = dict.fromkeys(e for g in green for e in junction.exits_of.get((lane.id, g), ()))
        releases.append(Release(lane.id, share / sum(weight.values()), len(green) == len(groups),
                                not stage.yielding.intersection(green), lane.speed_mps, green, tuple(exits)))
    people = tuple(g.id for g in junction.groups if g.for_pedestrians and g.id in stage.green)
    return StageView(stage, tuple(releases), people)


def turns_of(junction: Junction, lane: Lane, group: GroupId) -> tuple[Turn, ...]:
    """Turns made from ``lane`` under ``group``; through where the junction does not say."""
    return tuple(m.turn for m in junction.movements if m.from_lane == lane.id and m.group == group) or (Turn.THROUGH,)


def group_weight(junction: Junction, lane: Lane, group: GroupId) -> float:
    """Prior share (not normalised, > 0) of the lane's vehicles that ``group`` releases."""
    return max(0.01, sum(_TURN_PRIOR[t] for t in turns_of(junction, lane, group)))


def yield_share(junction: Junction, lane: Lane, group: GroupId) -> float:
    """Capacity, 0..1, of ``group`` on ``lane`` while it yields, over its protected capacity."""
    return max(_YIELD_SHARE[t] for t in turns_of(junction, lane, group))


def look(frame: Frame, lane: LaneId) -> LaneObservation | None:
    """What is seen of a lane, or None where nobody watches it or what they say is bad or old."""
    try:
        seen = frame.lane(lane)
    except KeyError:
        return None
    # Written so that a NaN time counts as old.
    if seen.quality is Quality.BAD or not abs(frame.time_s - seen.time_s) <= STALE_S:
        return None
    return seen


def look_out(frame: Frame, lane: LaneId) -> ExitObservation | None:
    """What is seen of an exit lane, or None where nobody watches it or the sight is old."""
    try:
        seen = frame.exit(lane)
    except KeyError:
        return None
    return seen if abs(frame.time_s - seen.time_s) <= STALE_S else None


def standing_inside(frame: Frame, junction: JunctionId) -> int:
    """Vehicles standing between the stop lines and the exits; 0 where nobody watches."""
    try:
        seen = frame.conflict_area(junction)
    except KeyError:
        return 0
    return max(0, seen.standing_veh) if abs(frame.time_s - seen.time_s) <= STALE_S else 0


def people_waiting(frame: Frame, junction: JunctionId, group: GroupId) -> int:
    """Pedestrians waiting for ``group``; one is assumed where nobody watches (pedestrian recall)."""
    try:
        seen = frame.crossing(junction, group)
    except KeyError:
        return 1
    return max(0, seen.waiting) if abs(frame.time_s - seen.time_s) <= STALE_S else 1


def arriving_veh(seen: LaneObservation, speed_mps: float, within_s: float) -> int:
    """Vehicles queued, or at the stop line within ``within_s`` at ``speed_mps``."""
    reach_m = max(speed_mps * within_s, seen.queue_m)
    return sum(1 for v in seen.vehicles if v.distance_m <= reach_m)


def head_stuck(seen: LaneObservation) -> bool:
    """True when the first vehicle of the lane stands at the stop line. After some seconds of green it wants a
    movement that is still red, finds no gap, or has no room to leave; whatever stands behind it is not
    served."""
    if not seen.vehicles:
        return False
    first = seen.vehicles[0]
    return first.distance_m < HEAD_M and first.speed_mps < STANDING_MPS


def exits_full(frame: Frame, exits: tuple[LaneId, ...]) -> bool:
    """True when every exit lane in ``exits`` has a standing queue and no room for one more vehicle."""
    if not exits:
        return False
    for lane in exits:
        seen = look_out(frame, lane)
        if seen is None or seen.queue_veh <= 0 or not seen.free_m < FULL_EXIT_M:
            return False
    return True


def departures_s(seen: LaneObservation, speed_mps: float, start_s: float, *, gap_s: float, last_s: float) -> list[float]:
    """Seconds from now at which the vehicles in view cross the stop line, if it turns green (or is) at
    ``start_s``.

    Point-queue model: a vehicle leaves one saturation headway after the one before it, not before it gets
    there at ``speed_mps``. The list ends at the first gap longer than ``gap_s`` behind the green's start, or
    at ``last_s``.
    """
    times: list[float] = []
    ready_s = start_s
    for v in seen.vehicles:
        if not v.distance_m >= 0:
            continue
        arrival_s = v.distance_m / speed_mps
        if arrival_s > ready_s + gap_s or ready_s > last_s:
            break
        leave_s = max(arrival_s, ready_s)
        times.append(leave_s)
        ready_s = leave_s + HEADWAY_S
    return times
