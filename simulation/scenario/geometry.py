"""Plane geometry of a scenario: bearings, and the turn between two legs. Points are metres east and north."""

from __future__ import annotations

import math
from itertools import pairwise

from controller.streets.plane import LocalPlane, Point

__all__ = ["LocalPlane", "Point", "ahead", "bearing_deg", "cut", "length_m", "shifted_right", "turn_deg"]


def bearing_deg(a: Point, b: Point) -> float:
    """Compass bearing from ``a`` to ``b``, degrees clockwise from north, in [0, 360)."""
    return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1])) % 360.0


def ahead(a: Point, bearing: float, distance_m: float) -> Point:
    """The point ``distance_m`` from ``a`` along a compass bearing."""
    r = math.radians(bearing)
    return (a[0] + distance_m * math.sin(r), a[1] + distance_m * math.cos(r))


def turn_deg(in_leg_bearing: float, out_leg_bearing: float) -> float:
    """Turn made when arriving on one leg and leaving by another: positive to the right, in (-180, 180].

    Leg bearings look outwards from the junction, so one arrives heading the opposite way.
    """
    turn = (out_leg_bearing - (in_leg_bearing + 180.0)) % 360.0
    return turn - 360.0 if turn > 180.0 else turn


def length_m(points: list[Point]) -> float:
    """Length of a polyline, metres."""
    return sum(math.dist(p, q) for p, q in pairwise(points))


def cut(points: list[Point], at_m: float) -> tuple[list[Point], list[Point]]:
    """A polyline cut in two at ``at_m`` metres from its start; ``at_m`` lies strictly inside."""
    walked = 0.0
    for i, (p, q) in enumerate(pairwise(points)):
        step = math.dist(p, q)
        if walked + step >= at_m:
            share = (at_m - walked) / step
            mid = (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share)
            return [*points[: i + 1], mid], [mid, *points[i + 1 :]]
        walked += step
    raise ValueError(f"at_m={at_m!r} is beyond the polyline's {walked:.1f} m")


def shifted_right(points: list[Point], by_m: float) -> list[Point]:
    """A polyline moved sideways to the right of its direction; bends keep their angle, roughly their distance."""
    moved: list[Point] = []
    for i, p in enumerate(points):
        a, b = points[max(i - 1, 0)], points[min(i + 1, len(points) - 1)]
        heading = math.radians(bearing_deg(a, b))
        moved.append((p[0] + by_m * math.cos(heading), p[1] - by_m * math.sin(heading)))
    return moved
