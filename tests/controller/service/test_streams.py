"""Live updates: how things stand, then what changes, to everybody who may hear it, until there is no more."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

from controller.service.roles import Role
from tests.controller.service.harness import Served, iso


@contextmanager
def stream(served: Served, path: str, role: Role = Role.VIEWER) -> Iterator[Queue[tuple[str, Any] | None]]:
    """Events as they come; None when the stream has ended."""
    heard: Queue[tuple[str, Any] | None] = Queue()
    opened = threading.Event()
    token = served.token(role)

    def listen() -> None:
        with served.http.stream("GET", path, headers={"Authorization": f"Bearer {token}"}) as answered:
            assert answered.headers["content-type"].startswith("text/event-stream")
            name = ""
            for line in answered.iter_lines():
                if line.startswith(":"):
                    opened.set()
                elif line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    heard.put((name, json.loads(line[6:])))
        heard.put(None)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert opened.wait(20.0)
    yield heard


def until(heard: Queue[tuple[str, Any] | None], name: str, shows: Callable[[dict[str, Any]], bool] = lambda told: True,
          **wanted: Any) -> dict[str, Any]:
    while True:
        found = heard.get(timeout=20.0)
        assert found is not None, f"the stream ended before {name} {wanted}"
        if found[0] == name and all(found[1].get(k) == v for k, v in wanted.items()) and shows(found[1]):
            told: dict[str, Any] = found[1]
            return told


def test_an_emergency_is_followed_until_it_is_over(served: Served) -> None:
    name = served.begin()["id"]
    with stream(served, f"/emergencies/{name}/stream") as heard:
        assert until(heard, "emergency", id=name)["position"] is None
        served.move(name, 650.0, speed_mps=10.0)
        until(heard, "emergency", lambda told: told["junctions"][0]["passed"], id=name)
        served.ask(Role.DISPATCH, "DELETE", f"/emergencies/{name}")
        assert until(heard, "emergency", state="cancelled")
        assert heard.get(timeout=20.0) is None
    with stream(served, f"/emergencies/{name}/stream") as heard:
        assert until(heard, "emergency", state="cancelled") and heard.get(timeout=20.0) is None


def test_everything_is_heard_by_those_who_listen_to_everything(served: Served) -> None:
    first = served.begin()["id"]
    with stream(served, "/events", Role.OPERATOR) as heard, stream(served, f"/emergencies/{first}/stream") as other:
        until(heard, "emergency", id=first)
        second = served.begin()["id"]
        until(heard, "emergency", id=second)
        state = {"time": iso(served.clock()), "junctions": [{"id": "J1", "stage": "S1", "alarms": [{"kind": "lamp"}]}],
                 "incidents": [{"key": "i-1", "kind": "stopped", "place": "J1", "time": iso(served.clock())}]}
        assert served.ask(Role.POST, "PUT", "/posts/anfa/state", json=state).status_code == 204
        for event in ("alarm", "incident", "junction"):
            until(heard, event)
        served.ask(Role.OPERATOR, "POST", "/junctions/J1/manual", json={"mode": "local", "reason": "works", "duration_s": 60})
        assert until(heard, "manual", junction="J1")["by"] == "omar"
        served.ask(Role.DISPATCH, "DELETE", f"/emergencies/{first}")
        told = []
        while (one := other.get(timeout=20.0)) is not None:
            told.append(one)
        assert {data["id"] for _, data in told} == {first}, "nothing but its own"


def test_a_wrong_turn_is_another_way(served: Served) -> None:
    name = served.begin()["id"]
    with stream(served, f"/emergencies/{name}/stream") as heard:
        served.move(name, 100.0, speed_mps=10.0)
        served.clock.ahead_s += 5.0
        moved = served.move(name, 110.0, north_m=195.0, speed_mps=10.0)
        assert moved.status_code == 200, moved.text
        assert moved.json()["way"] == 2
        assert until(heard, "route")["properties"]["way"] == 2
        until(heard, "emergency", lambda told: [j["junction"] for j in told["junctions"]] == ["J3"])


def test_a_stream_ends_with_its_token(served: Served) -> None:
    name = served.begin()["id"]
    with stream(served, "/events") as heard:
        served.clock.ahead_s += 901.0
        served.begin()
        while (one := heard.get(timeout=20.0)) is not None:
            last = one
        assert last[0] == "token-over"
    assert name
