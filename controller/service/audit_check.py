"""Walk the log of commands and say where it was tampered with, if anywhere."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, select

from controller.service.anchor import Anchor
from controller.service.audit import FIRST, row_hash, seal_of
from controller.service.tables import audit, audit_seal

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rows`` that follow from each other, the hash of the last of them, and the first thing that is wrong: at which row, and
    what. ``row`` is None where nothing is."""

    rows: int
    hash: str
    row: int | None = None
    what: str = ""

    @property
    def good(self) -> bool:
        return self.row is None


def check_audit(connection: Connection, key: bytes, anchors: tuple[Anchor, ...] = ()) -> Verdict:
    """``anchors`` are what the log is known to have been: the anchor file's, or one that somebody noted."""
    rows, last = 0, FIRST
    noted = {a.rows: a for a in anchors}
    told = connection.execution_options(yield_per=AT_ONCE).execute(select(audit).order_by(audit.c.row))
    for row in told:
        number = rows + 1
        if row.row != number:
            gone = f"row {number} is missing" if row.row == number + 1 else f"rows {number} to {row.row - 1} are missing"
            return Verdict(rows, last, number, gone)
        if row.before != last:
            return Verdict(rows, last, number, "it does not follow from the row before it")
        if row.hash != row_hash(row.before, row.row, row.time_ms, row.actor, row.role, row.action, row.target, row.detail):
            return Verdict(rows, last, number, "it has been changed")
        rows, last = number, row.hash
        if number in noted and noted[number].hash != last:
            return Verdict(rows, last, number, "it is not the row that was there when the anchor was noted")
    return _check_end(connection, key, anchors, rows, last)


def _check_end(connection: Connection, key: bytes, anchors: tuple[Anchor, ...], rows: int, last: str) -> Verdict:
    seal = connection.execute(select(audit_seal).where(audit_seal.c.id == 1)).first()
    known = max([int(seal.rows) if seal is not None else 0, *(a.rows for a in anchors)])
    if known > rows:
        return Verdict(rows, last, rows + 1, f"{known - rows} row{'s' if known - rows > 1 else ''} at the end "
                                             f"{'have' if known - rows > 1 else 'has'} been removed")
    if rows == 0 and seal is None:
        return Verdict(rows, last)
    if seal is None:
        return Verdict(rows, last, rows, "the seal is gone: rows behind this one may have been removed")
    if int(seal.rows) < rows or seal.hash != last:
        return Verdict(rows, last, rows, "the seal is of another end of the log")
    if not hmac.compare_digest(seal.seal, seal_of(key, rows, last)):
        return Verdict(rows, last, rows, "the seal was not made with this secret: rows behind this one may have been removed")
    return Verdict(rows, last)
