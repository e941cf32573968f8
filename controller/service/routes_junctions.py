"""Junctions as their posts see them, and manual control of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from controller.service.access import Onlooker, Operator, Served, words
from controller.service.answers import answer
from controller.service.manual import ManualStatus
from controller.service.problem import Kind
from controller.service.said import JunctionName, Manual, SaidJunction
from controller.service.search import open_alarms, open_incidents

router = APIRouter(tags=["junctions"])
Name = Annotated[JunctionName, Path(description="The junction's id")]


class JunctionStatus(SaidJunction):
    """A junction as its post last said (*dernier état connu*). ``silent``: that was too long ago to go by."""

    post: str
    heard_at: str
    silent: bool
    manual: ManualStatus | None


class JunctionList(BaseModel):
    junctions: list[JunctionStatus]


class PlanInForce(BaseModel):
    junction: str
    post: str
    plan: str | None
    rung: str


class Plans(BaseModel):
    """What runs where, and the plans each post has (*plans de feux*)."""

    in_force: list[PlanInForce]
    plans: dict[str, list[str]]


class Alarms(BaseModel):
    alarms: list[dict[str, Any]]


class Incidents(BaseModel):
    incidents: list[dict[str, Any]]


@router.get("/junctions", response_model=JunctionList, **words("All junctions that posts have spoken of", "Tous les carrefours "
            "connus"))
async def junctions(caller: Onlooker, service: Served) -> Response:
    return answer(JunctionList(junctions=[JunctionStatus(**service.posts.told(name)) for name in service.posts.junctions]))


@router.get("/junctions/{junction}", response_model=JunctionStatus, **words("One junction", "Un carrefour", Kind.UNKNOWN))
async def junction(junction: Name, caller: Onlooker, service: Served) -> Response:
    return answer(JunctionStatus(**service.posts.told(junction)))


@router.post("/junctions/{junction}/manual", status_code=201, response_model=ManualStatus, **words(
    "Command a junction by hand", "Commander un carrefour à la main", Kind.UNKNOWN))
async def command(junction: Name, said: Manual, caller: Operator, service: Served) -> Response:
    """A mode, or a stage to be held; with a reason, and for a time, after which it ends by itself. The guard of the post still
    refuses what is not safe. A new command takes the place of the one before.

    *Un mode, ou une phase à maintenir, avec un motif et une durée. La garde du poste refuse toujours ce qui n'est pas sûr.*
    """
    stages = service.posts.known(junction)[1].stages
    return answer((await service.manuals.command(junction, said, stages, caller)).told(), 201)


@router.delete("/junctions/{junction}/manual", response_model=ManualStatus, **words(
    "End manual control of a junction", "Mettre fin à la commande manuelle", Kind.UNKNOWN))
async def release(junction: Name, caller: Operator, service: Served) -> Response:
    return answer((await service.manuals.end(junction, caller)).told())


@router.get("/plans", response_model=Plans, **words("Plans in force", "Plans de feux en vigueur"))
async def plans(caller: Onlooker, service: Served) -> Response:
    rows = [PlanInForce(junction=name, post=post, plan=said.plan, rung=said.rung)
            for name, (post, said) in service.posts.junctions.items()]
    return answer(Plans(in_force=rows, plans={name: list(post.said.plans) for name, post in service.posts.posts.items()}))


@router.get("/alarms", response_model=Alarms, **words("Alarms that stand", "Alarmes en cours"))
def alarms(caller: Onlooker, service: Served) -> Response:
    with service.store.reading() as connection:
        return answer(Alarms(alarms=open_alarms(connection)))


@router.get("/incidents", response_model=Incidents, **words("Incidents that are not over", "Incidents en cours"))
def incidents(caller: Onlooker, service: Served) -> Response:
    with service.store.reading() as connection:
        return answer(Incidents(incidents=open_incidents(connection)))
