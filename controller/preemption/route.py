"""A vehicle's way through the network: metres driven, and the signals it passes."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId, JunctionId, LaneId


@dataclass(frozen=True, slots=True)
class SignalAhead:
    """One signal on a way: its stop line ``stop_line_m`` from the way's beginning, the conflict area left ``clear_m`` from it,
    the ``groups`` that release the movement and the approach ``lanes`` it is made from."""

    junction: JunctionId
    groups: frozenset[GroupId]
    lanes: tuple[LaneId, ...]
    stop_line_m: float
    clear_m: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the way on which one speed is driven, m and m/s."""

    length_m: float
    speed_mps: float


@dataclass(frozen=True)
class Route:
    """Pieces in driving order and the signals along them. Raises :class:`InvalidValue` for a way of no length, a speed that is
    none, and signals that are not in order or beyond its end."""

    pieces: tuple[Piece, ...]
    signals: tuple[SignalAhead, ...] = ()
    length_m: float = field(init=False)
    _starts_m: tuple[float, ...] = field(init=False, repr=False, compare=False)
    _starts_s: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for piece in self.pieces:
            if not (piece.length_m > 0 and piece.speed_mps > 0 and math.isfinite(piece.length_m / piece.speed_mps)):
                raise InvalidValue(f"a piece of {piece.length_m!r} m at {piece.speed_mps!r} m/s", where="route")
        if not self.pieces:
            raise InvalidValue("it has no length", where="route")
        starts = list(accumulate((p.length_m for p in self.pieces), initial=0.0))
        lines = [s.stop_line_m for s in self.signals]
        if not all(a <= b for a, b in pairwise(lines)) or (lines and not 0 <= lines[0] <= lines[-1] <= starts[-1] + 1e-6):
            raise InvalidValue(f"its stop lines lie at {lines} m of {starts[-1]:g} m", where="route")
        object.__setattr__(self, "length_m", starts[-1])
        object.__setattr__(self, "_starts_m", tuple(starts))
        object.__setattr__(self, "_starts_s", tuple(accumulate((p.length_m / p.speed_mps for p in self.pieces), initial=0.0)))

    def free_s(self, from_m: float, to_m: float) -> float:
        """Seconds from one place to another with nothing in the way; 0 backwards."""
        return max(0.0, self._clock_s(to_m) - self._clock_s(from_m))

    def speed_mps(self, at_m: float) -> float:
        """Speed driven there with nothing in the way."""
        return self.pieces[self._piece(at_m)].speed_mps

    def signals_beyond(self, at_m: float) -> tuple[SignalAhead, ...]:
        """Those whose conflict area has not been left at ``at_m``."""
        return tuple(s for s in self.signals if s.clear_m > at_m)

    def _piece(self, at_m: float) -> int:
        return min(max(bisect_right(self._starts_m, at_m) - 1, 0), len(self.pieces) - 1)

    def _clock_s(self, at_m: float) -> float:
        at_m = min(max(at_m, 0.0), self.length_m)
        i = self._piece(at_m)
        return self._starts_s[i] + (at_m - self._starts_m[i]) / self.pieces[i].speed_mps
