"""What a user may choose about emergencies in a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from controller.preemption.recovery import RECOVERIES
from controller.preemption.settings import PreemptionSettings
from signal_drivers.errors import BadInput

MOST_TRIPS = 500


@dataclass(frozen=True)
class EmergencySettings:
    """``count`` trips drawn from the run's seed, or ``trips`` as ``FROM:TO@TIME``. ``preempt`` False lets the same vehicles drive
    with nobody making way for them but the drivers. ``runs_red`` lets them cross a red light at walking pace where nobody comes,
    as crews do; without it they wait as everybody does."""

    count: int = 0
    trips: tuple[str, ...] = ()
    preempt: bool = True
    runs_red: bool = False
    tuning: PreemptionSettings = field(default_factory=PreemptionSettings)

    def check(self) -> None:
        """Raise :class:`BadInput` for a number of trips, a trip or a recovery that cannot be."""
        if not 0 <= self.count <= MOST_TRIPS:
            raise BadInput(f"{self.count} emergencies", where="--emergencies", mend=f"give 1 to {MOST_TRIPS}")
        if not self.count and not self.trips:
            raise BadInput("no emergency", where="--emergencies", mend="give their number, or one as --emergency FROM:TO@TIME")
        for text in self.trips:
            split_trip(text)
        if self.tuning.recovery not in RECOVERIES:
            raise BadInput(f"there is no recovery {self.tuning.recovery!r}", where="--recovery",
                           mend=f"one of {', '.join(RECOVERIES)}")


def split_trip(text: str) -> tuple[str, str, str]:
    """Origin, destination and time of ``FROM:TO@TIME`` as written. Raises :class:`BadInput`."""
    way, at, when = text.rpartition("@")
    origin, colon, target = way.partition(":")
    if not at or not colon or not origin.strip() or not target.strip() or not when.strip():
        raise BadInput(f"{text!r} is no trip", where="--emergency", mend="write FROM:TO@TIME, two roads and hh:mm:ss or seconds")
    return origin.strip(), target.strip(), when.strip()
