"""Trajectories thinned for drawing: within the window, fewer points where the line is straight, no more lines than show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from simulation.record import Trajectory
from simulation.report.signal_spans import Span

Point = tuple[float, float]

MOST_GAP_S = 20.0


def in_window(way: Trajectory, window: Span) -> list[Point]:
    """The (time s, position m) points of ``way`` that fall in ``window``, times strictly rising."""
    points: list[Point] = []
    for t, x in zip(way.times_s, way.position_m, strict=False):
        if window[0] <= t <= window[1] and (not points or t > points[-1][0]):
            points.append((t, x))
    return points


def unbroken(points: Sequence[Point], gap_s: float = MOST_GAP_S) -> list[list[Point]]:
    """``points`` cut where a vehicle was not seen for more than ``gap_s``: it was off the corridor."""
    stretches: list[list[Point]] = []
    for point in points:
        if stretches and point[0] - stretches[-1][-1][0] <= gap_s:
            stretches[-1].append(point)
        else:
            stretches.append([point])
    return stretches


def simplified(points: Sequence[Point], tolerance_m: float = 4.0) -> list[Point]:
    """The fewest of ``points``, greedily, such that no dropped one is further than ``tolerance_m`` from the line drawn.

    One pass, each kept point opening a cone of slopes that later points narrow (Imai and Iri, 1988, for functions of time).
    """
    if len(points) < 3:
        return list(points)
    kept = [points[0]]
    low, high = float("-inf"), float("inf")
    for previous, point in pairwise(points[1:]):
        t0, x0 = kept[-1]
        low = max(low, (previous[1] - tolerance_m - x0) / (previous[0] - t0))
        high = min(high, (previous[1] + tolerance_m - x0) / (previous[0] - t0))
        if not low <= (point[1] - x0) / (point[0] - t0) <= high:
            kept.append(previous)
            low, high = float("-inf"), float("inf")
    return [*kept, points[-1]]


def sample(ways: Sequence[Trajectory], most: int) -> list[Trajectory]:
    """At most ``most`` of ``ways``, evenly spread in order of first appearance."""
    ordered = sorted(ways, key=lambda way: (way.times_s[0] if way.times_s else 0.0, way.vehicle))
    if len(ordered) <= most:
        return ordered
    return [ordered[i * len(ordered) // most] for i in range(most)]
