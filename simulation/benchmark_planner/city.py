"""A synthetic city: four-arm junctions of 12 approach lanes in a grid, as a planner meets them in a real one.

Each arm has a lane shared by right-turners and through traffic, a through lane, and a lane for left-turners, which on the
side road through traffic shares; a crossing over each arm is long enough to run on demand. Left-turners filter, and have a stage
of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from controller.network import Network, RoadLink
from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Movement, Turn
from signal_drivers.limits import DEFAULT_LIMITS
from signal_drivers.stages import Stage
from simulation.netmodel.variants import with_variants

ARMS = "NESW"
"""Clockwise. Traffic keeps to the right, so that from each arm the next but one is straight on, and the next the left."""
ONWARD = {Turn.LEFT: 1, Turn.THROUGH: 2, Turn.RIGHT: 3}
LETTER = {Turn.LEFT: "L", Turn.THROUGH: "T", Turn.RIGHT: "R"}
ROAD_M, SPEED_MPS = 250.0, 50 / 3.6
CROSSING_M = 16.5
"""Five lanes of 3.3 m."""
CLEAR_S, CLEAR_TURN_S, ENTER_S = 5.0, 6.0, 2.0
"""Intergreens after through and turning traffic, and what vehicles need from their stop line to a crossing."""


@dataclass(frozen=True)
class City:
    """The network, and which arm of which junction each arm leads to; none at the city's edge."""

    network: Network
    onward: Mapping[tuple[JunctionId, str], tuple[JunctionId, str]]
    """(junction, arm left by) to (next junction, arm it is entered by)."""


def city(junctions: int, crossings_m: Sequence[float] = (CROSSING_M,)) -> City:
    """A grid as square as ``junctions`` allows, filled row by row; the lengths of their crossings taken in turn. Of junctions
    that are all alike, those that once change stage in the same second do so for ever."""
    columns = math.ceil(math.sqrt(junctions))
    places = [divmod(i, columns) for i in range(junctions)]
    name = {place: JunctionId(f"J{place[0]:02d}.{place[1]:02d}") for place in places}
    onward: dict[tuple[JunctionId, str], tuple[JunctionId, str]] = {}
    for row, column in places:
        for arm, (down, right) in {"N": (-1, 0), "E": (0, 1), "S": (1, 0), "W": (0, -1)}.items():
            there = name.get((row + down, column + right))
            if there is not None:
                onward[name[row, column], arm] = there, ARMS[(ARMS.index(arm) + 2) % 4]
    links = tuple(RoadLink(here, there, exits_of(here, arm), tuple(lane_id(there, entered, i) for i in range(3)), ROAD_M,
                           ROAD_M / SPEED_MPS) for (here, arm), (there, entered) in onward.items())
    made = {j: crossroads(j, crossings_m[i % len(crossings_m)]) for i, j in enumerate(name.values())}
    return City(Network(made, links), onward)


def lane_id(junction: JunctionId, arm: str, index: int) -> LaneId:
    """Approach lane ``index`` of ``arm``, counted from the kerb."""
    return LaneId(f"{junction}/{arm}in_{index}")


def exits_of(junction: JunctionId, arm: str) -> tuple[LaneId, LaneId]:
    """The two lanes that leave by ``arm``."""
    return LaneId(f"{junction}/{arm}out_0"), LaneId(f"{junction}/{arm}out_1")


def group_of(arm: str, turn: Turn) -> GroupId:
    return GroupId(arm + LETTER[turn])


def turns_from(arm: str, index: int) -> tuple[Turn, ...]:
    """Turns made from approach lane ``index`` of ``arm``."""
    if index == 0:
        return Turn.RIGHT, Turn.THROUGH
    if index == 1:
        return (Turn.THROUGH,)
    return (Turn.LEFT,) if arm in "NS" else (Turn.LEFT, Turn.THROUGH)


