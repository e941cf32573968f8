"""The controlled links of a SUMO net, with the paths they take over the junction and whom they must give way to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from signal_drivers.errors import NetError
from signal_drivers.groups import GroupKind
from signal_drivers.lanes import Turn

Path2D = npt.NDArray[np.float64]

TURNS = {"s": Turn.THROUGH, "l": Turn.LEFT, "L": Turn.LEFT, "r": Turn.RIGHT, "R": Turn.RIGHT, "t": Turn.U_TURN}
RAIL = {"tram", "rail", "rail_urban", "rail_electric", "rail_fast", "subway", "cable_car", "lightrail"}
MOTOR = {"passenger", "taxi", "motorcycle", "truck", "delivery", "private", "evehicle"}
RAILWAY_NODES = {"rail_signal", "rail_crossing"}
"""Signals that belong to the railway: trains set them by themselves, in SUMO as on the street."""


@dataclass(frozen=True, eq=False)
class Link:
    """One connection a signal controls. ``path`` (n, 2) in m runs from its stop line to the exit lane;
    ``heading_rad`` is the direction of travel on its approach, mathematical sense.

    ``foes`` are the request indices it conflicts with at ``node``, ``yields_to`` those it must give way to.
    """

    index: int
    node: str
    request: int
    from_edge: str
    from_lane: str
    to_lane: str
    via: tuple[str, ...]
    turn: Turn
    kind: GroupKind
    limit_mps: float
    path: Path2D
    heading_rad: float
    foes: frozenset[int]
    yields_to: frozenset[int]

    @property
    def pedestrian(self) -> bool:
        return self.kind is GroupKind.PEDESTRIAN

    def conflicts_with(self, other: Link) -> bool:
        """Paths that meet. Lanes of one road side by side are in conflict only where different traffic uses them: a turn
        across a tram's track or a cycle lane beside it."""
        if self.node != other.node or (self.pedestrian and other.pedestrian):
            return False
        if self.from_edge == other.from_edge and self.kind is other.kind:
            return False
        return other.request in self.foes or self.request in other.foes

    def gives_way_to(self, other: Link) -> bool:
        return self.node == other.node and other.request in self.yields_to


def read_net(path: Path) -> Any:
    """sumolib's net with programmes, internal lanes and pedestrian links. Raises :class:`NetError`, naming the file."""
    if not path.is_file():
        raise NetError("the network file does not exist", where=str(path), mend="check net-file in the configuration")
    now = path.stat()
    return _read_net(path, now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=4)
def _read_net(path: Path, _changed_ns: int, _bytes: int) -> Any:
    # Time and size are part of the key: a net that was built again is read again.
    import sumolib

    try:
        net = sumolib.net.readNet(str(path), withLatestPrograms=True, withInternal=True, withPedestrianConnections=True)
    except Exception as error:  # sumolib raises whatever its XML reader does
        raise NetError(f"the network cannot be read: {error}", where=str(path), mend="rebuild it with netconvert") from error
    if not net.getEdges():
        raise NetError("the network has no roads", where=str(path), mend="give a file made by netconvert or netedit")
    return net


def _kind(lane: Any, crossing: bool) -> GroupKind:
    if crossing:
        return GroupKind.PEDESTRIAN
    allowed = set(lane.getPermissions())
    if not allowed & MOTOR:
        if allowed & RAIL:
            return GroupKind.TRAM if "bus" not in allowed else GroupKind.BUS
        if "bus" in allowed:
            return GroupKind.BUS
        if "bicycle" in allowed:
            return GroupKind.CYCLE
        if "pedestrian" in allowed:
            return GroupKind.PEDESTRIAN
    return GroupKind.VEHICLE


def _bits(text: str) -> frozenset[int]:
    return frozenset(i for i, c in enumerate(reversed(text)) if c == "1")


def _path(net: Any, via: str, from_lane: Any, to_lane: Any) -> tuple[tuple[str, ...], Path2D]:
    """Internal lanes a connection drives over, and their shapes joined."""
    names: list[str] = []
    points: list[tuple[float, float]] = []
    while via and via not in names:
        names.append(via)
        lane = net.getLane(via)
        points += [(x, y) for x, y, *_ in lane.getShape()]
        onward = [c for c in lane.getOutgoing() if c.getViaLaneID()]
        via = onward[0].getViaLaneID() if onward else ""
    if not points:
        points = [tuple(from_lane.getShape()[-1][:2]), tuple(to_lane.getShape()[0][:2])]
    path = np.asarray(points, dtype=float)
    keep = np.concatenate([[True], np.any(np.abs(np.diff(path, axis=0)) > 1e-6, axis=1)])
    return tuple(names), path[keep]


def links_by_signal(net: Any) -> dict[str, list[Link]]:
    """Every controlled link of every road signal, in the order of the index in its state string. Level crossings and
    railway signals are not among them: nobody but the railway may set those."""
    rows: dict[str, list[Link]] = {}
    for edge in net.getEdges(withInternal=True):
        for connections in edge.getOutgoing().values():
            for c in connections:
                if c.getTLSID() and c.getTLLinkIndex() >= 0 and c.getJunction().getType() not in RAILWAY_NODES:
                    rows.setdefault(c.getTLSID(), []).append(_link(net, c))
    for links in rows.values():
        links.sort(key=lambda link: (link.index, link.from_lane, link.to_lane))
    return rows


def railway_signals(net: Any) -> tuple[str, ...]:
    """Ids of the nodes whose signals belong to the railway."""
    return tuple(sorted(n.getID() for n in net.getNodes() if n.getType() in RAILWAY_NODES))


def _link(net: Any, c: Any) -> Link:
    from_lane, to_lane = c.getFromLane(), c.getToLane()
    crossing = to_lane.getEdge().getFunction() == "crossing"
    if crossing:
        # The signal stands where the walking area meets the crossing; the way over the road is the crossing itself.
        via: tuple[str, ...] = (to_lane.getID(),)
        path = np.asarray([p[:2] for p in to_lane.getShape()], dtype=float)
        node = to_lane.getEdge().getFromNode()
        if node is None or not node.hasFoes():
            node = net.getNode(to_lane.getID()[1:].rsplit("_c", 1)[0])
    else:
        via, path = _path(net, c.getViaLaneID(), from_lane, to_lane)
        node = c.getJunction()
    request = node.getLinkIndex(c)
    foes, yields = node._foes.get(request, ""), node._prohibits.get(request, "")
    before = path if crossing else np.asarray([p[:2] for p in from_lane.getShape()][-2:], dtype=float)
    limit = net.getLane(via[0]).getSpeed() if via and not crossing else from_lane.getSpeed()
    return Link(index=c.getTLLinkIndex(), node=node.getID(), request=request, from_edge=from_lane.getEdge().getID(),
                from_lane=from_lane.getID(), to_lane=to_lane.getID(), via=via,
                turn=Turn.CROSSING if crossing else TURNS.get(c.getDirection(), Turn.THROUGH),
                kind=_kind(from_lane, crossing), limit_mps=min(limit, from_lane.getSpeed()), path=path,
                heading_rad=float(np.arctan2(*(before[-1] - before[0])[::-1])), foes=_bits(foes),
                yields_to=_bits(yields))
