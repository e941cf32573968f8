"""Junctions for tests: a few named ones, and any that the signal model accepts (hypothesis)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from controller.network import Network
from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Movement, Turn
from signal_drivers.stages import Stage

YELLOW_S = 3.0


def vehicle(name: str, min_green_s: float = 5.0) -> SignalGroup:
    return SignalGroup(GroupId(name), GroupKind.VEHICLE, min_green_s)


def pedestrian(name: str, length_m: float = 8.0) -> SignalGroup:
    return SignalGroup(GroupId(name), GroupKind.PEDESTRIAN, length_m, length_m)


def stage(name: str, green: Sequence[str], yielding: Sequence[str] = ()) -> Stage:
    return Stage(StageId(name), frozenset(map(GroupId, green)), frozenset(map(GroupId, yielding)))


def lane(name: str, groups: Sequence[str], speed_mps: float = 13.9) -> Lane:
    return Lane(LaneId(name), name.rsplit("_", 1)[0], 200.0, speed_mps, tuple(map(GroupId, groups)))


def movement(group: str, from_lane: str, to_lane: str, turn: Turn = Turn.THROUGH) -> Movement:
    return Movement(GroupId(group), LaneId(from_lane), LaneId(to_lane), turn)


def intergreens(*conflicts: tuple[str, str], seconds: float = 5.0) -> Intergreens:
    return Intergreens({pair: seconds for a, b in conflicts
                        for pair in ((GroupId(a), GroupId(b)), (GroupId(b), GroupId(a)))})


def network(*junctions: Junction, **more: object) -> Network:
    return Network({j.id: j for j in junctions}, **more)  # type: ignore[arg-type]


def crossroads(name: str = "X", *, max_red_s: float = 120.0, seconds: float = 5.0) -> Junction:
    """North-south against east-west, one lane each way and nothing else."""
    return Junction(
        JunctionId(name), (vehicle("ns"), vehicle("ew")), (stage("NS", ["ns"]), stage("EW", ["ew"])),
        intergreens(("ns", "ew"), seconds=seconds), YELLOW_S, max_red_s,
        lanes=(lane("n_0", ["ns"]), lane("s_0", ["ns"]), lane("e_0", ["ew"]), lane("w_0", ["ew"])),
        movements=(movement("ns", "n_0", "so_0"), movement("ns", "s_0", "no_0"), movement("ew", "e_0", "wo_0"),
                   movement("ew", "w_0", "eo_0")))


def full_crossroads(name: str = "F") -> Junction:
    """Main road with left turns on lanes of their own (filtering, then protected), side road with a shared lane, and a
    pedestrian crossing over the main road beside the side road's green."""
    return Junction(
        JunctionId(name),
        (vehicle("main"), vehicle("left"), vehicle("side"), pedestrian("walk")),
        (stage("A", ["main", "left"], ["left"]), stage("B", ["left"]), stage("C", ["side", "walk"])),
        intergreens(("main", "left"), ("main", "side"), ("left", "side"), ("main", "walk"), ("left", "walk")),
        YELLOW_S,
        lanes=(lane("e_0", ["main"]), lane("e_1", ["left"]), lane("w_0", ["main"]), lane("n_0", ["side"])),
        movements=(movement("main", "e_0", "wo_0"), movement("left", "e_1", "so_0", Turn.LEFT),
                   movement("main", "w_0", "eo_0"), movement("side", "n_0", "so_0"),
                   movement("side", "n_0", "eo_0", Turn.LEFT)))


def filtering(name: str = "L") -> Junction:
    """A left turn that filters through the opposite road in every stage of the plans, with a hurry-call stage of its own."""
    return Junction(
        JunctionId(name), (vehicle("main"), vehicle("left"), vehicle("side")),
        (stage("A", ["main", "left"], ["left"]), stage("C", ["side"]),
         Stage(StageId("H1"), frozenset({GroupId("left")}), hurry=True)),
        intergreens(("main", "left"), ("main", "side"), ("left", "side")), YELLOW_S,
        lanes=(lane("e_0", ["main"]), lane("w_0", ["left"]), lane("n_0", ["side"])),
        movements=(movement("main", "e_0", "wo_0"), movement("left", "w_0", "no_0", Turn.LEFT), movement("side", "n_0", "so_0")))