def crossroads(junction: JunctionId, crossing_m: float = CROSSING_M) -> Junction:
    """One junction of the city. Stages: main road with filtering left turns, its left turns alone, and the same of the side
    road; each first one has the crossings along it."""
    groups = tuple(_groups(crossing_m))
    table = _intergreens(crossing_m)
    stages = []
    for number, (a, b) in enumerate((("N", "S"), ("E", "W"))):
        left = frozenset(group_of(arm, Turn.LEFT) for arm in (a, b))
        right = frozenset(group_of(arm, Turn.RIGHT) for arm in (a, b))
        through = frozenset(group_of(arm, Turn.THROUGH) for arm in (a, b))
        along = frozenset(GroupId("P" + arm) for arm in ("EW" if a == "N" else "NS"))
        stages += [Stage(StageId(f"S{2 * number + 1}"), left | right | through | along, left | right),
                   Stage(StageId(f"S{2 * number + 2}"), left)]
        # One arm alone, as derived junctions have it where left turns have a stage of their own.
        stages += [Stage(StageId(f"S{2 * number + 1}+S{2 * number + 2}{letter}"),
                         frozenset(group_of(arm, turn) for turn in (Turn.LEFT, Turn.THROUGH, Turn.RIGHT)), overlap=True)
                   for letter, arm in zip("ab", (a, b), strict=True)]
    lanes, movements = [], []
    for arm in ARMS:
        for index in range(3):
            turns = turns_from(arm, index)
            lanes.append(Lane(lane_id(junction, arm, index), f"{junction}/{arm}in", ROAD_M, SPEED_MPS,
                              tuple(group_of(arm, turn) for turn in turns)))
            for turn in turns:
                exits = exits_of(junction, ARMS[(ARMS.index(arm) + ONWARD[turn]) % 4])
                movements.append(Movement(group_of(arm, turn), lane_id(junction, arm, index), exits[min(index, 1)], turn))
    return Junction(junction, groups, with_variants(stages, groups, table), table, DEFAULT_LIMITS.yellow_urban_s,
                    lanes=tuple(lanes), movements=tuple(movements))


def _walk_s(crossing_m: float) -> float:
    return float(math.ceil(crossing_m / DEFAULT_LIMITS.pedestrian_mps))


def _groups(crossing_m: float) -> Iterator[SignalGroup]:
    for arm in ARMS:
        for turn in ONWARD:
            yield SignalGroup(group_of(arm, turn), GroupKind.VEHICLE, DEFAULT_LIMITS.vehicle_min_green_s)
        yield SignalGroup(GroupId("P" + arm), GroupKind.PEDESTRIAN, _walk_s(crossing_m), crossing_m)


def _intergreens(crossing_m: float) -> Intergreens:
    table: dict[tuple[GroupId, GroupId], float] = {}
    ways = [(a, turn) for a in range(4) for turn in ONWARD]
    for (a, turn), (b, other) in combinations(ways, 2):
        if a != b and _meet(a, (a + ONWARD[turn]) % 4, b, (b + ONWARD[other]) % 4):
            one, two = group_of(ARMS[a], turn), group_of(ARMS[b], other)
            table[one, two] = CLEAR_S if turn is Turn.THROUGH else CLEAR_TURN_S
            table[two, one] = CLEAR_S if other is Turn.THROUGH else CLEAR_TURN_S
    for a, turn in ways:
        for arm in (a, (a + ONWARD[turn]) % 4):
            vehicles, people = group_of(ARMS[a], turn), GroupId("P" + ARMS[arm])
            table[vehicles, people] = CLEAR_S
            table[people, vehicles] = _walk_s(crossing_m) - ENTER_S
    return Intergreens(table)


def _meet(a: int, leaves_a: int, b: int, leaves_b: int) -> bool:
    """Whether two ways over the junction cross or end in the same arm. Around the junction each arm has its entry and,
    clockwise after it, its exit; ways cross where one's ends lie on either side of the other's."""
    if leaves_a == leaves_b:
        return True
    low, high = sorted((2 * a, 2 * leaves_a + 1))
    return (low < 2 * b < high) != (low < 2 * leaves_b + 1 < high)
