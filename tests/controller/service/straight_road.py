"""The smallest street map there is: two parallel roads eastwards through Casablanca, 200 m apart, with signals on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from controller.preemption.route import Piece, Route, SignalAhead
from signal_drivers.errors import BadInput
from signal_drivers.ids import GroupId, JunctionId, LaneId
from simulation.benchmark_api.road import Fix, Way

LON, LAT = -7.63, 33.59
M_PER_LAT = 111_195.0
M_PER_LON = M_PER_LAT * math.cos(math.radians(LAT))
LENGTH_M, SPEED_MPS, REACH_M = 1800.0, 15.0, 500.0
ROADS = {"south": (0.0, {"J1": 600.0, "J2": 1200.0}), "north": (200.0, {"J3": 900.0})}
"""Metres north of the first, and junctions by metres from its beginning."""


def at(x_m: float, north_m: float = 0.0) -> tuple[float, float]:
    """[lon, lat] of metres eastwards and northwards of the south road's beginning."""
    return LON + x_m / M_PER_LON, LAT + north_m / M_PER_LAT


def metres(lon: float, lat: float) -> tuple[float, float]:
    return (lon - LON) * M_PER_LON, (lat - LAT) * M_PER_LAT


class OneWayRoads:
    """``called`` gives junctions other names, groups and lanes than their own, ``ew`` and ``w_0``."""

    def __init__(self, called: Mapping[str, tuple[str, str, str]] | None = None) -> None:
        self.called = called or {}

    def route_between(self, origin: tuple[float, float], destination: tuple[float, float], *, out_of: str | None = None,
                      into: str | None = None) -> Way:
        beyond_m = 30.0 if into is not None else 0.0
        return self.route_along([origin, at(metres(*destination)[0] + beyond_m, metres(*destination)[1])])

    def route_along(self, points: Sequence[tuple[float, float]], *, into: str | None = None) -> Way:
        road = self.road_of(points[0])
        begin_m, end_m = (metres(*points[i])[0] for i in (0, -1))
        if self.road_of(points[-1]) != road or end_m <= begin_m:
            raise BadInput("no way leads there: the roads are one-way eastwards and do not meet", where="destination")
        north_m, junctions = ROADS[road]
        signals = tuple(self._signal(j, x - begin_m) for j, x in junctions.items() if begin_m + 1.0 < x < end_m)
        route = Route((Piece(end_m - begin_m, SPEED_MPS),), signals)
        return Way(begin_m, (road,), route, (at(begin_m, north_m), at(end_m, north_m)))

    def _signal(self, junction: str, stop_line_m: float) -> SignalAhead:
        name, group, lane = self.called.get(junction, (junction, "ew", "w_0"))
        return SignalAhead(JunctionId(name), frozenset({GroupId(group)}), (LaneId(lane),), stop_line_m, stop_line_m + 20.0)

    def road_of(self, point: tuple[float, float]) -> str:
        x_m, y_m = metres(*point)
        off_m, road = min((abs(y_m - north_m), name) for name, (north_m, _) in ROADS.items())
        if off_m > REACH_M or not -REACH_M <= x_m <= LENGTH_M + REACH_M:
            raise BadInput(f"{point[0]:.5f}, {point[1]:.5f} is not on the road network", where="position")
        return road


class Following:
    def __init__(self, roads: OneWayRoads, way: Way) -> None:
        self.roads, self.way = roads, way
        self.last: tuple[float, float] | None = None

    def heard(self, lon: float, lat: float, time_s: float, speed_mps: float | None = None, heading_deg: float | None = None,
              accuracy_m: float | None = None) -> Fix:
        road = self.roads.road_of((lon, lat))
        x_m, y_m = metres(lon, lat)
        other = None
        if (road,) != self.way.edges:
            other = self.way = self.roads.route_along([(lon, lat), at(LENGTH_M, ROADS[road][0])])
        if speed_mps is None:
            speed_mps = (x_m - self.last[0]) / (time_s - self.last[1]) if self.last is not None else 0.0
        self.last = x_m, time_s
        return Fix(min(max(0.0, x_m - self.way.begin_m), self.way.route.length_m), max(0.0, speed_mps),
                   abs(y_m - ROADS[road][0]), other)

    def fork(self) -> Following:
        return copy(self)


@dataclass(frozen=True)
class TwoRoads:
    streets: OneWayRoads
    junctions: dict[str, tuple[float, float]]
    follower: Callable[[OneWayRoads, Way], Following]


def two_roads(called: Mapping[str, tuple[str, str, str]] | None = None) -> TwoRoads:
    return TwoRoads(OneWayRoads(called), {j: at(x, north) for north, row in ROADS.values() for j, x in row.items()}, Following)
