"""Which lane leads where: the lane markings of one approach, by the rules a road engineer would use.

With a pocket, its lane serves the left turns alone; the rest go straight, the kerb lane also right. Without one, the
leftmost lane shares. A lane never leads to two lanes of the same street, so no two streams merge inside a junction.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.scenario.legs import STRAIGHT_DEG, Leg


@dataclass(frozen=True)
class LaneLink:
    """From a lane of the approach to a lane of a leaving leg; both SUMO lane numbers."""

    from_lane: int
    to_leg: Leg
    to_lane: int


def lane_links(turns: list[tuple[float, Leg]], lanes: int, pocket: bool, tram: bool) -> list[LaneLink]:
    """All links of one approach with ``lanes`` car lanes, the pocket not counted; ``turns`` come leftmost first."""
    lefts = [(t, leg) for t, leg in turns if t < -STRAIGHT_DEG]
    straights = [(t, leg) for t, leg in turns if abs(t) <= STRAIGHT_DEG]
    rights = [(t, leg) for t, leg in turns if t > STRAIGHT_DEG]
    last = lanes + 1 if pocket else lanes
    links: list[LaneLink] = []
    through = range(1, lanes + 1)
    # Where several streets lie ahead, the straightest takes every through lane and the others the lane on their side.
    if straights:
        main = min(straights, key=lambda way: abs(way[0]))[1]
        links += _fan(list(through), main)
        for t, leg in straights:
            if leg is not main:
                side = 1 if t > min(abs(s) for s, _ in straights) else lanes
                links.append(LaneLink(side, leg, 1 if side == 1 else _lanes_out(leg)))
        links += [LaneLink(1, leg, 1) for _, leg in rights]
        links += [LaneLink(last, leg, _lanes_out(leg)) for _, leg in lefts]
    else:
        split = lanes - lanes // 2 if lefts and rights else lanes
        if lefts and rights:
            for _, leg in rights:
                links += _fan(list(range(1, split + 1)), leg)
            for _, leg in lefts:
                links += _fan_left(list(range(min(split + 1, last), last + 1)), leg)
        else:
            for _, leg in lefts:
                links += _fan_left(list(range(1, last + 1)), leg)
            for _, leg in rights:
                links += _fan(list(range(1, last + 1)), leg)
    used = {link.from_lane for link in links}
    for lane in range(1, last + 1):
        if lane not in used and turns:  # a lane with no way on of its own joins its right-hand neighbour's
            near = max((k for k in links if k.from_lane < lane), key=lambda k: k.from_lane, default=links[0])
            links.append(LaneLink(lane, near.to_leg, near.to_lane))
    if tram:
        tracks = [(t, leg) for t, leg in turns if leg.leaving is not None and leg.leaving.tram]
        if tracks:
            ahead = min(tracks, key=lambda way: abs(way[0]))[1]
            links.append(LaneLink(last + 1, ahead, _lanes_out(ahead) + 1))
    return links


def _lanes_out(leg: Leg) -> int:
    return leg.leaving.lanes if leg.leaving is not None else 0


def _fan(from_lanes: list[int], leg: Leg) -> list[LaneLink]:
    """Lane by lane from the kerb; lanes beyond the leaving street's width are left out."""
    return [LaneLink(lane, leg, k + 1) for k, lane in enumerate(from_lanes) if k < _lanes_out(leg)]


def _fan_left(from_lanes: list[int], leg: Leg) -> list[LaneLink]:
    """Lane by lane from the median."""
    out = _lanes_out(leg)
    return [LaneLink(lane, leg, out - k) for k, lane in enumerate(reversed(from_lanes)) if out - k >= 1]
