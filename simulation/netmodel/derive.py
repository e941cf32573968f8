"""From a SUMO net to junctions that can be driven: groups, conflicts, stages, intergreens, lanes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

from signal_drivers.errors import JunctionRefused, NetError
from signal_drivers.ids import DetectorId, GroupId, JunctionId, LaneId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Detector, Lane, Movement
from signal_drivers.limits import DEFAULT_LIMITS, Clearance, Limits
from signal_drivers.stages import Stage
from signal_drivers.status import Head
from simulation.netmodel.approach import Segment, approach_length_m, segments
from simulation.netmodel.conflicts import pair_intergreens
from simulation.netmodel.grouping import LinkGroup, group_links
from simulation.netmodel.hurry import hurry_stages
from simulation.netmodel.links import Link, links_by_signal, railway_signals, read_net
from simulation.netmodel.overlaps import overlaps
from simulation.netmodel.rebuild import rebuilt_stages
from simulation.netmodel.stagesets import Phase, Unusable, columns_of, stages_from_programme
from simulation.netmodel.variants import with_variants

CAMERA_RANGE_M = 100.0
LETTER = {Head.DARK: "O", Head.RED: "r", Head.RED_AMBER: "u", Head.AMBER: "y", Head.GREEN: "G", Head.GREEN_YIELD: "g",
          Head.FLASHING_AMBER: "o"}


@dataclass(frozen=True)
class SumoJunction:
    """A junction with what SUMO needs to show it: the group of every position in the signal's state string."""

    junction: Junction
    tls: str
    groups: tuple[LinkGroup, ...]
    width: int
    approach: Mapping[LaneId, tuple[Segment, ...]]
    crossings: Mapping[GroupId, tuple[str, ...]]
    """Walking areas and crossing edge of each pedestrian group: (crossing edge, waiting areas...)."""
    rebuilt: str = ""
    """Why the net's programme was not used; empty where it was."""
    programme: tuple[Phase, ...] = ()
    offset_s: float = 0.0

    @cached_property
    def head_of_position(self) -> tuple[int, ...]:
        row = [-1] * self.width
        for i, g in enumerate(self.groups):
            for index in g.indices:
                row[index] = i
        return tuple(row)

    def state(self, heads: Sequence[Head]) -> str:
        """SUMO state string for heads in the order of ``junction.groups``; positions nothing uses are red."""
        letters = [LETTER[h] for h in heads]
        return "".join([letters[i] if i >= 0 else "r" for i in self.head_of_position])


@dataclass(frozen=True)
class SignalNet:
    """All signals of one net."""

    net: Any = field(repr=False)
    path: Path
    junctions: Mapping[JunctionId, SumoJunction]

    @property
    def notes(self) -> list[str]:
        """What the reader must know of how the signals were understood."""
        rows = [f"{j.junction.label}: stages rebuilt from its conflicts, because {j.rebuilt}"
                for j in self.junctions.values() if j.rebuilt]
        idle = [j.junction.label for j in self.junctions.values() if len(j.junction.stages) == 1]
        if idle:
            rows.append(f"{len(idle)} of {len(self.junctions)} signals have nothing to separate in this net and stay green: "
                        + ", ".join(idle[:5]) + (", ..." if len(idle) > 5 else ""))
        railway = railway_signals(self.net)
        if railway:
            rows.append(f"{len(railway)} level crossings and railway signals stay with the railway: " + ", ".join(railway[:5])
                        + (", ..." if len(railway) > 5 else ""))
        return rows


def derive_net(path: Path, *, clearance: Clearance = Clearance.GEOMETRY, limits: Limits = DEFAULT_LIMITS,
               names: Mapping[str, str] | None = None, range_m: float = CAMERA_RANGE_M) -> SignalNet:
    """Derive every signalised junction of a net.

    Raises :class:`NetError` for a broken net or one without signals, :class:`JunctionRefused` for a junction that can be
    driven neither by its programme's stages nor by rebuilt ones.
    """
    net = read_net(path)
    rows = links_by_signal(net)
    if not rows:
        raise NetError("the network has no signals", where=str(path),
                       mend="give junctions type traffic_light, or netconvert --tls.guess")
    junctions = {}
    for tls in sorted(rows):
        try:
            junctions[JunctionId(tls)] = derive(net, tls, rows[tls], clearance=clearance, limits=limits,
                                                name=(names or {}).get(tls, ""), range_m=range_m)
        except JunctionRefused as error:
            raise JunctionRefused(error.what, where=f"{path}: {error.where}", mend=error.mend) from None
    return SignalNet(net, path, junctions)


