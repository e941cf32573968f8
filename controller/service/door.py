"""What every request passes before anything of it is read: its size, and who makes it. Closed by default: a route that is not
named here as open needs a token, whether or not somebody thought of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.service.callers import Callers
from controller.service.problem import Kind, Problem

OPEN = frozenset({"/", "/health", "/token", "/docs", "/openapi.json"})
CALLER = "mourour.caller"
"""Where the request's scope has its :class:`Caller`."""
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
DOCS_POLICY = ("default-src 'none'; script-src 'unsafe-inline' https://cdn.jsdelivr.net; style-src https://cdn.jsdelivr.net; "
               "img-src data: https:; connect-src 'self'; frame-ancestors 'none'")


class Door:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, callers: Callers, body_bytes: int, clock: Callable[[], float] = time.time) -> None:
        self._app, self._callers, self._body_bytes, self._clock = app, callers, body_bytes, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # There are no websockets here.
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(message, scope)
            await send(message)

        try:
            self._check_size(headers)
            if scope["path"] not in OPEN:
                scope.setdefault("state", {})[CALLER] = self._callers.who(headers.get("authorization"), self._clock())
        except Problem as problem:
            await problem.response()(scope, receive, dressed)
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

        await self._app(scope, counted, dressed)

    def _check_size(self, headers: Headers) -> None:
        said = headers.get("content-length", "0")
        if not said.isdecimal() or int(said[:20]) > self._body_bytes:
            raise self._too_large()

    def _too_large(self) -> Problem:
        # The connection stays: what still comes is thrown away, and whoever sends it gets to hear why.
        return Problem(Kind.TOO_LARGE, f"at most {self._body_bytes // 1024} KiB are read",
                       f"{self._body_bytes // 1024} Kio au plus", where="body")


def _dress(message: Message, scope: Scope) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in SAFE_HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"] == "/docs":
        headers["Content-Security-Policy"] = DOCS_POLICY
    if scope.get("scheme") == "https":
        for name, value in TLS_HEADERS.items():
            headers[name] = value
