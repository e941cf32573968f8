"""From the first account to the verified log: one emergency's way through the service."""

from __future__ import annotations

from controller.service.anchor import Anchor
from controller.service.audit_check import check_audit
from controller.service.roles import Role
from tests.controller.service.harness import NAMES, PASSWORD, SECRET, Served
from tests.controller.service.straight_road import at


def test_ways_by_junctions_by_places_to_pass_and_by_a_drawn_line(served: Served) -> None:
    line = {"type": "LineString", "coordinates": [at(0.0), at(900.0), at(1700.0)]}
    for said, wanted in (({"origin": {"junction": "J1"}, "destination": at(1500.0)}, ["J2"]),
                         ({"origin": None, "destination": None, "route": [at(700.0), at(1100.0), at(1300.0)]}, ["J2"]),
                         ({"origin": None, "destination": None, "route": line}, ["J1", "J2"])):
        told = served.begin(**said)
        assert [j["junction"] for j in told["junctions"]] == wanted and told["id"].startswith("E-")
        served.ask(Role.DISPATCH, "DELETE", f"/emergencies/{told['id']}")


def test_an_emergency_is_asked_for_followed_called_off_and_in_the_log(served: Served) -> None:
    known = served.service.store.anchor.read()
    assert known is not None and known.rows >= len(NAMES), "an account each"
    before = known.rows
    login = served.http.post("/token", data={"username": "samu", "password": PASSWORD})
    assert login.status_code == 200 and login.json()["role"] == "dispatch" and login.json()["expires_in"] == 900
    served.http.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
    made = served.http.post("/emergencies", json=served.emergency(id="A-1"))
    del served.http.headers["Authorization"]
    assert made.status_code == 201 and made.headers["location"] == "/emergencies/A-1"
    told = made.json()
    assert told["state"] == "received" and told["class"] == "ambulance" and told["route"]["geometry"]["type"] == "LineString"
    assert [(j["junction"], j["arrival_from"], j["passed"]) for j in told["junctions"]] == [
        ("J1", "free-flow", False), ("J2", "free-flow", False)]
    moved = served.move("A-1", 700.0, speed_mps=15.0)
    assert moved.status_code == 200, moved.text
    assert moved.json() == {"accepted": 1, "refused": [], "state": "received", "way": 1, "at_m": 700.0, "off_m": 0.0}
    told = served.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()
    assert told["position"]["at_m"] == 700.0 and [j["passed"] for j in told["junctions"]] == [True, False]
    ended = served.ask(Role.DISPATCH, "DELETE", "/emergencies/A-1")
    assert ended.status_code == 200 and ended.json()["state"] == "cancelled" and ended.json()["state_fr"] == "annulée"
    late = served.move("A-1", 720.0, speed_mps=15.0)
    assert late.status_code == 409 and late.json()["type"] == "urn:mourour:problem:over"
    with served.service.store.reading() as connection:
        verdict = check_audit(connection, served.service.audit.key)
    assert verdict.good and verdict.rows == before + 3, "a login, a request, a cancellation"
    assert served.service.store.anchor.read() == Anchor(verdict.rows, verdict.hash)
    assert SECRET.key("audit seal") == served.service.audit.key
