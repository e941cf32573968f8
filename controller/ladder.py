"""The fallback ladder: who decides at a junction when not everything is well, and when it is again.

Downwards after a reason has stood for a while, upwards only after all has been well for longer: a junction on the edge stays on
the safer rung. Every step is told with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from signal_drivers.ids import JunctionId


class Rung(IntEnum):
    """Higher numbers are further down (FR: échelle de repli)."""

    STRATEGY = 0
    PLANS = 1
    """fixed plans by time of day, by our word"""
    LOCAL = 2
    """the cabinet's own plan, by its own word"""
    FLASHING = 3
    """flashing amber, until a person has looked at the junction"""


@dataclass(frozen=True, slots=True)
class Step:
    """One step at one junction; ``reason`` names what stood longest where several did."""

    junction: JunctionId
    time_s: float
    before: Rung
    after: Rung
    reason: str


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """Seconds a reason must stand before a step down, and all must be well before a step up."""

    down_after_s: float = 30.0
    up_after_s: float = 120.0


@dataclass(slots=True)
class _Place:
    rung: Rung = Rung.STRATEGY
    well_since_s: float | None = None


class Ladder:
    """Keeps each junction's rung. :meth:`look` is told, every second, the lowest rung that something calls for and why;
    ``at_once`` names the reasons that do not wait, since nothing can be decided meanwhile.

    ``told`` hears every step. A junction on the last rung leaves it by :meth:`release` alone.
    """

    def __init__(self, junctions: Iterable[JunctionId], hysteresis: Hysteresis, told: Callable[[Step], None]) -> None:
        self._hysteresis, self._told = hysteresis, told
        self._places = {j: _Place() for j in junctions}
        self._reasons: dict[JunctionId, dict[tuple[Rung, str], float]] = {j: {} for j in self._places}

    def rung(self, junction: JunctionId) -> Rung:
        return self._places[junction].rung

    def look(self, junction: JunctionId, now_s: float, reasons: Mapping[str, Rung],
             at_once: frozenset[str] = frozenset()) -> Rung:
        """``reasons`` that stand now, each with the rung it calls for. Returns the rung that holds."""
        place, standing = self._places[junction], self._reasons[junction]
        for key in [k for k in standing if reasons.get(k[1]) is not k[0]]:
            del standing[key]
        for reason, rung in reasons.items():
            standing.setdefault((rung, reason), now_s)
        wait_s = self._hysteresis.down_after_s
        due = [(rung, since_s, reason) for (rung, reason), since_s in standing.items()
               if rung > place.rung and (reason in at_once or now_s - since_s >= wait_s)]
        if due:
            lowest = max(rung for rung, _, _ in due)
            _, _, reason = min((since_s, reason, reason) for rung, since_s, reason in due if rung is lowest)
            self._step(junction, place, now_s, lowest, reason)
            return place.rung
        called_for = max(reasons.values(), default=Rung.STRATEGY)
        if place.rung is Rung.FLASHING or called_for >= place.rung:
            place.well_since_s = None
            return place.rung
        if place.well_since_s is None:
            place.well_since_s = now_s
        if now_s - place.well_since_s >= self._hysteresis.up_after_s:
            # One rung at a time, each to be earned anew.
            self._step(junction, place, now_s, Rung(max(place.rung - 1, called_for)), "all well")
        return place.rung

    def release(self, junction: JunctionId, now_s: float, by: str) -> None:
        """A person has looked at a flashing junction: it goes on from its cabinet's own plan."""
        place = self._places[junction]
        if place.rung is Rung.FLASHING:
            self._step(junction, place, now_s, Rung.LOCAL, f"released by {by}")

    def _step(self, junction: JunctionId, place: _Place, now_s: float, rung: Rung, reason: str) -> None:
        before, place.rung, place.well_since_s = place.rung, rung, None
        self._told(Step(junction, now_s, before, rung, reason))
