"""What is answered where something went wrong, whatever it was."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from controller.service.problem import Kind, Problem, store_refused

log = structlog.get_logger("mourour.service")
PLAIN = {400: Kind.NOT_READ, 404: Kind.UNKNOWN, 405: Kind.NO_METHOD, 413: Kind.TOO_LARGE}


def refusal(error: Exception, path: str) -> Response:
    """Never says more of a fault than that there is one; the log does."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, HTTPException):
        kind = PLAIN.get(error.status_code, Kind.NOT_READ)
        _, title, title_fr = kind.value
        return Problem(kind, title, title_fr, where=path[:200], headers=error.headers).response()
    if isinstance(error, SQLAlchemyError):
        log.error("database.failed", path=path, error=f"{type(error).__name__}: {error}")
        return store_refused(error).response()
    log.error("request.failed", path=path, error=f"{type(error).__name__}: {error}", exc_info=error)
    return Problem(Kind.FAULT, "the fault is the service's, and has been written to its log",
                   "la faute est au service ; elle est dans son journal", where=path[:200]).response()
