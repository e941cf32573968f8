"""Which lane leads where: the lane markings of one approach, by the rules a road engineer would use.

With a pocket, or with more lanes than go on, the leftmost lane serves the left turns alone; the rest go straight, the
kerb lane also right. Otherwise the leftmost lane shares. Where the main road itself turns, two lanes turn with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.scenario.legs import STRAIGHT_DEG, Leg

Turn = tuple[float, Leg]


@dataclass(frozen=True)
class LaneLink:
    """From a lane of the approach to a lane of a leaving leg; both SUMO lane numbers."""

    from_lane: int
    to_leg: Leg
    to_lane: int


def lane_links(turns: list[Turn], lanes: int, pocket: bool, tram: bool, main_road: bool = False) -> list[LaneLink]:
    """All links of one approach with ``lanes`` car lanes, the pocket not counted; ``turns`` come leftmost first.

    ``main_road`` says that the approach is the main road, for the rule of its own turns.
    """
    lefts = [(t, leg) for t, leg in turns if t < -STRAIGHT_DEG]
    straights = [(t, leg) for t, leg in turns if abs(t) <= STRAIGHT_DEG]
    rights = [(t, leg) for t, leg in turns if t > STRAIGHT_DEG]
    last = lanes + 1 if pocket else lanes
    if straights:
        links = _crossroads(lefts, straights, rights, lanes, last, main_road)
    else:
        links = _t_stem(lefts, rights, last)
    used = {link.from_lane for link in links}
    for lane in range(1, last + 1):
        if lane not in used and links:  # a lane with no way on of its own joins its neighbour's
            near = min(links, key=lambda k: (abs(k.from_lane - lane), k.from_lane))
            links.append(LaneLink(lane, near.to_leg, near.to_lane))
    tracks = [(t, leg) for t, leg in turns if leg.leaving is not None and leg.leaving.tram] if tram else []
    if tracks:
        ahead = min(tracks, key=lambda way: abs(way[0]))[1]
        links.append(LaneLink(last + 1, ahead, _lanes_out(ahead) + 1))
    return links


def unreached_filled(approaches: list[tuple[Leg, list[LaneLink]]]) -> list[tuple[Leg, list[LaneLink]]]:
    """The links of a whole junction, with forks added into leaving lanes that no link reached: no lane starts empty."""
    reached = {(k.to_leg.id, k.to_lane) for _, links in approaches for k in links}
    out: list[tuple[Leg, list[LaneLink]]] = []
    for leg, links in approaches:
        grown = list(links)
        for to_leg in {k.to_leg.id: k.to_leg for k in links}.values():
            cars = [k for k in links if k.to_leg.id == to_leg.id and k.to_lane <= _lanes_out(to_leg)]
            for lane in range(1, _lanes_out(to_leg) + 1):
                if (to_leg.id, lane) not in reached and cars:
                    near = min(cars, key=lambda k, lane=lane: (abs(k.to_lane - lane), k.from_lane))  # type: ignore[misc]
                    grown.append(LaneLink(near.from_lane, to_leg, lane))
                    reached.add((to_leg.id, lane))
        out.append((leg, grown))
    return out


def _crossroads(lefts: list[Turn], straights: list[Turn], rights: list[Turn], lanes: int, last: int,
                main_road: bool) -> list[LaneLink]:
    angle, main = min(straights, key=lambda way: abs(way[0]))
    turning_left = 2 if main_road and last >= 3 and any(leg.is_road for _, leg in lefts) else 1
    first_left = last - turning_left + 1 if lefts else last + 1
    own_left_lane = last > lanes or _lanes_out(main) < lanes
    # Two lanes turn right with the main road; the outer of them is for that turn alone, or its path would be crossed.
    turning_right = 2 if main_road and lanes >= 3 and any(leg.is_road for _, leg in rights) else 1
    through = [lane for lane in range(turning_right, lanes + 1) if lane < first_left or not own_left_lane]
    if turning_right == 1 or len(through) > _lanes_out(main):
        links = [LaneLink(lane, main, k) for k, lane in enumerate(through, 1) if k <= _lanes_out(main)]
    else:
        links = [LaneLink(lane, main, k) for k, lane in enumerate(through, _lanes_out(main) - len(through) + 1)]
    for t, leg in straights:
        if leg is not main:  # another street ahead takes the lane on its side
            links.append(LaneLink(through[0], leg, 1) if t > angle else LaneLink(through[-1], leg, _lanes_out(leg)))
    for _, leg in rights:
        wide = turning_right if leg.is_road else 1
        links += [LaneLink(lane, leg, lane) for lane in range(1, min(wide, _lanes_out(leg)) + 1)]
    for _, leg in lefts:
        from_lanes = range(first_left, last + 1) if leg.is_road else range(last, last + 1)
        links += _from_median(list(from_lanes), leg)
    return links


def _t_stem(lefts: list[Turn], rights: list[Turn], last: int) -> list[LaneLink]:
    """No way straight on: the kerb lanes turn right, the others left; a single lane does both."""
    links: list[LaneLink] = []
    split = last - last // 2 if lefts and rights else last
    for _, leg in rights:
        links += [LaneLink(lane, leg, lane) for lane in range(1, split + 1) if lane <= _lanes_out(leg)]
    first_left = (min(split + 1, last) if rights else 1)
    for _, leg in lefts:
        links += _from_median(list(range(first_left, last + 1)), leg)
    return links


def _from_median(from_lanes: list[int], leg: Leg) -> list[LaneLink]:
    """Lane by lane from the median; lanes beyond the leaving street's width are left out."""
    out = _lanes_out(leg)
    return [LaneLink(lane, leg, out - k) for k, lane in enumerate(reversed(from_lanes)) if out - k >= 1]


def _lanes_out(leg: Leg) -> int:
    return leg.leaving.lanes if leg.leaving is not None else 0
