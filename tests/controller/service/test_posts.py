"""Posts: what they fetch, what they say, and what that changes for everybody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from controller.service.roles import Role
from tests.controller.service.harness import NAMES, Served, iso, make_accounts, served, wait_for
from tests.controller.service.straight_road import at


def say(to: Served, *junctions: dict[str, Any], post: str = "anfa", **more: Any) -> Any:
    said = {"time": iso(to.clock()), "junctions": list(junctions)} | more
    headers = {"Authorization": f"Bearer {to.token(Role.POST, name=post)}"}
    return to.http.put(f"/posts/{post}/state", headers=headers, json=said)


def work(to: Served, post: str = "anfa") -> dict[str, Any]:
    told = to.http.get(f"/posts/{post}/work", headers={"Authorization": f"Bearer {to.token(Role.POST, name=post)}"})
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


@pytest.fixture
def city(tmp_path: Path) -> Any:
    with served(tmp_path) as running:
        make_accounts(running.service.store, {Role.POST: "zerktouni"})
        running.service.callers._read_s = float("-inf")
        yield running


def test_a_post_fetches_what_passes_its_junctions_and_nothing_else(city: Served) -> None:
    assert say(city, {"id": "J1", "stage": "S1", "stages": ["S1", "S2"]}).status_code == 204
    assert say(city, {"id": "J3"}, post="zerktouni").status_code == 204
    city.begin(id="A-1", priority=11)
    (one,) = work(city)["emergencies"]
    assert one["id"] == "A-1" and one["class"] == "ambulance" and one["priority"] == 11 and one["position"] is None
    assert one["pieces"] == [[pytest.approx(1800.0), 15.0]]
    assert [(s["junction"], s["groups"], s["lanes"]) for s in one["signals"]] == [
        ("J1", ["ew"], ["w_0"]), ("J2", ["ew"], ["w_0"])]
    assert one["departs_s"] is None
    assert work(city, "zerktouni")["emergencies"] == []
    departs_s = city.clock() + 40.0
    city.begin(id="A-0", origin=at(250.0), departs_at=iso(departs_s))
    other = next(e for e in work(city)["emergencies"] if e["id"] == "A-0")
    assert other["departs_s"] == pytest.approx(departs_s, abs=0.01) and other["starts_m"] == 0.0
    assert other["pieces"] == [[pytest.approx(1550.0), 15.0]], "this map's ways begin where it stands"
    city.ask(Role.DISPATCH, "DELETE", "/emergencies/A-0")
    city.move("A-1", 300.0, speed_mps=12.0)
    assert work(city)["emergencies"][0]["position"]["at_m"] == pytest.approx(300.0)
    # It turns off: one post's work is the other's now.
    city.clock.ahead_s += 5
    assert city.move("A-1", 330.0, north_m=200.0, speed_mps=12.0).status_code == 200
    assert work(city)["emergencies"] == []
    (other,) = work(city, "zerktouni")["emergencies"]
    assert other["way"] == 2 and other["signals"][0]["junction"] == "J3"
    city.ask(Role.DISPATCH, "DELETE", "/emergencies/A-1")
    assert work(city, "zerktouni")["emergencies"] == []


def test_what_posts_say_of_an_emergency_is_its_state_while_it_is_fresh(city: Served) -> None:
    say(city, {"id": "J1"})
    city.begin(id="A-1")
    eta = iso(city.clock() + 77)
    say(city, {"id": "J1"}, emergencies=[{"id": "A-1", "state": "activated", "why": "green at J1", "arrivals": [
        {"junction": "J1", "at": eta, "queue_veh": 6}]}])
    city.clock.ahead_s += 1.0
    told = wait_for(city, "A-1", "activated")
    assert told["state_fr"] == "active" and told["why"] == "green at J1"
    first = told["junctions"][0]
    assert first["arrival_from"] == "post" and first["queue_veh"] == 6 and first["arrival"][:19] == eta[:19]
    assert told["junctions"][1]["arrival_from"] == "free-flow"
    city.clock.ahead_s += 11.0
    assert city.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()["junctions"][0]["arrival_from"] == "free-flow"


def test_a_post_is_itself_alone_and_its_junctions_are_its_own(city: Served) -> None:
    other = city.ask(Role.POST, "PUT", "/posts/zerktouni/state", json={"time": iso(city.clock()), "junctions": []})
    assert other.status_code == 403 and other.json()["where"] == "post"
    assert city.ask(Role.POST, "GET", "/posts/zerktouni/work").status_code == 403
    say(city, {"id": "J1"})
    taken = say(city, {"id": "J9"}, {"id": "J1"}, post="zerktouni")
    assert taken.status_code == 409 and taken.json()["where"] == "junctions.1.id"
    assert city.ask(Role.VIEWER, "GET", "/junctions/J9").status_code == 404, "nothing of it was taken"
    city.clock.ahead_s += 61.0
    assert say(city, {"id": "J1"}, post="zerktouni").status_code == 204, "a post that is gone holds nothing"
    assert say(city, {"id": "J1"}, time=iso(city.clock() - 60)).status_code == 422


def test_junctions_plans_alarms_and_incidents_are_what_posts_said_last(city: Served) -> None:
    lamp = {"kind": "lamp", "detail": "group 3"}
    say(city, {"id": "J1", "stage": "S1", "groups": {"N": "green"}, "mode": "central", "source": "centre", "plan": "day",
               "rung": "strategy", "alarms": [lamp]}, plans=["day", "night"],
        incidents=[{"key": "i1", "kind": "stopped", "place": "J1", "time": iso(city.clock()), "lon": -7.6, "lat": 33.6}])
    (junction,) = city.ask(Role.VIEWER, "GET", "/junctions").json()["junctions"]
    assert junction["post"] == "anfa" and junction["groups"] == {"N": "green"} and not junction["silent"]
    assert city.ask(Role.VIEWER, "GET", "/plans").json() == {
        "in_force": [{"junction": "J1", "post": "anfa", "plan": "day", "rung": "strategy"}], "plans": {"anfa": ["day", "night"]}}
    (alarm,) = city.ask(Role.VIEWER, "GET", "/alarms").json()["alarms"]
    assert alarm["kind"] == "lamp" and alarm["junction"] == "J1" and alarm["ended_at"] is None
    assert city.ask(Role.VIEWER, "GET", "/incidents").json()["incidents"][0]["kind"] == "stopped"
    say(city, {"id": "J1"}, incidents=[{"key": "i1", "kind": "stopped", "place": "J1", "time": iso(city.clock()), "ended": True}])
    assert city.ask(Role.VIEWER, "GET", "/alarms").json() == {"alarms": []}
    assert city.ask(Role.VIEWER, "GET", "/incidents").json() == {"incidents": []}
    city.clock.ahead_s += 11.0
    assert city.ask(Role.VIEWER, "GET", "/junctions/J1").json()["silent"]
    (old,) = city.ask(Role.VIEWER, "GET", "/archive", params={"kind": "alarms", "place": "J1"}).json()["rows"]
    assert old["ended_at"] is not None


def test_manual_control_is_fetched_answered_replaced_and_ends(city: Served) -> None:
    manual = {"stage": "S2", "reason": "police at the crossing", "duration_s": 600}
    assert city.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json=manual).status_code == 404
    say(city, {"id": "J1", "stages": ["S1", "S2"]})
    for wrong, where in (({"stage": "S9"}, "stage"), ({"duration_s": 80_000}, "duration_s"), ({"reason": "    "}, "body.reason"),
                         ({"mode": "local"}, "body"), ({"duration_s": 0}, "body.duration_s")):
        refused = city.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json=manual | wrong)
        assert refused.status_code == 422 and refused.json()["where"] == where, refused.text
    assert work(city)["manual"] == []
    made = city.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json=manual).json()
    (fetched,) = work(city)["manual"]
    assert fetched["stage"] == "S2" and fetched["id"] == made["id"] and fetched["by"] == NAMES[Role.OPERATOR]
    say(city, {"id": "J1"}, manual=[{"id": made["id"], "answer": "refused", "why": "minimum green"}])
    assert city.ask(Role.VIEWER, "GET", "/junctions/J1").json()["manual"]["answer_why"] == "minimum green"
    city.ask(Role.ENGINEER, "POST", "/junctions/J1/manual", json={"mode": "flashing", "reason": "works", "duration_s": 60})
    assert [m["mode"] for m in work(city)["manual"]] == ["flashing"]
    assert city.ask(Role.OPERATOR, "DELETE", "/junctions/J1/manual").status_code == 200
    assert work(city)["manual"] == []
    assert city.ask(Role.OPERATOR, "DELETE", "/junctions/J1/manual").status_code == 404
    city.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json=manual)
    city.clock.ahead_s += 601
    say(city, {"id": "J1"})
    assert work(city)["manual"] == [] and city.ask(Role.VIEWER, "GET", "/junctions/J1").json()["manual"] is None
    rows = city.ask(Role.ADMIN, "GET", "/archive", params={"kind": "commands", "place": "J1"}).json()["rows"]
    assert [r["action"] for r in rows] == ["junction.manual", "junction.manual", "junction.manual.ended", "junction.manual"]
    assert city.ask(Role.VIEWER, "GET", "/archive", params={"kind": "commands"}).status_code == 403
