"""What the centre says to a cabinet. Nothing of it lasts: sign of life and standing orders die with the heartbeat, requests by
their own expiry, counted on the cabinet's uptime so that no calendar clock has a say."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class Wanted(IntEnum):
    """The mode the centre asks for. It cannot ask for darkness."""

    LOCAL = 0
    """hands back: the local plan takes over at once"""
    CENTRAL = 1
    FLASHING = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """The sign of life with what holds as long as it comes. ``plan`` 0 leaves the stages to requests, another number lets the
    cabinet run that plan of its own. ``call_age_ms`` has, for each group, how long somebody has waited, or None."""

    heartbeat: int
    wanted: Wanted
    plan: int = 0
    call_age_ms: tuple[int | None, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class StageCall:
    """Go to a stage now. ``stage`` counts from 1."""

    sequence: int
    stage: int
    issued_ms: int
    life_ms: int


@dataclass(frozen=True, slots=True)
class HurryCall:
    """Go to a stage as soon as minimum greens and intergreens let you, and stay there until it expires. ``stage`` 0 ends the
    call that stands."""

    sequence: int
    stage: int
    level: int
    issued_ms: int
    life_ms: int


@dataclass(frozen=True, slots=True)
class ClockCall:
    """Set the calendar clock, milliseconds since 1970 in UTC."""

    sequence: int
    clock_ms: int
