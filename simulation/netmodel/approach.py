"""What a camera at a stop line can look along: the lane, and the lanes that feed it, back to its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from signal_drivers.lanes import Turn
from simulation.netmodel.links import TURNS


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of an approach: a vehicle at ``pos`` m on ``lane`` (``length_m`` long) is ``offset_m + length_m - pos`` m
    from the stop line."""

    lane: str
    length_m: float
    offset_m: float


def segments(net: Any, lane_id: str, range_m: float) -> tuple[Segment, ...]:
    """Segments of the approach that ends with ``lane_id``, the stop line's own lane first, up to ``range_m`` back.

    A feeding lane that leads to several lanes belongs to the one it leads straight to: no camera can tell which lane a
    driver will choose. Another signal's stop line ends the approach.
    """
    found: list[Segment] = []
    todo = [(lane_id, 0.0)]
    seen = set()
    while todo:
        name, offset = todo.pop(0)
        if name in seen:
            continue
        seen.add(name)
        lane = net.getLane(name)
        found.append(Segment(name, lane.getLength(), offset))
        reach = offset + lane.getLength()
        if reach >= range_m:
            continue
        for feeder, via in _feeders(lane):
            gap = sum(net.getLane(v).getLength() for v in via)
            at = reach
            for v in reversed(via):
                found.append(Segment(v, net.getLane(v).getLength(), at))
                at += net.getLane(v).getLength()
            todo.append((feeder.getID(), reach + gap))
    return tuple(found)


def _feeders(lane: Any) -> list[tuple[Any, tuple[str, ...]]]:
    feeders: list[tuple[Any, tuple[str, ...]]] = []
    for feeder in lane.getIncoming():
        if feeder.getEdge().getFunction() in ("internal", "walkingarea", "crossing"):
            continue
        onward = [c for c in feeder.getOutgoing()
                  if c.getToLane().getEdge().getFunction() not in ("internal", "walkingarea", "crossing")]
        if any(c.getTLSID() and c.getTLLinkIndex() >= 0 for c in onward):
            continue
        if not onward:
            continue
        best = min(onward, key=lambda c: (TURNS.get(c.getDirection()) is not Turn.THROUGH,
                                          abs(c.getToLane().getIndex() - feeder.getIndex()), c.getToLane().getIndex()))
        if best.getToLane().getID() == lane.getID():
            via = best.getViaLaneID()
            feeders.append((feeder, (via,) if via else ()))
    return feeders


def approach_length_m(pieces: tuple[Segment, ...]) -> float:
    return max(s.offset_m + s.length_m for s in pieces)
