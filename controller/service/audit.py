"""The log of commands: a chain in which every row carries the SHA-256 of the one before it.

A row is written in the same transaction as what it tells of, so that there is neither a command without its row nor a row without
its command. The seal, one row of its own, says how many rows there are and how the last one hashes, signed (HMAC) with a key
that is not in the database: who can write there can still not cut the log short unnoticed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from controller.service.anchor import Anchor
from controller.service.tables import audit, audit_seal

FIRST = "0" * 64
"""What the first row has for the hash of the one before it."""
WRITTEN = "mourour audit"
"""Where a connection keeps the anchor of what it has written, until that is committed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who commands: an account with its role, or whoever sits at the machine itself."""

    name: str
    role: str


AT_THE_MACHINE = Actor("(machine)", "")


def row_hash(before: str, row: int, time_ms: int, actor: str, role: str, action: str, target: str, detail: str) -> str:
    text = json.dumps([before, row, time_ms, actor, role, action, target, detail], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal_of(key: bytes, rows: int, last: str) -> str:
    return hmac.new(key, f"{rows}:{last}".encode(), hashlib.sha256).hexdigest()


class Audit:
    """Appends to the log, with the key of its seal."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def add(self, connection: Connection, now_s: float, actor: Actor, action: str, target: str,
            detail: Mapping[str, Any] | None = None) -> None:
        """One row. ``connection`` must be writing; two writers wait for each other at the seal."""
        table = audit_seal.c
        seal = connection.execute(select(table.rows, table.hash).where(table.id == 1).with_for_update()).first()
        rows, before = (0, FIRST) if seal is None else (int(seal.rows), str(seal.hash))
        text = json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True)
        said = {"row": rows + 1, "time_ms": round(now_s * 1000), "actor": actor.name, "role": actor.role, "action": action,
                "target": target[:128], "detail": text}
        last = row_hash(before, **said)  # type: ignore[arg-type]
        connection.execute(insert(audit).values(**said, before=before, hash=last))
        sealed = {"rows": rows + 1, "hash": last, "seal": seal_of(self.key, rows + 1, last)}
        if seal is None:
            connection.execute(insert(audit_seal).values(id=1, **sealed))
        else:
            connection.execute(update(audit_seal).where(table.id == 1).values(**sealed))
        connection.info[WRITTEN] = Anchor(rows + 1, last)
