"""What a route asks of its caller: a role. The door has already seen to the token."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from fastapi.requests import HTTPConnection

from controller.service.callers import Caller, forbidden
from controller.service.problem import Kind, Problem, described
from controller.service.refused_log import CALLER
from controller.service.roles import (
    ANYBODY,
    BE_A_POST,
    COMMAND_JUNCTIONS,
    KEEP_CERTIFICATES,
    READ_COMMANDS,
    SEE,
    SEND_EMERGENCIES,
    Role,
)
from controller.service.service import Service

SCHEME = "password"
SECURITY = {SCHEME: {"type": "oauth2", "description": "POST /token with name and password",
                     "flows": {"password": {"tokenUrl": "token", "scopes": {}}}}}
"""How a token is got, for the OpenAPI document. The door reads it; reading it again for each route would only cost time."""


class Needs:
    """A dependency that lets only ``roles`` pass; it is also what tells tests and documents who may."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, request: HTTPConnection) -> Caller:
        caller: Caller | None = request.scope.get(CALLER)
        if caller is None:
            raise Problem(Kind.NO_TOKEN, "this needs a token", "un jeton est nécessaire", where="Authorization")
        if caller.role not in self.roles:
            raise forbidden(caller, self.roles)
        return caller


def service_of(request: HTTPConnection) -> Service:
    service: Service = request.app.state.service
    return service


async def _served(request: HTTPConnection) -> Service:
    return service_of(request)


Served = Annotated[Service, Depends(_served)]
Anybody = Annotated[Caller, Depends(Needs(ANYBODY))]
Onlooker = Annotated[Caller, Depends(Needs(SEE))]
Operator = Annotated[Caller, Depends(Needs(COMMAND_JUNCTIONS))]
Dispatcher = Annotated[Caller, Depends(Needs(SEND_EMERGENCIES))]
Engineer = Annotated[Caller, Depends(Needs(KEEP_CERTIFICATES))]
LogReader = Annotated[Caller, Depends(Needs(READ_COMMANDS))]
PostAccount = Annotated[Caller, Depends(Needs(BE_A_POST))]


def words(english: str, french: str, *kinds: Kind, **more: Any) -> dict[str, Any]:
    """Of a route that asks for a token: what it is for, in both languages, and its refusals."""
    return {"summary": english, "openapi_extra": {"x-summary-fr": french, "security": [{SCHEME: []}]},
            "responses": described(*kinds), **more}
