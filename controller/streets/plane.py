"""Degrees on the map and metres on the ground, in a plane around one point."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of WGS 84."""

Point = tuple[float, float]
"""Metres east and north."""


class LonLat(NamedTuple):
    """A place in degrees (WGS 84), in the order of GeoJSON: longitude first."""

    lon: float
    lat: float

    def __str__(self) -> str:
        return f"{self.lon:.6f}, {self.lat:.6f}"


@dataclass(frozen=True)
class LocalPlane:
    """Equirectangular projection around one point: x metres east, y metres north.

    Against the ellipsoid its metres are up to 0.3 % too long or too short, since it takes the earth for a sphere. In Casablanca
    distances from east to west are off by another 0.1 % for every 10 km that a place lies north or south of it: under 0.5 %
    within a city.
    """

    lat0: float
    lon0: float

    def xy_m(self, lat: float, lon: float) -> Point:
        """Metres east and north of the origin for a position in degrees."""
        x = math.radians(lon - self.lon0) * EARTH_RADIUS_M * math.cos(math.radians(self.lat0))
        y = math.radians(lat - self.lat0) * EARTH_RADIUS_M
        return (x, y)

    def lon_lat(self, x_m: float, y_m: float) -> LonLat:
        """The position in degrees of a point in metres: the way back from :meth:`xy_m`."""
        return LonLat(self.lon0 + math.degrees(x_m / (EARTH_RADIUS_M * math.cos(math.radians(self.lat0)))),
                      self.lat0 + math.degrees(y_m / EARTH_RADIUS_M))


def plane_around(places: Iterable[Sequence[float]]) -> LocalPlane:
    """The plane in the middle of what ``places`` (longitude, latitude) cover. Raises ValueError for none."""
    rows = list(places)
    lons, lats = [p[0] for p in rows], [p[1] for p in rows]
    return LocalPlane((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)


def metres_along(points: Sequence[Point]) -> list[float]:
    """Metres from the first point to each."""
    return list(accumulate((math.dist(a, b) for a, b in pairwise(points)), initial=0.0))
