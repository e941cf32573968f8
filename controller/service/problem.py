"""What is refused, and how it is said: problem+json (RFC 9457), in English and French."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA = "application/problem+json"


class Kind(Enum):
    """Kinds of refusal: status, title, titre. The name makes the ``type``."""

    NOT_READ = 400, "The request cannot be read", "Requête illisible"
    NO_TOKEN = 401, "No token", "Jeton absent"
    BAD_TOKEN = 401, "The token is not valid", "Jeton non valable"
    BAD_LOGIN = 401, "Name or password is wrong", "Nom ou mot de passe incorrect"
    FORBIDDEN = 403, "This account may not do that", "Opération interdite à ce compte"
    UNKNOWN = 404, "There is no such thing", "Introuvable"
    NO_METHOD = 405, "That cannot be done here", "Méthode non admise"
    DUPLICATE = 409, "It is there already", "Existe déjà"
    REPLAYED = 409, "The request has been made before", "Requête déjà reçue"
    OVER = 409, "The emergency is over", "Urgence terminée"
    NOT_YOURS = 409, "Another account asked for it", "Demandée par un autre compte"
    TAKEN = 409, "Another one has it", "Déjà attribué"
    TOO_LARGE = 413, "The request is too large", "Requête trop volumineuse"
    INVALID = 422, "The request says what cannot be", "Contenu non valable"
    SKEW = 422, "The clocks differ too much", "Horloges trop décalées"
    EXPIRED = 422, "It has expired", "Échéance dépassée"
    NOT_TRUSTED = 422, "The certificate cannot be relied on", "Certificat non recevable"
    OFF_NETWORK = 422, "The place is not on the road network", "Lieu hors du réseau"
    NO_WAY = 422, "There is no such way", "Itinéraire impossible"
    IMPLAUSIBLE = 422, "The position cannot be true", "Position invraisemblable"
    LOCKED = 429, "Too many attempts", "Trop de tentatives"
    TOO_MANY = 429, "Too many requests", "Trop de demandes"
    FAULT = 500, "The service has failed", "Défaillance du service"
    STORE = 503, "The database does not answer", "Base de données indisponible"
    NO_STREETS = 503, "The service has no street map", "Plan des rues absent"

    @property
    def status(self) -> int:
        return int(self.value[0])

    @property
    def slug(self) -> str:
        return self.name.lower().replace("_", "-")


class Problem(HTTPException):
    """A refusal: nothing has been changed. ``where`` is the field, emergency or junction that it is about."""

    def __init__(self, kind: Kind, detail: str, detail_fr: str, *, where: str = "", headers: Mapping[str, str] | None = None,
                 more: Mapping[str, Any] | None = None) -> None:
        told = {"WWW-Authenticate": "Bearer"} if kind.status == 401 else {}
        super().__init__(kind.status, detail, told | dict(headers or {}))
        self.kind, self.detail_fr, self.where, self.more = kind, detail_fr, where, dict(more or {})

    def body(self) -> dict[str, Any]:
        _, title, title_fr = self.kind.value
        return {"type": f"urn:mourour:problem:{self.kind.slug}", "title": title, "title_fr": title_fr, "status": self.kind.status,
                "detail": self.detail, "detail_fr": self.detail_fr, "where": self.where, **self.more}

    def response(self) -> Response:
        return Response(json.dumps(self.body(), ensure_ascii=False), self.kind.status, dict(self.headers or {}), MEDIA)


def store_refused(error: Exception | None = None) -> Problem:
    """Of a database that does not take, or does not answer."""
    why = "" if error is None else f": {first_line(error)}"
    return Problem(Kind.STORE, f"the database does not answer{why}; nothing was taken in",
                   "la base de données ne répond pas ; rien n'a été pris en compte")


def first_line(error: Exception) -> str:
    """Of what the database's driver says."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


class ProblemBody(BaseModel):
    """A refusal as it is answered (RFC 9457); nothing has been changed. *Refus : rien n'a été modifié.*"""

    type: str
    title: str
    title_fr: str
    status: int
    detail: str
    detail_fr: str
    where: str
    problems: list[dict[str, str]] = []
    """Of a request with several mistakes, each: where, detail, detail_fr."""


def described(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: the refusals of a route."""
    told: dict[int | str, dict[str, Any]] = {}
    for kind in (*kinds, Kind.NO_TOKEN, Kind.FORBIDDEN, Kind.TOO_LARGE, Kind.INVALID, Kind.STORE):
        _, title, title_fr = kind.value
        known = told.setdefault(kind.status, {"description": "", "content": {MEDIA: {
            "schema": {"$ref": "#/components/schemas/ProblemBody"}}}})
        said = f"{title} · {title_fr}"
        if said not in known["description"]:
            known["description"] += ("; " if known["description"] else "") + said
    return told
