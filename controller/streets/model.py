"""Roads, turns, and the signals that stand between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from controller.streets.plane import LonLat
from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId, JunctionId, LaneId

LEAST_M = 0.1
"""Shorter than this a turn is passed in no time."""


@dataclass(frozen=True, slots=True)
class Road:
    """One road in one direction, from junction to junction. ``line`` has two points at least, in driving order; ``length_m`` is
    what is driven along it, which need not be the line's own length. Raises :class:`InvalidValue`."""

    id: str
    line: tuple[LonLat, ...]
    length_m: float
    speed_mps: float
    name: str = ""

    def __post_init__(self) -> None:
        where = f"road {self.id or '?'}"
        if not self.id:
            raise InvalidValue("it has no id", where=where)
        if len(set(self.line)) < 2:
            raise InvalidValue(f"its line has {len(set(self.line))} place(s)", where=where, mend="give two different ones")
        _positive(self.length_m, "m long", where)
        _positive(self.speed_mps, "m/s fast", where)

    @property
    def label(self) -> str:
        return f"{self.id} ({self.name})" if self.name and self.name != self.id else self.id


@dataclass(frozen=True, slots=True)
class TurnSignal:
    """The signal of a turn: any of ``groups`` releases it, from the approach ``lanes`` it is made from."""

    junction: JunctionId
    groups: tuple[GroupId, ...]
    lanes: tuple[LaneId, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """From the end of one road to the beginning of another. ``length_m`` is driven inside the junction, at ``speed_mps`` where it
    is free; ``line`` has the places between the two roads' ends, if it is not straight. Raises :class:`InvalidValue`."""

    from_road: str
    to_road: str
    length_m: float
    speed_mps: float
    signal: TurnSignal | None = None
    line: tuple[LonLat, ...] = ()

    def __post_init__(self) -> None:
        where = f"turn from {self.from_road} to {self.to_road}"
        if not (math.isfinite(self.length_m) and self.length_m >= 0):
            raise InvalidValue(f"it is {self.length_m!r} m long", where=where)
        _positive(self.speed_mps, "m/s fast", where)
        if self.signal is not None and not self.signal.groups:
            raise InvalidValue("its signal has no group", where=where, mend="name those that release it, or leave the signal out")

    @property
    def driven_m(self) -> float:
        """Metres that count: none where it is too short to be driven."""
        return self.length_m if self.length_m >= LEAST_M else 0.0


def _positive(value: float, unit: str, where: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise InvalidValue(f"it is {value!r} {unit}", where=where)
