"""The archive: found by kind, time and place; the same rows as JSON, CSV, Parquet and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from controller.service.roles import Role
from tests.controller.service.harness import Served, iso
from tests.controller.service.straight_road import at


@pytest.fixture(scope="module")
def year(served: Served) -> Served:
    """Two emergencies an hour apart: one by J1 and J2, one by J3; the first driven."""
    served.begin(id="A-1", vehicle="SAMU, 12")
    served.move("A-1", 100.0, speed_mps=10.0)
    served.move("A-1", 120.0, speed_mps=10.0)
    served.clock.ahead_s += 3600.0
    served.begin(id="A-2", origin=at(0.0, 200.0), destination=at(1800.0, 200.0))
    served.ask(Role.DISPATCH, "DELETE", "/emergencies/A-2")
    return served


def rows(of: Served, role: Role = Role.VIEWER, **wanted: Any) -> list[dict[str, Any]]:
    told = of.ask(role, "GET", "/archive", params=wanted)
    assert told.status_code == 200, told.text
    found: list[dict[str, Any]] = told.json()["rows"]
    return found


def test_by_place_and_time(year: Served) -> None:
    assert [r["id"] for r in rows(year, kind="emergencies")] == ["A-1", "A-2"]
    assert [r["id"] for r in rows(year, kind="emergencies", place="J2")] == ["A-1"]
    assert [r["id"] for r in rows(year, kind="emergencies", place="A-2")] == ["A-2"]
    middle = iso(year.clock() - 1800)
    assert [r["id"] for r in rows(year, kind="emergencies", **{"from": middle})] == ["A-2"]
    assert [r["id"] for r in rows(year, kind="emergencies", to=middle)] == ["A-1"]
    assert [r["state"] for r in rows(year, kind="states", place="A-2")] == ["received", "cancelled"]
    assert len(rows(year, kind="positions", place="A-1")) == 2
    assert [r["action"] for r in rows(year, Role.ENGINEER, kind="commands", **{"from": middle})] == [
        "emergency.requested", "emergency.cancelled"]
    limited = year.ask(Role.VIEWER, "GET", "/archive", params={"kind": "emergencies", "limit": 1}).json()
    assert limited["more"] and len(limited["rows"]) == 1
    assert year.ask(Role.VIEWER, "GET", "/archive", params={"kind": "emergencies", "from": "yesterday"}).status_code == 422


def test_as_csv_parquet_and_geojson(year: Served) -> None:
    def export(kind: str, form: str) -> Any:
        told = year.ask(Role.VIEWER, "GET", "/archive", params={"kind": kind, "format": form})
        assert told.status_code == 200 and told.headers["x-more"] == "false"
        assert told.headers["content-disposition"] == f'attachment; filename="{kind}.{form}"'
        return told

    table = list(csv.DictReader(io.StringIO(export("emergencies", "csv").text)))
    assert table[0]["vehicle"] == "SAMU, 12" and table[0]["line"].startswith("LINESTRING (-7.63 33.59, ")
    from pyarrow.parquet import read_table

    found = read_table(io.BytesIO(export("positions", "parquet").content)).to_pylist()
    assert [r["at_m"] for r in found] == [pytest.approx(100.0), pytest.approx(120.0)]
    ways = json.loads(export("emergencies", "geojson").content)["features"]
    assert [f["geometry"]["type"] for f in ways] == ["LineString", "LineString"] and ways[0]["properties"]["id"] == "A-1"
    points = json.loads(export("positions", "geojson").content)["features"]
    assert points[0]["geometry"]["type"] == "Point" and "lon" not in points[0]["properties"]
    assert export("alarms", "csv").text == "" and export("alarms", "geojson").json()["features"] == []


def test_an_emergency_of_long_ago_is_still_shown(year: Served) -> None:
    year.service.desk.lives.pop("A-2")
    told = year.ask(Role.VIEWER, "GET", "/emergencies/A-2").json()
    assert told["state"] == "cancelled" and told["route"]["geometry"]["coordinates"] and told["ended_at"]
    assert year.ask(Role.VIEWER, "GET", "/emergencies/never").status_code == 404
