"""Trams and emergencies: a stated policy.

A tram that has its green and is on its way is let through first: 65 m of it do not stop in time for anybody, and once past it
is out of the way. It is given ``tram_patience_s``, no more. A tram that waits at red goes on waiting, where it does no harm.
"""

from __future__ import annotations

from controller.estimate import look
from controller.preemption.settings import PreemptionSettings
from controller.strategy import Tick
from detectors.observation import VehicleClass
from signal_drivers.groups import GroupKind
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus

ROLLING_MPS = 1.0


def tram_in_the_way(junction: Junction, status: CabinetStatus, target: Stage, tick: Tick, settings: PreemptionSettings) -> bool:
    """True while a tram rolls up to a green that ``target`` would end, and can be there within its patience."""
    for group, head in zip(junction.groups, status.heads, strict=True):
        if group.kind is not GroupKind.TRAM or not head.is_green or group.id in target.green:
            continue
        for lane in junction.lanes_of[group.id]:
            seen = look(tick.frame, lane.id)
            if seen is not None and any(
                    v.kind is VehicleClass.TRAM and v.speed_mps >= ROLLING_MPS
                    and v.distance_m <= v.speed_mps * settings.tram_patience_s for v in seen.vehicles):
                return True
    return False
