"""An emergency: who drives, how urgently, along which way, until when; and what has become of the request."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from controller.preemption.route import Route
from signal_drivers.errors import InvalidValue


class EmergencyClass(IntEnum):
    """Who goes first where two meet; the lower the number, the sooner. A default policy: life, then fire, then police."""

    AMBULANCE = 1
    FIRE = 2
    POLICE = 3


class Lifecycle(StrEnum):
    """Where a request stands, in the words of RSMP's signal priority status (S0033)."""

    RECEIVED = "received"
    QUEUED = "queued"
    ACTIVATED = "activated"
    COMPLETED = "completed"
    TIMEOUT = "timeout"
    REJECTED = "rejected"
    COOLDOWN = "cooldown"
    STALE = "stale"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """True when nothing is done for it any more."""
        return self in (Lifecycle.COMPLETED, Lifecycle.TIMEOUT, Lifecycle.REJECTED, Lifecycle.CANCELLED)


HIGHEST_PRIORITY = 14


@dataclass(frozen=True, slots=True)
class Emergency:
    """``priority`` from 0 to 14, 14 the most urgent (RSMP's levels). ``departs_s`` is when the crew is thought to set off, from
    ``starts_m`` of the way; without it nothing is done before the first position. Raises :class:`InvalidValue` for an empty id,
    a priority out of range, a time that is no number and a start that is not on the way."""

    id: str
    route: Route
    expires_s: float
    kind: EmergencyClass = EmergencyClass.AMBULANCE
    priority: int = 7
    departs_s: float | None = None
    starts_m: float = 0.0

    def __post_init__(self) -> None:
        where = f"emergency {self.id or '?'}"
        if not self.id:
            raise InvalidValue("it has no id", where=where)
        if not 0 <= self.priority <= HIGHEST_PRIORITY:
            raise InvalidValue(f"priority is {self.priority!r}, must be within 0..{HIGHEST_PRIORITY}", where=where)
        if not math.isfinite(self.expires_s):
            raise InvalidValue(f"it expires at {self.expires_s!r} s", where=where)
        if self.departs_s is not None and not math.isfinite(self.departs_s):
            raise InvalidValue(f"it departs at {self.departs_s!r} s", where=where)
        if not 0 <= self.starts_m <= self.route.length_m:
            raise InvalidValue(f"it starts at {self.starts_m!r} m of {self.route.length_m:g} m", where=where)
