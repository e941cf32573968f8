"""The synthetic city is one that real cabinets and strategies accept."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from detectors.observation import LaneObservation
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.lanes import Turn
from simulation.benchmark_planner.city import ARMS, city, crossroads, exits_of, group_of, lane_id
from simulation.benchmark_planner.world import RANGE_M, SPACE_M, World
from simulation.cabinet.clockwork import Clockwork

L, T, R = Turn.LEFT, Turn.THROUGH, Turn.RIGHT


def test_a_junction_has_what_was_promised() -> None:
    junction = crossroads(JunctionId("X"))
    assert len(junction.lanes) == 12 and len({lane.approach for lane in junction.lanes}) == 4
    assert sum(g.for_pedestrians for g in junction.groups) == 4
    assert sum(len(lane.groups) > 1 for lane in junction.lanes) == 6, "shared lanes"
    assert len(junction.full_stages) == 4 and len(junction.stages) > 4, "crossings on demand"


@pytest.mark.parametrize(("one", "other", "conflict"), [
    (("N", T), ("S", T), False), (("N", T), ("E", T), True), (("N", L), ("S", T), True), (("N", L), ("S", L), False),
    (("N", L), ("S", R), True), (("N", L), ("E", L), True), (("N", R), ("E", T), True), (("N", R), ("W", T), False),
    (("N", R), ("S", R), False), (("E", R), ("S", T), True), (("E", R), ("N", L), False)])
def test_which_movements_conflict(one: tuple[str, Turn], other: tuple[str, Turn], conflict: bool) -> None:
    table = crossroads(JunctionId("X")).intergreens
    assert table.conflict(group_of(*one), group_of(*other)) is table.conflict(group_of(*other), group_of(*one)) is conflict


def test_people_conflict_with_who_comes_from_their_arm_and_who_leaves_by_it() -> None:
    table = crossroads(JunctionId("X")).intergreens
    against = {str(g) for arm in ARMS for turn in (L, T, R) if table.conflict(GroupId("PN"), g := group_of(arm, turn))}
    assert against == {"NL", "NT", "NR", "ST", "ER", "WL"}


@pytest.mark.parametrize("junctions", [1, 2, 7, 10])
def test_roads_lead_from_each_junction_to_its_neighbours_and_back(junctions: int) -> None:
    plan = city(junctions)
    assert len(plan.network.junctions) == junctions
    pairs = [(link.upstream, link.downstream) for link in plan.network.links]
    assert {(b, a) for a, b in pairs} == set(pairs) and len(set(pairs)) == len(pairs)
    known = {lane.id for j in plan.network.junctions.values() for lane in j.lanes}
    leaving = {m.to_lane for j in plan.network.junctions.values() for m in j.movements}
    assert all(set(link.to_lanes) <= known and set(link.from_lanes) <= leaving for link in plan.network.links)
    if junctions > 1:
        assert {j for pair in pairs for j in pair} == set(plan.network.junctions)


def test_vehicles_keep_their_distance_and_wait_at_red_and_leave_at_green() -> None:
    plan = city(4)
    cabinets = {j: Clockwork(junction, 0.0) for j, junction in plan.network.junctions.items()}
    world = World(plan, cabinets, seed=3)
    first = next(iter(cabinets))
    for now in range(1, 240):
        world.step(float(now))
        world.look(float(now))
        for junction in plan.network.junctions.values():
            for lane in junction.lanes:
                seen = world.frame.lane(lane.id).vehicles
                assert all(0 < v.distance_m <= RANGE_M and v.speed_mps >= 0 for v in seen)
                assert all(b.distance_m - a.distance_m >= SPACE_M - 1e-9 for a, b in pairwise(seen)
                           if now > 60), "those who were there at the start have sorted themselves out"
    # All show their first stage all the time: the main road moves, the side road stands.
    green, red = (world.frame.lane(lane_id(first, arm, 1)) for arm in "NE")
    assert sum(green.passed.values()) > 5 and sum(red.passed.values()) == 0 and red.queue_veh > 2
    assert cabinets[first].stage == StageId("S1")


def test_every_look_answers_for_everything_and_is_what_the_contract_allows() -> None:
    plan = city(3)
    cabinets = {j: Clockwork(junction, 0.0) for j, junction in plan.network.junctions.items()}
    world = World(plan, cabinets, seed=1)
    dice = random.Random(1)
    for now in range(1, 60):
        world.step(float(now))
        world.look(float(now))
        assert world.observe(float(now)) is world.frame and world.frame.time_s == now
        for j, junction in plan.network.junctions.items():
            for lane in junction.lanes:
                seen = world.frame.lane(lane.id)
                assert LaneObservation(*seen) == seen, "the checked constructor agrees"
            for group in junction.groups:
                if group.for_pedestrians:
                    assert world.frame.crossing(j, group.id).waiting >= 0
            exits = exits_of(j, dice.choice(ARMS))
            assert all(0 <= world.frame.exit(lane).free_m <= RANGE_M for lane in exits)
    with pytest.raises(KeyError):
        world.frame.lane("nowhere")
