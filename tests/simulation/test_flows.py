"""Turning counts from demand written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from signal_drivers.errors import NetError
from simulation.flows import turning_flows
from simulation.netmodel.derive import derive_net
from simulation.sumo.configuration import clock_s, read_configuration
from tests.simulation.nets import four_arm, scenario


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return four_arm(tmp_path_factory.mktemp("cross"), "--no-turnarounds", "true", lanes=2)


def by_road(net: Path, routes: str, begin_s: float = 0.0, end_s: float = 3600.0, extra: str = "") -> dict[str, float]:
    """veh/h by approach road."""
    config = scenario(net.parent, net, routes, end_s=end_s, begin_s=begin_s)
    if extra:
        (net.parent / "more.xml").write_text(f"<additional>{extra}</additional>")
        text = config.read_text().replace("</input>", '<additional-files value="more.xml"/></input>')
        config.write_text(text)
    found: dict[str, float] = {}
    for (_, lane, _), flow in turning_flows(read_configuration(config), derive_net(net), begin_s, end_s).items():
        road = lane.rsplit("_", 1)[0]
        found[road] = found.get(road, 0.0) + flow
    return {road: flow for road, flow in found.items() if flow}


def vehicles(n: int, a: str, b: str, first_s: float = 0.0, kind: str = "") -> str:
    of = f' type="{kind}"' if kind else ""
    return "".join(f'<vehicle id="{a}{b}{i}{kind}" depart="{first_s + i}"{of}><route edges="{a}_in {b}_out"/></vehicle>'
                   for i in range(n))


def test_vehicles_with_routes_are_counted_inside_the_window(net: Path) -> None:
    assert by_road(net, vehicles(30, "N", "S"), end_s=1800) == {"N_in": pytest.approx(60)}
    assert by_road(net, vehicles(30, "N", "S"), begin_s=10, end_s=1810) == {"N_in": pytest.approx(40)}


@pytest.mark.parametrize("how", ['period="6"', 'vehsPerHour="600"', 'number="600"', 'probability="0.16666667"',
                                 'period="exp(0.16666667)"'])
def test_every_way_to_write_a_flow(net: Path, how: str) -> None:
    flow = f'<flow id="f" begin="0" end="3600" {how}><route edges="W_in E_out"/></flow>'
    assert by_road(net, flow) == {"W_in": pytest.approx(600, rel=1e-3)}
    half = by_road(net, flow, end_s=1800)
    assert half == {"W_in": pytest.approx(600, rel=1e-3)}, "the same rate in half the window"


def test_trips_beside_routed_vehicles_are_routed_and_nobody_is_counted_twice(net: Path) -> None:
    trips = "".join(f'<trip id="t{i}" depart="{40 + i}" from="E_in" to="N_out"/>' for i in range(20))
    assert by_road(net, vehicles(30, "N", "S") + trips) == {"N_in": pytest.approx(30), "E_in": pytest.approx(20)}


def test_types_and_routes_of_another_file(net: Path) -> None:
    # Additional files are read first by SUMO, so a route file may use what they define.
    named = '<vehicle id="n" depart="1" route="north"/>'
    assert by_road(net, named, extra='<route id="north" edges="N_in S_out"/>') == {"N_in": pytest.approx(1)}


def test_trams_are_no_road_traffic(net: Path) -> None:
    kind = '<vType id="rame" vClass="tram"/>'
    both = vehicles(5, "N", "S", kind="rame") + vehicles(3, "E", "W", first_s=10)
    assert by_road(net, kind + both) == {"E_in": pytest.approx(3)}
    assert by_road(net, vehicles(5, "N", "S", kind="rame"), extra=kind) == {}


def test_times_of_day(net: Path) -> None:
    assert (clock_s("90"), clock_s("01:30:00"), clock_s("1:00:00:05")) == (90.0, 5400.0, 86405.0)
    row = '<vehicle id="v" depart="0:20:00"><route edges="N_in S_out"/></vehicle>'
    assert by_road(net, row) == {"N_in": pytest.approx(1)}


def test_broken_demand_names_the_file(net: Path) -> None:
    with pytest.raises(NetError, match=r"run\.rou\.xml"):
        by_road(net, "<vehicle")
