"""Emergencies: asked for, followed, called off, watched."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from controller.service import kept
from controller.service.access import Dispatcher, Onlooker, Served, service_of, words
from controller.service.answers import answer
from controller.service.desk import unknown
from controller.service.live import Live
from controller.service.problem import Kind
from controller.service.said import Id, NewEmergency, Positions, Reason
from controller.service.service import Service
from controller.service.stream import SSE, stream
from controller.service.told import EmergencyList, EmergencyStatus, EmergencyWithRoute, PositionsTaken

router = APIRouter(prefix="/emergencies", tags=["emergencies"])
Name = Annotated[Id, Path(description="The emergency's id")]


@router.post("/{name}/positions", response_model=PositionsTaken, **words(
    "Where the vehicle is: one position, or several from the oldest on", "Position du véhicule : une, ou plusieurs de la plus "
    "ancienne à la plus récente", Kind.UNKNOWN, Kind.OVER, Kind.IMPLAUSIBLE, Kind.SKEW, Kind.REPLAYED))
async def moved(name: Name, said: Positions, caller: Dispatcher, request: Request) -> Response:
    """Each is taken or refused by itself; an answer of 200 means that at least one was stored. *Chaque position est prise ou
    refusée pour elle-même.*"""
    return answer(await service_of(request).desk.heard(name, said))


@router.post("", status_code=201, response_model=EmergencyWithRoute, **words(
    "Ask for a green wave", "Demander une vague verte", Kind.DUPLICATE, Kind.REPLAYED, Kind.SKEW, Kind.EXPIRED, Kind.OFF_NETWORK,
    Kind.NO_WAY, Kind.TOO_MANY, Kind.NO_STREETS))
async def requested(said: NewEmergency, caller: Dispatcher, service: Served) -> Response:
    """Answers the planned way (GeoJSON), the signals it passes and when each will be reached. Signals are turned green once there
    are positions.

    *Répond l'itinéraire prévu, les feux franchis et l'heure prévue à chacun. Les feux passent au vert dès que des positions
    arrivent.*
    """
    live = await service.desk.request(said, caller)
    return answer(_whole(live, service), 201, {"Location": f"/emergencies/{live.id}"})


@router.get("", response_model=EmergencyList, **words("Emergencies under way, and those that have just ended",
            "Urgences en cours, et celles qui viennent de finir"))
async def under_way(caller: Onlooker, service: Served) -> Response:
    now_s, said = service.clock(), service.settings.preemption
    return answer(EmergencyList(emergencies=[live.status(now_s, said) for live in service.desk.lives.values()]))


@router.get("/{name}", response_model=EmergencyWithRoute, **words("One emergency, with its way", "Une urgence et son itinéraire",
            Kind.UNKNOWN))
async def one(name: Name, caller: Onlooker, service: Served) -> Response:
    live = service.desk.lives.get(name)
    if live is not None:
        return answer(_whole(live, service))
    return answer(await _ended(name, service))


@router.delete("/{name}", response_model=EmergencyStatus, **words("Call an emergency off", "Annuler une urgence", Kind.UNKNOWN,
               Kind.OVER, Kind.NOT_YOURS))
async def cancel(name: Name, caller: Dispatcher, service: Served, reason: Annotated[Reason | None, Query(
        description="Needed where another account asked for the emergency")] = None) -> Response:
    """Everything that is held for it is released. A colleague's emergency is called off with a `reason`, which its stream, the
    archive and the log of commands tell with both names.

    *Tout ce qui est tenu pour elle est rendu. Pour l'urgence d'un collègue, un motif (`reason`) est nécessaire : son suivi, les
    archives et le journal donnent le motif et les deux noms.*
    """
    live = await service.desk.cancel(name, caller, reason)
    return answer(live.status(service.clock(), service.settings.preemption))


@router.get("/{name}/stream", response_class=StreamingResponse, **words(
    "Live status and arrival times of one emergency (server-sent events)", "Suivi en direct d'une urgence", Kind.UNKNOWN))
async def watch(name: Name, caller: Onlooker, service: Served) -> Response:
    """Events `emergency` (its status, once a second while it moves), `position` between them, and `route` (another way). Ends
    when the emergency does, or the token.

    *Événements `emergency`, `position` et `route`. Finit avec l'urgence, ou avec le jeton.*
    """
    live = service.desk.lives.get(name)
    if live is None:
        await _ended(name, service)
    topic = f"emergency:{name}"
    topics = frozenset({topic, f"position:{name}"})
    return StreamingResponse(stream(service, caller, topics, [topic], until=lambda: _is_over(name, service)),
                             media_type=SSE)


def _is_over(name: str, service: Service) -> bool:
    live = service.desk.lives.get(name)
    return live is None or live.state.over


def _whole(live: Live, service: Service) -> EmergencyWithRoute:
    status = live.status(service.clock(), service.settings.preemption)
    return EmergencyWithRoute(**status.model_dump(), route=live.feature())


async def _ended(name: str, service: Service) -> EmergencyWithRoute:
    row = await service.desk.found(name)
    if row is None:
        raise unknown(name)
    feature = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [list(p) for p in kept.line_of(row)]},
               "properties": {"emergency": name, "way": row.way, "length_m": round(row.length_m, 1)}}
    return EmergencyWithRoute(**kept.status_of(row).model_dump(), route=feature)
