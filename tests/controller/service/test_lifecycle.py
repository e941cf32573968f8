"""What becomes of an emergency by itself: followed to its end, forgotten, expired, and found again after a restart."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from controller.preemption.emergency import Lifecycle
from controller.service.cleaning import clean
from controller.service.roles import Role
from controller.service.search import ArchiveKind, Search, find
from controller.service.settings import ServiceSettings
from tests.controller.service.harness import Clock, Served, iso, make_accounts, served, wait_for
from tests.controller.service.test_streams import stream, until


def test_past_its_last_signal_it_is_completed(served: Served) -> None:
    name = served.begin()["id"]
    assert served.move(name, 1150.0, speed_mps=14.0).status_code == 200
    served.clock.ahead_s += 6.0
    assert served.move(name, 1230.0, speed_mps=14.0).status_code == 200
    told = wait_for(served, name, "completed")
    assert told["ended_at"] and told["why"] and told["arrival"] is None
    assert served.move(name, 1240.0).status_code == 409


def test_without_news_it_is_stale_and_then_given_up(served: Served) -> None:
    name = served.begin()["id"]
    served.move(name, 10.0, speed_mps=10.0)
    served.clock.ahead_s += 6.0
    assert "no position" in wait_for(served, name, "stale")["why"]
    served.move(name, 70.0, speed_mps=10.0)
    wait_for(served, name, "received")
    served.clock.ahead_s += 31.0
    wait_for(served, name, "timeout")
    with served.service.store.reading() as connection:
        rows = find(connection, Search(ArchiveKind.STATES, place=name))
    assert [r["state"] for r in rows] == ["received", "stale", "received", "timeout"]


@pytest.mark.parametrize("off_s", [-12.0, 12.0])
def test_a_clock_on_board_that_is_wrong_is_neither_silence_nor_news(served: Served, off_s: float) -> None:
    name = served.begin()["id"]
    for i in range(4):
        served.clock.ahead_s += 3.0
        assert served.move(name, 10.0 + 30.0 * i, speed_mps=10.0, time=iso(served.clock() + off_s)).status_code == 200
    live, settings = served.service.desk.lives[name], served.service.desk.settings.preemption
    assert live.look(served.clock() + 3.0, settings)[0] is Lifecycle.RECEIVED
    assert live.look(served.clock() + 7.0, settings)[0] is Lifecycle.STALE


def test_who_is_announced_and_late_is_waited_for(served: Served) -> None:
    departs_s = served.clock() + 60.0
    told = served.begin(departs_at=iso(departs_s))
    assert told["departs_at"][:19] == iso(departs_s)[:19]
    # It is reckoned with from then on, 1,200 m of 15 m/s and gathering speed away from the last signal.
    name, live = told["id"], served.service.desk.lives[told["id"]]
    arrival = live.status(served.clock(), served.service.desk.settings.preemption).junctions[0].arrival
    assert arrival is not None and arrival > iso(departs_s)
    served.clock.ahead_s += 67.0
    assert "should have departed" in wait_for(served, name, "stale")["why"]
    served.clock.ahead_s += 25.0
    assert "waiting for a position" in wait_for(served, name, "received")["why"]
    assert served.move(name, 10.0, speed_mps=10.0).status_code == 200
    assert live.look(served.clock(), served.service.desk.settings.preemption) == (Lifecycle.RECEIVED, "")


def test_nobody_departs_after_it_is_over(served: Served) -> None:
    said = served.emergency(departs_at=iso(served.clock() + 901))
    refused = served.ask(Role.DISPATCH, "POST", "/emergencies", json=said)
    assert refused.status_code == 422 and refused.json()["where"] == "departs_at"


def test_it_expires_whether_or_not_it_was_heard_of(served: Served) -> None:
    name = served.begin(expires_at=iso(served.clock() + 20))["id"]
    served.clock.ahead_s += 21.0
    assert "expired" in wait_for(served, name, "timeout")["why"]


def test_a_restart_finds_it_where_it_was_last(tmp_path: Path) -> None:
    clock = Clock()
    with served(tmp_path, clock=clock) as first:
        first.begin(id="A-1")
        first.move("A-1", 100.0, speed_mps=10.0)
        clock.ahead_s += 5.0
        first.move("A-1", 120.0, north_m=200.0, speed_mps=10.0)
        announced = first.begin(id="A-2", departs_at=iso(clock() + 100))["departs_at"]
    with served(tmp_path, accounts=False, clock=clock) as second:
        told = second.ask(Role.VIEWER, "GET", "/emergencies/A-1").json()
        assert told["way"] == 2 and [j["junction"] for j in told["junctions"]] == ["J3"]
        assert told["position"]["lon"] and second.move("A-1", 130.0, north_m=200.0, speed_mps=10.0).status_code == 200
        assert second.move("A-1", 1700.0, north_m=200.0).status_code == 422, "it is still known where it was"
        other = second.ask(Role.VIEWER, "GET", "/emergencies/A-2").json()
        assert other["state"] == "received" and other["departs_at"] == announced


def test_positions_are_not_kept_for_ever_and_everything_else_is(served: Served) -> None:
    name = served.begin()["id"]
    served.move(name, 10.0)
    store, month_s = served.service.store, served.clock() + 31 * 86400
    with store.writing() as connection:
        clean(connection, month_s, ServiceSettings())
    with store.reading() as connection:
        assert find(connection, Search(ArchiveKind.POSITIONS, place=name)) == []
        assert find(connection, Search(ArchiveKind.EMERGENCIES, place=name))


def test_of_those_that_are_over_only_the_last_are_in_memory_and_all_in_the_archive(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.service.desk.SHOWN_MOST", 5)
    with served(tmp_path, settings=ServiceSettings(new_per_minute=1000)) as running:
        for number in range(30):
            running.begin(id=f"M-{number}")
            running.ask(Role.DISPATCH, "DELETE", f"/emergencies/M-{number}")
        for _ in range(500):
            shown = [e["id"] for e in running.ask(Role.VIEWER, "GET", "/emergencies").json()["emergencies"]]
            if len(shown) <= 5:
                break
            time.sleep(0.02)
        assert shown == [f"M-{number}" for number in range(25, 30)]
        kept = running.ask(Role.VIEWER, "GET", "/archive", params={"kind": "emergencies"}).json()["rows"]
        assert len(kept) == 30 and running.ask(Role.VIEWER, "GET", "/emergencies/M-0").json()["state"] == "cancelled"


def test_a_colleague_calls_it_off_with_a_reason_and_both_names_are_kept(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        make_accounts(running.service.store, {Role.DISPATCH: "nadia"})
        running.service.callers._read_s = float("-inf")
        name, why = running.begin()["id"], "the crew has turned back"
        nadia = {"Authorization": f"Bearer {running.token(Role.DISPATCH, name='nadia')}"}
        with stream(running, f"/emergencies/{name}/stream", Role.DISPATCH) as heard:
            refused = running.http.delete(f"/emergencies/{name}", headers=nadia)
            assert refused.status_code == 409 and "samu asked for" in refused.json()["detail"]
            assert running.http.delete(f"/emergencies/{name}", headers=nadia, params={"reason": "no"}).status_code == 422
            assert running.ask(Role.VIEWER, "GET", f"/emergencies/{name}").json()["state"] == "received"
            assert running.http.delete(f"/emergencies/{name}", headers=nadia, params={"reason": why}).status_code == 200
            told = until(heard, "emergency", lambda told: told["state"] == "cancelled")
        assert told["why"] == f"called off by nadia, asked for by samu: {why}"
        (row,) = (r for r in running.ask(Role.ADMIN, "GET", "/archive", params={"kind": "commands", "place": name}).json()["rows"]
                  if r["action"] == "emergency.cancelled")
        assert row["actor"] == "nadia" and json.loads(row["detail"]) == {"asked_by": "samu", "reason": why}
