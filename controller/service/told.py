"""What the service answers: the shapes of its answers, and how times and states are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field

from controller.preemption.emergency import Lifecycle

FRENCH_STATES = {
    Lifecycle.RECEIVED: "reçue", Lifecycle.QUEUED: "en attente", Lifecycle.ACTIVATED: "active", Lifecycle.COMPLETED: "terminée",
    Lifecycle.TIMEOUT: "délai dépassé", Lifecycle.REJECTED: "rejetée", Lifecycle.COOLDOWN: "suspendue", Lifecycle.STALE: "sans "
    "position récente", Lifecycle.CANCELLED: "annulée"}


def moment(time_s: float) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def maybe_moment(time_s: float | None) -> str | None:
    return None if time_s is None else moment(time_s)


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"
    expires_in: int
    role: str


class Me(BaseModel):
    name: str
    role: str
    token_expires_at: str


class Passing(BaseModel):
    """A signal on the way (*feu sur l'itinéraire*). ``arrival_from`` is ``free-flow`` until a post has looked at the queue."""

    junction: str
    distance_m: float = Field(description="from the beginning of the way to the stop line")
    passed: bool
    arrival: str | None
    arrival_from: str
    queue_veh: int | None = None


class Where(BaseModel):
    lon: float
    lat: float
    time: str
    at_m: float
    off_m: float
    speed_mps: float


class EmergencyStatus(BaseModel):
    """An emergency as it stands now (*état de l'urgence*)."""

    id: str
    vehicle: str
    kind: str = Field(serialization_alias="class")
    priority: int
    state: str
    state_fr: str
    why: str
    by: str
    received_at: str
    departs_at: str | None
    expires_at: str
    ended_at: str | None
    way: int
    length_m: float
    position: Where | None
    junctions: list[Passing]
    arrival: str | None = Field(description="at the end of the way, with nothing in the way")


class Moved(BaseModel):
    """A position as listeners hear of it, between one whole status and the next."""

    id: str
    state: str
    way: int
    position: Where
    next: Passing | None = Field(description="the first signal ahead")


class EmergencyWithRoute(EmergencyStatus):
    route: dict[str, Any] = Field(description="GeoJSON feature")


class EmergencyList(BaseModel):
    emergencies: list[EmergencyStatus]


class RefusedPosition(BaseModel):
    index: int
    type: str
    detail: str
    detail_fr: str


class PositionsTaken(BaseModel):
    """How many were stored, and which were not and why; the others stand. ``at_m`` is the last one's place along the way, ``way``
    counts the ways: with another number, ask for the emergency anew."""

    accepted: int
    refused: list[RefusedPosition]
    state: str
    way: int
    at_m: float
    off_m: float
