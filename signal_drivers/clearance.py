"""Intergreen times from the geometry of a junction: the conflict-point method.

The formula is the one of RiLSA 2015 (FGSV, section 2.4) and of French practice (Certu, "Guide de conception des carrefours à
feux", temps de dégagement):

    intergreen = crossing time + clearing time - entering time
               = t_cross + (s_clear + vehicle length) / v_clear - s_enter / v_enter

rounded up to whole seconds. ``s_clear`` is the way of the last vehicle of the ending stream from its stop line out of the
conflict area, ``s_enter`` that of the first vehicle of the starting stream from its stop line to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from signal_drivers.groups import GroupKind
from signal_drivers.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class ClearanceValues:
    """Speeds (m/s), lengths (m) and times (s) of the formula. Defaults: RiLSA 2015 table values, pedestrians at the
    project's 1.0 m/s, and the 65 m of Casablanca's coupled trams, which clear at 30 km/h."""

    clear_through_mps: float = 10.0
    clear_turn_mps: float = 7.0
    enter_mps: float = 40 / 3.6
    vehicle_m: float = 6.0
    cross_through_s: float = 3.0
    cross_turn_s: float = 2.0
    tram_m: float = 65.0
    tram_mps: float = 30 / 3.6
    bicycle_mps: float = 4.0
    bicycle_m: float = 0.0
    bicycle_cross_s: float = 1.0
    pedestrian_enter_mps: float = 1.5


DEFAULT_VALUES = ClearanceValues()


@dataclass(frozen=True, slots=True)
class Stream:
    """What moves along one path: its kind, whether it turns, and the speed limit on its path in m/s."""

    kind: GroupKind
    turning: bool = False
    limit_mps: float = 50 / 3.6


def clearing_s(stream: Stream, s_clear_m: float, values: ClearanceValues = DEFAULT_VALUES,
               limits: Limits = DEFAULT_LIMITS) -> float:
    """Crossing time plus clearing time of the last user of ``stream`` out of a conflict area ``s_clear_m`` away."""
    match stream.kind:
        case GroupKind.PEDESTRIAN:
            return s_clear_m / limits.pedestrian_mps
        case GroupKind.CYCLE:
            return values.bicycle_cross_s + (s_clear_m + values.bicycle_m) / values.bicycle_mps
        case GroupKind.TRAM:
            return values.cross_through_s + (s_clear_m + values.tram_m) / min(values.tram_mps, stream.limit_mps)
        case _:
            speed = values.clear_turn_mps if stream.turning else min(values.clear_through_mps, stream.limit_mps)
            cross = values.cross_turn_s if stream.turning else values.cross_through_s
            return cross + (s_clear_m + values.vehicle_m) / speed


def entering_s(stream: Stream, s_enter_m: float, values: ClearanceValues = DEFAULT_VALUES) -> float:
    """Time the first user of ``stream`` needs to a conflict area ``s_enter_m`` beyond its stop line, arriving at speed."""
    match stream.kind:
        case GroupKind.PEDESTRIAN:
            return s_enter_m / values.pedestrian_enter_mps
        case GroupKind.TRAM:
            return s_enter_m / min(values.tram_mps, stream.limit_mps)
        case _:
            return s_enter_m / max(values.enter_mps, stream.limit_mps)


def intergreen_s(ending: Stream, s_clear_m: float, starting: Stream, s_enter_m: float, yellow_s: float,
                 values: ClearanceValues = DEFAULT_VALUES, limits: Limits = DEFAULT_LIMITS) -> float:
    """Intergreen in whole seconds, never below yellow + 1 s after vehicles, never below 0 after pedestrians.

    Raises ValueError for negative or non-finite distances.
    """
    for name, metres in (("s_clear_m", s_clear_m), ("s_enter_m", s_enter_m)):
        if not math.isfinite(metres) or metres < 0:
            raise ValueError(f"{name} is {metres!r}, must be finite and >= 0")
    exact = clearing_s(ending, s_clear_m, values, limits) - entering_s(starting, s_enter_m, values)
    floor = 0.0 if ending.kind is GroupKind.PEDESTRIAN else yellow_s + limits.vehicle_clearance_beyond_yellow_s
    return max(float(math.ceil(exact - 1e-9)), floor)
