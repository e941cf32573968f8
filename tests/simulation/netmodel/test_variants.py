"""Which stages get variants, and what those leave out."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from simulation.netmodel.variants import LONG_CROSSING_S, with_variants
from tests.controller.junctions import intergreens, pedestrian, stage, vehicle
from tests.signal_drivers.random_junctions import junctions

TRAM = SignalGroup(GroupId("tram"), GroupKind.TRAM, 6.0)
GROUPS = (vehicle("main"), TRAM, pedestrian("far", 15.0), pedestrian("near", LONG_CROSSING_S), vehicle("side"))
TABLE = intergreens(("main", "side"), ("tram", "side"), ("far", "side"), ("near", "side"))
EVERYONE = stage("A", ["main", "tram", "far", "near"])
SIDE = stage("B", ["side"])


def shown(stages: Sequence[Stage]) -> dict[str, set[str]]:
    return {s.id: set(s.green) for s in stages}


def test_trams_and_long_crossings_are_left_out_one_by_one_and_together() -> None:
    found = with_variants((EVERYONE, SIDE), GROUPS, TABLE)
    assert shown(found) == {"A": {"main", "tram", "far", "near"}, "A-t": {"main", "far", "near"}, "A-p": {"main", "tram", "near"},
                            "A-tp": {"main", "near"}, "B": {"side"}}
    assert [s.base for s in found] == ["A", "A", "A", "A", "B"]


def test_groups_that_cost_nobody_anything_stay() -> None:
    free = intergreens(("main", "side"))
    assert shown(with_variants((EVERYONE, SIDE), GROUPS, free)) == shown((EVERYONE, SIDE))


def test_a_stage_of_its_own_is_not_emptied() -> None:
    alone = stage("T", ["tram"])
    found = with_variants((alone, stage("A", ["main"]), SIDE), (vehicle("main"), TRAM, vehicle("side")),
                          intergreens(("main", "side"), ("tram", "side"), ("tram", "main")))
    assert shown(found)["T"] == {"tram"} and len(found) == 3


def test_what_another_stage_shows_already_is_not_repeated() -> None:
    plain = stage("M", ["main", "near", "far"])
    found = with_variants((EVERYONE, plain, SIDE), GROUPS, TABLE)
    assert len({frozenset(s.green) for s in found}) == len(found)
    assert "A-t" not in shown(found)


def test_who_yields_in_the_full_stage_yields_in_its_variants() -> None:
    full = stage("A", ["main", "tram", "side"], yielding=["side"])
    found = with_variants((full, SIDE), (vehicle("main"), TRAM, vehicle("side")), intergreens(("main", "side"), ("tram", "side")))
    assert {s.id: set(s.yielding) for s in found} == {"A": {"side"}, "A-t": {"side"}, "B": set()}


@given(junctions())
def test_any_junction_is_accepted_with_its_variants(junction: Junction) -> None:
    stages = with_variants(junction.stages, junction.groups, junction.intergreens)
    made = Junction(junction.id, junction.groups, stages, junction.intergreens, junction.yellow_s, junction.max_red_s)
    assert made.full_stages == junction.stages
    for full, family in made.variants.items():
        assert family[0].id == full
        for variant in family[1:]:
            left_out = made.stage[full].green - variant.green
            assert left_out and all(made.group[g].kind is GroupKind.TRAM or made.group[g].for_pedestrians for g in left_out)
