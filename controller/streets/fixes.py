"""A GPS fix as it comes in, and whether it can be true."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from controller.streets.errors import Implausible
from controller.streets.plane import LocalPlane, LonLat

FASTEST_MPS = 60.0
"""No vehicle of ours is faster; what jumps further than this between two fixes was not there."""
USUAL_M = 12.0
"""Standard deviation of a fix that does not say how accurate it is: a street between houses."""
LEAST_M, MOST_M = 3.0, 50.0
DOUBT = 3.0
"""So many standard deviations may a fix be off."""


@dataclass(frozen=True, slots=True)
class Heard:
    """``x_m``, ``y_m`` in the streets' plane; ``noise_m`` is the standard deviation of each. ``speed_mps`` and ``heading_rad``
    (counter-clockwise from east) are None where the receiver did not say."""

    x_m: float
    y_m: float
    time_s: float
    noise_m: float
    speed_mps: float | None
    heading_rad: float | None
    place: str = ""


def heard_of(plane: LocalPlane, before: Heard | None, lon: Any, lat: Any, time_s: Any, speed_mps: Any, heading_deg: Any,
             accuracy_m: Any) -> Heard:
    """The fix after ``before``. Raises :class:`Implausible` and says why."""
    lon, lat = _number(lon, "longitude", -180, 180), _number(lat, "latitude", -90, 90)
    time_s = _number(time_s, "time", -math.inf, math.inf)
    speed = None if speed_mps is None else _number(speed_mps, "speed", 0, FASTEST_MPS)
    heading = None if heading_deg is None else math.pi / 2 - math.radians(_number(heading_deg, "heading", -360, 360))
    accuracy_m = USUAL_M if accuracy_m is None else _number(accuracy_m, "accuracy", 0, math.inf)
    x_m, y_m = plane.xy_m(lat, lon)
    fix = Heard(x_m, y_m, time_s, min(max(accuracy_m, LEAST_M), MOST_M), speed, heading, str(LonLat(lon, lat)))
    if before is not None:
        _check_move(before, fix)
    return fix


def _check_move(before: Heard, fix: Heard) -> None:
    late_s = fix.time_s - before.time_s
    if late_s < 0:
        raise Implausible(f"its time lies {-late_s:g} s before the last one's", where=fix.place, mend="send positions in order")
    jump_m = math.hypot(fix.x_m - before.x_m, fix.y_m - before.y_m)
    if jump_m > FASTEST_MPS * late_s + DOUBT * (before.noise_m + fix.noise_m):
        raise Implausible(f"it jumped {jump_m:,.0f} m in {late_s:g} s", where=fix.place,
                          mend=f"nobody drives faster than {FASTEST_MPS:g} m/s")


def _number(value: Any, what: str, least: float, most: float) -> float:
    try:
        if isinstance(value, (bool, str)):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Implausible(f"its {what} is {value!r}, no number", where="position") from None
    if not (math.isfinite(number) and least <= number <= most):
        raise Implausible(f"its {what} is {number!r}", where="position", mend=f"a {what} lies within {least:g} and {most:g}")
    return number
