"""The same service on PostgreSQL: what matters of the other tests, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from controller.service.audit_check import check_audit
from controller.service.roles import Role
from controller.service.tables import audit
from tests.controller.service.harness import PASSWORD, Served, iso, served
from tests.controller.service.postgres import postgres

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as address:
        yield address


def test_an_emergency_on_postgresql_and_again_after_a_restart(url: str, tmp_path: Path) -> None:
    with served(tmp_path, url=url) as first:
        assert first.http.post("/token", data={"username": "samu", "password": PASSWORD}).status_code == 200
        assert first.http.post("/token", data={"username": "sa\x00mu", "password": PASSWORD}).status_code == 401
        first.begin(id="A-1")
        said = first.emergency(id="A-2")
        assert first.ask(Role.DISPATCH, "POST", "/emergencies", json=said).status_code == 201
        assert first.ask(Role.DISPATCH, "POST", "/emergencies", json=said | {"id": "A-3"}).json()["type"].endswith("replayed")
        assert first.ask(Role.DISPATCH, "POST", "/emergencies", json=first.emergency(id="A-1")).status_code == 409
        assert first.move("A-1", 500.0, speed_mps=12.0).status_code == 200
        now, before = iso(first.clock()), iso(first.clock() - 9.0)
        state = {"time": now, "junctions": [{"id": "J1", "alarms": [{"kind": "lamp"}]}], "run": "r1",
                 "incidents": [{"key": "r1.1", "kind": "stopped", "place": "J1", "time": now}],
                 "past_alarms": [{"junction": "J1", "kind": "door", "began": before, "ended": now}]}
        for run in ("r1", "r1", "r2"):
            said = state | {"run": run} | ({"incidents": []} if run == "r2" else {})
            assert first.ask(Role.POST, "PUT", "/posts/anfa/state", json=said).status_code == 204
        (incident,) = first.ask(Role.VIEWER, "GET", "/archive", params={"kind": "incidents"}).json()["rows"]
        alarms = first.ask(Role.VIEWER, "GET", "/archive", params={"kind": "alarms"}).json()["rows"]
        assert incident["ended_at"] and {a["kind"]: a["ended_at"] is None for a in alarms} == {"door": False, "lamp": True}
        assert len(alarms) == 2
        assert first.http.get("/junctions").status_code == 401
        manual = {"mode": "local", "reason": "works here", "duration_s": 60}
        assert first.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json=manual).status_code == 201
        assert first.ask(Role.DISPATCH, "DELETE", "/emergencies/A-2").status_code == 200
    with served(tmp_path, url=url, accounts=False) as second:
        told = second.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()
        assert told["position"]["at_m"] == pytest.approx(500.0, abs=0.1) and told["state"] in ("received", "stale")
        assert second.ask(Role.VIEWER, "GET", "/emergencies/A-2").json()["state"] == "cancelled"
        assert second.ask(Role.VIEWER, "GET", "/junctions/J1").json()["manual"]["mode"] == "local"
        for kind in ("emergencies", "states", "positions", "manual", "commands", "alarms", "incidents"):
            wanted = {"kind": kind, "place": "J1", "from": "2020-01-01T00:00:00Z"}
            found = second.ask(Role.ENGINEER, "GET", "/archive", params=wanted)
            assert found.status_code == 200, found.text
        tampered(second)


def tampered(running: Served) -> None:
    key, store = running.service.audit.key, running.service.store
    with store.snapshot() as connection:
        whole = check_audit(connection, key)
        assert whole.good and whole.rows >= 10
    with store.writing() as connection:
        connection.execute(update(audit).where(audit.c.row == 7).values(actor="nobody"))
    with store.reading() as connection:
        assert check_audit(connection, key).row == 7
    with store.writing() as connection:
        connection.execute(delete(audit).where(audit.c.row >= 7))
    with store.reading() as connection:
        assert "removed" in check_audit(connection, key).what
