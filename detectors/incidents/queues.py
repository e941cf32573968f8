"""Who waits behind whom. A queue at a red light is no incident, however long it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator

from detectors.counting.lanes import CAR_M, length_m
from detectors.incidents.moment import Moment
from detectors.incidents.trail import Trail, apart_m


def onward_m(of: Trail, other: Trail) -> float:
    """How far ``other`` is ahead of ``of`` in the direction in which ``of`` drives (or drove); negative behind it. 0 where no
    direction is known."""
    ahead = of.lane.ahead if of.lane is not None else of.heading
    if ahead is None:
        return 0.0
    off = (other.now.foot[0] - of.now.foot[0]) * ahead[0] + (other.now.foot[1] - of.now.foot[1]) * ahead[1]
    far = apart_m(of.now, other.now)
    return far if off >= 0 else -far


def beside_m(of: Trail, other: Trail) -> float:
    """How far ``other`` is to the side, as box sizes have it. Infinite where no direction is known."""
    ahead = of.lane.ahead if of.lane is not None else of.heading
    if ahead is None:
        return float("inf")
    dx, dy = other.now.foot[0] - of.now.foot[0], other.now.foot[1] - of.now.foot[1]
    return abs(dx * ahead[1] - dy * ahead[0]) / ((of.now.px_per_m + other.now.px_per_m) / 2)


def along_m(of: Trail, other: Trail) -> float:
    """As :func:`onward_m`, along its direction alone: who stands level in the next lane is a lane's width away, and not ahead."""
    onward, beside = onward_m(of, other), beside_m(of, other)
    return math.copysign(math.sqrt(max(0.0, onward ** 2 - beside ** 2)), onward) if math.isfinite(beside) else 0.0


def standing_near(moment: Moment, of: Trail) -> Iterator[Trail]:
    """Other vehicles that stand in its lane (or, where no lanes are known, anywhere) within a queue's gap of it, hidden ones
    included. Motorcycles too: who waits behind one waits."""
    gap_m = moment.limits.queue_gap_m * moment.stretch
    for other in moment.trails.everyone():
        if other is of or not other.waits:
            continue
        # Places are those of fronts, or of rears; whoever is between them is longer than a car, or is not.
        if apart_m(of.now, other.now) > gap_m + max(_longer_m(of), _longer_m(other)):
            continue
        if of.lane is not None and other.lane is not of.lane:
            continue
        # Who was never seen to drive and has stood for longer than any red is parked, and nobody waits behind it.
        if not other.moved and other.standing_s > moment.limits.long_s:
            continue
        if other.stands() or other.key in moment.trails.hidden:
            yield other


def _longer_m(trail: Trail) -> float:
    """By how much it is longer than the car that a queue's gap is meant for."""
    return max(0.0, length_m(trail.kind, None) - CAR_M)


def way_free(moment: Moment, of: Trail) -> bool:
    """Whether nobody stands ahead of it."""
    return not any(onward_m(of, other) > 0 for other in standing_near(moment, of))


def in_queue(moment: Moment, of: Trail) -> bool:
    """Whether others stand ahead of it or behind it."""
    return any(True for _ in standing_near(moment, of))


def at_line(moment: Moment, of: Trail) -> bool:
    """Whether it is where the first of a queue stands: within some metres of the stop line of an approach."""
    lane = of.lane
    if lane is None or not lane.approach:
        return False
    return -of.beyond_line_m(lane) <= moment.limits.at_line_m * moment.stretch
