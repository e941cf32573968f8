"""Streets made of a net, against SUMO's own router; and ambulances that are followed by GPS and turn wrong, in a run."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from controller.streets.plane import LocalPlane
from controller.streets.search import Spot
from controller.streets.streets import Streets, read_streets
from signal_drivers.errors import BadInput, NetError
from simulation.emergencies.astray import some_astray
from simulation.emergencies.blue_light import TYPE_ID, write_type
from simulation.emergencies.settings import EmergencySettings, Gps, read_gps
from simulation.emergencies.trips import Trip
from simulation.emergencies.ways import Ways
from simulation.netmodel.derive import SignalNet, derive_net
from simulation.run import run
from simulation.scenario.attribution import OSM
from simulation.scenario.import_osm import import_osm
from simulation.scenario.legs import plane_of
from simulation.scenario.load import load
from simulation.scenario.resolve import resolve, shipped_files
from simulation.scenario.streets import write_streets
from simulation.settings import RunSettings
from simulation.sumo.backend import Sumo
from tests.simulation.nets import flows, generate, scenario
from tests.simulation.scenario.small_osm import FIRST, LAT, LON, small_osm

GRID = ("--grid", "--grid.number", "5", "--grid.length", "180", "--no-turnarounds", "true")


@contextmanager
def router(net: Path, folder: Path) -> Iterator[Any]:
    """SUMO, asked for an ambulance's ways."""
    kinds = write_type(folder / "ambulance.add.xml", runs_red=False)
    # Who gives way is thought by SUMO to lose 1.5 s at it. Nobody gives way to an ambulance.
    options = ["--net-file", str(net), "--additional-files", str(kinds), "--no-step-log", "true", "--no-warnings", "true",
               "--weights.minor-penalty", "0"]
    with Sumo(options) as sumo:
        yield lambda a, b: sumo.api.simulation.findRoute(a, b, TYPE_ID)


def drawn(signals: SignalNet, folder: Path, count: int) -> list[tuple[Ways, Streets, tuple[str, ...], float]]:
    """``count`` ways of SUMO's between random roads, with the seconds that it takes them for."""
    ways = Ways(signals)
    streets, dice, rows = Streets(ways.roads, ways.turns), random.Random(7), []
    names = [road.id for road in ways.roads]
    with router(signals.path, folder) as find:
        while len(rows) < count:
            stage = find(dice.choice(names), dice.choice(names))
            if len(stage.edges) > 1:
                rows.append((ways, streets, tuple(stage.edges), stage.travelTime))
    return rows


def middle(streets: Streets, name: str) -> Any:
    road = streets.roads[streets.number[name]]
    return streets.route_over([streets.number[name]], 0.0, road.length_m).place(road.length_m / 2)


def test_ways_over_streets_are_the_ways_of_sumos_router(tmp_path: Path) -> None:
    signals = derive_net(resolve("far").net)
    same = 0
    rows = drawn(signals, tmp_path, 40)
    for ways, streets, edges, _ in rows:
        way = ways.way(edges)
        mine = streets.route_between(middle(streets, edges[0]), middle(streets, edges[-1]))
        theirs_s = way.route.free_s(mine.origin_m, way.start_m[-1] + streets.roads[streets.number[edges[-1]]].length_m / 2)
        assert mine.free_s() <= theirs_s * 1.0001
        assert mine.free_s() > 0.9 * theirs_s
        if mine.edges == edges:
            same += 1
            assert mine.route == way.route and mine.start_m == way.start_m and mine.inside_m == way.inside_m
    assert same > 0.9 * len(rows)


def test_the_fastest_way_takes_as_long_as_sumo_says(tmp_path: Path) -> None:
    net = generate(tmp_path, *GRID)
    for _, streets, edges, seconds in drawn(derive_net(net), tmp_path, 25):
        last = streets.number[edges[-1]]
        end = streets.route_over([last], 0.0, streets.roads[last].length_m)
        mine = streets.route_from(Spot(streets.number[edges[0]], 0.0), end)
        assert mine is not None and mine.free_s() == pytest.approx(seconds, rel=0.01)


def test_a_scenarios_streets_lie_where_its_facts_say(tmp_path: Path) -> None:
    found = write_streets("far", tmp_path / "streets.json")
    assert json.loads((tmp_path / "streets.json").read_text(encoding="utf-8"))["attribution"] == found.attribution == OSM
    streets, facts = read_streets(found.file), load(shipped_files()["far"])
    assert (found.roads, found.turns) == (len(streets.roads), len(streets.turns)) and found.junctions == len(facts.junctions)
    assert found.as_dict()["road_km"] == pytest.approx(sum(r.length_m for r in streets.roads) / 1000, abs=0.06)
    signals = derive_net(resolve("far").net)
    junctions = {j: s.junction for j, s in signals.junctions.items()}
    assert streets.misfits(junctions) == streets.misfits({}) == []
    moved = next(iter(junctions.values()))
    other = {t.signal.junction: moved for t in streets.turns if t.signal is not None and t.signal.junction != moved.id}
    assert any(f"junction {moved.id} has no " in row for row in streets.misfits(other))
    for turn in streets.turns:
        if turn.signal is not None:
            at = next(j for j in facts.junctions if j.id == turn.signal.junction)
            x_m, y_m = plane_of(facts).xy_m(at.lat, at.lon)
            stop = streets.roads[streets.number[turn.from_road]].line[-1]
            assert math.dist(plane_of(facts).xy_m(stop.lat, stop.lon), (x_m, y_m)) < 60.0


