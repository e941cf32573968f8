"""Stages that join one approach of two programme stages, and what they must never do."""

from __future__ import annotations

from pathlib import Path

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId
from signal_drivers.limits import Clearance
from signal_drivers.stages import Stage
from simulation.netmodel.derive import SumoJunction, derive_net
from tests.simulation.netmodel.invariants import check
from tests.simulation.nets import NO_U_TURNS, derived, four_arm, protected_lefts


def held(net: Path) -> SumoJunction:
    check(net, derive_net(net), Clearance.GEOMETRY)
    return derived(net)


def overlaps_of(s: SumoJunction) -> list[Stage]:
    return [stage for stage in s.junction.stages if stage.overlap and stage.variant_of is None]


def arms(s: SumoJunction, stage: Stage) -> set[str]:
    return {m.from_lane.split("_")[0] for m in s.junction.movements if m.group in stage.green}


def vehicles(s: SumoJunction) -> set[GroupId]:
    return {g.id for g in s.junction.groups if g.kind is GroupKind.VEHICLE}


def test_each_arm_gets_a_stage_with_its_through_and_left_turn(tmp_path: Path) -> None:
    s = held(protected_lefts(tmp_path))
    found = overlaps_of(s)
    assert [o.id for o in found] == ["S1+S2a", "S1+S2b", "S3+S4a", "S3+S4b"]
    assert sorted(sorted(arms(s, o)) for o in found) == [["E"], ["N"], ["S"], ["W"]]
    for o in found:
        (arm,) = arms(s, o)
        assert o.green & vehicles(s) == {m.group for m in s.junction.movements if m.from_lane.startswith(arm)}


def test_plans_name_none_of_them(tmp_path: Path) -> None:
    junction = held(protected_lefts(tmp_path)).junction
    assert [stage.id for stage in junction.full_stages] == ["S1", "S2", "S3", "S4"]
    assert not any(stage.overlap for stage in junction.without_overlaps.stages)


def test_where_opposite_arms_share_one_stage_there_is_nothing_to_join(tmp_path: Path) -> None:
    s = held(four_arm(tmp_path, *NO_U_TURNS))
    assert len(s.junction.full_stages) == 2 and not overlaps_of(s)
    plain = s.junction.without_hurry
    assert plain.without_overlaps is plain


def test_people_cross_beside_an_overlap_only_whom_they_do_not_meet(tmp_path: Path) -> None:
    s = held(protected_lefts(tmp_path, "--sidewalks.guess", "--crossings.guess"))
    found = overlaps_of(s)
    assert found and any(s.junction.group[g].for_pedestrians for o in found for g in o.green)
    for o in found:
        for g in o.green:
            if s.junction.group[g].for_pedestrians:
                meets = {h for h in o.green if s.junction.intergreens.conflict(g, h)}
                assert meets <= o.yielding, (o.id, g)


def test_of_two_derivations_both_have_the_same(tmp_path: Path) -> None:
    net = protected_lefts(tmp_path)
    assert overlaps_of(derived(net)) == overlaps_of(derived(net))
