"""How badly a junction's cameras may do: what fails, what is miscounted, how far off they measure."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

SHARES = ("missing", "bad", "miscount", "outage")
NOISES = ("position_m", "speed_mps")


@dataclass(frozen=True, slots=True)
class Degradation:
    """Shares are 0 to 1; everything at its default leaves the observations as they are.

    ``missing`` share of the lanes, of the exits and of the crossings that nobody watches. ``bad`` share of the lanes whose
    detector says itself that it cannot be believed (their exits and crossings, which have no quality, are not watched).
    ``miscount`` relative error of every count of passages, up or down for each lane, and share of the vehicles in view (and
    of the people waiting) that are overlooked or seen twice. ``position_m`` and ``speed_mps`` standard deviation of what is
    measured of a vehicle. ``outage`` share of the time in which a junction sees nothing at all, in spells of
    :data:`~detectors.degraded.OUTAGE_S`. ``lanes`` and ``junctions`` fail for certain. Failures of any kind are kept to
    ``from_s`` .. ``until_s`` after the beginning; errors of counting and measuring are there all the time.
    """

    missing: float = 0.0
    bad: float = 0.0
    miscount: float = 0.0
    outage: float = 0.0
    position_m: float = 0.0
    speed_mps: float = 0.0
    from_s: float = 0.0
    until_s: float = math.inf
    lanes: tuple[str, ...] = ()
    junctions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError, naming the field and quoting its value."""
        for name in SHARES:
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value:g}, must be a share from 0 to 1")
        for name in NOISES:
            value = getattr(self, name)
            if not (value >= 0.0 and math.isfinite(value)):
                raise ValueError(f"{name} is {value:g}, must be 0 or more")
        if self.missing + self.bad > 1.0:
            raise ValueError(f"missing and bad are {self.missing + self.bad:g} together, must be 1 at most")
        if not (math.isfinite(self.from_s) and 0.0 <= self.from_s < self.until_s):
            raise ValueError(f"from_s is {self.from_s:g} and until_s {self.until_s:g}: 0 or more, and the first first")

    @property
    def nothing(self) -> bool:
        """True where no observation can differ from the perfect one."""
        return not (self.missing or self.bad or self.miscount or self.outage or self.position_m or self.speed_mps
                    or self.lanes or self.junctions)

    def __str__(self) -> str:
        """The same in the words that ``--detectors`` takes; ``perfect`` where nothing is wrong."""
        if self.nothing:
            return "perfect"
        words = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("lanes", "junctions"):
                words += [f"{field.name[:-1]}={name}" for name in value]
            elif value != field.default:
                words.append(f"{field.name}={value:g}")
        return ",".join(words)
