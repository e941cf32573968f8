"""Where a way begins and ends: on this side of a junction or on the other, so that it has the signals that it passes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from controller.streets.search import Spot

if TYPE_CHECKING:
    from controller.streets.model import Turn
    from controller.streets.plane import LonLat
    from controller.streets.streets import Streets

HERE_M = 1.0
"""Nearer than this two places are one."""
NEAR_M = 20.0
"""So near a stop line, or behind a junction, a place has the road on its other side among those it may mean."""
PAST_M = 10.0
"""A way that ends in a junction is drawn so far beyond it: it passes its signal, also where it is read from a map again."""
BACK_RAD = math.radians(150.0)
"""Who turns by more than this turns back."""


def origins(streets: Streets, place: LonLat, junction: str | None) -> list[Spot]:
    """Where a way from ``place`` may begin. A ``junction`` is left behind; a place before a stop line is before it, however near
    the road behind the junction is."""
    if junction is not None:
        begins = {turn.to_road for turn in streets.turns if turn.signal is not None and turn.signal.junction == junction}
        if begins:
            return [Spot(streets.number[road], 0.0) for road in sorted(begins)]
    spots = streets.spots(place, "origin")
    return _inside(streets, place, spots, 0.0) or _without(spots, lambda near, far: _far_side(streets, near, far))


def targets(streets: Streets, place: LonLat, junction: str | None) -> list[Spot]:
    """Where a way to ``place`` may end; one into a ``junction`` at its stop lines, and :func:`onward` from there."""
    if junction is not None:
        ends = {turn.from_road for turn in streets.turns if turn.signal is not None and turn.signal.junction == junction}
        if ends:
            return [Spot(i, streets.roads[i].length_m) for i in sorted(streets.number[road] for road in ends)]
    spots = streets.spots(place, "destination")
    return _inside(streets, place, spots, PAST_M) or _without(spots, lambda near, far: _far_side(streets, far, near, ends=True))


def onward(streets: Streets, road: str, junction: str) -> tuple[int, float] | None:
    """The road that leads straightest over ``junction``, and how far on it a way into the junction is drawn; None where ``road``
    does not lead into it."""
    ways = [t for t in streets.turns if t.from_road == road and t.signal is not None and t.signal.junction == junction]
    if not ways:
        return None
    best = min(ways, key=lambda t: (round(_bend_rad(streets, t), 3), t.to_road))
    number = streets.number[best.to_road]
    return number, min(PAST_M, streets.roads[number].length_m / 2)


def _inside(streets: Streets, place: LonLat, spots: list[Spot], past_m: float) -> list[Spot]:
    """Beyond the turns that a place in the middle of a junction is nearer to than to any road."""
    least_m, (x_m, y_m), roads = min(s.off_m for s in spots), streets.xy_m(place), len(streets.roads)
    found = []
    for near in streets.near(x_m, y_m, least_m):
        if near.line >= roads and near.off_m < least_m - HERE_M:
            number = streets.number[streets.turns[near.line - roads].to_road]
            found.append(Spot(number, min(past_m, streets.roads[number].length_m / 2), near.off_m))
    return found


def _without(spots: list[Spot], behind: Callable[[Spot, Spot], bool]) -> list[Spot]:
    """Without those that are on the other side of a junction than a nearer one."""
    return [far for far in spots if not any(near.off_m < far.off_m and behind(near, far) for near in spots)]


def _far_side(streets: Streets, before: Spot, after: Spot, *, ends: bool = False) -> bool:
    """Whether ``before`` is where one road ends, ``after`` where the next begins. Of the two the one that is not meant lies at
    its road's very end: ``before`` where ``ends``."""
    a, b = streets.roads[before.road], streets.roads[after.road]
    turn = streets.turn.get((a.id, b.id))
    if turn is None or _bend_rad(streets, turn) > BACK_RAD:
        return False
    left_m = a.length_m - before.at_m
    return left_m <= (HERE_M if ends else NEAR_M) and after.at_m <= (NEAR_M if ends else HERE_M)


def _bend_rad(streets: Streets, turn: Turn) -> float:
    """By how much one turns who drives it."""
    into, out = (streets.roads[streets.number[road]].line for road in (turn.from_road, turn.to_road))
    (ax, ay), (bx, by) = streets.xy_m(into[-2]), streets.xy_m(into[-1])
    (cx, cy), (dx, dy) = streets.xy_m(out[0]), streets.xy_m(out[1])
    return abs(math.remainder(math.atan2(dy - cy, dx - cx) - math.atan2(by - ay, bx - ax), math.tau))
