"""What a plan file may say (plans de feux), as Pydantic models: the shape of the file, before anything is made of it.

Keys carry their unit: ``_s`` seconds. Every scalar arrives as text (see :mod:`controller.plans.read`), so that ``18:30`` stays
a time of day and a junction called ``360084`` stays a name.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from signal_drivers.limits import Clearance

FORMAT = "1"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FRENCH_DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
LONGEST_CYCLE_S = 600.0


def weekday_number(text: str) -> int:
    """0 for Monday to 6 for Sunday, from an English or French name or its first three letters. Raises ValueError."""
    short = str(text).strip().lower()[:3]
    for row in (DAYS, FRENCH_DAYS):
        if short in row:
            return row.index(short)
    raise ValueError(f"{text!r} is no weekday: {', '.join(DAYS)} (or {', '.join(FRENCH_DAYS)})")


def clock_text(second: float) -> str:
    """``hh:mm`` of a second of the day, ``hh:mm:ss`` where it is not a whole minute; 86400 is ``24:00``."""
    minutes, seconds = divmod(round(second), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


def _second_of_day(value: Any) -> float:
    """Seconds after midnight of ``hh:mm`` or ``hh:mm:ss``, 24:00 included."""
    parts = str(value).strip().split(":")
    if len(parts) not in (2, 3) or not all(p.isdecimal() and len(p) <= 2 for p in parts):
        raise ValueError("write a time of day as hh:mm")
    hours, minutes, seconds = (int(p) for p in [*parts, "0"][:3])
    second = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or second > 86400:
        raise ValueError("there is no such time of day")
    return float(second)


TimeOfDay = Annotated[float, BeforeValidator(_second_of_day)]
Weekday = Annotated[int, BeforeValidator(weekday_number)]
Name = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """Unknown keys are refused, so that a typing error cannot pass unseen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class StagePart(Part):
    """A stage (phase de feux) in running order. ``seconds`` from its request to the next one's: the clearance before it is part
    of them. ``green`` repeats the groups (lignes de feux) it shows, and is checked where given; ``shows`` is for people."""

    stage: Name
    seconds: float = Field(gt=0, le=LONGEST_CYCLE_S, allow_inf_nan=False)
    green: tuple[Name, ...] = ()
    shows: str = ""


class JunctionPart(Part):
    """One junction's plan (plan de feux d'un carrefour): ``stages`` sum to ``cycle_s``; ``offset_s`` (décalage) shifts their
    beginning against the network's clock."""

    junction: Name
    name: str = ""
    cycle_s: float = Field(gt=0, le=LONGEST_CYCLE_S, allow_inf_nan=False)
    offset_s: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    stages: tuple[StagePart, ...] = Field(min_length=1)


class PlanPart(Part):
    """The plans of all junctions that run together, under one name."""

    title: str = ""
    junctions: tuple[JunctionPart, ...] = Field(min_length=1)


class WindowPart(Part):
    """When a plan runs (tranche horaire). ``until`` before ``from`` runs over midnight. A special day's windows come before
    ordinary ones, and then on any weekday."""

    plan: Name
    from_s: TimeOfDay = Field(alias="from")
    until_s: TimeOfDay = Field(alias="until")
    days: tuple[Weekday, ...] = Field(default=tuple(range(7)), min_length=1)
    special_day: Name | None = None


class FilePart(Part):
    """The whole file."""

    mourour_plans: Literal["1"]
    title: str = ""
    scenario: str = ""
    clearance: Clearance = Clearance.GEOMETRY
    plans: dict[Name, PlanPart] = Field(min_length=1)
    windows: tuple[WindowPart, ...] = Field(min_length=1)