def derive(net: Any, tls: str, links: Sequence[Link], *, clearance: Clearance = Clearance.GEOMETRY,
           limits: Limits = DEFAULT_LIMITS, name: str = "", range_m: float = CAMERA_RANGE_M) -> SumoJunction:
    """One junction. Raises :class:`JunctionRefused` where neither the programme nor a rebuilt stage set can be driven."""
    programmes = list(net.getTLS(tls).getPrograms().values())
    phases = tuple(Phase(p.state, float(p.duration)) for p in programmes[-1].getPhases()) if programmes else ()
    offset = float(programmes[-1].getOffset() or 0) if programmes else 0.0
    indices = sorted({link.index for link in links})
    _check_indices(tls, name, links)
    why, notes = "", list[str]()
    try:
        groups = group_links(links, columns_of(phases, indices), clearance, limits)
        stages, notes = stages_from_programme(phases, groups)
    except Unusable as reason:
        why = str(reason)
        groups = group_links(links, None, clearance, limits)
        stages = rebuilt_stages(groups)
    junction = _junction(net, tls, name, groups, stages, clearance, limits, tuple(notes), range_m)
    approach = {lane.id: segments(net, lane.id, range_m) for lane in junction.lanes}
    width = max([len(p.state) for p in phases] + [max(indices) + 1])
    return SumoJunction(junction, tls, tuple(groups), width, approach, _crossings(net, groups), why, phases, offset)


def _check_indices(tls: str, name: str, links: Sequence[Link]) -> None:
    """One letter of the state string cannot show two conflicting movements different aspects."""
    for a, b in combinations(links, 2):
        if a.index == b.index and a.conflicts_with(b):
            raise JunctionRefused(f"link index {a.index} releases {a.from_lane} and {b.from_lane} together, which cross",
                                  where=f"junction {name or tls}", mend="give each its own link index in the network")


def _junction(net: Any, tls: str, name: str, groups: Sequence[LinkGroup], stages: Sequence[Stage], clearance: Clearance,
              limits: Limits, notes: tuple[str, ...], range_m: float) -> Junction:
    links = [link for g in groups for link in g.links]
    fastest = max((net.getLane(link.from_lane).getSpeed() for link in links if not link.pedestrian), default=0.0)
    fast = clearance is Clearance.GEOMETRY and fastest > limits.fast_above_mps + 0.01
    yellow = limits.yellow_fast_s if fast else limits.yellow_urban_s
    table = _intergreens(groups, yellow, clearance)
    run = with_variants((*stages, *overlaps(stages, groups)), [g.group for g in groups], table)
    return Junction(
        id=JunctionId(tls), groups=tuple(g.group for g in groups), intergreens=table,
        stages=(*run, *hurry_stages(run, groups)),
        yellow_s=yellow, max_red_s=limits.max_red_s, lanes=(lanes := _lanes(net, groups)), movements=tuple(
            Movement(g.id, LaneId(link.from_lane), LaneId(link.to_lane), link.turn) for g in groups for link in g.links),
        detectors=tuple(Detector(DetectorId(f"cam {lane.id}"), lane.id, range_m) for lane in lanes),
        clearance=clearance, name=name, notes=notes, limits=limits)


def _intergreens(groups: Sequence[LinkGroup], yellow_s: float, clearance: Clearance) -> Intergreens:
    table: dict[tuple[GroupId, GroupId], float] = {}
    for a, b in combinations(groups, 2):
        pairs = a.meeting_pairs(b)
        if not pairs:
            continue
        if clearance is Clearance.BENCHMARK:
            table[a.id, b.id] = table[b.id, a.id] = yellow_s
            continue
        both = [pair_intergreens(p, q, yellow_s) for p, q in pairs]
        table[a.id, b.id], table[b.id, a.id] = max(x for x, _ in both), max(y for _, y in both)
    return Intergreens(table)


def _lanes(net: Any, groups: Sequence[LinkGroup]) -> tuple[Lane, ...]:
    served: dict[str, list[GroupId]] = {}
    for g in groups:
        for link in g.links:
            if not link.pedestrian and g.id not in served.setdefault(link.from_lane, []):
                served[link.from_lane].append(g.id)
    lanes = []
    for name in sorted(served):
        lane = net.getLane(name)
        length = approach_length_m(segments(net, name, 400.0))
        lanes.append(Lane(LaneId(name), lane.getEdge().getID(), length, lane.getSpeed(), tuple(served[name])))
    return tuple(lanes)


def _crossings(net: Any, groups: Sequence[LinkGroup]) -> dict[GroupId, tuple[str, ...]]:
    rows = {}
    for g in groups:
        if not g.group.for_pedestrians:
            continue
        names: list[str] = []
        for link in g.links:
            crossing = net.getLane(link.to_lane).getEdge()
            around = [link.from_edge] + [c.getToLane().getEdge().getID() for c in net.getLane(link.to_lane).getOutgoing()]
            names += [crossing.getID(), *around]
        rows[g.id] = tuple(dict.fromkeys(names))
    return rows
