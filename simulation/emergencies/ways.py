"""A way over a SUMO net as pre-emption knows ways: metres, free speeds, and the signals it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from controller.preemption.route import Route
from controller.streets.laying import BLUE_LIGHT, Pace, lay
from signal_drivers.errors import InvalidValue
from simulation.netmodel.derive import SignalNet
from simulation.netmodel.streets import anywhere, street_parts


@dataclass(frozen=True)
class Way:
    """``start_m[i]`` is where ``edges[i]`` begins on ``route``; ``inside_m[i]`` the length of the junction behind it."""

    edges: tuple[str, ...]
    route: Route
    start_m: tuple[float, ...]
    inside_m: tuple[float, ...]


class Ways:
    """Makes ways over one net for vehicles that drive at ``pace``."""

    def __init__(self, signals: SignalNet, pace: Pace = BLUE_LIGHT) -> None:
        self.place = anywhere(signals.net)
        self.roads, self.turns = street_parts(signals, self.place)
        self._pace = pace
        self._road = {road.id: road for road in self.roads}
        self._turn = {(turn.from_road, turn.to_road): turn for turn in self.turns}

    def way(self, edges: Sequence[str]) -> Way:
        """Raises :class:`InvalidValue` for edges that are none, have no length, or do not lead from one to the next."""
        try:
            laid = lay([self._road[e] for e in edges], [self._turn[pair] for pair in pairwise(edges)], self._pace)
        except KeyError as missing:
            raise InvalidValue(f"an ambulance cannot drive {missing}", where="way") from None
        return Way(tuple(edges), laid.route, laid.start_m, laid.inside_m)

    def onward(self, edge: str) -> tuple[str, ...]:
        """The edges that an ambulance may turn into."""
        return tuple(b for a, b in self._turn if a == edge)

    def has_signal(self, edge: str, onward: str) -> bool:
        return (turn := self._turn.get((edge, onward))) is not None and turn.signal is not None

    def signals_on(self, edges: Sequence[str]) -> int:
        return sum(self.has_signal(*pair) for pair in pairwise(edges))
