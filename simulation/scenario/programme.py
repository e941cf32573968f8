"""A plain fixed-time programme for each junction: opposite approaches together, guarded left turns after them.

It is what the scenario's net carries when nobody controls it. A left turn that has its own lane and must cross a tram or
two opposing lanes is protected: it gets a stage of its own and is red otherwise; any other left turn yields.
Splits follow the demand: each stage gets green in proportion to its critical flow ratio (F. V. Webster, Traffic Signal
Settings, Road Research Technical Paper 39, 1958) within a set cycle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simulation.scenario.geometry import turn_deg
from simulation.scenario.legs import STRAIGHT_DEG, Leg
from simulation.scenario.plain_xml import before_pocket
from simulation.scenario.signal_links import SignalLink

CYCLE_S = 100
LONG_CYCLE_S = 120  # from four stages on
YELLOW_S = 3
ALL_RED_S = 2
LONGEST_ALL_RED_S = 7
MIN_GREEN_S = 7
LANE_SATURATION_VPH = 1700.0
OPPOSED_DEG = 40.0  # approaches within this of straight opposition share a stage
WALK_MPS = 1.0  # for clearing the crossing only; people enter while the whole crossing can still be walked


@dataclass(frozen=True)
class OwnStage:
    """Links that are green together, by index, and the stage's critical flow ratio."""

    links: frozenset[int]
    flow_ratio: float


def stages(links: list[SignalLink], legs: list[Leg], volume_vph: Mapping[tuple[str, str], float]) -> list[OwnStage]:
    """Stages that serve every link of a junction; ``volume_vph`` is by (from edge, to edge) at the junction."""
    approach = {leg.arriving.edge_id: leg for leg in legs if leg.arriving}
    moving = [k for k in links if not k.is_crossing]
    found: list[frozenset[int]] = []
    for axis in _split(_axes([leg for leg in legs if leg.arriving]), moving):
        edges = {leg.arriving.edge_id for leg in axis if leg.arriving}
        own = [k for k in moving if k.from_edge in edges]
        lefts = {k.index for k in own if _is_protected_left(k, own, approach)}
        main = {k.index for k in own} - lefts
        for group in (main, lefts):
            if group:
                found.append(frozenset(group))
    turns = _turn_by_link(moving, legs)
    served = [_with_crossings(group, links, turns) for group in found]
    waiting = {k.index for k in links if k.is_crossing} - frozenset().union(*served)
    if waiting:
        served.append(frozenset(waiting))
    return [OwnStage(group, _flow_ratio(group, moving, volume_vph)) for group in served]


def _axes(approaches: list[Leg]) -> list[list[Leg]]:
    """Approaches in opposed pairs, the straightest first, main roads before side streets; the rest alone."""
    pairs = sorted(
        (not (a.is_road and b.is_road), abs(turn_deg(a.bearing, b.bearing)), a.id, b.id)
        for i, a in enumerate(approaches) for b in approaches[i + 1:] if abs(turn_deg(a.bearing, b.bearing)) <= OPPOSED_DEG)
    left = {a.id: a for a in approaches}
    axes: list[list[Leg]] = []
    for _, _, a, b in pairs:
        if a in left and b in left:
            axes.append([left.pop(a), left.pop(b)])
    return axes + [[leg] for leg in left.values()]


def _split(axes: list[list[Leg]], moving: list[SignalLink]) -> list[list[Leg]]:
    """Pairs taken apart where a left turn shares its lane with others and meets traffic from across.

    A driver waiting there to turn left stops all behind, on both sides at once.
    """
    out: list[list[Leg]] = []
    for axis in axes:
        edges = {leg.arriving.edge_id for leg in axis if leg.arriving}
        own = [k for k in moving if k.from_edge in edges]
        met = any(k.direction == "l" and _shares_lane(k, own)
                  and any(o.index in k.foes and o.from_edge != k.from_edge for o in own) for k in own)
        out += [[leg] for leg in axis] if met else [axis]
    return out


def _shares_lane(link: SignalLink, axis: list[SignalLink]) -> bool:
    return any(k.direction != "l" for k in axis if (k.from_edge, k.from_lane) == (link.from_edge, link.from_lane))


def _is_protected_left(link: SignalLink, axis: list[SignalLink], approach: Mapping[str, Leg]) -> bool:
    if link.direction != "l":
        return False
    own = approach[link.from_edge]
    crossed = {(k.from_edge, k.from_lane) for k in axis if k.index in link.foes and k.from_edge != link.from_edge}
    guarded = own.arriving is not None and own.arriving.tram
    # Where the right of way leaves both waiting for each other, only separate greens end it.
    deadlock = any(k.index in link.yields_to and link.index in k.yields_to for k in axis)
    return not _shares_lane(link, axis) and (guarded or deadlock or len(crossed) >= 2)


