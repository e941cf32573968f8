"""The WebSocket beside the streams: the same events in the same order, the same ends, and nobody behind is waited for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from controller.service.roles import Role
from controller.service.routes_live import as_message
from tests.controller.service.harness import Served, served
from tests.controller.service.test_streams import stream

Event = tuple[str, dict[str, Any]]


@contextmanager
def live(to: Served, role: Role = Role.VIEWER, **more: Any) -> Iterator[ClientConnection]:
    with connect(to.url.replace("http", "ws", 1) + "/live", additional_headers={"Authorization": f"Bearer {to.token(role)}"},
                 open_timeout=20, **more) as socket:
        yield socket


def events(socket: ClientConnection, enough: Callable[[list[Event]], bool]) -> list[Event]:
    found: list[Event] = []
    while not enough(found):
        found += [(one["event"], one["data"]) for one in json.loads(socket.recv(timeout=20))]
    return found


def closed(socket: ClientConnection) -> int:
    """The code it is closed with, once everything before has been read."""
    with pytest.raises(ConnectionClosed):
        while True:
            socket.recv(timeout=20)
    assert socket.close_code is not None
    return socket.close_code


def ended(found: list[Event]) -> bool:
    return any(name == "emergency" and data["state"] == "cancelled" for name, data in found)


def test_it_tells_what_the_stream_tells(served: Served) -> None:
    served.begin(id="W-1")
    with live(served) as socket, stream(served, "/events") as heard:
        begin = events(socket, lambda found: ("emergency", "W-1") in [(n, d.get("id")) for n, d in found])
        assert begin[0][0] == "emergency"
        for x_m in (10.0, 30.0, 50.0):
            served.clock.ahead_s += 2.0
            served.move("W-1", x_m)
        served.ask(Role.DISPATCH, "DELETE", "/emergencies/W-1")
        mine = events(socket, ended)
        theirs: list[Event] = []
        while not ended(theirs):
            one = heard.get(timeout=20.0)
            assert one is not None
            theirs.append(one)
    # Who begins at another moment begins with another state; from then on it is the same bytes for all.
    assert mine[-1] == theirs[-1] and [d["why"] for _, d in mine if d.get("state") == "cancelled"] == ["called off by samu"]
    assert any(name == "emergency" and data["position"] and data["position"]["at_m"] == 50.0 for name, data in mine)


def test_a_browser_offers_its_token_as_a_protocol(served: Served) -> None:
    served.begin(id="W-2")
    url = served.url.replace("http", "ws", 1) + "/live"
    with connect(url, subprotocols=["mourour", f"bearer.{served.token(Role.DISPATCH)}"], open_timeout=20) as socket:
        assert socket.subprotocol == "mourour"
        assert events(socket, bool)


def test_it_ends_with_its_token_with_the_service_and_with_whoever_speaks(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        running.begin(id="W-3")
        with live(running) as talker:
            talker.send("hello")
            assert closed(talker) == 1008
        with live(running) as flood, pytest.raises(ConnectionClosed):
            flood.send("x" * 100_000)
            while True:
                flood.recv(timeout=20)
        with live(running) as late:
            running.clock.ahead_s += 901.0
            running.move("W-3", 10.0)
            assert events(late, lambda found: bool(found) and found[-1][0] == "token-over") and closed(late) == 1000
        last = live(running)
        socket = last.__enter__()
    assert closed(socket) == 1012
    last.__exit__(None, None, None)


def test_who_falls_behind_is_let_go(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.service.hub.BEHIND", 3)
    service = served.service
    loop = service._background[0].get_loop()

    async def crowd() -> None:
        # More than fits between two looks at its socket.
        for _ in range(10):
            service.hub.say("x", b'event: junction\ndata: {"id":"x"}\n\n')
            service.hub.send()

    with live(served) as socket:
        while not service.hub.listeners:
            pass
        asyncio.run_coroutine_threadsafe(crowd(), loop).result(20)
        assert closed(socket) == 1013
        assert not service.hub.listeners


def test_events_become_one_message() -> None:
    assert as_message(b": still here\n\n") is None
    said = as_message(b'event: a\ndata: {"x":"\\n\\ndata: "}\n\n: still here\n\nevent: b\ndata: {}\n\n')
    assert said is not None and json.loads(said) == [{"event": "a", "data": {"x": "\n\ndata: "}}, {"event": "b", "data": {}}]
