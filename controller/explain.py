"""Why a junction changed its stage, or kept it: what was seen, what was weighed, and what was chosen.

A strategy that keeps an account gives one :class:`Explanation` a second and junction (:meth:`Strategy.explain`); for the
others :func:`plain_account` says what anybody can: the stage, what the cameras show, and the decision's reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from controller.estimate import exits_full, look
from controller.strategy import Decision
from detectors.observation import Frame
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus


@dataclass(frozen=True, slots=True)
class Alternative:
    """Going to ``stage`` ``at_s`` seconds from now, and what the best plan that does so costs, vehicle seconds; NaN for who
    reckons no costs and says how ``likely`` the stage was to be chosen instead."""

    stage: StageId
    cost_veh_s: float
    at_s: float
    likely: float | None = None


@dataclass(frozen=True, slots=True)
class LaneSight:
    """One lane as it was seen and believed.

    ``vehicles`` and ``queue_veh`` in view, None where nobody can see. ``expected_10_veh`` and ``expected_30_veh``: vehicles
    not in view yet that are expected at the stop line within so many seconds. ``flow_vph``: saturation flow learnt so far.
    ``shares``: how the lane's vehicles divide among its signal groups. ``head``: what the first driver is believed to want,
    where he has shown it by letting a green go by. All beliefs are None or empty for strategies that hold none.
    """

    lane: LaneId
    vehicles: int | None
    queue_veh: int | None
    expected_10_veh: float | None = None
    expected_30_veh: float | None = None
    flow_vph: float | None = None
    shares: tuple[tuple[GroupId, float], ...] = ()
    head: tuple[tuple[GroupId, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleSight:
    """People waiting for a pedestrian group; None where nobody can see (somebody is then assumed)."""

    group: GroupId
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One junction at ``time_s``, settled in ``stage`` for ``stage_age_s``.

    ``chosen`` is the stage the strategy asks for now, None to stay. ``cost_stay_veh_s`` is the cost of the best plan that
    does not change now and ``saves_veh_s`` what the choice is better by, both None where nothing was weighed.
    ``alternatives`` are the other stages, cheapest first.
    """

    junction: JunctionId
    time_s: float
    stage: StageId
    stage_age_s: float
    chosen: StageId | None
    reason: str
    saves_veh_s: float | None = None
    cost_stay_veh_s: float | None = None
    alternatives: tuple[Alternative, ...] = ()
    lanes: tuple[LaneSight, ...] = ()
    full_exits: tuple[LaneId, ...] = ()
    people: tuple[PeopleSight, ...] = ()


def plain_account(junction: Junction, status: CabinetStatus, frame: Frame, decision: Decision | None) -> Explanation | None:
    """What can be said of any strategy: the stage, what is seen, and the decision's own reason. None in a transition."""
    if status.stage is None:
        return None
    return Explanation(
        junction.id, frame.time_s, status.stage, max(0.0, frame.time_s - status.stage_since_s),
        decision.stage if decision is not None else None, decision.reason if decision is not None else "stays",
        lanes=tuple(seen_lane(frame, lane.id) for lane in junction.lanes), full_exits=full_exits(junction, frame),
        people=people_seen(junction, frame))


def seen_lane(frame: Frame, lane: LaneId) -> LaneSight:
    """The lane without any belief."""
    seen = look(frame, lane)
    return LaneSight(lane, None, None) if seen is None else LaneSight(lane, len(seen.vehicles), seen.queue_veh)


def full_exits(junction: Junction, frame: Frame) -> tuple[LaneId, ...]:
    """Exit lanes with a standing queue and no room for one more vehicle."""
    lanes = dict.fromkeys(m.to_lane for m in junction.movements if not junction.group[m.group].for_pedestrians)
    return tuple(lane for lane in lanes if exits_full(frame, (lane,)))


def people_seen(junction: Junction, frame: Frame) -> tuple[PeopleSight, ...]:
    """Everybody who waits at a crossing of ``junction``, group by group."""
    rows = []
    for group in junction.groups:
        if group.for_pedestrians:
            try:
                rows.append(PeopleSight(group.id, frame.crossing(junction.id, group.id).waiting))
            except KeyError:
                rows.append(PeopleSight(group.id, None))
    return tuple(rows)
