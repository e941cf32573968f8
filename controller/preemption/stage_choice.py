"""The stage that lets a movement through: protected where there is one, soon, and of most use to those who wait anyhow."""

from __future__ import annotations

from collections.abc import Sequence

from controller.estimate import look
from controller.preemption.change_times import ChangeTimes
from detectors.observation import Frame
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus

FLUSH_VEH = 3
"""From so many vehicles on that wait to turn over a crossing, people there hold an emergency up: fewer find their gaps."""


def serves(junction: Junction, stage: Stage, groups: frozenset[GroupId]) -> int:
    """How well: groups of the movement that are green and protected count two, those that must give way to somebody one. A turn
    across a crossing is protected in the stage's variant without people."""
    return sum(1 if g in stage.yielding and any(junction.intergreens.conflict(g, other) for other in stage.green) else 2
               for g in groups & stage.green)


def best_stage(times: ChangeTimes, status: CabinetStatus, groups: frozenset[GroupId], frame: Frame, now_s: float) -> Stage | None:
    """The stage to ask for; what runs now if it serves as well as any. None where no stage serves the movement."""
    offered = _offered(times, status, groups, frame)
    most = max((serves(times.junction, s, groups) for s in offered), default=0)
    if most == 0:
        return None
    best = [s for s in offered if serves(times.junction, s, groups) == most]
    here = next((s for s in best if s.id == status.stage), None)
    if here is not None:
        return here
    return min(best, key=lambda s: (round(times.to_green_s(status, groups, s, now_s)), -_waiting(times, s, frame), len(s.green),
                                    s.id))


def _offered(times: ChangeTimes, status: CabinetStatus, groups: frozenset[GroupId], frame: Frame) -> Sequence[Stage]:
    """All stages; without hurry calls where only people would go before too few to be flushed, unless one runs already."""
    ordinary = times.junction.without_hurry.stages
    if len(ordinary) == len(times.junction.stages) or all(s.id != status.stage for s in ordinary) \
            or not any(_only_people(times.junction, s, groups) for s in ordinary) \
            or _longest_queue_veh(times, groups, frame) >= FLUSH_VEH:
        return times.junction.stages
    return ordinary


def _only_people(junction: Junction, stage: Stage, groups: frozenset[GroupId]) -> bool:
    """Whether all of ``groups`` are green in ``stage`` and give way to nobody but people."""
    return groups <= stage.green and not any(
        junction.intergreens.conflict(g, other) and not junction.group[other].for_pedestrians
        for g in groups & stage.yielding for other in stage.green)


def _longest_queue_veh(times: ChangeTimes, groups: frozenset[GroupId], frame: Frame) -> int:
    """In the fullest lane of ``groups``."""
    seen = [look(frame, lane.id) for g in groups for lane in times.junction.lanes_of[g]]
    return max((s.queue_veh for s in seen if s is not None), default=0)


def _waiting(times: ChangeTimes, stage: Stage, frame: Frame) -> int:
    total = 0
    for lane in times.junction.lanes:
        if not stage.green.isdisjoint(lane.groups):
            seen = look(frame, lane.id)
            total += seen.queue_veh if seen is not None else 0
    return total
