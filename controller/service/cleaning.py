"""What is not kept for ever: positions, used request ids, and failed logins. Everything else is."""

from __future__ import annotations

from sqlalchemy import Connection, delete

from controller.service.settings import ServiceSettings
from controller.service.tables import login_failures, positions, request_ids


def clean(connection: Connection, now_s: float, settings: ServiceSettings) -> None:
    """A request id is good for as long as its request could be made again."""
    connection.execute(delete(positions).where(positions.c.received_s < now_s - settings.positions_kept_s))
    connection.execute(delete(request_ids).where(request_ids.c.time_s < now_s - 10 * settings.skew_s))
    connection.execute(delete(login_failures).where(login_failures.c.time_s < now_s - 2 * settings.failures_in_s))
