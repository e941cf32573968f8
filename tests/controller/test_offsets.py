"""The green-band search on corridors whose best offsets are known."""

from __future__ import annotations

import pytest

from controller.network import Corridor, Network
from controller.offsets import Window, corridor_offsets, green_windows
from controller.strategies.fixed import fixed_plans
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.plan import Plan, Split
from tests.controller.junctions import crossroads, even_flows

NS, EW = StageId("NS"), StageId("EW")


def half_and_half(name: str, cycle_s: float = 60.0) -> Plan:
    return Plan(JunctionId(name), cycle_s, (Split(EW, 0.0), Split(NS, cycle_s / 2)))


def corridor(names: str, travel_s: list[float], *, back: bool) -> Corridor:
    group = GroupId("ew")
    return Corridor("test", tuple(JunctionId(n) for n in names), tuple(500.0 * i for i in range(len(names))),
                    tuple(group for _ in names), tuple(group if back else None for _ in names),
                    tuple(travel_s), tuple(travel_s))


def test_green_window_starts_after_the_clearance() -> None:
    assert green_windows(crossroads("A"), half_and_half("A"), GroupId("ew")) == (Window(5.0, 25.0),)


def test_green_in_every_stage_is_a_whole_cycle() -> None:
    always = Plan(JunctionId("A"), 60.0, (Split(EW, 0.0),))
    assert green_windows(crossroads("A"), always, GroupId("ew")) == (Window(0.0, 60.0),)


def test_one_way_progression_follows_the_travel_time() -> None:
    names = "ABCD"
    found = corridor_offsets(corridor(names, [17.0, 25.0, 40.0], back=False), {JunctionId(n): crossroads(n) for n in names},
                             {JunctionId(n): half_and_half(n) for n in names})
    assert [found[JunctionId(n)] for n in names] == [0.0, 17.0, 42.0, 22.0]


@pytest.mark.parametrize(("travel_s", "offset_s"), [(30.0, 30.0), (60.0, 0.0)])
def test_two_way_band_is_perfect_at_half_and_whole_cycles(travel_s: float, offset_s: float) -> None:
    # Neighbours half a cycle (or a whole one) of travel apart suit both directions at once.
    names = "ABC"
    found = corridor_offsets(corridor(names, [travel_s, travel_s], back=True), {JunctionId(n): crossroads(n) for n in names},
                             {JunctionId(n): half_and_half(n) for n in names})
    assert [found[JunctionId(n)] for n in names] == [0.0, offset_s, (2 * offset_s) % 60]


def test_offsets_set_by_another_corridor_stay() -> None:
    names = "ABC"
    found = corridor_offsets(corridor(names, [20.0, 20.0], back=False), {JunctionId(n): crossroads(n) for n in names},
                             {JunctionId(n): half_and_half(n) for n in names}, {JunctionId("B"): 7.0})
    assert [found[JunctionId(n)] for n in names] == [47.0, 7.0, 27.0]


def test_corridor_shares_a_cycle_and_a_light_junction_takes_half() -> None:
    a, b, c = crossroads("A"), crossroads("B"), crossroads("C")
    flows = {**even_flows(a, 680.0), **even_flows(b, 680.0), **even_flows(c, 60.0)}
    network = Network({j.id: j for j in (a, b, c)}, corridors=(corridor("ABC", [30.0, 30.0], back=True),), flows_vph=flows)
    plans = fixed_plans(network)
    assert plans[a.id].cycle_s == plans[b.id].cycle_s == 2 * plans[c.id].cycle_s
    assert all(p.offset_s < p.cycle_s for p in plans.values())
    assert fixed_plans(network) == plans


def test_junction_outside_any_corridor_keeps_its_own_cycle() -> None:
    a, b, lone = crossroads("A"), crossroads("B"), crossroads("L")
    flows = {**even_flows(a, 680.0), **even_flows(b, 100.0), **even_flows(lone, 500.0)}
    network = Network({j.id: j for j in (a, b, lone)}, corridors=(corridor("AB", [30.0], back=True),), flows_vph=flows)
    plans = fixed_plans(network)
    alone = fixed_plans(Network({lone.id: lone}, flows_vph=flows))
    assert plans[lone.id] == alone[lone.id]
    assert plans[lone.id].cycle_s != plans[a.id].cycle_s
