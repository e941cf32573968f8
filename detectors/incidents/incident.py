"""What is told of an incident: what, where, since when, how sure, why, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

Box = tuple[float, float, float, float]
NOTHING: Mapping[str, float] = MappingProxyType({})


class IncidentKind(StrEnum):
    STOPPED_VEHICLE = "stopped_vehicle"
    WRONG_WAY = "wrong_way"
    SPILL_BACK = "spill_back"
    PEDESTRIAN = "pedestrian_on_carriageway"
    SLOW_ZONE = "slow_zone"
    CAMERA_MOVED = "camera_moved"
    CAMERA_BLINDED = "camera_blinded"

    @property
    def french(self) -> str:
        return FRENCH[self]


FRENCH: Mapping[IncidentKind, str] = {
    IncidentKind.STOPPED_VEHICLE: "véhicule arrêté", IncidentKind.WRONG_WAY: "contresens",
    IncidentKind.SPILL_BACK: "remontée de file dans le carrefour", IncidentKind.PEDESTRIAN: "piéton sur la chaussée",
    IncidentKind.SLOW_ZONE: "ralentissement", IncidentKind.CAMERA_MOVED: "caméra déplacée",
    IncidentKind.CAMERA_BLINDED: "caméra aveuglée"}


class Place(NamedTuple):
    """``lane`` and ``zone`` by the names of the site file, ``box`` in pixels of the image, ``at_m`` on the camera's ground
    plane; each None where it is not known."""

    lane: str | None = None
    zone: str | None = None
    box: Box | None = None
    at_m: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """``number`` is the same when an incident opens and when it closes; ``end_s`` is None while it lasts. ``confidence`` is 0
    to 1 and no probability: it orders incidents, it does not calibrate them. ``cause`` says in a sentence what was seen,
    ``detail`` the figures behind it with their unit in the name, ``cleared`` why it ended."""

    number: int
    kind: IncidentKind
    start_s: float
    place: Place
    confidence: float
    cause: str
    track: int | None = None
    detail: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    told_s: float = 0.0
    """When it was first told: later than ``start_s``, because looking twice takes time."""
    end_s: float | None = None
    cleared: str = ""

    @property
    def open(self) -> bool:
        return self.end_s is None

    def as_dict(self) -> dict[str, object]:
        """For JSON: plain values, rounded as far as they mean anything."""
        place = self.place
        return {
            "number": self.number, "kind": self.kind.value, "start_s": round(self.start_s, 2), "told_s": round(self.told_s, 2),
            "end_s": None if self.end_s is None else round(self.end_s, 2), "lane": place.lane, "zone": place.zone,
            "box_px": [round(v, 1) for v in place.box] if place.box is not None else None,
            "at_m": [round(v, 2) for v in place.at_m] if place.at_m is not None else None,
            "confidence": self.confidence, "track": self.track, "cause": self.cause, "cleared": self.cleared or None,
            "detail": dict(self.detail)}
