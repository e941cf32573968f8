"""No route lets anybody in who may not: generated over all that the application has, so that the next one is in it too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from controller.service.access import Needs
from controller.service.app import ROUTERS, create_app
from controller.service.door import OPEN
from controller.service.roles import Role
from controller.service.tokens import make_token
from tests.controller.service.harness import NAMES, SECRET, Served

PLACES = {"name": "A-1", "junction": "J1", "post": "anfa", "certificate": "0123456789abcdef"}
WRONG = ("missing", "another scheme", "expired", "forged", "unsigned", "another key", "nobody's", "old version", "no version")


def routes(served: Served) -> Iterator[tuple[str, str, frozenset[Role]]]:
    """Method, path and the roles that may."""
    documented = {(method.upper(), path) for path, row in create_app(served.service).openapi()["paths"].items() for method in row}
    found = {(method, r.path_format): _roles(r.dependant) for router in ROUTERS for r in router.routes if isinstance(r, APIRoute)
             for method in r.methods}
    assert found.keys() == documented, "a route that is not looked at here"
    for (method, path), roles in sorted(found.items()):
        yield method, path, roles


def _roles(dependant: Any) -> frozenset[Role]:
    for part in dependant.dependencies:
        if isinstance(part.call, Needs):
            return part.call.roles
    return frozenset()


def wrong_token(how: str, served: Served, name: str) -> str | None:
    now_s, key = served.clock(), SECRET.key("tokens")
    claims = {"iss": "mourour", "sub": name, "ver": 1, "iat": int(now_s), "exp": int(now_s) + 900}
    good = make_token(key, name, 1, now_s, 900)
    head, _, signature = good.split(".")
    return {
        "missing": None,
        "another scheme": f"Basic {good}",
        "expired": f"Bearer {make_token(key, name, 1, now_s - 1000, 900)}",
        "forged": f"Bearer {head}.{make_token(key, name, 1, now_s, 9000).split('.')[1]}.{signature}",
        "unsigned": f"Bearer {jwt.encode(claims, '', algorithm='none')}",
        "another key": f"Bearer {make_token(SECRET.key('audit seal'), name, 1, now_s, 900)}",
        "nobody's": f"Bearer {make_token(key, 'nobody', 1, now_s, 900)}",
        "old version": f"Bearer {make_token(key, name, 0, now_s, 900)}",
        "no version": f"Bearer {jwt.encode({k: v for k, v in claims.items() if k != 'ver'}, key, algorithm='HS256')}",
    }[how]


def sockets(served: Served) -> Iterator[tuple[str, frozenset[Role]]]:
    """Paths of WebSockets, which the document does not have, and the roles that may."""
    for router in ROUTERS:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                assert isinstance(route, APIWebSocketRoute), "a route that is not looked at here"
                yield route.path, _roles(route.dependant)


def shake(served: Served, path: str, headers: dict[str, str], protocols: list[str] | None = None) -> int:
    """The status that a handshake is answered with."""
    try:
        with connect(served.url.replace("http", "ws", 1) + path, additional_headers=headers, subprotocols=protocols,
                     open_timeout=20):
            return 101
    except InvalidStatus as refused:
        said = json.loads(refused.response.body)
        assert refused.response.headers["content-type"] == "application/problem+json"
        assert refused.response.headers["x-content-type-options"] == "nosniff" and said["detail"] and said["detail_fr"]
        return int(refused.response.status_code)


def test_every_socket_refuses_at_its_handshake_what_routes_refuse(served: Served) -> None:
    found = list(sockets(served))
    assert [path for path, _ in found] == ["/live"] and all(roles for _, roles in found)
    for path, roles in found:
        path = path.format(**PLACES)
        for how in WRONG:
            token = wrong_token(how, served, NAMES[min(roles)])
            assert shake(served, path, {} if token is None else {"Authorization": token}) == 401, how
            if token is not None and token.startswith("Bearer"):
                assert shake(served, path, {}, ["mourour", f"bearer.{token.removeprefix('Bearer ')}"]) == 401, how
        for role in Role:
            headers = {"Authorization": f"Bearer {served.token(role)}"}
            assert shake(served, path, headers) == (101 if role in roles else 403), role
            assert shake(served, path, {}, ["mourour", f"bearer.{served.token(role)}"]) == (101 if role in roles else 403), role
    assert shake(served, "/nothing", {}) == 401
    with pytest.raises(InvalidStatus), connect(served.url.replace("http", "ws", 1) + "/nothing",
                                               additional_headers={"Authorization": f"Bearer {served.token(Role.VIEWER)}"}):
        pass


def test_there_are_routes_and_each_that_is_not_open_asks_for_a_role(served: Served) -> None:
    found = list(routes(served))
    assert len(found) >= 18
    assert {path for _, path, roles in found if not roles} == {"/token", "/health"} <= OPEN


@pytest.mark.parametrize("how", WRONG)
def test_every_route_refuses_a_token_that_is_not_good(served: Served, how: str) -> None:
    for method, path, roles in routes(served):
        if not roles:
            continue
        token = wrong_token(how, served, NAMES[min(roles)])
        headers = {} if token is None else {"Authorization": token}
        # Not even what is sent is looked at: it may be anything.
        answered = served.http.request(method, path.format(**PLACES), headers=headers, content=b"{nothing readable")
        assert answered.status_code == 401, f"{method} {path}: {answered.status_code}"
        assert answered.headers["content-type"] == "application/problem+json" and "Bearer" in answered.headers["www-authenticate"]
        assert answered.json()["type"] in ("urn:mourour:problem:no-token", "urn:mourour:problem:bad-token")


def test_every_route_refuses_every_role_that_may_not(served: Served) -> None:
    refused = 0
    for method, path, roles in routes(served):
        for role in set(Role) - roles if roles else ():
            answered = served.ask(role, method, path.format(**PLACES), json=body_for(path, method, served),
                                  params={"kind": "alarms"} if path == "/archive" else None)
            assert answered.status_code == 403, f"{method} {path} as {role}: {answered.status_code} {answered.text}"
            assert answered.json()["where"] == "role"
            refused += 1
    assert refused > 40


def test_a_path_that_is_not_there_is_as_closed_as_the_others(served: Served) -> None:
    assert served.http.get("/nothing").status_code == 401
    assert served.ask(Role.VIEWER, "GET", "/nothing").status_code == 404
    assert served.ask(Role.VIEWER, "PATCH", "/junctions").status_code == 405


def body_for(path: str, method: str, served: Served) -> dict[str, object] | None:
    """What would be taken from somebody who may."""
    if method == "POST" and path == "/emergencies":
        return served.emergency()
    if path.endswith("/positions"):
        return {"lon": -7.6, "lat": 33.6, "time": "2026-11-26T07:30:00Z"}
    if method == "POST" and path.endswith("/manual"):
        return {"mode": "local", "reason": "works in the street", "duration_s": 600}
    if path == "/certificates":
        return {"body": {}, "signature": "0" * 128}
    if path.endswith("/overrides"):
        one = {"junction": "J1", "engineer": "sara", "reason": "works", "until": "2026-11-27T07:30:00Z"}
        return {"run": "r1", "overrides": [one]}
    if path.endswith("/state"):
        return {"time": "2026-11-26T07:30:00Z", "junctions": []}
    return None
