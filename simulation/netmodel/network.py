"""The network a strategy plans over, read from the net: roads between signals, and corridors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from controller.network import Corridor, Network, RoadLink
from signal_drivers.ids import GroupId, JunctionId, LaneId
from signal_drivers.lanes import Turn
from simulation.netmodel.derive import SignalNet, SumoJunction

SEARCH_M = 1500.0


@dataclass(frozen=True, slots=True)
class CorridorRoads:
    """A corridor as SUMO knows it: edges in driving order, out and back, and the signals along it in forward order."""

    name: str
    junctions: tuple[str, ...]
    forward: tuple[str, ...]
    back: tuple[str, ...]


def build_network(signals: SignalNet, corridors: Sequence[CorridorRoads] = (),
                  flows_vph: Mapping[tuple[JunctionId, LaneId, GroupId], float] | None = None) -> Network:
    """Raises nothing of its own: corridors that name unknown roads are left out by their maker."""
    junctions = {j: s.junction for j, s in signals.junctions.items()}
    return Network(junctions, tuple(_road_links(signals)), tuple(_corridor(signals, c) for c in corridors), flows_vph or {})


def _road_links(signals: SignalNet) -> list[RoadLink]:
    net = signals.net
    exits: dict[str, list[tuple[JunctionId, LaneId]]] = {}
    for j, s in signals.junctions.items():
        for m in s.junction.movements:
            if m.turn is not Turn.CROSSING:
                edge = net.getLane(m.to_lane).getEdge().getID()
                if (j, m.to_lane) not in exits.setdefault(edge, []):
                    exits[edge].append((j, m.to_lane))
    links = []
    for j, s in signals.junctions.items():
        for approach in dict.fromkeys(lane.approach for lane in s.junction.lanes):
            lanes = tuple(lane.id for lane in s.junction.lanes if lane.approach == approach)
            links += _upstream(net, j, approach, lanes, exits)
    return links


def _upstream(net: Any, j: JunctionId, approach: str, lanes: tuple[LaneId, ...],
              exits: Mapping[str, Sequence[tuple[JunctionId, LaneId]]]) -> list[RoadLink]:
    links, todo, seen = [], [(net.getEdge(approach), 0.0, 0.0)], {approach}
    while todo:
        edge, length, seconds = todo.pop(0)
        length, seconds = length + edge.getLength(), seconds + edge.getLength() / max(edge.getSpeed(), 1.0)
        found = exits.get(edge.getID(), ())
        for upstream in dict.fromkeys(u for u, _ in found if u != j):
            links.append(RoadLink(upstream, j, tuple(lane for u, lane in found if u == upstream), lanes, length, seconds))
        if found or length > SEARCH_M:
            continue
        for before in edge.getIncoming():
            if before.getFunction() == "" and before.getID() not in seen:
                seen.add(before.getID())
                todo.append((before, length, seconds))
    return links


def edge_starts(net: Any, edges: Sequence[str]) -> dict[str, float]:
    """Metres from the corridor's beginning to the beginning of each edge."""
    at, row = 0.0, {}
    for name in edges:
        row[name] = at
        at += net.getEdge(name).getLength()
    return row


def stop_positions(net: Any, junctions: Sequence[SumoJunction], edges: Sequence[str]) -> list[float | None]:
    """Metres from the beginning of ``edges`` to each junction's stop line; None where the way does not pass its signal."""
    starts = edge_starts(net, edges)
    row: list[float | None] = []
    for s in junctions:
        ends = [starts[a] + net.getEdge(a).getLength()
                for a in dict.fromkeys(lane.approach for lane in s.junction.lanes) if a in starts]
        row.append(ends[0] if ends else None)
    return row


def through_group(net: Any, s: SumoJunction, edges: Sequence[str]) -> GroupId | None:
    """Group that releases traffic following ``edges`` over the junction: the one with most lanes, where there are several."""
    onward = dict(pairwise(edges))
    lanes: dict[GroupId, set[str]] = {}
    for m in s.junction.movements:
        if m.turn is Turn.CROSSING:
            continue
        source, target = net.getLane(m.from_lane).getEdge().getID(), net.getLane(m.to_lane).getEdge().getID()
        if onward.get(source) == target and s.junction.group[m.group].kind.value in ("vehicle", "bus"):
            lanes.setdefault(m.group, set()).add(m.from_lane)
    return max(lanes, key=lambda g: (len(lanes[g]), g)) if lanes else None


