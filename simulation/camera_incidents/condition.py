"""Under what the watch is measured: how it sees, and what it knows of the signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signal_drivers.errors import BadInput
from simulation.camera_incidents.seen import EYES

RENDERED = "rendered"


@dataclass(frozen=True)
class Condition:
    """``eyes`` how well is seen, by name; ``signals`` whether the watch is told which lanes have green."""

    eyes: str
    signals: bool

    @property
    def images(self) -> bool:
        """Whether there are any: of boxes alone nobody can tell what becomes of the camera."""
        return self.eyes == RENDERED

    def __str__(self) -> str:
        return f"{self.eyes}, signals {'known' if self.signals else 'unknown'}"


@dataclass(frozen=True)
class Rendering:
    """What is painted and who looks at it; ``weights`` for a detector that needs some, ``size_px`` the side it looks at."""

    weather: str = "day"
    detector: str = "background"
    weights: str | None = None
    size_px: int | None = None


def conditions(eyes: Sequence[str], signals: Sequence[bool]) -> list[Condition]:
    """All combinations. Raises :class:`BadInput` for eyes that nobody has."""
    known_eyes = (*EYES, RENDERED)
    for name in eyes:
        if name not in known_eyes:
            raise BadInput(f"{name!r} is none of {', '.join(known_eyes)}", where="--eyes", mend="for example --eyes camera,poor")
    if not eyes:
        raise BadInput("nothing is named", where="--eyes", mend="for example --eyes camera,poor")
    return [Condition(name, known) for name in dict.fromkeys(eyes) for known in signals]
