"""What a network file may say: junctions with all that control and cabinets must agree on, the roads and corridors between."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from controller.plans.model import Name, Part
from signal_drivers.groups import GroupKind
from signal_drivers.lanes import Turn
from signal_drivers.limits import Clearance

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class GroupPart(Part):
    """A signal group (ligne de feux)."""

    id: Name
    kind: GroupKind
    min_green_s: Seconds
    crossing_length_m: float | None = None
    name: str = ""


class StagePart(Part):
    """A stage (phase de feux)."""

    id: Name
    green: tuple[Name, ...] = Field(min_length=1)
    yielding: tuple[Name, ...] = ()
    name: str = ""
    variant_of: Name | None = None
    overlap: bool = False
    hurry: bool = False


class LanePart(Part):
    """An approach lane with the groups that release it."""

    id: Name
    approach: Name
    length_m: float
    speed_mps: float
    groups: tuple[Name, ...] = Field(min_length=1)


class MovementPart(Part):
    """One way through the junction."""

    group: Name
    from_lane: Name
    to_lane: Name
    turn: Turn


class DetectorPart(Part):
    """A detector zone on a lane; the cabinet reports it in this order."""

    id: Name
    lane: Name
    range_m: float = 100.0


class JunctionPart(Part):
    """One junction. ``intergreens_s`` gives, for each group, the seconds every conflicting group waits after its green."""

    id: Name
    name: str = ""
    yellow_s: Seconds
    max_red_s: float = 120.0
    clearance: Clearance = Clearance.GEOMETRY
    groups: tuple[GroupPart, ...] = Field(min_length=1)
    stages: tuple[StagePart, ...] = Field(min_length=1)
    intergreens_s: dict[Name, dict[Name, Seconds]] = Field(default_factory=dict)
    lanes: tuple[LanePart, ...] = ()
    movements: tuple[MovementPart, ...] = ()
    detectors: tuple[DetectorPart, ...] = ()
    notes: tuple[str, ...] = ()


class LinkPart(Part):
    """A road from one junction to the next."""

    upstream: Name
    downstream: Name
    from_lanes: tuple[Name, ...]
    to_lanes: tuple[Name, ...]
    length_m: float
    travel_s: float


class CorridorPart(Part):
    """Junctions along a main road."""

    name: Name
    junctions: tuple[Name, ...]
    position_m: tuple[float, ...]
    forward_groups: tuple[Name | None, ...] = ()
    back_groups: tuple[Name | None, ...] = ()
    travel_forward_s: tuple[float, ...] = ()
    travel_back_s: tuple[float, ...] = ()


class NetworkPart(Part):
    """The whole file."""

    mourour_network: Literal["1"]
    title: str = ""
    junctions: tuple[JunctionPart, ...] = Field(min_length=1)
    links: tuple[LinkPart, ...] = ()
    corridors: tuple[CorridorPart, ...] = ()
