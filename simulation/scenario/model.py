"""What a scenario file may say: roads, signals, crossings and demand of one Casablanca corridor, as facts.

Every figure carries its unit in its name: ``_m`` metres, ``_kmh`` kilometres an hour, ``_vph`` vehicles an hour,
``_ph`` persons an hour, ``_deg`` compass degrees clockwise from north, ``_s`` seconds, ``_min`` minutes.
The rules between facts (which arm belongs to which junction, which zone exists) are in :mod:`simulation.scenario.rules`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PeriodName = Literal["morning", "evening", "offpeak", "night"]
PERIODS: tuple[PeriodName, ...] = ("morning", "evening", "offpeak", "night")

# Ids become SUMO ids and parts of file names, so they stay plain.
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=48)]
Sentence = Annotated[str, Field(min_length=3)]
Lanes = Annotated[int, Field(ge=0, le=6)]
Speed = Annotated[float, Field(ge=10, le=90)]
Share = Annotated[float, Field(ge=0, le=1)]
Vph = Annotated[float, Field(ge=0, le=6000)]


class Facts(BaseModel):
    """Base of every part of a scenario file: unknown keys are refused, so a typing error cannot pass unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class JunctionFacts(Facts):
    """One signalised junction; ``crossings`` names the legs (arm ids or neighbour junction ids) that people cross."""

    id: Id
    name: Sentence
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    signal: Literal["mapped", "assumed"]
    crossings: tuple[Id, ...] = ()
    pedestrians_ph: float = Field(default=0, ge=0, le=3000, description="people an hour on each crossing, evening")


class RoadFacts(Facts):
    """The main road between two neighbouring junctions, both ways; ``bends`` are (lat, lon) on the way."""

    start: Id
    end: Id
    name: Sentence
    lanes_forward: Lanes
    lanes_back: Lanes
    speed_kmh: Speed
    tram: bool = False
    bends: tuple[tuple[float, float], ...] = ()


class ArmFacts(Facts):
    """A street that leaves the modelled area at a junction; its far end is a zone of the demand, under the same id."""

    id: Id
    junction: Id
    name: Sentence
    bearing_deg: float = Field(ge=0, lt=360)
    length_m: float = Field(default=280, ge=60, le=1500)
    lanes_in: Lanes
    lanes_out: Lanes
    speed_kmh: Speed = 50
    tram: bool = False


class TurnBan(Facts):
    """A movement that is not allowed, from one leg of a junction to another."""

    junction: Id
    from_leg: Id
    to_leg: Id


class CorridorFacts(Facts):
    """A line of junctions to be coordinated; ``entry`` and ``exit`` are the arms at its two ends."""

    id: Id
    name: Sentence
    entry: Id
    junctions: tuple[Id, ...] = Field(min_length=1)
    exit: Id


class ZoneFacts(Facts):
    """What one zone sends in and takes out in the evening peak hour."""

    in_vph: Vph = 0
    out_vph: Vph = 0


class NamedFlow(Facts):
    """A flow known or assumed by name, on top of what the gravity rule spreads."""

    from_zone: Id
    to_zone: Id
    vph: Vph


class LineFacts(Facts):
    """A bus or tram line between two zones; ``stops`` are (start junction or arm, end junction or arm) road stretches."""

    id: Id
    name: Sentence
    from_zone: Id
    to_zone: Id
    headway_s: float = Field(ge=60, le=3600)
    both_ways: bool = True
    stops: tuple[tuple[Id, Id], ...] = ()
    dwell_s: float = Field(default=20, ge=5, le=120)


class PeriodFacts(Facts):
    """One hour of demand: when it begins, and its size and direction against the evening peak."""

    begin: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    factor: float = Field(ge=0, le=2)
    reversed_share: Share = Field(default=0, description="share of trips that run the other way (zone out becomes in)")


class FleetFacts(Facts):
    """Shares of the vehicles that the zones send; buses and trams come from their lines."""

    car: Share
    taxi: Share
    motorcycle: Share
    truck: Share


class DemandFacts(Facts):
    """Who travels: zones balanced by a gravity rule, named flows, lines, and the shape of the day."""

    note: Sentence
    zones: dict[Id, ZoneFacts] = Field(min_length=2)
    gravity_scale_m: float = Field(default=1500, ge=100, le=20000)
    flows: tuple[NamedFlow, ...] = ()
    buses: tuple[LineFacts, ...] = ()
    trams: tuple[LineFacts, ...] = ()
    periods: dict[PeriodName, PeriodFacts]
    fleet: FleetFacts


class IncidentFacts(Facts):
    """A vehicle standing in one lane of a road for a while; lane 1 is the one at the kerb."""

    start: Id
    end: Id
    lane_from_kerb: int = Field(ge=1, le=6)
    position_share: float = Field(ge=0.05, le=0.9)
    begin_min: float = Field(ge=1, le=50)
    duration_min: float = Field(ge=1, le=50)


class Include(Facts):
    """Another shipped or neighbouring scenario file whose corridors this one joins; empty ``corridors`` takes all."""

    scenario: str
    corridors: tuple[Id, ...] = ()


class SharedJunction(Facts):
    """A junction that two included files both hold; ``drop_arms`` are stubs that the other file's road replaces."""

    junction: Id
    drop_arms: tuple[Id, ...] = ()


class ScenarioFacts(Facts):
    """A whole scenario file."""

    title: Sentence
    sources: tuple[Sentence, ...] = Field(min_length=1)
    mapped: tuple[Sentence, ...] = ()
    assumed: tuple[Sentence, ...] = ()
    include: tuple[Include, ...] = ()
    shared: tuple[SharedJunction, ...] = ()
    corridors: tuple[CorridorFacts, ...] = ()
    junctions: tuple[JunctionFacts, ...] = ()
    roads: tuple[RoadFacts, ...] = ()
    arms: tuple[ArmFacts, ...] = ()
    turn_bans: tuple[TurnBan, ...] = ()
    demand: DemandFacts
    incident: IncidentFacts
