"""Stages without some of their groups: which belong together, and what is no variant at all."""

from __future__ import annotations

import pytest

from signal_drivers.errors import InvalidValue, JunctionRefused
from signal_drivers.ids import StageId
from signal_drivers.stages import Stage
from tests.signal_drivers.examples import LEFT, MAIN, SIDE, STAGES, WALK, crossroads

ONE = StageId("1")
NO_WALK = Stage(StageId("1-p"), frozenset({MAIN, LEFT}), frozenset({LEFT}), variant_of=ONE)


def test_full_stages_are_nobodys_variant_and_keep_their_order() -> None:
    junction = crossroads(stages=(STAGES[0], NO_WALK, *STAGES[1:]))
    assert junction.full_stages == STAGES
    assert {full: [s.id for s in family] for full, family in junction.variants.items()} == {
        "1": ["1", "1-p"], "2": ["2"], "3": ["3"]}


def test_the_base_is_the_full_stage() -> None:
    assert (STAGES[0].base, NO_WALK.base) == (ONE, ONE)


def test_a_junction_without_variants_has_only_full_stages() -> None:
    junction = crossroads()
    assert junction.full_stages == junction.stages
    assert all(len(family) == 1 for family in junction.variants.values())


@pytest.mark.parametrize("stray", [
    Stage(StageId("x"), frozenset({MAIN, SIDE}), frozenset({SIDE}), variant_of=ONE),
    Stage(StageId("x"), frozenset({MAIN, LEFT, WALK}), frozenset({LEFT, WALK}), variant_of=ONE),
    Stage(StageId("x"), frozenset({MAIN}), variant_of=StageId("ghost")),
    Stage(StageId("x"), frozenset({MAIN}), variant_of=StageId("1-p")),
    Stage(StageId("x"), frozenset({MAIN}), variant_of=StageId("x")),
], ids=["adds a group", "yields where the full stage does not", "of nothing", "of a variant", "of itself"])
def test_what_is_no_variant_is_refused(stray: Stage) -> None:
    with pytest.raises(JunctionRefused, match="variant"):
        crossroads(stages=(STAGES[0], NO_WALK, *STAGES[1:], stray))


def test_a_variant_does_not_make_two_stages_of_one() -> None:
    everyone = frozenset({MAIN, LEFT, SIDE, WALK})
    full = Stage(ONE, everyone, everyone)
    with pytest.raises(JunctionRefused, match="only stage"):
        crossroads(stages=(full, Stage(StageId("1-p"), everyone - {WALK}, everyone - {WALK}, variant_of=ONE)))


def test_a_variant_with_nobody_green_is_no_stage() -> None:
    with pytest.raises(InvalidValue, match="no signal group is green"):
        Stage(StageId("1-p"), frozenset(), variant_of=ONE)