def test_an_imports_streets_lie_where_the_extract_says(tmp_path: Path) -> None:
    made = import_osm([small_osm(tmp_path / "small.osm")], "small", tmp_path / "small")
    found = write_streets(str(made.configurations["evening"]), tmp_path / "streets.json")
    streets = read_streets(found.file)
    assert found.attribution == OSM and found.junctions == 2 and any(r.name == FIRST for r in streets.roads)
    plane = LocalPlane(LAT, LON)
    corner = plane.lon_lat(*plane.xy_m(LAT, LON + 0.003))
    x_m, y_m = streets.xy_m(corner)
    assert streets.nearest_road(x_m, y_m).off_m < 20.0
    assert streets.plane.lat0 == pytest.approx(LAT, abs=0.001) and streets.plane.lon0 == pytest.approx(LON + 0.0045, abs=0.001)


def test_a_net_that_lies_nowhere_has_no_streets_file(tmp_path: Path) -> None:
    net = generate(tmp_path, "--grid", "--grid.number", "3")
    config = tmp_path / "run.sumocfg"
    config.write_text(f'<configuration><input><net-file value="{net.name}"/></input></configuration>')
    with pytest.raises(NetError, match="no longitude and latitude"):
        write_streets(str(config), tmp_path / "streets.json")
    assert not (tmp_path / "streets.json").exists()


def test_who_turns_wrong_is_drawn_from_the_seed(tmp_path: Path) -> None:
    signals = derive_net(generate(tmp_path, *GRID))
    ways = Ways(signals)
    dice = random.Random(2)
    names = [road.id for road in ways.roads]
    with router(signals.path, tmp_path) as find:
        def route(a: str, b: str) -> tuple[str, ...]:
            return tuple(find(a, b).edges)

        drawn_ways = [route(dice.choice(names), dice.choice(names)) for _ in range(40)]
        trips = [Trip(f"t{i}", 0.0, way) for i, way in enumerate(drawn_ways) if ways.signals_on(way) >= 3]
        assert some_astray(trips, 0.0, 1, ways, route) == trips
        every = some_astray(trips, 1.0, 1, ways, route)
        assert every == some_astray(trips, 1.0, 1, ways, route) != some_astray(trips, 1.0, 2, ways, route)
        some = some_astray(trips, 0.4, 1, ways, route)
    assert 0 < sum(bool(t.planned) for t in some) < len(trips) and all(t in trips or t in every for t in some)
    for before, after in zip(trips, every, strict=True):
        assert after.planned == before.edges != after.edges and after.edges[-1] == before.edges[-1]
        assert ways.way(after.edges).route.length_m > 0


def test_where_no_wrong_turn_leads_back_it_ends_on_the_wrong_road() -> None:
    signals = derive_net(resolve("far").net)
    ways = Ways(signals)
    way = next((a.id, b) for a in ways.roads if len(ways.onward(a.id)) > 1 for b in ways.onward(a.id) if ways.has_signal(a.id, b))
    lost, = some_astray([Trip("t", 0.0, way)], 1.0, 1, ways, lambda a, b: ())
    assert lost.planned == way and lost.edges[0] == way[0] and len(lost.edges) == 2 and lost.edges[1] != way[1]
    alone = Trip("t", 0.0, way[:1])
    assert some_astray([alone], 1.0, 1, ways, lambda a, b: ()) == [alone]


@pytest.mark.parametrize(("text", "gps"), [("5", Gps(5.0)), ("10:3", Gps(10.0, 3.0)), ("0:1", Gps(0.0))])
def test_gps_as_written(text: str, gps: Gps) -> None:
    assert read_gps(text) == gps


@pytest.mark.parametrize("text", ["", "five", "-1", "5:0", "99", "5:1:1", "nan", "5:nan", "inf"])
def test_what_is_no_gps(text: str) -> None:
    with pytest.raises(BadInput, match="--emergency-gps"):
        read_gps(text)


@pytest.mark.integration
@pytest.mark.parametrize("gps", [None, Gps(8.0, 2.0)])
def test_ambulances_that_turn_wrong_are_followed(tmp_path: Path, gps: Gps | None) -> None:
    net = generate(tmp_path, *GRID)
    config = scenario(tmp_path, net, flows({("A0B0", "D3D4"): 9.0, ("E4D4", "B1B0"): 11.0}, 400.0), end_s=400.0)
    emergencies = EmergencySettings(3, gps=gps, wrong_turn_share=1.0)
    record = run(RunSettings(str(config), "actuated", 3, detail=False, emergencies=emergencies))
    trips = record.emergencies["trips"]
    ended = [t for t in trips if t["travel_s"] is not None]
    assert len(ended) >= 2 and all(t["wrong_turn"] for t in trips)
    assert all(t["reroutes"] >= 1 and t["passed"] == t["signals"] for t in ended)
    assert all(t["position_error_m"] <= (20.0 if gps else 0.0) for t in ended)
    assert record.result["guard"]["violations"] == record.result["guard"]["vetoes"] == 0


@pytest.mark.integration
def test_ambulances_on_their_way_are_followed_by_gps() -> None:
    settings = RunSettings("far", "actuated", 3, 240.0, detail=False, emergencies=EmergencySettings(2, gps=Gps(5.0)))
    trips = run(settings).emergencies["trips"]
    assert any(t["passed"] for t in trips) and not any(t["reroutes"] for t in trips)
    assert all(0.0 < t["position_error_m"] < 8.0 for t in trips)
