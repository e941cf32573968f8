"""Refused requests leave their rows in the log of commands: each once, many as a number, and nothing secret."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from controller.service.audit_check import check_audit
from controller.service.problem import Kind, Problem
from controller.service.refused_log import MOST, OTHERS
from controller.service.roles import Role
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.tables import audit
from controller.service.tokens import make_token
from tests.controller.service.harness import NAMES, PASSWORD, SECRET, Served, iso, served
from tests.controller.service.straight_road import at


def rows(to: Served, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Rows of refusals, once there are enough: they are written behind the answer."""
    found: list[dict[str, Any]] = []
    for _ in range(600):
        told = to.ask(Role.ADMIN, "GET", "/archive", params={"kind": "commands"}).json()["rows"]
        found = [r | {"detail": json.loads(r["detail"])} for r in told if r["action"].startswith("refused.")]
        if enough(found):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def whole(folder: Path) -> bool:
    store = Store(folder)
    with store.snapshot() as connection:
        return check_audit(connection, SECRET.key("audit seal")).good


@pytest.fixture
def city(tmp_path: Path) -> Any:
    with served(tmp_path, settings=ServiceSettings(new_per_minute=1, failures_each=2)) as running:
        yield running


def test_each_reason_has_a_row_with_who_and_what_and_why(city: Served, tmp_path: Path) -> None:
    key, now_s = SECRET.key("tokens"), city.clock()
    good = city.token(Role.VIEWER)
    expired = make_token(key, "vera", 1, now_s - 1000, 900)
    forged = make_token(b"another key of thirty-two bytes..", "omar", 1, now_s, 900)
    city.http.get("/junctions")
    for token in (f"Basic {good}", f"Bearer {expired}", f"Bearer {forged}", f"Bearer {make_token(key, 'samu', 7, now_s, 900)}"):
        city.http.delete(f"/emergencies/{expired}", headers={"Authorization": token})
    city.ask(Role.VIEWER, "DELETE", "/emergencies/A-1")
    for name in ("samu", PASSWORD, "typed-in-the-wrong-field"):
        city.http.post("/token", data={"username": name, "password": "wrong-and-secret"})
    for _ in range(2):
        city.http.post("/token", data={"username": "samu", "password": "wrong-and-secret"})
    city.begin(id="A-1")
    assert city.ask(Role.DISPATCH, "POST", "/emergencies", json=city.emergency()).status_code == 429
    city.move("A-1", 100.0)
    city.clock.ahead_s += 1.0
    assert city.move("A-1", 1700.0).status_code == 422
    wanted = {"no-token", "another-scheme", "expired-token", "forged-token", "ended-token", "forbidden", "bad-login", "locked",
              "too-many", "implausible"}
    found = rows(city, lambda found: {r["action"].removeprefix("refused.") for r in found} >= wanted)
    by = {(r["action"].removeprefix("refused."), r["actor"]): r for r in found}
    assert {r["target"] for r in found} == {"127.0.0.1"}
    assert by["forbidden", "vera"]["detail"]["what"] == "DELETE /emergencies/A-1" and by["forbidden", "vera"]["role"] == "viewer"
    assert by["expired-token", "vera"]["detail"]["what"] == "DELETE /emergencies/..."
    assert by["forged-token", "omar"] and by["ended-token", "samu"] and by["no-token", "?"] and by["another-scheme", "?"]
    assert by["bad-login", "samu"] and by["bad-login", "?"] and by["locked", "samu"]
    assert "m from the last position" in by["implausible", "samu"]["detail"]["why"] and by["too-many", "samu"]
    with city.service.store.reading() as connection:
        everything = " ".join(str(row) for row in connection.execute(select(audit)).all())
    for secret in (good, expired, forged, "wrong-and-secret", "typed-in-the-wrong-field", PASSWORD, "eyJ"):
        assert secret not in everything
    assert whole(tmp_path)


def test_a_flood_is_a_row_at_once_and_a_number_a_minute(city: Served, tmp_path: Path) -> None:
    for number in range(300):
        city.http.get("/junctions", headers={"Authorization": f"Bearer x.{number}.y"})
    (first,) = rows(city, lambda found: len(found) == 1)
    assert first["action"] == "refused.forged-token" and "times" not in first["detail"]
    city.clock.ahead_s += 61.0
    _, counted = rows(city, lambda found: len(found) == 2)
    assert counted["detail"]["times"] == 299
    city.clock.ahead_s += 61.0
    city.http.get("/junctions", headers={"Authorization": "Bearer x"})
    assert len(rows(city, lambda found: len(found) == 3)) == 3, "a minute without any begins anew"
    assert whole(tmp_path)


def test_a_flood_from_everywhere_has_few_rows_and_hides_nobody_with_an_account(city: Served, tmp_path: Path) -> None:
    log = city.service.refused

    async def flood() -> None:
        for number in range(5000):
            scope = {"type": "http", "method": "GET", "path": f"/{number}", "client": (f"10.0.{number // 250}.{number % 250}", 1)}
            log.note(scope, Problem(Kind.NO_TOKEN, "this needs a token", "un jeton"))

    asyncio.run_coroutine_threadsafe(flood(), city.service._background[0].get_loop()).result()
    city.ask(Role.VIEWER, "DELETE", "/emergencies/A-1")
    found = rows(city, lambda found: any(r["actor"] == NAMES[Role.VIEWER] for r in found) and len(found) == MOST + 2)
    assert sum(r["target"] == OTHERS for r in found) == 1
    city.clock.ahead_s += 61.0
    found = rows(city, lambda found: any("times" in r["detail"] for r in found))
    assert [r["detail"]["times"] for r in found if "times" in r["detail"]] == [5000 - MOST - 1]
    assert whole(tmp_path)


def test_what_has_been_counted_is_written_before_the_end(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        for _ in range(3):
            running.http.get("/junctions")
    store = Store(tmp_path)
    with store.reading() as connection:
        said = [json.loads(r.detail) for r in connection.execute(select(audit).where(audit.c.action == "refused.no-token"))]
    assert [one.get("times", 1) for one in said] == [1, 2] and whole(tmp_path)


def test_positions_refused_among_others_are_told_too(served: Served) -> None:
    served.begin(id="batch-1")
    served.move("batch-1", 50.0)
    served.clock.ahead_s += 3.0
    said = [{"lon": at(x)[0], "lat": at(x)[1], "time": iso(served.clock() - back)} for x, back in ((1700.0, 2.0), (80.0, 1.0))]
    assert served.ask(Role.DISPATCH, "POST", "/emergencies/batch-1/positions", json=said).status_code == 200
    (row,) = rows(served, lambda found: len(found) == 1)
    assert row["action"] == "refused.implausible" and row["detail"]["what"] == "POST /emergencies/batch-1/positions"
