"""A way over streets: roads in driving order, as pre-emption drives along it and as a map draws it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from controller.preemption.route import Route
from controller.streets.laying import BLUE_LIGHT, Laid, Pace, lay
from controller.streets.model import Road, Turn
from controller.streets.plane import LocalPlane, LonLat, metres_along


@dataclass(frozen=True)
class StreetRoute:
    """``edges`` are ids of roads. ``route`` and ``line`` reach from the beginning of the first road to the end of the last, whole
    roads; what was asked for lies between ``origin_m`` and ``destination_m`` on it. ``start_m[i]`` is where road ``i`` begins,
    ``inside_m[i]`` the length of the junction behind it."""

    edges: tuple[str, ...]
    route: Route
    line: tuple[LonLat, ...]
    origin_m: float
    destination_m: float
    start_m: tuple[float, ...] = field(repr=False)
    inside_m: tuple[float, ...] = field(repr=False)
    pace: Pace = BLUE_LIGHT
    _line_m: tuple[float, ...] = field(default=(), repr=False, compare=False)

    def place(self, at_m: float) -> LonLat:
        """Where on the map it is ``at_m`` along it; its ends where that is before or beyond it."""
        i = min(max(bisect_right(self._line_m, at_m) - 1, 0), len(self.line) - 2)
        a, b, span_m = self.line[i], self.line[i + 1], self._line_m[i + 1] - self._line_m[i]
        share = min(max((at_m - self._line_m[i]) / span_m, 0.0), 1.0) if span_m > 0 else 0.0
        return LonLat(a.lon + (b.lon - a.lon) * share, a.lat + (b.lat - a.lat) * share)

    def asked_line(self) -> tuple[LonLat, ...]:
        """The part of ``line`` from the origin to the destination."""
        between = [p for p, m in zip(self.line, self._line_m, strict=True) if self.origin_m < m < self.destination_m]
        return (self.place(self.origin_m), *between, self.place(self.destination_m))

    def free_s(self) -> float:
        """Seconds from the origin to the destination with nothing in the way."""
        return self.route.free_s(self.origin_m, self.destination_m)


def street_route(roads: Sequence[Road], turns: Sequence[Turn], plane: LocalPlane, begin_m: float, end_m: float,
                 pace: Pace) -> StreetRoute:
    """The way over ``roads``, ``turns`` between them; asked for from ``begin_m`` on the first road to ``end_m`` on the last."""
    laid = lay(roads, turns, pace)
    line, line_m = _drawn(roads, turns, plane, laid)
    return StreetRoute(tuple(r.id for r in roads), laid.route, tuple(line), begin_m, laid.start_m[-1] + end_m, laid.start_m,
                       laid.inside_m, pace, tuple(line_m))


def _drawn(roads: Sequence[Road], turns: Sequence[Turn], plane: LocalPlane, laid: Laid) -> tuple[list[LonLat], list[float]]:
    """All places of the way, and how far along the way each lies: lines are stretched to the length that is driven."""
    line: list[LonLat] = []
    line_m: list[float] = []
    for i, road in enumerate(roads):
        _stretch(road.line, laid.start_m[i], road.length_m, plane, line, line_m)
        if i < len(turns) and turns[i].line:
            bend = (road.line[-1], *turns[i].line, roads[i + 1].line[0])
            inner: list[LonLat] = []
            inner_m: list[float] = []
            _stretch(bend, laid.start_m[i] + road.length_m, laid.inside_m[i], plane, inner, inner_m)
            line += inner[1:-1]
            line_m += inner_m[1:-1]
    return line, line_m


def _stretch(places: Sequence[LonLat], start_m: float, length_m: float, plane: LocalPlane, line: list[LonLat],
             line_m: list[float]) -> None:
    along = metres_along([plane.xy_m(p.lat, p.lon) for p in places])
    scale = length_m / along[-1] if along[-1] > 0 else 0.0
    line += places
    line_m += [start_m + m * scale for m in along]
