"""Kinds of junction a net may hold, each built small by netconvert."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from signal_drivers.errors import NetError
from signal_drivers.groups import GroupKind
from signal_drivers.lanes import Turn
from signal_drivers.limits import Clearance
from simulation.netmodel.derive import SumoJunction, derive_net
from tests.simulation.netmodel.invariants import check
from tests.simulation.nets import NO_U_TURNS, convert, derived, four_arm, protected_lefts

FOOT = ("--sidewalks.guess", "--crossings.guess")
IN_A_ROW = '<node id="A" x="0" y="0"/><node id="C" x="150" y="0" type="traffic_light"/><node id="B" x="300" y="0"/>'


def both_ways(net: Path) -> SumoJunction:
    """Derive under both conventions and hold the invariants; the geometric one is returned."""
    for clearance in Clearance:
        check(net, derive_net(net, clearance=clearance), clearance)
    return derived(net)


def kinds(s: SumoJunction) -> set[GroupKind]:
    return {g.kind for g in s.junction.groups}


def test_plain_four_arms_have_two_stages_with_left_turns_filtering(tmp_path: Path) -> None:
    s = both_ways(four_arm(tmp_path, *NO_U_TURNS))
    assert not s.rebuilt and len(s.junction.full_stages) == 2
    for stage in s.junction.without_hurry.stages:
        lefts = {m.group for m in s.junction.movements if m.turn is Turn.LEFT}
        assert stage.green & lefts <= stage.yielding
        sides = {m.from_lane.split("_")[0] for m in s.junction.movements if m.group in stage.green}
        assert sides in ({"N", "S"}, {"E", "W"})


def test_protected_left_turns_get_their_own_stages(tmp_path: Path) -> None:
    s = both_ways(protected_lefts(tmp_path))
    assert not s.rebuilt and len(s.junction.full_stages) == 4 and not any(stage.yielding for stage in s.junction.stages)


def test_lanes_and_the_groups_that_release_them(tmp_path: Path) -> None:
    s = both_ways(four_arm(tmp_path, *NO_U_TURNS, lanes=3))
    assert {lane.id for lane in s.junction.lanes} == {f"{arm}_in_{i}" for arm in "NESW" for i in range(3)}
    assert all(185 < lane.length_m <= 200 for lane in s.junction.lanes)
    shared = [lane for lane in s.junction.lanes if len(lane.groups) > 1 or
              len({m.turn for m in s.junction.movements if m.from_lane == lane.id}) > 1]
    assert shared, "the kerb lane of each arm carries two turns"


def test_a_fast_road_has_five_seconds_of_yellow_in_geometry_only(tmp_path: Path) -> None:
    net = four_arm(tmp_path, speed_mps=19.44)
    assert derived(net).junction.yellow_s == 5.0
    assert derived(net, clearance=Clearance.BENCHMARK).junction.yellow_s == 3.0


def test_crossings_are_pedestrian_groups_of_their_own_length(tmp_path: Path) -> None:
    s = both_ways(four_arm(tmp_path, *NO_U_TURNS, *FOOT, lanes=2))
    people = [g for g in s.junction.groups if g.kind is GroupKind.PEDESTRIAN]
    assert len(people) == 4
    for g in people:
        assert g.crossing_length_m == pytest.approx(4 * 3.2, abs=1.5)
        assert g.min_green_s >= g.crossing_length_m
    assert set(s.crossings) == {g.id for g in people}
    for stage in s.junction.full_stages:
        # Through traffic never meets people; turning traffic does, and yields.
        for a, b in combinations(stage.green, 2):
            if s.junction.intergreens.conflict(a, b) and GroupKind.PEDESTRIAN in {s.junction.group[g].kind for g in (a, b)}:
                vehicle = a if s.junction.group[b].for_pedestrians else b
                assert vehicle in stage.yielding


def test_a_pedestrian_signal_between_junctions(tmp_path: Path) -> None:
    net = convert(tmp_path, IN_A_ROW,
                  '<edge id="in" from="A" to="C" numLanes="2" sidewalkWidth="2"/><edge id="out" from="C" to="B" numLanes="2" '
                  'sidewalkWidth="2"/><edge id="kerb" from="B" to="C" numLanes="1" sidewalkWidth="2"/>'
                  '<edge id="kerbout" from="C" to="A" numLanes="1" sidewalkWidth="2"/>', *NO_U_TURNS,
                  connections='<crossing node="C" edges="in kerbout"/>')
    s = both_ways(net)
    assert kinds(s) == {GroupKind.VEHICLE, GroupKind.PEDESTRIAN}
    assert all(len({s.junction.group[g].for_pedestrians for g in stage.green}) == 1 for stage in s.junction.full_stages)


def test_a_joined_junction_is_one_signal_over_several_nodes(tmp_path: Path) -> None:
    nodes = "".join(f'<node id="{n}" x="{x}" y="{y}"{t}/>' for n, x, y, t in (
        ("W", -200, 0, ""), ("E", 220, 0, ""), ("N1", 0, 200, ""), ("S2", 20, -200, ""),
        ("A", 0, 0, ' type="traffic_light" tl="J"'), ("B", 20, 0, ' type="traffic_light" tl="J"')))
    edges = "".join(f'<edge id="{a}{b}" from="{a}" to="{b}" numLanes="2"/>' for a, b in (
        ("W", "A"), ("A", "W"), ("A", "B"), ("B", "A"), ("B", "E"), ("E", "B"), ("N1", "A"), ("A", "N1"), ("S2", "B"),
        ("B", "S2")))
    s = both_ways(convert(tmp_path, nodes, edges, *NO_U_TURNS))
    assert s.junction.id == "J"
    assert {lane.approach for lane in s.junction.lanes} >= {"WA", "EB", "N1A", "S2B"}


def test_a_tram_in_the_median_conflicts_with_left_turns_across_it(tmp_path: Path) -> None:
    lanes = '<lane index="0" disallow="tram"/><lane index="1" disallow="tram"/><lane index="2" allow="tram"/>'
    s = both_ways(four_arm(tmp_path, *NO_U_TURNS, lanes={"N": 3, "S": 3, "E": 3, "W": 3}, edge_xml=lanes))
    trams = [g for g in s.groups if g.kind is GroupKind.TRAM]
    assert trams
    for t in trams:
        for other in s.groups:
            lefts = [link for link in other.links if link.turn is Turn.LEFT and link.kind is GroupKind.VEHICLE]
            if lefts and other.edges == t.edges and any(link.turn is Turn.THROUGH for link in t.links):
                assert s.junction.intergreens.conflict(t.id, other.id), "the left turn crosses the track beside it"
    # Nobody yields to a tram, so no stage shows a tram and whoever crosses its track.
    for stage in s.junction.stages:
        for t in trams:
            if t.id in stage.green:
                assert not any(s.junction.intergreens.conflict(t.id, g) for g in stage.green)


def test_a_cycle_lane_is_a_cycle_group_and_right_turns_across_it_yield(tmp_path: Path) -> None:
    lanes = '<lane index="0" allow="bicycle" width="1.5"/><lane index="1" disallow="bicycle"/>'
    s = both_ways(four_arm(tmp_path, *NO_U_TURNS, lanes=2, edge_xml=lanes))
    assert kinds(s) == {GroupKind.VEHICLE, GroupKind.CYCLE}
    for stage in s.junction.stages:
        for a, b in combinations(sorted(stage.green), 2):
            if s.junction.intergreens.conflict(a, b):
                assert {a, b} & stage.yielding


def test_a_ramp_signal_with_one_approach_has_one_stage_and_says_so(tmp_path: Path) -> None:
    net = convert(tmp_path, IN_A_ROW,
                  '<edge id="in" from="A" to="C"/><edge id="out" from="C" to="B"/>')
    signals = derive_net(net)
    assert len(signals.junctions["C"].junction.stages) == 1
    assert "nothing to separate" in signals.notes[0]


def crossing_with_rails(folder: Path, road_type: str) -> Path:
    nodes = (f'<node id="W" x="-200" y="0"/><node id="X" x="0" y="0" type="rail_crossing"/><node id="C" x="200" y="0" '
             f'type="{road_type}"/><node id="E" x="400" y="0"/><node id="N" x="200" y="200"/><node id="R1" x="0" y="200"/>'
             '<node id="R2" x="0" y="-200"/>')
    edges = ('<edge id="WX" from="W" to="X"/><edge id="XC" from="X" to="C"/><edge id="CE" from="C" to="E"/>'
             '<edge id="NC" from="N" to="C"/><edge id="rail1" from="R1" to="X" allow="rail tram"/>'
             '<edge id="rail2" from="X" to="R2" allow="rail tram"/>')
    return convert(folder, nodes, edges)


def test_a_level_crossing_stays_with_the_railway(tmp_path: Path) -> None:
    signals = derive_net(crossing_with_rails(tmp_path, "traffic_light"))
    assert set(signals.junctions) == {"C"}
    assert any("level crossing" in note and "X" in note for note in signals.notes)


def test_a_net_whose_only_signal_is_a_level_crossing_has_none_to_control(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="no signals"):
        derive_net(crossing_with_rails(tmp_path, "priority"))
