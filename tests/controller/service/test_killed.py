"""Acknowledged means stored: a real process is killed in the middle of everything, again and again, and nothing is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from controller.service.audit_check import check_audit
from controller.service.roles import Role
from controller.service.service import audit_of
from controller.service.store import Store
from controller.service.tokens import make_token
from tests.controller.service.harness import NAMES, SECRET, iso, make_accounts
from tests.controller.service.straight_road import at

pytestmark = pytest.mark.integration
ROUNDS, ENOUGH = 2, 40


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    begun = subprocess.Popen([sys.executable, "-m", "tests.controller.service.serve_alone", str(folder)], stderr=subprocess.PIPE,
                             text=True, env=os.environ | {"PYTHONPATH": os.getcwd()})
    try:
        assert begun.stderr is not None
        for line in begun.stderr:
            if line.startswith("{") and (said := json.loads(line))["event"] == "service.listening":
                yield begun, said["at"]
                return
        pytest.fail("the service did not come up")
    finally:
        begun.kill()
        begun.wait()
        assert begun.stderr is not None
        begun.stderr.close()


class Talker(threading.Thread):
    """Asks for emergencies, moves them and calls every other one off, as fast as it is answered; keeps what was acknowledged."""

    def __init__(self, url: str, number: str, acknowledged: list[tuple[str, ...]]) -> None:
        super().__init__(daemon=True)
        now_s = time.time()
        tokens = {r: make_token(SECRET.key("tokens"), NAMES[r], 1, now_s, 900) for r in (Role.DISPATCH, Role.OPERATOR)}
        self.heads = {role: {"Authorization": f"Bearer {token}"} for role, token in tokens.items()}
        self.http, self.number, self.acknowledged = httpx.Client(base_url=url, timeout=30.0), number, acknowledged

    def run(self) -> None:
        with self.http:
            try:
                for i in range(10_000):
                    self.one(f"E-{self.number}-{i}", i)
            except httpx.HTTPError:
                return

    def one(self, name: str, i: int) -> None:
        now_s = time.time()
        said = {"id": name, "vehicle": "V", "origin": at(0.0), "destination": at(1800.0), "expires_at": iso(now_s + 900),
                "sent_at": iso(now_s), "nonce": f"nonce-{name}"}
        self.ask(Role.DISPATCH, "POST", "/emergencies", said, "emergency", name)
        for x in (10.0, 20.0):
            when = iso(time.time())
            self.ask(Role.DISPATCH, "POST", f"/emergencies/{name}/positions", {"lon": at(x)[0], "lat": at(x)[1], "time": when},
                     "position", name, when)
        self.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", {"mode": "local", "reason": f"for {name}", "duration_s": 60},
                 "manual", f"for {name}")
        if i % 2:
            self.ask(Role.DISPATCH, "DELETE", f"/emergencies/{name}", None, "cancelled", name)

    def ask(self, role: Role, method: str, path: str, said: Any, *what: str) -> None:
        answered = self.http.request(method, path, headers=self.heads[role], json=said)
        assert answered.is_success, answered.text
        self.acknowledged.append(what)


def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    store = Store(tmp_path)
    make_accounts(store)
    store.close()
    acknowledged: list[tuple[str, ...]] = []
    for round_ in range(ROUNDS):
        with process(tmp_path) as (server, url):
            head = {"Authorization": f"Bearer {make_token(SECRET.key('tokens'), 'anfa', 1, time.time(), 900)}"}
            state = {"time": iso(time.time()), "junctions": [{"id": "J1"}]}
            assert httpx.put(f"{url}/posts/anfa/state", headers=head, json=state).status_code == 204
            talkers = [Talker(url, f"{round_}{letter}", acknowledged) for letter in "abcd"]
            wanted = len(acknowledged) + ENOUGH
            for talker in talkers:
                talker.start()
            while len(acknowledged) < wanted and any(t.is_alive() for t in talkers):
                time.sleep(0.01)
            server.send_signal(signal.SIGKILL)
            for talker in talkers:
                talker.join(30.0)
    assert len(acknowledged) >= ROUNDS * ENOUGH
    with process(tmp_path) as (_, url):
        heads = {"Authorization": f"Bearer {make_token(SECRET.key('tokens'), NAMES[Role.ENGINEER], 1, time.time(), 900)}"}

        def kept(kind: str) -> list[dict[str, Any]]:
            told = httpx.get(f"{url}/archive", headers=heads, params={"kind": kind, "limit": 100_000}, timeout=30.0)
            rows: list[dict[str, Any]] = told.json()["rows"]
            return rows

        emergencies = {r["id"]: r["state"] for r in kept("emergencies")}
        positions = {(r["emergency"], r["time"][:23]) for r in kept("positions")}
        reasons = {r["reason"] for r in kept("manual")}
        for what, name, *more in acknowledged:
            if what == "position":
                assert (name, more[0][:23]) in positions
            elif what == "manual":
                assert name in reasons
            else:
                assert name in emergencies and (what != "cancelled" or emergencies[name] == "cancelled")
        under_way = {one["id"] for one in httpx.get(f"{url}/emergencies", headers=heads).json()["emergencies"]}
        assert {name for name, state in emergencies.items() if state not in ("cancelled", "timeout")} <= under_way
        commands = [r["target"] for r in kept("commands") if r["action"] == "emergency.requested"]
        assert sorted(commands) == sorted(emergencies), "a command each, and no command without its row"
    with (again := Store(tmp_path)).reading() as connection:
        anchor = again.anchor.read()
        assert anchor is not None and check_audit(connection, audit_of(SECRET).key, (anchor,)).good
    again.close()
