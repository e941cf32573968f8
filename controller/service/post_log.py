"""What a post's reports leave in the database: its last words, and alarms and incidents from their beginning to their end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, insert, not_, or_, select, update

from controller.service.said import PostState, SaidIncident, SaidPastAlarm
from controller.service.tables import alarms, incidents, posts
from controller.service.told import moment

SAME_S = 0.0015
"""Moments nearer than this are one: they are written to the millisecond."""


def keep_words(connection: Connection, post: str, said: PostState, now_s: float) -> None:
    row = {"heard_s": now_s, "said": said.model_dump_json()}
    if connection.execute(update(posts).where(posts.c.post == post).values(**row)).rowcount == 0:
        connection.execute(insert(posts).values(post=post, **row))


def keep_alarms(connection: Connection, post: str, said: PostState, now_s: float) -> list[tuple[str, dict[str, Any]]]:
    """Those that have begun or ended with this report, as (``alarm`` or ``alarm-ended``, what is told)."""
    told = [one for past in said.past_alarms for one in _past_alarm(connection, post, past)]
    rows = connection.execute(select(alarms).where(alarms.c.post == post, alarms.c.ended_s.is_(None))).all()
    known = {(r.junction, r.kind): r for r in rows}
    now = {(j.id, a.kind): a for j in said.junctions for a in j.alarms}
    for (junction, kind), one in now.items():
        if (junction, kind) not in known:
            began_s = one.since.timestamp() if one.since is not None else now_s
            connection.execute(insert(alarms).values(post=post, junction=junction, kind=kind, detail=one.detail, began_s=began_s))
            told.append(("alarm", {"post": post, "junction": junction, "kind": kind, "detail": one.detail}))
    heard = {j.id for j in said.junctions}
    for (junction, kind), row in known.items():
        if (junction, kind) not in now and junction in heard:
            connection.execute(update(alarms).where(alarms.c.id == row.id).values(ended_s=now_s))
            told.append(("alarm-ended", {"post": post, "junction": junction, "kind": kind, "detail": row.detail}))
    return told


def _past_alarm(connection: Connection, post: str, said: SaidPastAlarm) -> list[tuple[str, dict[str, Any]]]:
    """One that is over. It may be known as one that stands, be news from beginning to end, or have been said before."""
    began_s, ended_s, table = said.began.timestamp(), said.ended.timestamp(), alarms.c
    mine = (table.post == post, table.junction == said.junction, table.kind == said.kind)
    same = and_(table.began_s > began_s - SAME_S, table.began_s < began_s + SAME_S)
    gone = and_(table.ended_s > ended_s - SAME_S, table.ended_s < ended_s + SAME_S)
    stands = and_(table.ended_s.is_(None), table.began_s < ended_s)
    row = connection.execute(select(table.id, table.ended_s).where(*mine, or_(same, gone, stands)).limit(1)).first()
    what = {"post": post, "junction": said.junction, "kind": said.kind, "detail": said.detail}
    if row is None:
        connection.execute(insert(alarms).values(**what, began_s=began_s, ended_s=ended_s))
        return [("alarm", what), ("alarm-ended", what)]
    if row.ended_s is not None:
        return []
    connection.execute(update(alarms).where(table.id == row.id).values(ended_s=ended_s))
    return [("alarm-ended", what)]


def keep_incidents(connection: Connection, post: str, said: Iterable[SaidIncident], now_s: float,
                   run: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Those that are new or over, as :func:`keep_alarms` tells them. Incidents of another run of the post than ``run`` are over
    when it says nothing more of them."""
    told: list[tuple[str, dict[str, Any]]] = []
    for one in said:
        row = connection.execute(select(incidents.c.id, incidents.c.ended_s).where(
            incidents.c.post == post, incidents.c.key == one.key)).first()
        what = {"post": post, "key": one.key, "kind": one.kind, "place": one.place, "detail": one.detail}
        when = {"time": moment(one.time.timestamp())}
        ended_s = (one.ended_at.timestamp() if one.ended_at is not None else now_s) if one.ended else None
        if row is None:
            connection.execute(insert(incidents).values(**what, time_s=one.time.timestamp(), ended_s=ended_s, lon=one.lon,
                                                        lat=one.lat))
            told.append(("incident-ended" if one.ended else "incident", what | when))
        elif one.ended and row.ended_s is None:
            connection.execute(update(incidents).where(incidents.c.id == row.id).values(ended_s=ended_s))
            told.append(("incident-ended", what | when))
    if run is not None:
        table = incidents.c
        left = connection.execute(select(incidents).where(
            table.post == post, table.ended_s.is_(None), not_(table.key.startswith(f"{run}.", autoescape=True)))).all()
        for row in left:
            connection.execute(update(incidents).where(table.id == row.id).values(ended_s=now_s))
            told.append(("incident-ended", {name: getattr(row, name) for name in ("post", "key", "kind", "place", "detail")}
                         | {"time": moment(row.time_s)}))
    return told
