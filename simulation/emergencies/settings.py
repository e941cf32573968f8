"""What a user may choose about emergencies in a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from controller.preemption.recovery import RECOVERIES
from controller.preemption.settings import PreemptionSettings
from signal_drivers.errors import BadInput

MOST_TRIPS = 500
MOST_NOISE_M = 50.0
RAREST_S = 60.0
NOTICE_S = 30.0
"""From the call to setting off; NFPA 1710 (2020) lets a crew take 60 s, and most are sooner."""
LONGEST_NOTICE_S = 600.0


@dataclass(frozen=True, slots=True)
class Gps:
    """Positions ``noise_m`` off in each direction (standard deviation), one every ``every_s``; no speed, no heading."""

    noise_m: float
    every_s: float = 1.0


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
    gps: Gps | None = None
    """How positions are heard of; None for exactly, every second."""
    notice_s: float = NOTICE_S
    """Dispatch says so long before a vehicle sets off that it will, and when."""
    wrong_turn_share: float = 0.0
    """So many of the ambulances leave their way at one of its signals."""

    def check(self) -> None:
        """Raise :class:`BadInput` for a number of trips, a trip or a recovery that cannot be."""
        if not 0 <= self.count <= MOST_TRIPS:
            raise BadInput(f"{self.count} emergencies", where="--emergencies", mend=f"give 1 to {MOST_TRIPS}")
        if not self.count and not self.trips:
            raise BadInput("no emergency", where="--emergencies", mend="give their number, or one as --emergency FROM:TO@TIME")
        for text in self.trips:
            split_trip(text)
        if not 0 <= self.wrong_turn_share <= 1:
            raise BadInput(f"the share is {self.wrong_turn_share:g}", where="--wrong-turn", mend="give 0 to 1")
        if not 0 <= self.notice_s <= LONGEST_NOTICE_S:
            raise BadInput(f"the notice is {self.notice_s:g} s", where="--notice", mend=f"give 0 to {LONGEST_NOTICE_S:g} s")
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


def read_gps(text: str) -> Gps:
    """``NOISE_M[:EVERY_S]`` as written. Raises :class:`BadInput`."""
    noise, _, every = text.partition(":")
    try:
        gps = Gps(float(noise), float(every or 1.0))
    except ValueError:
        raise BadInput(f"{text!r} is not NOISE_M[:EVERY_S]", where="--emergency-gps", mend="for example 5 or 10:3") from None
    if not (0 <= gps.noise_m <= MOST_NOISE_M and 1 <= gps.every_s <= RAREST_S):
        raise BadInput(f"{text!r} is out of range", where="--emergency-gps",
                       mend=f"0 to {MOST_NOISE_M:g} m of noise, every 1 to {RAREST_S:g} s")
    return gps
