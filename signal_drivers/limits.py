"""Safety limits as immutable data, apart from the code that checks them. Each default has its source in docs/safety.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from signal_drivers.errors import InvalidValue


class Clearance(StrEnum):
    """Where a junction's clearance times come from."""

    GEOMETRY = "geometry"
    """Computed from distances over the junction; the only convention that may be validated for a street."""
    BENCHMARK = "benchmark"
    """Published benchmarks' convention: yellow 3 s, no all-red, minimum green 5 s. Never for a street."""


def check_seconds(name: str, value: float, where: str, *, minimum: float = 0.0) -> None:
    """Raise :class:`InvalidValue`, quoting the value, unless ``value`` is a finite number of at least ``minimum`` seconds."""
    if not isinstance(value, (int, float)) or not math.isfinite(value) or value < minimum:
        raise InvalidValue(f"{name} is {value!r} s, must be a finite number >= {minimum:g}", where=where)


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers the guard and the junction model hold everyone to. Units: s and m/s.

    Sources: yellow 3 s in towns and 5 s above 50 km/h, French practice (IISR part 6); longest red 120 s
    (JORFARTI000043378892); conflict 300 ms from conflict-monitor practice (MMU2); pedestrians 1.0 m/s and vehicle minimum
    green 6 s are configurable defaults of common practice.
    """

    yellow_urban_s: float = 3.0
    yellow_fast_s: float = 5.0
    fast_above_mps: float = 50 / 3.6
    vehicle_min_green_s: float = 6.0
    benchmark_min_green_s: float = 5.0
    tram_min_green_s: float = 6.0
    max_red_s: float = 120.0
    pedestrian_mps: float = 1.0
    vehicle_clearance_beyond_yellow_s: float = 1.0
    status_stale_s: float = 2.0
    request_life_s: float = 5.0
    conflict_latch_s: float = 0.3

    def __post_init__(self) -> None:
        for name in self.__slots__:
            check_seconds(name, getattr(self, name), "limits")
        if self.pedestrian_mps <= 0:
            raise InvalidValue(f"pedestrian_mps is {self.pedestrian_mps!r}, must be > 0", where="limits")


DEFAULT_LIMITS = Limits()
