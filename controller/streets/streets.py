"""The streets of a post or a city, for emergencies: ways over them, and places on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from controller.streets.ends import onward, origins, targets
from controller.streets.errors import OffNetwork
from controller.streets.index import LineIndex, Near
from controller.streets.laying import BLUE_LIGHT, Pace
from controller.streets.model import Road, Turn
from controller.streets.plane import LonLat, Point, plane_around
from controller.streets.search import Spot, StreetSearch
from controller.streets.street_route import StreetRoute, street_route
from controller.streets.streets_file import read_parts
from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction

__all__ = ["OffNetwork", "StreetRoute", "Streets", "inspect_streets", "read_streets"]

FAR_M = 500.0
"""Further from every road nothing of ours drives."""
BESIDE_M = 20.0
"""A place belongs to the nearest road and to those this much further away: the other direction, the other carriageway."""


class Streets:
    """Roads and turns with an index of places. Nothing of it changes. ``roads`` have ids of their own, and turns lead from and to
    roads that are there: :func:`inspect_streets` has seen to that."""

    def __init__(self, roads: Sequence[Road], turns: Sequence[Turn], title: str = "", attribution: str = "") -> None:
        self.roads, self.turns, self.title, self.attribution = tuple(roads), tuple(turns), title, attribution
        self.number = {road.id: i for i, road in enumerate(self.roads)}
        self.turn = {(turn.from_road, turn.to_road): turn for turn in self.turns}
        self.turn_number = {ends: i for i, ends in enumerate(self.turn)}
        self.plane = plane_around([p for road in self.roads for p in road.line])
        onward: list[list[tuple[int, Turn]]] = [[] for _ in self.roads]
        for turn in self.turns:
            onward[self.number[turn.from_road]].append((self.number[turn.to_road], turn))
        self.search = StreetSearch(self.roads, onward)
        lines = [self._metres(road.line) for road in self.roads]
        bends = [[*lines[self.number[t.from_road]][-1:], *self._metres(t.line), *lines[self.number[t.to_road]][:1]]
                 for t in self.turns]
        lengths_m = [*(road.length_m for road in self.roads), *(turn.driven_m for turn in self.turns)]
        self._index = LineIndex([*lines, *bends], lengths_m, first=len(lines))

    def _metres(self, line: Sequence[LonLat]) -> list[Point]:
        return [self.plane.xy_m(p.lat, p.lon) for p in line]

    def misfits(self, junctions: Mapping[JunctionId, Junction]) -> list[str]:
        """What the turns say of the signals of ``junctions`` that these do not know, a line each. A city's streets may well have
        junctions that are another post's."""
        rows: list[str] = []
        for turn in self.turns:
            junction = junctions.get(turn.signal.junction) if turn.signal is not None else None
            if turn.signal is None or junction is None:
                continue
            known = {lane.id for lane in junction.lanes}
            strangers = [*(g for g in turn.signal.groups if g not in junction.group),
                         *(lane for lane in turn.signal.lanes if lane not in known)]
            ends = f"turn from {turn.from_road} to {turn.to_road}"
            rows += [f"{ends}: junction {junction.id} has no {name!r}" for name in strangers]
        return rows

    def xy_m(self, place: LonLat) -> Point:
        """Metres east and north of the middle of these streets."""
        lon, lat = place
        return self.plane.xy_m(lat, lon)

    def near(self, x_m: float, y_m: float, radius_m: float) -> list[Near]:
        """Places of roads and turns within ``radius_m``; a turn's number is its own and that of the roads before it."""
        return self._index.near(x_m, y_m, radius_m)

    def nearest_road(self, x_m: float, y_m: float) -> Near:
        return self._index.nearest(x_m, y_m)

    def checked(self, place: Sequence[float], what: str) -> LonLat:
        """``place``, if it is one. Raises :class:`OffNetwork`, in which ``what`` names it."""
        try:
            found = LonLat(*map(float, place))
        except (TypeError, ValueError):
            raise OffNetwork(f"{place!r} is no place", where=what, mend="give longitude and latitude in degrees") from None
        if not (abs(found.lon) <= 180 and abs(found.lat) <= 90):
            raise OffNetwork(f"there is no place {found}", where=what, mend="give longitude, then latitude, in degrees")
        return found

    def spots(self, place: LonLat, what: str, far_m: float = FAR_M) -> list[Spot]:
        """Where on the roads ``place`` may be: on the nearest, and on those little further away. Raises :class:`OffNetwork` for
        one that is none, or ``far_m`` from every road; ``what`` names it there."""
        place = self.checked(place, what)
        x_m, y_m = self.xy_m(place)
        nearest = self.nearest_road(x_m, y_m)
        if nearest.off_m > far_m:
            raise OffNetwork(f"it is not on these streets: the nearest road is {nearest.off_m:,.0f} m away",
                             where=f"{what} ({place})", mend=f"give a place within {far_m:g} m of a road, longitude first")
        return [Spot(n.line, n.at_m, n.off_m) for n in self._index.near(x_m, y_m, nearest.off_m + BESIDE_M, first=True)]

    def route_between(self, origin: LonLat, destination: LonLat, *, out_of: str | None = None, into: str | None = None,
                      speed_factor: float = BLUE_LIGHT.factor, top_mps: float = BLUE_LIGHT.top_mps) -> StreetRoute:
        """The fastest way on an empty road, driven at ``speed_factor`` times the limit and never above ``top_mps``. Its ends may
        be junctions: ``out_of`` is left behind, the signal of ``into`` is passed, straight on.

        Raises :class:`OffNetwork` for a place too far from every road, and where no way leads from one to the other.
        """
        pace = Pace(speed_factor, top_mps)
        found = self.search.fastest(origins(self, origin, out_of), targets(self, destination, into), pace)
        if found is None:
            raise OffNetwork(f"no way leads from {LonLat(*origin)} to {LonLat(*destination)}", where="route",
                             mend="choose another origin or destination: roads are driven in their own direction only")
        begin, end, numbers = found
        return self._over(numbers, begin.at_m, end.at_m, into, pace)

    def route_along(self, points: Sequence[LonLat], *, into: str | None = None, speed_factor: float = BLUE_LIGHT.factor,
                    top_mps: float = BLUE_LIGHT.top_mps) -> StreetRoute:
        """The way that a drawn line means: a line of GeoJSON, with many points or with few. Where its end is a junction, the
        signal of ``into`` is passed.

        Raises :class:`OffNetwork` for fewer than two points, one too far from every road, and two between which no way leads.
        """
        from controller.streets.along import matched

        begin, end, numbers = matched(self, points)
        return self._over(numbers, begin, end, into, Pace(speed_factor, top_mps))

    def route_from(self, begin: Spot, onto: StreetRoute) -> StreetRoute | None:
        """The fastest way from a place on a road, in its driving direction, to where ``onto`` leads; None where there is none."""
        last = self.number[onto.edges[-1]]
        target = Spot(last, onto.destination_m - onto.start_m[-1])
        found = self.search.fastest([begin], [target], onto.pace)
        return self.route_over(found[2], begin.at_m, target.at_m, onto.pace) if found is not None else None

    def _over(self, numbers: Sequence[int], begin_m: float, end_m: float, into: str | None, pace: Pace) -> StreetRoute:
        beyond = onward(self, self.roads[numbers[-1]].id, into) if into is not None else None
        if beyond is not None:
            numbers, end_m = (*numbers, beyond[0]), beyond[1]
        return self.route_over(numbers, begin_m, end_m, pace)

    def route_over(self, numbers: Sequence[int], begin_m: float, end_m: float, pace: Pace = BLUE_LIGHT) -> StreetRoute:
        """The way over roads by their numbers, from ``begin_m`` on the first to ``end_m`` on the last. Raises KeyError where no
        turn leads from one to the next."""
        roads = [self.roads[n] for n in numbers]
        turns = [self.turn[a.id, b.id] for a, b in pairwise(roads)]
        return street_route(roads, turns, self.plane, begin_m, end_m, pace)


def read_streets(path: Path) -> Streets:
    """The streets of the file at ``path``. Raises :class:`SiteError` for the first thing that is wrong with it."""
    streets, wrong = inspect_streets(path)
    if wrong:
        raise wrong[0]
    assert streets is not None
    return streets


def inspect_streets(path: Path) -> tuple[Streets | None, list[BadInput]]:
    """The streets, and everything that is wrong with the file, each with its line. Raises :class:`SiteError` for a file that
    cannot be read at all."""
    parts, wrong = read_parts(path)
    if parts is None:
        return None, wrong
    return Streets(parts.roads, parts.turns, parts.title, parts.attribution), []
