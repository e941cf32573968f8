"""Roads and the turns between them, laid end to end: the way that pre-emption drives along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.preemption.route import Piece, Route, SignalAhead
from controller.streets.model import LEAST_M, Road, Turn


@dataclass(frozen=True, slots=True)
class Pace:
    """How an emergency vehicle drives where nothing is in its way: ``factor`` times the limit, never above ``top_mps``."""

    factor: float = 1.2
    top_mps: float = 25.0

    def of(self, limit_mps: float) -> float:
        return min(limit_mps * self.factor, self.top_mps)


BLUE_LIGHT = Pace()
"""60 km/h where 50 are allowed, 90 at most. An assumption, on the careful side: SUMO's own emergency vehicles drive 1.5 times the
limit."""


@dataclass(frozen=True)
class Laid:
    """``start_m[i]`` is where road ``i`` begins on ``route``, ``inside_m[i]`` the length of the junction behind it."""

    route: Route
    start_m: tuple[float, ...]
    inside_m: tuple[float, ...]


def lay(roads: Sequence[Road], turns: Sequence[Turn], pace: Pace = BLUE_LIGHT) -> Laid:
    """``turns[i]`` leads from ``roads[i]`` to the next. From the beginning of the first road to the end of the last."""
    pieces: list[Piece] = []
    signals: list[SignalAhead] = []
    starts: list[float] = []
    insides: list[float] = []
    at_m = 0.0
    for i, road in enumerate(roads):
        starts.append(at_m)
        pieces.append(Piece(road.length_m, pace.of(road.speed_mps)))
        at_m += road.length_m
        inside_m = 0.0
        if i < len(turns):
            turn = turns[i]
            inside_m = turn.driven_m
            if turn.signal is not None:
                signals.append(SignalAhead(turn.signal.junction, frozenset(turn.signal.groups), turn.signal.lanes, at_m,
                                           at_m + max(inside_m, LEAST_M)))
            if inside_m:
                pieces.append(Piece(inside_m, pace.of(turn.speed_mps)))
        insides.append(inside_m)
        at_m += inside_m
    return Laid(Route(tuple(pieces), tuple(signals)), tuple(starts), tuple(insides))
