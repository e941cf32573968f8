"""The permanent archive: emergencies, positions, commands, alarms and incidents, by kind, time and place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, exists, or_, select

from controller.service.tables import (
    alarms,
    audit,
    certificate_junctions,
    certificates,
    emergencies,
    emergency_junctions,
    emergency_states,
    incidents,
    manual_commands,
    overrides,
    positions,
)
from controller.service.told import moment

MOST = 100_000


class ArchiveKind(StrEnum):
    EMERGENCIES = "emergencies"
    STATES = "states"
    POSITIONS = "positions"
    MANUAL = "manual"
    COMMANDS = "commands"
    ALARMS = "alarms"
    INCIDENTS = "incidents"
    CERTIFICATES = "certificates"
    OVERRIDES = "overrides"


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a kind is kept: its table, the time it is searched by, and the columns that name a place."""

    table: Table
    time: Column[Any]
    places: tuple[Column[Any], ...]
    order: Column[Any]


SOURCES = {
    ArchiveKind.EMERGENCIES: _Source(emergencies, emergencies.c.received_s, (), emergencies.c.received_s),
    ArchiveKind.STATES: _Source(emergency_states, emergency_states.c.time_s, (emergency_states.c.emergency,),
                                emergency_states.c.id),
    ArchiveKind.POSITIONS: _Source(positions, positions.c.received_s, (positions.c.emergency,), positions.c.id),
    ArchiveKind.MANUAL: _Source(manual_commands, manual_commands.c.begun_s, (manual_commands.c.junction,), manual_commands.c.id),
    ArchiveKind.COMMANDS: _Source(audit, audit.c.time_ms, (audit.c.target, audit.c.actor), audit.c.row),
    ArchiveKind.ALARMS: _Source(alarms, alarms.c.began_s, (alarms.c.junction, alarms.c.post), alarms.c.id),
    ArchiveKind.INCIDENTS: _Source(incidents, incidents.c.time_s, (incidents.c.place, incidents.c.post), incidents.c.id),
    ArchiveKind.CERTIFICATES: _Source(certificates, certificates.c.kept_s, (), certificates.c.kept_s),
    ArchiveKind.OVERRIDES: _Source(overrides, overrides.c.time_s, (overrides.c.junction, overrides.c.post), overrides.c.id),
}


@dataclass(frozen=True, slots=True)
class Search:
    """From ``from_s`` on and before ``to_s``, s since 1970; ``place`` is a junction, a post, an emergency or an account,
    whichever the kind has; the first ``limit``."""

    kind: ArchiveKind
    place: str | None = None
    from_s: float | None = None
    to_s: float | None = None
    limit: int = 1000


def find(connection: Connection, search: Search) -> list[dict[str, Any]]:
    """Rows in the order they were written, times as text. An emergency is at every junction its way passes, a certificate at
    every junction it covers."""
    source = SOURCES[search.kind]
    unit = 1000.0 if source.time is audit.c.time_ms else 1.0
    # Certificates are told of; whoever wants one whole asks for it.
    query: Select[Any] = select(*(c for c in source.table.c if c.name != "text"))
    if search.from_s is not None:
        query = query.where(source.time >= search.from_s * unit)
    if search.to_s is not None:
        query = query.where(source.time < search.to_s * unit)
    if search.place is not None:
        if search.kind is ArchiveKind.EMERGENCIES:
            passes = exists().where(emergency_junctions.c.emergency == emergencies.c.id,
                                    emergency_junctions.c.junction == search.place)
            query = query.where(or_(passes, emergencies.c.id == search.place))
        elif search.kind is ArchiveKind.CERTIFICATES:
            covers = exists().where(certificate_junctions.c.certificate == certificates.c.id,
                                    certificate_junctions.c.junction == search.place)
            query = query.where(or_(covers, *(c == search.place for c in (certificates.c.id, certificates.c.by))))
        else:
            query = query.where(or_(*(column == search.place for column in source.places)))
    rows = connection.execute(query.order_by(source.order).limit(search.limit))
    return [_told(row._mapping) for row in rows]


def open_alarms(connection: Connection) -> list[dict[str, Any]]:
    return _open(connection, alarms)


def open_incidents(connection: Connection) -> list[dict[str, Any]]:
    return _open(connection, incidents)


def _open(connection: Connection, table: Table) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(table.c.ended_s.is_(None)).order_by(table.c.id).limit(MOST))
    return [_told(row._mapping) for row in rows]


TIMES = {"received_s": "received_at", "departs_s": "departs_at",
"expires_s": "expires_at", "ended_s": "ended_at", "time_s": "time", "begun_s": "begun_at",
         "until_s": "until", "began_s": "began_at", "validated_s": "validated_at", "valid_from_s": "valid_from",
         "valid_until_s": "valid_until", "kept_s": "kept_at"}


def _told(row: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name in TIMES:
            told[TIMES[name]] = None if value is None else moment(value)
        elif name == "time_ms":
            told["time"] = moment(value / 1000)
        elif name == "line":
            told["line"] = json.loads(value)
        else:
            told[name] = value
    return told
