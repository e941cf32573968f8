"""The junctions a strategy is responsible for, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from signal_drivers.ids import GroupId, JunctionId, LaneId
from signal_drivers.junction import Junction


@dataclass(frozen=True, slots=True)
class RoadLink:
    """A road from one signalised junction to the next: vehicles leaving by ``from_lanes`` (exit lanes of ``upstream``)
    arrive on ``to_lanes`` (approach lanes of ``downstream``) after ``travel_s`` at free speed."""

    upstream: JunctionId
    downstream: JunctionId
    from_lanes: tuple[LaneId, ...]
    to_lanes: tuple[LaneId, ...]
    length_m: float
    travel_s: float


@dataclass(frozen=True, slots=True)
class Corridor:
    """Junctions along a main road, with the metres from its beginning to each stop line in either direction and the groups
    that serve the through traffic. ``back`` runs from the last junction to the first."""

    name: str
    junctions: tuple[JunctionId, ...]
    position_m: tuple[float, ...]
    forward_groups: tuple[GroupId | None, ...] = ()
    back_groups: tuple[GroupId | None, ...] = ()
    travel_forward_s: tuple[float, ...] = ()
    """Free-flow seconds from each junction to the next; one fewer than junctions."""
    travel_back_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Network:
    """What strategies plan over. ``flows_vph`` are historic counts by (junction, lane, group), veh/h, for plans computed
    ahead of time; adaptive strategies must not need them."""

    junctions: Mapping[JunctionId, Junction]
    links: tuple[RoadLink, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    flows_vph: Mapping[tuple[JunctionId, LaneId, GroupId], float] = field(default_factory=dict)

    @cached_property
    def without_hurry(self) -> Network:
        """The same as strategies know it: no junction has its hurry-call stages."""
        return replace(self, junctions={j: junction.without_hurry for j, junction in self.junctions.items()})

    def only(self, wanted: Iterable[JunctionId]) -> Network:
        """The part of it with the junctions ``wanted``, in its own order, and the links and corridors that lie wholly inside."""
        names = set(wanted)
        return Network({j: junction for j, junction in self.junctions.items() if j in names},
                       tuple(link for link in self.links if {link.upstream, link.downstream} <= names),
                       tuple(c for c in self.corridors if set(c.junctions) <= names),
                       {key: flow for key, flow in self.flows_vph.items() if key[0] in names})

