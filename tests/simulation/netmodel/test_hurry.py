"""Hurry-call stages: which approaches get one, and that nobody in one gives way."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from signal_drivers.groups import GroupKind
from signal_drivers.stages import Stage
from simulation.netmodel.derive import SumoJunction
from tests.simulation.nets import NO_U_TURNS, derived, four_arm, protected_lefts


def hurry_of(s: SumoJunction) -> list[Stage]:
    return [stage for stage in s.junction.stages if stage.hurry]


def arm_groups(s: SumoJunction, arm: str) -> set[str]:
    return {m.group for m in s.junction.movements if m.from_lane.startswith(arm)}


def test_where_left_turns_filter_every_approach_gets_one_of_its_own(tmp_path: Path) -> None:
    s = derived(four_arm(tmp_path, *NO_U_TURNS))
    found = hurry_of(s)
    assert [stage.id for stage in found] == ["H1", "H2", "H3", "H4"]
    for arm in "NESW":
        mine = [stage for stage in found if arm_groups(s, arm) <= stage.green]
        assert len(mine) == 1, arm


def test_where_overlaps_show_each_approach_alone_none_is_added(tmp_path: Path) -> None:
    assert hurry_of(derived(protected_lefts(tmp_path))) == []


def test_nobody_in_one_gives_way_or_walks(tmp_path: Path) -> None:
    for more in ((), ("--sidewalks.guess", "--crossings.guess")):
        s = derived(four_arm(tmp_path, *NO_U_TURNS, *more))
        assert hurry_of(s)
        for stage in hurry_of(s):
            assert not stage.yielding
            assert all(s.junction.group[g].kind is GroupKind.VEHICLE for g in stage.green)
            assert not any(s.junction.intergreens.conflict(a, b) for a, b in combinations(stage.green, 2))


def test_neither_plans_nor_strategies_are_shown_them(tmp_path: Path) -> None:
    junction = derived(four_arm(tmp_path, *NO_U_TURNS)).junction
    for shown in (junction.full_stages, junction.without_overlaps.stages, junction.without_hurry.stages):
        assert shown and not any(stage.hurry for stage in shown)
    assert junction.without_hurry.without_hurry is junction.without_hurry


def test_of_two_derivations_both_have_the_same(tmp_path: Path) -> None:
    net = four_arm(tmp_path, *NO_U_TURNS)
    assert hurry_of(derived(net)) == hurry_of(derived(net))
