"""The roads that a drawn line means: a hidden Markov model over candidate roads.

After Newson & Krumm 2009, "Hidden Markov map matching through noise and sparseness", ACM SIGSPATIAL GIS: it weighs how far each
point lies from a road, and how much longer the way between two roads is than the straight line between the points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from controller.streets.errors import OffNetwork
from controller.streets.plane import LonLat
from controller.streets.search import Spot

if TYPE_CHECKING:
    from controller.streets.streets import Streets

LEAST_APART_M = 10.0
"""Points of a line nearer than this to the one before say nothing of its direction."""
LINE_FAR_M = 100.0
SPREAD_M = 10.0
"""Standard deviation of a drawn point from the road it means."""
DETOUR_M = 15.0
"""Scale of how much longer than straight the way between two points is."""
BACK_M = 15.0
HERE_M = 1.0
"""Nearer than this two places are one."""
ROUND_M = 300.0
"""The way from point to point may be twice as long as straight and this much longer."""
MOST_SPOTS = 12
MOST_POINTS, LONGEST_M = 5000, 200_000.0
"""No way through a city needs more; what does is a mistake, or meant to keep the machine busy."""


def matched(streets: Streets, points: Sequence[LonLat]) -> tuple[float, float, tuple[int, ...]]:
    """Metres on the first road, metres on the last, and the roads by their numbers. Raises :class:`OffNetwork`."""
    rows = _thinned(streets, points)
    steps = [(number, place, _spots(streets, place, number)) for number, place in rows]
    scores = [_emission(s) for s in steps[0][2]]
    came: list[list[int]] = []
    for (before_number, before, olds), (number, place, news) in pairwise(steps):
        straight_m = math.dist(streets.xy_m(before), streets.xy_m(place))
        reaches = [streets.search.reach(old.road, 2 * straight_m + ROUND_M) for old in olds]
        row, best = [], []
        for new in news:
            costs = [score + _detour(streets, old, new, straight_m, reach)
                     for score, old, reach in zip(scores, olds, reaches, strict=True)]
            first = min(range(len(costs)), key=costs.__getitem__)
            row.append(costs[first] + _emission(new))
            best.append(first)
        if all(map(math.isinf, row)):
            raise OffNetwork(f"no way leads from point {before_number} ({before}) to point {number} ({place})",
                             where=f"point {number}", mend="is the line in driving order, and no one-way street against it?")
        scores = row
        came.append(best)
    at = min(range(len(scores)), key=scores.__getitem__)
    chosen = [steps[-1][2][at]]
    for (_, _, spots), best in zip(reversed(steps[:-1]), reversed(came), strict=True):
        at = best[at]
        chosen.append(spots[at])
    return _trimmed(streets, *_joined(streets, chosen[::-1]), rows[0][1], rows[-1][1])


def _thinned(streets: Streets, points: Sequence[LonLat]) -> list[tuple[int, LonLat]]:
    """The points that count, with their numbers as the user counts them."""
    if len(points) < 2:
        raise OffNetwork(f"a line of {len(points)} point(s) is no way", where="line", mend="give two points at least")
    if len(points) > MOST_POINTS:
        raise OffNetwork(f"a line of {len(points):,} points", where="line", mend=f"give {MOST_POINTS:,} at most")
    kept: list[tuple[int, LonLat]] = []
    for number, point in enumerate(points, 1):
        place = streets.checked(point, f"point {number}")
        if not kept or number == len(points) or math.dist(streets.xy_m(kept[-1][1]), streets.xy_m(place)) >= LEAST_APART_M:
            kept.append((number, place))
    length_m = sum(math.dist(streets.xy_m(a), streets.xy_m(b)) for (_, a), (_, b) in pairwise(kept))
    if length_m > LONGEST_M:
        raise OffNetwork(f"a line of {length_m / 1000:,.0f} km", where="line", mend="is longitude the first of each point?")
    return kept


def _spots(streets: Streets, place: LonLat, number: int) -> list[Spot]:
    spots = streets.spots(place, f"point {number}", far_m=LINE_FAR_M)
    return sorted(spots, key=lambda s: s.off_m)[:MOST_SPOTS]


def _emission(spot: Spot) -> float:
    return 0.5 * (spot.off_m / SPREAD_M) ** 2


def _detour(streets: Streets, old: Spot, new: Spot, straight_m: float, reach: Mapping[int, float]) -> float:
    ahead_m = new.at_m - old.at_m
    if old.road == new.road and ahead_m >= -BACK_M:
        return abs(ahead_m - straight_m) / DETOUR_M
    between_m = reach.get(new.road)
    if between_m is None:
        return math.inf
    return abs(streets.roads[old.road].length_m - old.at_m + between_m + new.at_m - straight_m) / DETOUR_M


def _joined(streets: Streets, chosen: Sequence[Spot]) -> tuple[float, float, tuple[int, ...]]:
    numbers = [chosen[0].road]
    for old, new in pairwise(chosen):
        if old.road != new.road or new.at_m < old.at_m - BACK_M:
            way = streets.search.shortest(old.road, new.road, math.inf)
            assert way is not None
            numbers += way[1:]
    begin_m, end_m = chosen[0].at_m, chosen[-1].at_m
    return (min(begin_m, end_m) if len(numbers) == 1 else begin_m), end_m, tuple(numbers)


def _trimmed(streets: Streets, begin_m: float, end_m: float, numbers: tuple[int, ...], first: LonLat,
             last: LonLat) -> tuple[float, float, tuple[int, ...]]:
    """Without roads at the ends of which nothing is driven: where one road ends and the next begins in the same place, a line
    that begins there means the next, and one that ends there the one before."""
    roads = [streets.roads[n] for n in numbers]
    while len(roads) > 1 and roads[0].length_m - begin_m <= HERE_M and _here(streets, first, roads[1].line[0]):
        roads, begin_m = roads[1:], 0.0
    while len(roads) > 1 and end_m <= HERE_M and _here(streets, last, roads[-2].line[-1]):
        roads, end_m = roads[:-1], roads[-2].length_m
    return begin_m, end_m, tuple(streets.number[road.id] for road in roads)


def _here(streets: Streets, a: LonLat, b: LonLat) -> bool:
    return math.dist(streets.xy_m(a), streets.xy_m(b)) <= HERE_M
