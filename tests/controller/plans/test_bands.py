"""The band model against corridors whose best offsets are known, and against its own counting of bands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.network import Network
from controller.offsets import corridor_offsets
from controller.plans.bands import Band, band_offsets, bands, value, ways_of
from controller.plans.optimise import optimise, predict
from signal_drivers.ids import JunctionId
from signal_drivers.plan import Plan
from tests.controller.junctions import crossroads, even_flows
from tests.controller.test_offsets import corridor, half_and_half


def street(names: str, travel_s: list[float], *, back: bool) -> Network:
    return Network({JunctionId(n): crossroads(n) for n in names}, corridors=(corridor(names, travel_s, back=back),))


def solved(network: Network, plans: dict[JunctionId, Plan]) -> tuple[dict[JunctionId, Plan], list[Band], float]:
    found = band_offsets(ways_of(network, plans))
    assert found is not None
    shifted = {j: replace(p, offset_s=found[j]) for j, p in plans.items()}
    ways = ways_of(network, shifted)
    return shifted, bands(ways, shifted), value(ways, shifted)


def test_one_way_the_whole_green_gets_through() -> None:
    network = street("ABCD", [17.0, 25.0, 40.0], back=False)
    shifted, (band,), _ = solved(network, {j: half_and_half(j) for j in network.junctions})
    assert [shifted[JunctionId(n)].offset_s for n in "ABCD"] == [0.0, 17.0, 42.0, 22.0]
    assert band == Band("test", True, 25.0, (25.0, 25.0, 25.0))


@pytest.mark.parametrize("travel_s", [30.0, 60.0])
def test_both_ways_at_half_and_whole_cycles(travel_s: float) -> None:
    network = street("ABC", [travel_s, travel_s], back=True)
    _, found, _ = solved(network, {j: half_and_half(j) for j in network.junctions})
    assert [b.whole_s for b in found] == [25.0, 25.0]


def test_a_band_that_cannot_be_is_let_go() -> None:
    # Greens of 10 s in 60 and a quarter of the cycle between junctions: one direction or the other, never both.
    network = street("ABC", [15.0, 15.0], back=True)
    plans = {j: replace(half_and_half(j), splits=(half_and_half(j).splits[0], replace(half_and_half(j).splits[1], start_s=15.0)))
             for j in network.junctions}
    _, found, _ = solved(network, plans)
    assert sorted(b.whole_s for b in found) == [0.0, 10.0]


def test_a_junction_at_half_the_cycle_takes_part() -> None:
    network = street("AB", [20.0], back=False)
    plans = {JunctionId("A"): half_and_half("A", 80.0), JunctionId("B"): half_and_half("B", 40.0)}
    shifted, (band,), _ = solved(network, plans)
    assert band.whole_s == 15.0 and shifted[JunctionId("B")].offset_s < 40.0


@settings(max_examples=6)
@given(travel_s=st.lists(st.integers(8, 60), min_size=2, max_size=3),
       greens=st.lists(st.integers(12, 48), min_size=5, max_size=5))
def test_no_worse_than_the_search(travel_s: list[int], greens: list[int]) -> None:
    names = "ABCDE"[:len(travel_s) + 1]
    network = street(names, [float(t) for t in travel_s], back=True)
    plans = {j: replace(half_and_half(j, 72.0), splits=(half_and_half(j).splits[0],
                                                        replace(half_and_half(j).splits[1], start_s=float(g))))
             for j, g in zip(network.junctions, greens, strict=False)}
    searched = corridor_offsets(network.corridors[0], network.junctions, plans)
    there = {j: replace(p, offset_s=searched[j]) for j, p in plans.items()}
    # Whole seconds and the solver's own tolerance of 1 %.
    assert solved(network, plans)[2] >= 0.97 * value(ways_of(network, there), there) - 1.0


def test_a_network_gets_plans_that_fit_and_the_same_ones_again() -> None:
    a, b, c, lone = (crossroads(n) for n in ("A", "B", "C", "L"))
    flows = {**even_flows(a, 660.0), **even_flows(b, 680.0), **even_flows(c, 60.0), **even_flows(lone, 300.0)}
    network = Network({j.id: j for j in (a, b, c, lone)}, corridors=(corridor("ABC", [30.0, 30.0], back=True),), flows_vph=flows)
    found = optimise(network, "day")
    assert list(found.plans) == list(network.junctions)
    for j, plan in found.plans.items():
        plan.check_against(network.junctions[j])
        assert plan.name == "day"
    assert found.plans[a.id].cycle_s == found.plans[b.id].cycle_s
    assert found.plans[c.id].cycle_s in (found.plans[a.id].cycle_s, found.plans[a.id].cycle_s / 2)
    assert found.plans[lone.id].offset_s == 0.0
    assert 0.5 < found.predicted.saturation < 1.0 and found.predicted.delay_s > 5.0
    assert optimise(network, "day") == found
    assert predict(network, found.plans) == found.predicted


def test_a_network_without_flows_or_corridors_has_plans_too() -> None:
    network = Network({j.id: j for j in (crossroads("A"), crossroads("B"))})
    found = optimise(network)
    assert set(found.plans) == set(network.junctions) and found.predicted.bands == ()
