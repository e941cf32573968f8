"""What callers may say: the shapes of requests. Whatever is not foreseen is refused."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from controller.preemption.emergency import HIGHEST_PRIORITY, EmergencyClass, Lifecycle

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", examples=["A-118"])]
"""A name that is safe in an address, a file and a table."""
JunctionName = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f/]{1,64}$", examples=["zellaqa"])]
Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=300)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Place = Annotated[tuple[Lon, Lat], Field(description="[lon, lat] in degrees, WGS 84", examples=[[-7.6192, 33.5897]])]
Reason = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$", min_length=5, max_length=300)]
Speed = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False, description="m/s")]


def _within_reach(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2200:
        raise ValueError("the year must be within 2000..2200 | l'année doit être entre 2000 et 2200")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_within_reach), Field(examples=["2026-11-26T07:30:00+01:00"])]


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AtJunction(Said):
    """A junction as a place: its middle."""

    junction: JunctionName


class LineString(Said):
    """GeoJSON (RFC 7946)."""

    type: Literal["LineString"]
    coordinates: Annotated[tuple[Place, ...], Field(min_length=2, max_length=5000)]


class ClassName(StrEnum):
    """Who goes first where two meet: ambulance, fire, police."""

    AMBULANCE = "ambulance"
    FIRE = "fire"
    POLICE = "police"

    @property
    def kind(self) -> EmergencyClass:
        return EmergencyClass[self.name]


class NewEmergency(Said):
    """A request for a green wave (*demande de vague verte*). The way is given as ``origin`` and ``destination``, or as ``route``:
    places to pass in order, or a GeoJSON LineString. ``nonce`` is any text never used before, so that a request overheard cannot
    be made again; ``sent_at`` is the sender's clock."""

    id: Id | None = None
    vehicle: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$", examples=["SAMU 12"])]
    kind: Annotated[ClassName, Field(alias="class")] = ClassName.AMBULANCE
    priority: Annotated[int, Field(ge=0, le=HIGHEST_PRIORITY, description="14 the most urgent")] = 7
    origin: Place | AtJunction | None = None
    destination: Place | AtJunction | None = None
    route: LineString | Annotated[tuple[Place | AtJunction, ...], Field(min_length=2, max_length=5000)] | None = None
    departs_at: Annotated[Moment | None, Field(description="when it will set off from the way's beginning, if known: signals "
                                               "near there are prepared before there is a position")] = None
    expires_at: Moment
    sent_at: Moment
    nonce: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$", examples=["4b1d9c52e07f"])]

    @model_validator(mode="after")
    def _one_way(self) -> NewEmergency:
        ends = (self.origin is not None) + (self.destination is not None)
        if not (ends == 2 and self.route is None) and not (ends == 0 and self.route is not None):
            raise ValueError("give origin and destination, or route, and not both | "
                             "donnez origine et destination, ou itinéraire, mais pas les deux")
        return self


class Position(Said):
    """Where the vehicle was at ``time`` (*position GPS*)."""

    lon: Lon
    lat: Lat
    time: Moment
    speed_mps: Speed | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False, description="clockwise from north")] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Positions = Annotated[list[Position], Field(min_length=1, max_length=100),
                      BeforeValidator(_one_or_more, json_schema_input_type=Position | list[Position])]
"""One, or up to a hundred, the oldest first."""


class ManualMode(StrEnum):
    """``local``: the cabinet's own plan; ``flashing``: flashing amber."""

    LOCAL = "local"
    FLASHING = "flashing"


class Manual(Said):
    """Manual control of a junction (*commande manuelle*): a mode, or a stage to be held (*phase à maintenir*), for a time."""

    mode: ManualMode | None = None
    stage: JunctionName | None = None
    reason: Annotated[Reason, Field(examples=["Accident, police on site"])]
    duration_s: Annotated[float, Field(gt=0, le=86400, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _one_of_them(self) -> Manual:
        if (self.mode is None) == (self.stage is None):
            raise ValueError("give mode or stage | donnez un mode ou une phase")
        return self


class SaidAlarm(Said):
    """``since`` is when the post saw it first."""

    kind: Id
    detail: Text = ""
    since: Moment | None = None


class SaidPastAlarm(Said):
    """An alarm that is over: told once, so that none is missed that came and went while nobody listened."""

    junction: JunctionName
    kind: Id
    detail: Text = ""
    began: Moment
    ended: Moment


class SaidJunction(Said):
    """What a post reports of a junction: the cabinet's own words."""

    id: JunctionName
    stage: JunctionName | None = None
    stages: Annotated[tuple[JunctionName, ...], Field(max_length=64)] = ()
    groups: Annotated[dict[JunctionName, Text], Field(max_length=64)] = {}
    mode: Text = ""
    source: Text = ""
    plan: Text | None = None
    rung: Text = ""
    connected: bool = True
    alarms: Annotated[tuple[SaidAlarm, ...], Field(max_length=64)] = ()


class SaidIncident(Said):
    """``key`` tells a post's incidents apart, those of earlier runs too; one that is reported again with ``ended`` is over, since
    ``ended_at`` where that is given. Whatever is said twice counts once."""

    key: Id
    kind: Id
    place: JunctionName
    time: Moment
    detail: Text = ""
    ended: bool = False
    ended_at: Moment | None = None
    lon: Lon | None = None
    lat: Lat | None = None


class SaidArrival(Said):
    junction: JunctionName
    at: Moment
    queue_veh: Annotated[int, Field(ge=0, le=1000)] = 0


class SaidEmergency(Said):
    """What a post's manager says of an emergency. ``way`` is the way's number in the work it fetched."""

    id: Id
    state: Lifecycle
    why: Text = ""
    way: Annotated[int, Field(ge=1)] = 1
    arrivals: Annotated[tuple[SaidArrival, ...], Field(max_length=256)] = ()


class ManualAnswer(Said):
    """What became of a manual command, and why."""

    id: Annotated[int, Field(ge=1, le=2**53)]
    answer: Literal["applied", "refused", "released"]
    why: Text = ""


class SaidOverride(Said):
    """An engineer's word by which a post runs a junction without a certificate (*dérogation*). ``why``: what is missing."""

    junction: JunctionName
    engineer: Text
    reason: Text
    until: Moment
    why: Text = ""


class SaidOverrides(Said):
    """``run`` tells one start of the post, or change of its plans, from the next."""

    run: Id
    overrides: Annotated[tuple[SaidOverride, ...], Field(min_length=1, max_length=256)]


class SaidCertificate(Said):
    """A certificate of validation (*certificat de validation*): what was signed, and the signature."""

    body: dict[str, Any]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class PostState(Said):
    """Everything a post says of itself (*état du poste*), once a second or so. ``run`` names the present run of the post: keys of
    its incidents begin with it and a dot, and those of earlier runs are over, since nobody watches them any more."""

    time: Moment
    junctions: Annotated[tuple[SaidJunction, ...], Field(max_length=256)]
    run: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")] | None = None
    incidents: Annotated[tuple[SaidIncident, ...], Field(max_length=256)] = ()
    past_alarms: Annotated[tuple[SaidPastAlarm, ...], Field(max_length=256)] = ()
    emergencies: Annotated[tuple[SaidEmergency, ...], Field(max_length=256)] = ()
    manual: Annotated[tuple[ManualAnswer, ...], Field(max_length=256)] = ()
    plans: Annotated[tuple[Text, ...], Field(max_length=256)] = ()
