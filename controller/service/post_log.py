"""What a post's reports leave in the database: its last words, and alarms and incidents from their beginning to their end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, select, update

from controller.service.said import PostState, SaidIncident
from controller.service.tables import alarms, incidents, posts


def keep_words(connection: Connection, post: str, said: PostState, now_s: float) -> None:
    row = {"heard_s": now_s, "said": said.model_dump_json()}
    if connection.execute(update(posts).where(posts.c.post == post).values(**row)).rowcount == 0:
        connection.execute(insert(posts).values(post=post, **row))


def keep_alarms(connection: Connection, post: str, said: PostState, now_s: float) -> list[tuple[str, dict[str, Any]]]:
    """Those that have begun or ended with this report, as (``alarm`` or ``alarm-ended``, what is told)."""
    rows = connection.execute(select(alarms).where(alarms.c.post == post, alarms.c.ended_s.is_(None))).all()
    known = {(r.junction, r.kind): r for r in rows}
    now = {(j.id, a.kind): a.detail for j in said.junctions for a in j.alarms}
    told: list[tuple[str, dict[str, Any]]] = []
    for (junction, kind), detail in now.items():
        if (junction, kind) not in known:
            connection.execute(insert(alarms).values(post=post, junction=junction, kind=kind, detail=detail, began_s=now_s))
            told.append(("alarm", {"post": post, "junction": junction, "kind": kind, "detail": detail}))
    heard = {j.id for j in said.junctions}
    for (junction, kind), row in known.items():
        if (junction, kind) not in now and junction in heard:
            connection.execute(update(alarms).where(alarms.c.id == row.id).values(ended_s=now_s))
            told.append(("alarm-ended", {"post": post, "junction": junction, "kind": kind, "detail": row.detail}))
    return told


def keep_incidents(connection: Connection, post: str, said: Iterable[SaidIncident],
                   now_s: float) -> list[tuple[str, dict[str, Any]]]:
    """Those that are new or over, as :func:`keep_alarms` tells them."""
    told: list[tuple[str, dict[str, Any]]] = []
    for one in said:
        row = connection.execute(select(incidents.c.id, incidents.c.ended_s).where(
            incidents.c.post == post, incidents.c.key == one.key)).first()
        what = {"post": post, "key": one.key, "kind": one.kind, "place": one.place, "detail": one.detail}
        ended_s = now_s if one.ended else None
        if row is None:
            connection.execute(insert(incidents).values(**what, time_s=one.time.timestamp(), ended_s=ended_s, lon=one.lon,
                                                        lat=one.lat))
            told.append(("incident-ended" if one.ended else "incident", what))
        elif one.ended and row.ended_s is None:
            connection.execute(update(incidents).where(incidents.c.id == row.id).values(ended_s=now_s))
            told.append(("incident-ended", what))
    return told
