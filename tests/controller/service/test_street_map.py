"""The service on real streets: an emergency asked for between junctions, followed, turning wrong, and found again."""

from __future__ import annotations

from pathlib import Path

from controller.service.roles import Role
from controller.service.street_map import map_of, read_map
from controller.streets.streets_file import streets_text
from tests.controller.service.harness import Clock, iso, served
from tests.controller.streets.towns import blocks


def test_an_emergency_over_blocks_that_turns_wrong(tmp_path: Path) -> None:
    town = blocks()
    file = tmp_path / "streets.json"
    file.write_text(streets_text(town.roads, town.turns, town.title, "nobody"), encoding="utf-8")
    clock, city = Clock(), read_map(file)
    assert city.junctions.keys() == map_of(town).junctions.keys() and len(city.junctions) == len(town.roads)
    planned = town.route_over([town.number[f"{c}.1>{c + 1}.1"] for c in range(4)], 0.0, 100.0)
    driven = town.route_over([town.number[name] for name in ("0.1>1.1", "1.1>2.1", "2.1>2.2", "2.2>2.3")], 0.0, 100.0)
    with served(tmp_path, clock=clock, streets=city) as first:
        told = first.begin(id="A-1", origin=None, destination=None, route={
            "type": "LineString", "coordinates": [list(p) for p in planned.asked_line()]})
        assert [j["junction"] for j in told["junctions"]] == [s.junction for s in planned.route.signals]
        for at_m in range(0, 540, 15):
            place = driven.place(at_m)
            moved = first.ask(Role.DISPATCH, "POST", "/emergencies/A-1/positions", json={
                "lon": place.lon, "lat": place.lat, "time": iso(clock()), "speed_mps": 15.0, "accuracy_m": 4.0})
            assert moved.status_code == 200, moved.text
            clock.ahead_s += 1.0
        assert moved.json()["way"] == 2
        ahead = [j["junction"] for j in first.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()["junctions"] if not j["passed"]]
        assert ahead and "J2.1>3.1" not in ahead, "the signals it will pass now"
        lost = first.ask(Role.DISPATCH, "POST", "/emergencies/A-1/positions", json={
            "lon": place.lon, "lat": place.lat + 0.3, "time": iso(clock())})
        assert lost.status_code == 422 and lost.json()["type"].endswith("implausible")
        refused = first.ask(Role.DISPATCH, "POST", "/emergencies", json=first.emergency(
            origin=[-7.6, 34.2], destination={"junction": "J0.1>1.1"}))
        assert refused.status_code == 422 and refused.json()["type"].endswith("off-network") \
            and "road" in refused.json()["detail"]
    with served(tmp_path, accounts=False, clock=clock, streets=city) as second:
        again = second.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()
        assert [j["junction"] for j in again["junctions"] if not j["passed"]] == ahead
