"""The HTTP application: routes, refusals, documents."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.requests import HTTPConnection
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from controller.service import (
    routes_archive,
    routes_certificates,
    routes_emergencies,
    routes_events,
    routes_junctions,
    routes_live,
    routes_posts,
    routes_session,
)
from controller.service.access import SECURITY
from controller.service.door import DOCS_PARTS, Door
from controller.service.mistakes import mistakes
from controller.service.problem import Problem, ProblemBody
from controller.service.refusal import refusal
from controller.service.service import Service

ABOUT = """Emergencies, junctions, alarms and the archive of Casablanca's signals. Get a token with `POST /token`; who may do what
depends on the account's role. Every refusal is a problem+json document in both languages, and leaves everything as it was.

*Urgences, carrefours, alarmes et historique des feux de Casablanca. Demandez un jeton par `POST /token` ; les droits dépendent du
rôle du compte. Tout refus est un document problem+json dans les deux langues, et ne change rien.*
"""
ROUTERS = tuple(part.router for part in (routes_emergencies, routes_posts, routes_session, routes_junctions, routes_events,
                                        routes_live, routes_archive, routes_certificates))
"""In the order in which they are looked through: what comes most often first."""


def create_app(service: Service) -> FastAPI:
    """The application without its door; to be served by :func:`with_door` alone."""
    # A post or a centre may have no way to the internet: the page of the documentation brings everything it needs.
    app = FastAPIOffline(docs_url="/docs", redoc_url=None, static_url=DOCS_PARTS, title="mourour", version="1", description=ABOUT)
    app.state.service = service
    for router in ROUTERS:
        app.include_router(router)

    @app.get("/", include_in_schema=False)
    async def root() -> Response:
        return RedirectResponse("/docs")

    app.add_exception_handler(RequestValidationError, _mistakes)
    for kind in (HTTPException, SQLAlchemyError, Exception):
        app.add_exception_handler(kind, _refused)  # type: ignore[arg-type]  # one for requests and handshakes
    _describe_problems(app)
    return app


def with_door(app: FastAPI) -> Door:
    service: Service = app.state.service
    return Door(app, service.callers, service.desk, service.refused, service.settings.body_bytes, service.clock)


async def _refused(request: HTTPConnection, error: Exception) -> Response | None:
    if isinstance(error, Problem):
        service: Service = request.app.state.service
        service.refused.note(request.scope, error)
    response = refusal(error, request.url.path)
    if isinstance(request, WebSocket):
        # Of a handshake not every version sends what is returned.
        await request.send_denial_response(response)
        return None
    return response


async def _mistakes(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return mistakes(error.errors()).response()


def _describe_problems(app: FastAPI) -> None:
    """Put the shape of refusals into the document, and nothing about the framework's own."""
    made = app.openapi

    def openapi() -> dict[str, object]:
        document = made()
        document.setdefault("components", {})["securitySchemes"] = SECURITY
        parts = document["components"].setdefault("schemas", {})
        parts["ProblemBody"] = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        for unused in ("HTTPValidationError", "ValidationError"):
            parts.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
