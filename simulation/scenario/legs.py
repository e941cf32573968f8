"""The legs of each junction: where they point, which edges come in and go out, with how many lanes.

An approach longer than :data:`POCKET_FROM_M` whose traffic can turn left is cut in two, and its last part gets one more
lane, the left-turn pocket. Lane numbers are SUMO's: 0 is the pavement, 1 the lane at the kerb, the tram lane last.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulation.scenario.geometry import LocalPlane, Point, ahead, bearing_deg, cut, length_m, turn_deg
from simulation.scenario.model import ScenarioFacts

POCKET_M = 60.0
POCKET_FROM_M = 110.0
STRAIGHT_DEG = 45.0  # a turn of up to this many degrees counts as straight on
REVERSE_DEG = 160.0  # a turn of more than this is a U-turn, which no signal here serves


@dataclass(frozen=True)
class Stretch:
    """One direction of a road or arm, from node to node, before any pocket is cut off."""

    edge_id: str
    from_node: str
    to_node: str
    shape: tuple[Point, ...]
    lanes: int
    speed_kmh: float
    tram: bool
    name: str


@dataclass(frozen=True)
class Leg:
    """One leg of a junction; ``arriving`` or ``leaving`` is None on a one-way street."""

    id: str
    bearing: float
    arriving: Stretch | None
    leaving: Stretch | None
    is_road: bool


def plane_of(facts: ScenarioFacts) -> LocalPlane:
    """The projection centred on the scenario's junctions."""
    n = len(facts.junctions)
    return LocalPlane(sum(j.lat for j in facts.junctions) / n, sum(j.lon for j in facts.junctions) / n)


def legs_by_junction(facts: ScenarioFacts) -> dict[str, list[Leg]]:
    """Legs of each junction in clockwise order from north."""
    plane = plane_of(facts)
    at = {j.id: plane.xy_m(j.lat, j.lon) for j in facts.junctions}
    legs: dict[str, list[Leg]] = {j.id: [] for j in facts.junctions}
    for road in facts.roads:
        shape = (at[road.start], *(plane.xy_m(*b) for b in road.bends), at[road.end])
        there = _stretch(f"{road.start}_to_{road.end}", road.start, road.end, shape, road.lanes_forward, road)
        back = _stretch(f"{road.end}_to_{road.start}", road.end, road.start, shape[::-1], road.lanes_back, road)
        legs[road.start].append(Leg(road.end, bearing_deg(shape[0], shape[1]), back, there, True))
        legs[road.end].append(Leg(road.start, bearing_deg(shape[-1], shape[-2]), there, back, True))
    for arm in facts.arms:
        far = ahead(at[arm.junction], arm.bearing_deg, arm.length_m)
        shape = (far, at[arm.junction])
        end = f"{arm.id}_end"
        inwards = _stretch(f"{arm.id}_in", end, arm.junction, shape, arm.lanes_in, arm)
        outwards = _stretch(f"{arm.id}_out", arm.junction, end, shape[::-1], arm.lanes_out, arm)
        legs[arm.junction].append(Leg(arm.id, arm.bearing_deg, inwards, outwards, False))
    for around in legs.values():
        around.sort(key=lambda leg: leg.bearing)
    return legs


def _stretch(edge_id: str, start: str, end: str, shape: tuple[Point, ...], lanes: int, way: object) -> Stretch | None:
    tram, speed, name = way.tram, way.speed_kmh, way.name  # type: ignore[attr-defined]
    return Stretch(edge_id, start, end, shape, lanes, speed, tram, name) if lanes else None


def turns_of(facts: ScenarioFacts, junction_id: str, legs: list[Leg], arriving: Leg) -> list[tuple[float, Leg]]:
    """Allowed ways out for those who arrive on one leg, leftmost first, each with its turn in degrees."""
    banned = {b.to_leg for b in facts.turn_bans if b.junction == junction_id and b.from_leg == arriving.id}
    ways = [(turn_deg(arriving.bearing, leg.bearing), leg) for leg in legs
            if leg.leaving is not None and leg.id != arriving.id and leg.id not in banned]
    return sorted(((t, leg) for t, leg in ways if abs(t) <= REVERSE_DEG), key=lambda way: way[0])


def has_pocket(turns: list[tuple[float, Leg]], stretch: Stretch) -> bool:
    """Whether an approach gets a left-turn pocket: it is long enough, and left and another way are both allowed."""
    lefts = [t for t, _ in turns if t < -STRAIGHT_DEG]
    ahead_lanes = [leg.leaving.lanes for t, leg in turns if abs(t) <= STRAIGHT_DEG and leg.leaving]
    # Where fewer lanes go on than arrive, the spare one already serves the left turn.
    spare = bool(ahead_lanes) and max(ahead_lanes) < stretch.lanes
    wanted = stretch.lanes >= 2 and bool(lefts) and len(lefts) < len(turns) and not spare
    return wanted and length_m(list(stretch.shape)) >= POCKET_FROM_M


def pocket_cut(stretch: Stretch) -> tuple[list[Point], list[Point]]:
    """The stretch's shape before and within its pocket."""
    whole = length_m(list(stretch.shape))
    return cut(list(stretch.shape), whole - min(POCKET_M, 0.4 * whole))
