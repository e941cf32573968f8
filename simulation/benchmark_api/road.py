"""A straight road with signals, for the load: what is measured is the service, and not a search for ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from controller.preemption.route import Piece, Route, SignalAhead
from signal_drivers.errors import BadInput
from signal_drivers.ids import GroupId, JunctionId, LaneId

LON, LAT = -7.8, 33.59
M_PER_LON = 111_195.0 * math.cos(math.radians(LAT))
LENGTH_M, SPEED_MPS, APART_M = 20_000.0, 15.0, 1_500.0
JUNCTIONS = {JunctionId(f"J{i}"): APART_M * i for i in range(1, int(LENGTH_M / APART_M))}


@dataclass(frozen=True)
class Way:
    begin_m: float
    edges: tuple[str, ...]
    route: Route
    line: tuple[tuple[float, float], ...]
    origin_m: float = 0.0

    @property
    def destination_m(self) -> float:
        return self.route.length_m

    def asked_line(self) -> tuple[tuple[float, float], ...]:
        return self.line


@dataclass(frozen=True)
class Fix:
    at_m: float
    speed_mps: float
    off_m: float
    rerouted: Way | None = None
    stood_s: float | None = None
    lost: bool = False


def place(x_m: float) -> tuple[float, float]:
    """[lon, lat] of metres from the road's beginning."""
    return LON + x_m / M_PER_LON, LAT


class Road:
    """Raises :class:`BadInput` for ways that lead back."""

    def route_between(self, origin: tuple[float, float], destination: tuple[float, float], **junctions: object) -> Way:
        return self.route_along([origin, destination])

    def route_along(self, points: Sequence[tuple[float, float]], **junctions: object) -> Way:
        begin_m, end_m = ((points[i][0] - LON) * M_PER_LON for i in (0, -1))
        if not 0 <= begin_m < end_m - 1 <= LENGTH_M:
            raise BadInput("the road leads eastwards", where="destination")
        signals = tuple(SignalAhead(j, frozenset({GroupId("E")}), (LaneId(f"{j}_in"),), x_m - begin_m, x_m - begin_m + 20.0)
                        for j, x_m in JUNCTIONS.items() if begin_m < x_m < end_m)
        return Way(begin_m, ("road",), Route((Piece(end_m - begin_m, SPEED_MPS),), signals), (place(begin_m), place(end_m)))


class Following:
    def __init__(self, road: Road, way: Way) -> None:
        self._way = way

    def heard(self, lon: float, lat: float, time_s: float, speed_mps: float | None = None, heading_deg: float | None = None,
              accuracy_m: float | None = None) -> Fix:
        at_m = min(max(0.0, (lon - LON) * M_PER_LON - self._way.begin_m), self._way.route.length_m)
        return Fix(at_m, speed_mps or 0.0, 0.0)

    def fork(self) -> Following:
        """It remembers nothing."""
        return self


@dataclass(frozen=True)
class RoadMap:
    streets: Road
    junctions: dict[str, tuple[float, float]]
    follower: Callable[[Road, Way], Following]


def road_map() -> RoadMap:
    return RoadMap(Road(), {str(j): place(x_m) for j, x_m in JUNCTIONS.items()}, Following)


def database(folder: Path) -> str:
    """The load's own, whatever the environment names."""
    return f"sqlite:///{folder / 'load.sqlite'}"
