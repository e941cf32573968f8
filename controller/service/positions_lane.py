"""Positions come hundreds a second, while all else comes now and then: they go by a lane of their own, past the framework.

The route in :mod:`controller.service.routes_emergencies` documents it and does the same; the door leads here first.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from controller.service.answers import answer
from controller.service.callers import Caller, forbidden
from controller.service.desk import Desk
from controller.service.mistakes import mistakes
from controller.service.problem import Kind, Problem
from controller.service.roles import SEND_EMERGENCIES
from controller.service.said import Position, Positions

PATH = re.compile(r"/emergencies/([A-Za-z0-9][A-Za-z0-9._:-]{0,63})/positions")
_READ: TypeAdapter[list[Position]] = TypeAdapter(Positions)
Body = Callable[[], Awaitable[bytes]]
Note = Callable[[Problem], None]


async def take_positions(desk: Desk, name: str, caller: Caller, content_type: str, body: Body,
                         note: Note = lambda problem: None) -> Response:
    """Raises :class:`Problem` for whatever is wrong, in the order in which the framework would find it. ``note`` hears of
    positions that are refused while others are taken."""
    if caller.role not in SEND_EMERGENCIES:
        raise forbidden(caller, SEND_EMERGENCIES)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(Kind.INVALID, "JSON is wanted: Content-Type: application/json",
                      "du JSON est attendu : Content-Type: application/json", where="body")
    try:
        said = _READ.validate_json(await body())
    except ValidationError as fault:
        raise mistakes([{**error, "loc": ("body", *error["loc"])} for error in fault.errors()]) from None
    return answer(await desk.heard(name, said, note))