@st.composite
def junctions(draw: st.DrawFn, name: str = "J") -> Junction:
    """Any junction of two to six groups, some of them pedestrian, with shared lanes and yielding turns."""
    count = draw(st.integers(2, 6))
    groups = [pedestrian(f"p{i}", draw(st.floats(4, 15))) if i and draw(st.integers(0, 3)) == 0 else
              vehicle(f"v{i}", draw(st.sampled_from([0.0, 5.0, 6.0, 7.5, 12.0]))) for i in range(count)]
    table: dict[tuple[GroupId, GroupId], float] = {}
    for i, a in enumerate(groups):
        for b in groups[i + 1:]:
            if draw(st.integers(0, 2)) and not (a.for_pedestrians and b.for_pedestrians):
                for ending, starting in ((a, b), (b, a)):
                    least = 0.0 if ending.for_pedestrians else YELLOW_S
                    table[ending.id, starting.id] = least + draw(st.sampled_from([0.0, 1.0, 2.5, 6.0]))
    greens = Intergreens(table)
    stages = _stages(draw, groups, greens)
    lanes, movements = _lanes(draw, groups)
    if draw(st.booleans()):
        stages += _hurry(groups, greens, lanes)
    return Junction(JunctionId(name), tuple(groups), tuple(stages), greens, YELLOW_S,
                    draw(st.sampled_from([60.0, 90.0, 120.0])), lanes=lanes, movements=movements)


def _stages(draw: st.DrawFn, groups: Sequence[SignalGroup], greens: Intergreens) -> list[Stage]:
    """Each group leads a stage unless an earlier one has it; others join where they fit, or yield where they may."""
    found: list[Stage] = []
    for leader in groups:
        if any(leader.id in s.protected() for s in found):
            continue
        protected, yielding = [leader.id], []
        for other in draw(st.permutations(groups)):
            if other.id in protected:
                continue
            if not any(greens.conflict(other.id, g) for g in (*protected, *yielding)):
                if draw(st.booleans()):
                    protected.append(other.id)
            elif not other.for_pedestrians and draw(st.integers(0, 4)) == 0:
                yielding.append(other.id)
        found.append(Stage(StageId(f"S{len(found)}"), frozenset([*protected, *yielding]), frozenset(yielding)))
    return found


def _hurry(groups: Sequence[SignalGroup], greens: Intergreens, lanes: Sequence[Lane]) -> list[Stage]:
    """A hurry-call stage for every lane whose groups may run together."""
    rows = {frozenset(row.groups) for row in lanes if not any(greens.conflict(a, b) for a in row.groups for b in row.groups)}
    return [Stage(StageId(f"H{i}"), row, hurry=True) for i, row in enumerate(sorted(rows, key=sorted))]


def _lanes(draw: st.DrawFn, groups: Sequence[SignalGroup]) -> tuple[tuple[Lane, ...], tuple[Movement, ...]]:
    vehicles = [g for g in groups if not g.for_pedestrians]
    lanes, movements = [], []
    for i, g in enumerate(vehicles):
        for k in range(draw(st.integers(1, 2))):
            served = [g.id]
            if draw(st.integers(0, 3)) == 0:
                served += [other.id for other in vehicles if other is not g][:1]
            lanes.append(Lane(LaneId(f"l{i}_{k}"), f"l{i}", draw(st.floats(20, 300)), draw(st.floats(5, 20)), tuple(served)))
            movements += [Movement(s, lanes[-1].id, LaneId(f"x{draw(st.integers(0, 3))}_0"),
                                   draw(st.sampled_from([Turn.LEFT, Turn.THROUGH, Turn.RIGHT]))) for s in served]
    return tuple(lanes), tuple(movements)


def even_flows(junction: Junction, vph: float) -> Mapping[tuple[JunctionId, LaneId, GroupId], float]:
    return {(junction.id, row.id, g): vph for row in junction.lanes for g in row.groups}
