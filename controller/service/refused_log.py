"""Refused requests in the log of commands: who asked, as far as that is known, from where, for what, and why it was refused.

The first of a caller and a reason is written at once, those that follow within a minute as one row with their number. However
many come from however many places, there are at most a few dozen rows a minute: nobody fills the disk by being refused. What a
caller without an account sends is never repeated, for it may be a password typed in the wrong place.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection
from starlette.types import Scope

from controller.service.audit import Actor, Audit
from controller.service.callers import BadToken, Caller, Callers
from controller.service.problem import Kind, Problem
from controller.service.told import moment
from controller.service.writer import Writer

log = structlog.get_logger("mourour.service")
LOGGED = frozenset({Kind.NO_TOKEN, Kind.BAD_TOKEN, Kind.BAD_LOGIN, Kind.LOCKED, Kind.FORBIDDEN, Kind.IMPLAUSIBLE, Kind.TOO_MANY,
                    Kind.NOT_TRUSTED})
"""And requests made twice: those whose nonce is refused."""
EVERY_S = 60.0
MOST = 20
"""Callers of an account, and as many others, that have rows of their own within a minute; all further ones share one a reason."""
WAITING = 500
"""Rows that wait for a database that does not take them; past that the oldest are dropped."""
CALLER, CLAIMED = "mourour.caller", "mourour.claimed"
"""Where the request's scope has its :class:`Caller`, and the name that somebody without a token gave."""
NOBODY, OTHERS = Actor("?", ""), "(further addresses)"
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
PARTS = frozenset({"emergencies", "posts", "junctions", "plans", "alarms", "incidents", "events", "live", "archive", "me",
                   "token", "certificates"})
Key = tuple[str, Actor, str]


@dataclass(slots=True)
class _Open:
    """A caller and a reason within their minute; ``more`` came after the first."""

    since_s: float
    more: int = 0
    what: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    time_s: float
    actor: Actor
    action: str
    address: str
    detail: dict[str, Any]


class RefusedLog:
    """All methods are for the thread of the event loop."""

    def __init__(self, writer: Writer, audit: Audit, callers: Callers, clock: Callable[[], float]) -> None:
        self._writer, self._audit, self._callers, self._clock = writer, audit, callers, clock
        self._open: dict[Key, _Open] = {}
        self._due: deque[_Row] = deque(maxlen=WAITING)
        self._flushing: asyncio.Task[None] | None = None

    def note(self, scope: Scope, problem: Problem) -> None:
        """``problem`` is what the request of ``scope`` is refused for; those that are nobody's doing are let pass."""
        if problem.kind not in LOGGED and not (problem.kind is Kind.REPLAYED and problem.where == "nonce"):
            return
        caller: Caller | None = scope.get(CALLER)
        reason, name = problem.kind.slug, scope.get(CLAIMED)
        if isinstance(problem, BadToken):
            reason, name = problem.reason, problem.name
        if caller is not None:
            actor = caller.actor
        else:
            role = self._callers.role_of(name) if name is not None else None
            # Whoever has no account has no name here either.
            actor = Actor(name, role.value) if name is not None and role is not None else NOBODY
        self._note(_address(scope), actor, reason, _what(scope, known=caller is not None), problem.detail)

    def _note(self, address: str, actor: Actor, reason: str, what: str, why: str) -> None:
        now_s, key = self._clock(), (address, actor, reason)
        known = self._open.get(key)
        if known is None and self._crowded(actor):
            key = OTHERS, Actor("?", actor.role), reason
            known = self._open.get(key)
        if known is None:
            self._open[key] = _Open(now_s)
            self._due.append(_row(now_s, key, {"what": what, "why": why}))
            self._soon()
        else:
            known.more += 1
            known.what, known.why = what, why

    def _crowded(self, actor: Actor) -> bool:
        """Strangers do not crowd out accounts."""
        stranger = actor == NOBODY
        return sum((a == NOBODY) is stranger for address, a, _ in self._open if address != OTHERS) >= MOST

    def tick(self) -> None:
        """Once a second: minutes that are over are counted."""
        self._count(self._clock() - EVERY_S)
        self._soon()

    def _count(self, begun_by_s: float) -> None:
        now_s = self._clock()
        for key, one in list(self._open.items()):
            if one.since_s > begun_by_s:
                continue
            if one.more == 0:
                del self._open[key]
                continue
            counted = {"times": one.more, "since": moment(one.since_s), "what": one.what, "why": one.why}
            self._due.append(_row(now_s, key, counted))
            self._open[key] = _Open(now_s)

    def _soon(self) -> None:
        if self._due and (self._flushing is None or self._flushing.done()):
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        while self._due:
            rows = list(self._due)
            self._due.clear()
            try:
                await self._writer.do(lambda c, rows=rows: self._store(c, rows))  # type: ignore[misc]
            except Problem:
                # The next tick tries again.
                self._due = deque([*rows, *self._due], maxlen=WAITING)
                return
            except Exception:
                log.exception("refused.not_written", rows=len(rows))

    def _store(self, connection: Connection, rows: list[_Row]) -> None:
        for row in rows:
            self._audit.add(connection, row.time_s, row.actor, row.action, row.address, row.detail)

    async def close(self) -> None:
        """Write what has been counted so far."""
        self._count(float("inf"))
        if self._flushing is not None:
            await self._flushing
        await self._flush()


def _row(now_s: float, key: Key, detail: dict[str, Any]) -> _Row:
    address, actor, reason = key
    return _Row(now_s, actor, f"refused.{reason}", address, detail)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0])[:64] if client else "?"


def _what(scope: Scope, *, known: bool) -> str:
    """Method and path. Of a stranger only the part that is ours: the rest may be anything, a token too."""
    method = scope["method"] if scope.get("method") in METHODS else "WEBSOCKET" if scope["type"] == "websocket" else "?"
    path: str = scope["path"]
    if known:
        return f"{method} {path[:100]}"
    first, *rest = path.removeprefix("/").split("/")
    return f"{method} /{first}{'/...' if rest else ''}" if first in PARTS else f"{method} ?"