def _corridor(signals: SignalNet, roads: CorridorRoads) -> Corridor:
    net = signals.net
    on_it = [signals.junctions[JunctionId(j)] for j in roads.junctions if JunctionId(j) in signals.junctions]
    ahead, behind = stop_positions(net, on_it, roads.forward), stop_positions(net, on_it, roads.back)
    kept = [(s, p, q) for s, p, q in zip(on_it, ahead, behind, strict=True) if p is not None]
    speed = free_speed_mps(net, roads.forward)
    position = [p for _, p, _ in kept if p is not None]
    gaps = [b - a for a, b in pairwise(position)]
    return Corridor(roads.name, tuple(s.junction.id for s, _, _ in kept), tuple(position),
                    tuple(through_group(net, s, roads.forward) for s, _, _ in kept),
                    tuple(through_group(net, s, roads.back) for s, _, _ in kept),
                    tuple(g / speed for g in gaps), tuple(g / speed for g in gaps))


def free_speed_mps(net: Any, edges: Sequence[str]) -> float:
    """Mean speed at the limits along ``edges``, m/s; 50 km/h for a way without length."""
    length = sum(net.getEdge(e).getLength() for e in edges)
    seconds = sum(net.getEdge(e).getLength() / max(net.getEdge(e).getSpeed(), 1.0) for e in edges)
    return length / seconds if seconds else 50 / 3.6


def longest_corridor(signals: SignalNet) -> CorridorRoads | None:
    """For nets that name none: the longest way through signals that goes straight over each, and its way back."""
    net = signals.net
    ways = [_follow(signals, a) for s in signals.junctions.values()
            for a in dict.fromkeys(lane.approach for lane in s.junction.lanes)]
    ways = [w for w in ways if w[1]]
    if not ways:
        return None
    edges, junctions = max(ways, key=lambda w: (len(w[1]), sum(net.getEdge(e).getLength() for e in w[0]), w[0]))
    back = max(ways, key=lambda w: (_common(w[1], junctions[::-1]), -len(w[1]), w[0]))
    return CorridorRoads("longest way straight through", tuple(junctions), tuple(edges),
                         tuple(back[0]) if _common(back[1], junctions[::-1]) else ())


def _common(way: Sequence[str], wanted: Sequence[str]) -> int:
    order = [wanted.index(j) for j in way if j in wanted]
    return len(order) if order == sorted(order) else 0


def _follow(signals: SignalNet, approach: str) -> tuple[list[str], list[str]]:
    """Edges and signals met when driving on from ``approach``, straight over each signal."""
    net = signals.net
    owner = {lane.approach: s for s in signals.junctions.values() for lane in s.junction.lanes}
    edges, junctions, edge = [approach], list[str](), net.getEdge(approach)
    while True:
        here = owner.get(edge.getID())
        if here is not None:
            if here.junction.id in junctions:
                return edges[:-1], junctions
            junctions.append(here.junction.id)
        onward = [c for cs in edge.getOutgoing().values() for c in cs
                  if c.getDirection() == "s" and c.getTo().getFunction() == "" and c.getTo().allows("passenger")]
        if not onward and here is None:
            onward = [c for cs in edge.getOutgoing().values() for c in cs
                      if c.getTo().getFunction() == "" and c.getTo().allows("passenger") and c.getDirection() != "t"]
            onward = onward if len({c.getTo().getID() for c in onward}) == 1 else []
        if not onward:
            return edges, junctions
        counts: dict[str, int] = {}
        for c in onward:
            counts[c.getTo().getID()] = counts.get(c.getTo().getID(), 0) + 1
        edge = net.getEdge(max(counts, key=lambda e: (counts[e], net.getEdge(e).getLaneNumber(), e)))
        if edge.getID() in edges:
            return edges, junctions
        edges.append(edge.getID())
