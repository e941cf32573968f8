"""The permanent archive, searched and exported."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from controller.service.access import Onlooker, Served, words
from controller.service.answers import answer
from controller.service.callers import forbidden
from controller.service.exports import as_csv, as_geojson, as_parquet
from controller.service.roles import READ_COMMANDS
from controller.service.said import JunctionName, Moment
from controller.service.search import MOST, ArchiveKind, Search, find

router = APIRouter(tags=["archive"])


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    GEOJSON = "geojson"


class Found(BaseModel):
    """``more``: there are more than ``limit``."""

    rows: list[dict[str, Any]]
    more: bool


@router.get("/archive", response_model=Found, **words("Search and export what has happened",
            "Consulter et exporter l'historique"))
def archive(caller: Onlooker, service: Served, kind: ArchiveKind,
            place: Annotated[JunctionName | None, Query(description="A junction, post, emergency or account")] = None,
            begin: Annotated[Moment | None, Query(alias="from")] = None,
            end: Annotated[Moment | None, Query(alias="to")] = None,
            limit: Annotated[int, Query(ge=1, le=MOST)] = 1000, format: Format = Format.JSON) -> Response:
    """`commands` are the rows of the log of commands, for engineers and admins. An answer that is not JSON says in the header
    `X-More` whether there is more.

    *`commands` : le journal des commandes, réservé aux ingénieurs et administrateurs.*
    """
    if kind is ArchiveKind.COMMANDS and caller.role not in READ_COMMANDS:
        raise forbidden(caller, READ_COMMANDS)
    search = Search(kind, place, begin.timestamp() if begin else None, end.timestamp() if end else None, limit + 1)
    with service.store.reading() as connection:
        rows = find(connection, search)
    more, rows = len(rows) > limit, rows[:limit]
    if format is Format.JSON:
        return answer(Found(rows=rows, more=more))
    if format is Format.CSV:
        content, media = as_csv(rows), "text/csv; charset=utf-8"
    elif format is Format.PARQUET:
        content, media = as_parquet(rows), "application/vnd.apache.parquet"
    else:
        content, media = as_geojson(rows, service.desk.places), "application/geo+json"
    return Response(content, media_type=media, headers={
        "X-More": str(more).lower(), "Content-Disposition": f'attachment; filename="{kind.value}.{format.value}"'})
