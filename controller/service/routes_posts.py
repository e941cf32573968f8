"""What posts fetch and say. They come to the service; it calls nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from controller.service.access import PostAccount, Served, words
from controller.service.answers import answer
from controller.service.callers import Caller
from controller.service.problem import Kind, Problem
from controller.service.said import PostState
from controller.service.work import Work

router = APIRouter(prefix="/posts", tags=["posts"])
PostName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
                               description="The post's name, which is its account's")]


@router.get("/{post}/work", response_model=Work, **words("What concerns the junctions of a post",
            "Ce qui concerne les carrefours d'un poste"))
async def work(post: PostName, caller: PostAccount, service: Served) -> Response:
    """Emergencies under way that pass its junctions, and manual commands. Junctions are those the post has spoken of.

    *Urgences en cours qui passent par ses carrefours, et commandes manuelles.*
    """
    only_own(post, caller)
    return answer(service.posts.work(post))


@router.put("/{post}/state", status_code=204, **words("What a post says of itself", "État d'un poste", Kind.TAKEN, Kind.SKEW))
async def state(post: PostName, said: PostState, caller: PostAccount, service: Served) -> Response:
    """Once a second or so: junctions, alarms, incidents, what became of emergencies and commands.

    *Environ une fois par seconde : carrefours, alarmes, incidents, suites données.*
    """
    only_own(post, caller)
    await service.posts.said(post, said)
    return Response(status_code=204)


def only_own(post: str, caller: Caller) -> None:
    """Raise :class:`Problem` where an account speaks for another post."""
    if caller.name != post:
        raise Problem(Kind.FORBIDDEN, f"{caller.name} is not post {post}", f"{caller.name} n'est pas le poste {post}",
                      where="post")
