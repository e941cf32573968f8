"""Everything as it happens."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from controller.service.access import Onlooker, Served, words
from controller.service.stream import SSE, everything, stream

router = APIRouter(tags=["live"])


@router.get("/events", response_class=StreamingResponse, **words("Everything, live (server-sent events)", "Tout, en direct"))
async def events(caller: Onlooker, service: Served) -> Response:
    """First how emergencies and junctions stand, then what changes: `emergency`, `position`, `route`, `junction`, `alarm`,
    `alarm-ended`, `incident`, `incident-ended`, `manual`, `manual-ended`. Ends with the token; open it again with another.
    The same goes over a WebSocket at `/live`.

    *D'abord l'état des urgences et des carrefours, puis les changements. Finit avec le jeton.*
    """
    return StreamingResponse(stream(service, caller, None, everything(service)), media_type=SSE)