def _turn_by_link(moving: list[SignalLink], legs: list[Leg]) -> dict[int, float]:
    """Turn of each movement in degrees, by the legs' bearings: what SUMO calls right may be the road's own bend."""
    coming = {leg.arriving.edge_id: leg.bearing for leg in legs if leg.arriving}
    going = {name: leg.bearing for leg in legs if leg.leaving
             for name in (leg.leaving.edge_id, before_pocket(leg.leaving.edge_id))}
    return {k.index: turn_deg(coming[k.from_edge], going[k.to_edge]) for k in moving}


def _with_crossings(group: frozenset[int], links: list[SignalLink], turns: Mapping[int, float]) -> frozenset[int]:
    """The group and every crossing whose only moving foes in it are turning vehicles, who give way.

    Nobody walks over the path of a stage of left turns only: those drivers have green to themselves.
    """
    by_index = {k.index: k for k in links}
    lefts_only = all(turns[i] < -STRAIGHT_DEG for i in group)

    def may_walk(crossing: SignalLink) -> bool:
        foes = crossing.foes & group
        gives_way = all(abs(turns[f]) > STRAIGHT_DEG and crossing.index in by_index[f].yields_to for f in foes)
        return gives_way and not (foes and lefts_only)

    return group | {k.index for k in links if k.is_crossing and may_walk(k)}


def _flow_ratio(group: frozenset[int], moving: list[SignalLink], volume_vph: Mapping[tuple[str, str], float]) -> float:
    """Largest flow a lane over saturation, among the approaches of a stage; a movement's flow is shared by its lanes."""
    by_edge: dict[str, list[SignalLink]] = {}
    for link in (k for k in moving if k.index in group):
        by_edge.setdefault(link.from_edge, []).append(link)
    worst = 0.0
    for edge, own in by_edge.items():
        lanes = {k.from_lane for k in own}
        total = sum(volume_vph.get((edge, to), 0.0) for to in {k.to_edge for k in own})
        worst = max(worst, total / (len(lanes) * LANE_SATURATION_VPH))
    return worst


def green_times_s(found: list[OwnStage], links: list[SignalLink]) -> list[int]:
    """Whole seconds of green by stage: minimum greens first, the rest by flow ratio; longer cycles if minima need it."""
    by_index = {k.index: k for k in links}
    least = []
    for stage in found:
        walk = max((by_index[i].length_m for i in stage.links if by_index[i].is_crossing), default=0.0)
        least.append(max(MIN_GREEN_S, math.ceil(walk / WALK_MPS) + 2 if walk else 0))
    cycle_s = LONG_CYCLE_S if len(found) >= 4 else CYCLE_S
    lost = sum(YELLOW_S + all_red_s(stage, by_index) for stage in found)
    spare = max(cycle_s, sum(least) + lost) - lost
    greens = list(least)
    for _ in range(spare - sum(least)):  # second by second to whoever is worst off
        worst = max(range(len(found)), key=lambda k: (found[k].flow_ratio / greens[k], -k))
        greens[worst] += 1
    return greens


def all_red_s(stage: OwnStage, by_index: Mapping[int, SignalLink]) -> int:
    """Seconds of all red after a stage: what its slowest vehicle still needs when the yellow is over."""
    slowest = max((by_index[i].clear_s for i in stage.links), default=0.0)
    return min(LONGEST_ALL_RED_S, max(ALL_RED_S, math.ceil(slowest - YELLOW_S)))


def phases(links: list[SignalLink], found: list[OwnStage], greens_s: list[int]) -> list[tuple[int, str]]:
    """(seconds, state) of the whole programme: green, green with the crossings cleared, yellow, all red, by stage."""
    by_index = {k.index: k for k in links}
    size = max(by_index) + 1
    out: list[tuple[int, str]] = []
    for stage, green in zip(found, greens_s, strict=True):
        on = ["r"] * size
        for i in stage.links:
            on[i] = "g" if by_index[i].yields_to & stage.links and not by_index[i].is_crossing else "G"
        walks = [i for i in stage.links if by_index[i].is_crossing]
        longest = max((by_index[i].length_m for i in walks), default=0.0)
        clear = min(green - 4, max(0, math.ceil(longest / WALK_MPS) - YELLOW_S - ALL_RED_S)) if walks else 0
        stopped = ["r" if i in walks else s for i, s in enumerate(on)]
        out.append((green - clear, "".join(on)))
        if clear:
            out.append((clear, "".join(stopped)))
        if any(s in "Gg" for s in stopped):
            out.append((YELLOW_S, "".join("y" if s in "Gg" else s for s in stopped)))
        else:
            out.append((YELLOW_S, "r" * size))
        out.append((all_red_s(stage, by_index), "r" * size))
    return out
