"""Bad input: what is wrong is said, where, in both languages; and everything is as it was."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from controller.service.roles import Role
from controller.service.search import ArchiveKind, Search, find
from tests.controller.service.harness import Served, iso
from tests.controller.service.straight_road import at


def everything(served: Served) -> dict[str, Any]:
    """All that the service has stored, but for what the log of commands says of refusals."""
    with served.service.store.reading() as connection:
        rows = {kind.value: find(connection, Search(kind, limit=10_000)) for kind in ArchiveKind}
    return rows | {"commands": [r for r in rows["commands"] if not r["action"].startswith("refused.")]}


def refused(served: Served, answered: httpx.Response, status: int, kind: str, where: str) -> None:
    assert answered.status_code == status, answered.text
    assert answered.headers["content-type"] == "application/problem+json"
    said = answered.json()
    assert said["type"] == f"urn:mourour:problem:{kind}" and said["status"] == status and said["where"] == where, said
    assert said["detail"] and said["detail_fr"] and said["title"] != said["title_fr"]


@pytest.mark.parametrize(("changes", "status", "kind", "where"), [
    ({"origin": [-7.63, 34.9]}, 422, "off-network", "position"),
    ({"origin": [-9.0, 33.6]}, 422, "off-network", "position"),
    ({"destination": list(at(-300.0))}, 422, "off-network", "destination"),
    ({"origin": {"junction": "nowhere"}}, 422, "off-network", "origin.junction"),
    ({"destination": list(at(500.0))}, 422, "no-way", "origin"),
    ({"destination": None}, 422, "invalid", "body"),
    ({"route": {"type": "LineString", "coordinates": [list(at(0)), list(at(900))]}}, 422, "invalid", "body"),
    ({"origin": [-7.63, 133.59]}, 422, "invalid", "body.origin.tuple[Annotated[float,FieldInfo]"),
    ({"priority": 15}, 422, "invalid", "body.priority"),
    ({"class": "taxi"}, 422, "invalid", "body.class"),
    ({"id": "../etc"}, 422, "invalid", "body.id"),
    ({"colour": "red"}, 422, "invalid", "body.colour"),
    ({"nonce": "short"}, 422, "invalid", "body.nonce"),
    ({"expires_at": "tomorrow"}, 422, "invalid", "body.expires_at"),
    ({"expires_at": "2026-11-26T07:30:00"}, 422, "invalid", "body.expires_at"),
    ({"expires_at": "2026-11-26T07:30:00Z"}, 422, "expired", "expires_at"),
    ({"expires_at": "2199-11-26T07:30:00Z"}, 422, "invalid", "expires_at"),
    ({"sent_at": "2026-11-26T07:30:00Z"}, 422, "skew", "sent_at"),
])
def test_a_request_that_cannot_be(served: Served, changes: dict[str, Any], status: int, kind: str, where: str) -> None:
    before = everything(served)
    answered = served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency(**changes))
    said = answered.json()
    if where.startswith("body.origin."):
        where = said["where"]
        assert where.startswith("body.origin")
    refused(served, answered, status, kind, where)
    assert everything(served) == before


def test_a_clock_that_is_ahead(served: Served) -> None:
    answered = served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency(sent_at=iso(served.clock() + 40)))
    refused(served, answered, 422, "skew", "sent_at")


def test_a_request_made_twice_and_an_id_taken_twice(served: Served) -> None:
    said = served.emergency(id="twice")
    assert served.ask(Role.DISPATCH, "POST", "/emergencies", json=said).status_code == 201
    before = everything(served)
    refused(served, served.ask(Role.DISPATCH, "POST", "/emergencies", json=said | {"id": "other"}), 409, "replayed", "nonce")
    refused(served, served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency(id="twice")), 409, "duplicate", "id")
    assert everything(served) == before
    # Over or not, an id is never used again.
    served.ask(Role.DISPATCH, "DELETE", "/emergencies/twice")
    served.service.desk.lives.clear()
    refused(served, served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency(id="twice")), 409, "duplicate", "id")
    refused(served, served.move("twice", 10.0), 409, "over", "id")
    refused(served, served.ask(Role.DISPATCH, "DELETE", "/emergencies/twice"), 409, "over", "id")


def test_positions_that_cannot_be(served: Served) -> None:
    name = served.begin()["id"]
    assert served.move(name, 100.0, speed_mps=14.0).status_code == 200
    before = everything(served)
    refused(served, served.move(name, 100.0, time=iso(served.clock() - 31)), 422, "skew", "time")
    refused(served, served.move(name, 100.0, time=iso(served.clock() - 20)), 409, "replayed", "time")
    refused(served, served.move(name, 1500.0), 422, "implausible", "lon")
    refused(served, served.move(name, 1500.0, accuracy_m=10_000.0), 422, "implausible", "lon")
    refused(served, served.move(name, 100.0, north_m=900.0, accuracy_m=10_000.0), 422, "implausible", "lon")
    refused(served, served.move(name, 100.0, speed_mps=-1.0), 422, "invalid", "body.0.speed_mps")
    refused(served, served.ask(Role.DISPATCH, "POST", f"/emergencies/{name}/positions", json=[]), 422, "invalid", "body")
    refused(served, served.move("never-was", 0.0), 404, "unknown", "id")
    assert everything(served) == before
    assert served.move(name, 115.0, speed_mps=14.0).status_code == 200, "the vehicle itself goes on"


def test_of_several_positions_each_is_judged_by_itself(served: Served) -> None:
    name, now_s = served.begin()["id"], served.clock()
    rows = [{"lon": at(x)[0], "lat": at(x)[1], "time": iso(now_s - 5 + i)} for i, x in enumerate((10.0, 25.0, 1700.0, 40.0))]
    told = served.ask(Role.DISPATCH, "POST", f"/emergencies/{name}/positions", json=rows).json()
    assert told["accepted"] == 3 and [r["index"] for r in told["refused"]] == [2]
    assert told["at_m"] == 40.0
    again = served.ask(Role.DISPATCH, "POST", f"/emergencies/{name}/positions", json=rows)
    assert again.status_code == 422 and len(again.json()["problems"]) == 4


def test_bodies_that_are_too_large_or_no_json(served: Served) -> None:
    large = b'{"vehicle": "' + b"x" * 1_000_000 + b'"}'
    refused(served, served.ask(Role.DISPATCH, "POST", "/emergencies", content=large), 413, "too-large", "body")
    refused(served, served.ask(Role.DISPATCH, "POST", "/emergencies", content=iter([large])), 413, "too-large", "body")
    answered = served.ask(Role.DISPATCH, "POST", "/emergencies", content=b"{no json")
    assert answered.status_code in (400, 422) and answered.headers["content-type"] == "application/problem+json"
    answered = served.ask(Role.DISPATCH, "POST", "/emergencies", content=b'{"priority": NaN, "vehicle": "\\ud800"}')
    assert answered.status_code in (400, 422)
    assert served.http.get("/health").json() == {"well": True}


def test_too_many_emergencies_within_a_minute(served: Served) -> None:
    served.clock.ahead_s += 120.0
    codes = [served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency()).status_code for _ in range(31)]
    assert codes == [201] * 30 + [429]
    served.service.desk._new._seen.clear()
    served.service.desk.restore()
    again = served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency())
    assert again.status_code == 429, "a restart does not help"
    served.clock.ahead_s += 61.0
    assert served.ask(Role.DISPATCH, "POST", "/emergencies", json=served.emergency()).status_code == 201


def test_from_a_junction_to_itself_there_is_no_way_and_to_the_next_there_is_its_signal(served: Served) -> None:
    same = served.emergency(origin={"junction": "J1"}, destination={"junction": "J1"})
    refused(served, served.ask(Role.DISPATCH, "POST", "/emergencies", json=same), 422, "no-way", "destination")
    told = served.begin(origin={"junction": "J1"}, destination={"junction": "J2"})
    assert [j["junction"] for j in told["junctions"]] == ["J2"]
