"""Random boulevards: the same from a seed, within the rules of all scenarios, and such as cities have."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.learning.boulevards import facts, random_boulevard
from simulation.learning.made import Made, made
from simulation.netmodel.derive import derive_net
from simulation.scenario.rules import check

SEEDS = range(1, 41)


@given(st.integers(0, 2**31))
def test_every_seed_keeps_the_rules_and_gives_the_same_again(seed: int) -> None:
    drawn = facts(seed)
    check(drawn, "here")
    assert drawn == facts(seed)
    assert drawn.model_copy(update={"title": ""}) != facts(seed + 1).model_copy(update={"title": ""})


def test_there_is_what_cities_have() -> None:
    drawn = [facts(seed) for seed in SEEDS]
    junctions = [(one, j) for one in drawn for j in one.junctions]
    assert {len(one.junctions) for one in drawn} == {2, 3, 4, 5}
    assert 5 < sum(bool(one.demand.trams) for one in drawn) < 35 and 5 < sum(bool(one.demand.buses) for one in drawn) < 35
    assert any(one.turn_bans for one in drawn) and any(road.tram for one in drawn for road in one.roads)
    assert any(not arm.lanes_in or not arm.lanes_out for one in drawn for arm in one.arms)
    assert any(not j.crossings for _, j in junctions) and any(len(j.crossings) > 2 for _, j in junctions)


@pytest.mark.integration
def test_their_junctions_have_the_stages_that_random_nets_lack(tmp_path: Path) -> None:
    stages, rebuilt = [], 0
    for seed in range(1, 11):
        folder = tmp_path / str(seed)
        folder.mkdir()
        cfg = made(Made.BOULEVARD, folder, seed, 600.0)
        assert made(Made.BOULEVARD, folder, seed, 600.0) == cfg, "what is there is not made again"
        found = derive_net(cfg.with_name("net.net.xml")).junctions.values()
        rebuilt += sum(bool(one.rebuilt) for one in found)
        stages += [one.junction.stages for one in found]
    assert rebuilt < len(stages) / 3, "where left turns share a lane beside a tram, their programme cannot be run as stages"
    assert max(map(len, stages)) >= 12
    assert sum(any(stage.overlap for stage in those) for those in stages) > len(stages) / 2


@pytest.mark.integration
def test_a_boulevard_comes_from_its_seed(tmp_path: Path) -> None:
    texts = []
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        texts.append(random_boulevard(tmp_path / name, 3).with_name("evening.rou.xml").read_bytes())
    assert texts[0] == texts[1]
