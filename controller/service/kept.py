"""Emergencies in the database: written when they begin, change and end, and read again after a restart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from controller.preemption.emergency import Lifecycle
from controller.service.geometry import LonLat, StreetRoute
from controller.service.live import Live
from controller.service.problem import Kind, Problem
from controller.service.tables import emergencies, emergency_junctions, emergency_states, positions, request_ids
from controller.service.told import FRENCH_STATES, EmergencyStatus, maybe_moment, moment


def take_request_id(connection: Connection, client: str, request_id: str, now_s: float) -> None:
    """Raises :class:`Problem` for one that the client has used before."""
    try:
        connection.execute(insert(request_ids).values(client=client, request_id=request_id, time_s=now_s))
    except IntegrityError:
        raise Problem(Kind.REPLAYED, f"the nonce {request_id} has been used before", f"le nonce {request_id} a déjà servi",
                      where="nonce") from None


def begin(connection: Connection, live: Live) -> None:
    """Raises :class:`Problem` where there is, or was, an emergency of that id."""
    said = live.emergency
    try:
        connection.execute(insert(emergencies).values(
            id=said.id, vehicle=live.vehicle, kind=said.kind.name.lower(), priority=said.priority, by=live.by,
            received_s=live.received_s, departs_s=said.departs_s,
            expires_s=said.expires_s, ended_s=None, state=live.state.value, why=live.why,
            line=_line(live.sent.asked_line()), way=live.way, length_m=live.sent.route.length_m))
    except IntegrityError:
        raise duplicate(said.id) from None
    _junctions(connection, said.id, live.junctions)
    _state(connection, said.id, live.received_s, live.state, live.why)


def duplicate(name: str) -> Problem:
    return Problem(Kind.DUPLICATE, f"there is, or was, an emergency {name}", f"l'urgence {name} existe ou a existé", where="id")


def change(connection: Connection, name: str, state: Lifecycle, why: str, now_s: float) -> bool:
    """Whether it was still under way, and now stands there."""
    done = connection.execute(update(emergencies).where(emergencies.c.id == name, emergencies.c.ended_s.is_(None)).values(
        state=state.value, why=why, ended_s=now_s if state.over else None)).rowcount == 1
    if done:
        _state(connection, name, now_s, state, why)
    return done


def reroute(connection: Connection, name: str, way: StreetRoute, number: int, junctions: Sequence[str], now_s: float) -> None:
    connection.execute(update(emergencies).where(emergencies.c.id == name).values(
        line=_line(way.asked_line()), way=number, length_m=way.route.length_m))
    connection.execute(delete(emergency_junctions).where(emergency_junctions.c.emergency == name,
                                                         emergency_junctions.c.junction.in_(junctions)))
    _junctions(connection, name, junctions)
    _state(connection, name, now_s, Lifecycle.RECEIVED, f"way {number}")


def _junctions(connection: Connection, name: str, junctions: Iterable[str]) -> None:
    rows = [{"emergency": name, "junction": j} for j in dict.fromkeys(junctions)]
    if rows:
        connection.execute(insert(emergency_junctions), rows)


def _state(connection: Connection, name: str, now_s: float, state: Lifecycle, why: str) -> None:
    connection.execute(insert(emergency_states).values(emergency=name, time_s=now_s, state=state.value, why=why))


def _line(line: Sequence[LonLat]) -> str:
    return json.dumps([[round(lon, 7), round(lat, 7)] for lon, lat in line], separators=(",", ":"))


def line_of(row: Any) -> tuple[LonLat, ...]:
    return tuple((lon, lat) for lon, lat in json.loads(row.line))


def under_way(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(emergencies).where(emergencies.c.ended_s.is_(None))).all()


def asked_since(connection: Connection, since_s: float) -> dict[str, list[float]]:
    """When who has asked for emergencies."""
    told: dict[str, list[float]] = {}
    for row in connection.execute(select(emergencies.c.by, emergencies.c.received_s).where(emergencies.c.received_s > since_s)):
        told.setdefault(row.by, []).append(row.received_s)
    return told


def last_position(connection: Connection, name: str) -> Row[Any] | None:
    mine = select(positions).where(positions.c.emergency == name)
    return connection.execute(mine.order_by(positions.c.id.desc()).limit(1)).first()


def find(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(emergencies).where(emergencies.c.id == name)).first()


def status_of(row: Any) -> EmergencyStatus:
    """Of one that is long over: its signals are no longer reckoned."""
    state = Lifecycle(row.state)
    return EmergencyStatus(id=row.id, vehicle=row.vehicle, kind=row.kind, priority=row.priority, state=state.value,
                           state_fr=FRENCH_STATES[state], why=row.why, by=row.by, received_at=moment(row.received_s),
                           departs_at=maybe_moment(row.departs_s),
                           expires_at=moment(row.expires_s), ended_at=maybe_moment(row.ended_s), way=row.way,
                           length_m=round(row.length_m, 1), position=None, junctions=[], arrival=None)
