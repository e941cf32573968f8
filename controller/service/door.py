"""What every request passes before anything of it is read: its size, and who makes it. Closed by default: a route that is not
named here as open needs a token, whether or not somebody thought of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.service.callers import Callers
from controller.service.desk import Desk
from controller.service.positions_lane import PATH, take_positions
from controller.service.problem import Kind, Problem
from controller.service.protocols import offered_token
from controller.service.refusal import refusal
from controller.service.refused_log import CALLER, RefusedLog

OPEN = frozenset({"/", "/health", "/token", "/docs", "/openapi.json"})
DOCS_PARTS = "/docs/parts"
"""Where the page of the documentation has its scripts and styles, which are as open as itself."""
SAFE_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY"), (b"referrer-policy", b"no-referrer"),
                (b"cache-control", b"no-store"))
CLOSED_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
DOCS_POLICY = (b"content-security-policy", b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self'; "
               b"img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'")
TLS_HEADERS = ((b"strict-transport-security", b"max-age=31536000"),)


class Door:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, callers: Callers, desk: Desk, refused: RefusedLog, body_bytes: int,
                 clock: Callable[[], float] = time.time) -> None:
        self._app, self._callers, self._desk, self._refused = app, callers, desk, refused
        self._body_bytes, self._clock = body_bytes, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def dressed(message: Message) -> None:
            if message["type"].endswith("http.response.start"):
                _dress(message, scope)
            await send(message)

        try:
            self._check_size(headers)
            if scope["path"] not in OPEN and not scope["path"].startswith(f"{DOCS_PARTS}/"):
                scope[CALLER] = self._callers.who(_authorization(scope, headers), self._clock())
        except Problem as problem:
            self._refused.note(scope, problem)
            await problem.response()(scope, receive, dressed)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, dressed)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > self._body_bytes:
                    raise self._too_large()
            return message

        found = PATH.fullmatch(scope["path"]) if scope["method"] == "POST" else None
        if found is None:
            await self._app(scope, counted, dressed)
            return
        try:
            response = await take_positions(self._desk, found[1], scope[CALLER], headers.get("content-type", ""),
                                            lambda: _whole(counted), lambda problem: self._refused.note(scope, problem))
        except Exception as error:
            if isinstance(error, Problem):
                self._refused.note(scope, error)
            response = refusal(error, scope["path"])
        await response(scope, receive, dressed)

    def _check_size(self, headers: Headers) -> None:
        said = headers.get("content-length", "0")
        if not said.isdecimal() or int(said[:20]) > self._body_bytes:
            raise self._too_large()

    def _too_large(self) -> Problem:
        # The connection stays: what still comes is thrown away, and whoever sends it gets to hear why.
        return Problem(Kind.TOO_LARGE, f"at most {self._body_bytes // 1024} KiB are read",
                       f"{self._body_bytes // 1024} Kio au plus", where="body")


def _authorization(scope: Scope, headers: Headers) -> str | None:
    """A browser cannot send the header with a WebSocket, and offers its token as a protocol."""
    said = headers.get("authorization")
    return offered_token(headers.get("sec-websocket-protocol")) if said is None and scope["type"] == "websocket" else said


async def _whole(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _dress(message: Message, scope: Scope) -> None:
    policy = DOCS_POLICY if scope["path"] == "/docs" else CLOSED_POLICY
    message["headers"] = [*message.get("headers", ()), *SAFE_HEADERS, policy,
                          *(TLS_HEADERS if scope.get("scheme") == "https" else ())]
