"""A real service on a real socket, in a thread of this process, with a clock that can be moved."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy import insert

from controller.service.audit import AT_THE_MACHINE
from controller.service.geometry import StreetMap
from controller.service.passwords import hash_password
from controller.service.roles import Role
from controller.service.secret_file import Secret
from controller.service.server import Listening, Server, listen, serve
from controller.service.service import Service, audit_of
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.tables import users
from controller.service.tokens import make_token
from tests.controller.service.straight_road import at, two_roads

SECRET = Secret("a secret that only these tests know", "tests")
PASSWORD = "three words of nobody"
NAMES = {Role.ADMIN: "sara", Role.DISPATCH: "samu", Role.OPERATOR: "omar", Role.ENGINEER: "imane", Role.VIEWER: "vera",
         Role.POST: "anfa"}


class Clock:
    """Now, and ``ahead_s`` more."""

    ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


@lru_cache(maxsize=1)
def _hashed() -> str:
    """Hashes are slow on purpose; one does for all."""
    return hash_password(PASSWORD)


def make_accounts(store: Store, names: Mapping[Role, str] = NAMES) -> None:
    audit, now_s = audit_of(SECRET), time.time()
    with store.writing() as connection:
        for role, name in names.items():
            connection.execute(insert(users).values(name=name, role=role.value, password_hash=_hashed(), version=1, enabled=True,
                                                    created_s=now_s, changed_s=now_s))
            audit.add(connection, now_s, AT_THE_MACHINE, "account.added", name, {"role": role.value})


def iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat()


class Served:
    """A service that runs, and clients of it by role."""

    def __init__(self, service: Service, clock: Clock, url: str) -> None:
        self.service, self.clock, self.url = service, clock, url
        self.http = httpx.Client(base_url=url, timeout=20.0)
        self._numbers = count()

    def token(self, role: Role, *, name: str | None = None, version: int = 1, good_for_s: float = 900.0) -> str:
        return make_token(SECRET.key("tokens"), name or NAMES[role], version, self.clock(), good_for_s)

    def ask(self, role: Role, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        heads = {"Authorization": f"Bearer {self.token(role)}"} | dict(headers or {})
        return self.http.request(method, path, headers=heads, **more)

    def emergency(self, **changes: Any) -> dict[str, Any]:
        """A request that is good."""
        now_s, number = self.clock(), next(self._numbers)
        said = {"vehicle": f"SAMU {number}", "class": "ambulance", "priority": 10, "origin": at(0.0), "destination": at(1800.0),
                "expires_at": iso(now_s + 900), "sent_at": iso(now_s), "nonce": f"nonce-{number:06d}-{now_s:.0f}"}
        said |= changes
        return {key: value for key, value in said.items() if value is not None}

    def begin(self, **changes: Any) -> dict[str, Any]:
        """An emergency under way."""
        made = self.ask(Role.DISPATCH, "POST", "/emergencies", json=self.emergency(**changes))
        assert made.status_code == 201, made.text
        told: dict[str, Any] = made.json()
        return told

    def move(self, name: str, x_m: float, north_m: float = 0.0, **more: Any) -> httpx.Response:
        lon, lat = at(x_m, north_m)
        return self.ask(Role.DISPATCH, "POST", f"/emergencies/{name}/positions",
                        json={"lon": lon, "lat": lat, "time": iso(self.clock())} | more)


def wait_for(of: Served, name: str, state: str) -> dict[str, Any]:
    """The emergency once it stands so: the service looks once a second."""
    for _ in range(1500):
        told: dict[str, Any] = of.ask(Role.VIEWER, "GET", f"/emergencies/{name}").json()
        if told["state"] == state:
            return told
        time.sleep(0.02)
    raise AssertionError(told)


@contextmanager
def served(folder: Path, *, url: str | None = None, settings: ServiceSettings | None = None, accounts: bool = True,
           clock: Clock | None = None, streets: StreetMap | None = None, listening: Listening | None = None) -> Iterator[Served]:
    with _quiet():
        yield from _served(folder, url, settings, accounts, clock or Clock(), streets, listening or Listening(port=0))


@contextmanager
def _quiet() -> Iterator[None]:
    """What the service logs would stand in the output of whatever else this process does."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _served(folder: Path, url: str | None, settings: ServiceSettings | None, accounts: bool, clock: Clock,
            streets: StreetMap | None, listening: Listening) -> Iterator[Served]:
    if accounts:
        store = Store(folder, url)
        make_accounts(store)
        store.close()
    service = Service(folder, SECRET, streets=streets or two_roads(), settings=settings, url=url, clock=clock)
    heard = listen(listening)
    servers: list[Server] = []
    up = threading.Event()

    def ready(server: Server) -> None:
        servers.append(server)
        up.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve(service, listening, heard, ready)), daemon=True)
    thread.start()
    assert up.wait(20.0), "the service did not come up"
    told = Served(service, clock, f"{'https' if listening.cert else 'http'}://127.0.0.1:{heard.getsockname()[1]}")
    try:
        yield told
    finally:
        servers[0].should_exit = True
        thread.join(20.0)
        told.http.close()
        assert not thread.is_alive(), "the service did not end"
