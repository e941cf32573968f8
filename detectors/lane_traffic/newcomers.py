"""Who is new: the vehicle that accounts for most of what in an image nobody known accounts for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectors.lane_traffic.account import Account
from detectors.lane_traffic.silhouettes import Shape
from detectors.lane_traffic.vehicle import LaneVehicle
from detectors.vision.road_users import RoadUser

LEAST_SHARE = {RoadUser.VEHICLE: 0.65, RoadUser.MOTORCYCLE: 0.75, RoadUser.TRUCK: 0.85}
"""A new vehicle accounts for this share of what of its silhouette nobody else covers. Several cars can look like a lorry,
and a part of a car like a motorcycle, but seldom for all of the outline."""
LIKELY = {RoadUser.VEHICLE: 1.0, RoadUser.MOTORCYCLE: 1.0, RoadUser.TRUCK: 0.6}
"""By which what it accounts for is weighed."""
LEAST_OPEN = {RoadUser.VEHICLE: 0.3, RoadUser.MOTORCYCLE: 0.65, RoadUser.TRUCK: 0.5}
"""And at least this share of it lies open: between cars there is always a strip that nobody accounts for."""
LEAST_PX = {RoadUser.VEHICLE: 8, RoadUser.MOTORCYCLE: 20, RoadUser.TRUCK: 24}
FROM_M = -3.0
"""What begins nearer than the stop line is somebody in the junction, no newcomer; but it is in the way of what lies behind."""
STRIDE = 2
GAP_M = {RoadUser.VEHICLE: 0.5, RoadUser.MOTORCYCLE: 1.5, RoadUser.TRUCK: 0.5}
"""Between it and who is known in its lane: what is left over close to somebody is a part of him rather than a motorcycle."""
MANY = 4096.0
"""More pixels than any silhouette has within the image that is worked in, and few enough for the sums to be exact."""
MOST_PX = 4000


class Newcomer(NamedTuple):
    shape: Shape
    place: int
    """Number of its place among the shape's."""

    @property
    def place_m(self) -> float:
        return float(self.shape.places_m[self.place])

    @property
    def approaches(self) -> bool:
        return self.place_m >= 0.0


class Newcomers:
    """``reach_m`` by lane: beyond it nobody is begun."""

    def __init__(self, shapes: Sequence[Shape], reach_m: Sequence[float], pixels: int) -> None:
        from scipy.sparse import csr_array

        self._shapes = shapes
        indices, indptr, shape_of, place_of = [], [0], [], []
        for number, shape in enumerate(shapes):
            chosen = np.flatnonzero((shape.places_m >= FROM_M) & (shape.places_m <= reach_m[shape.lane]))[::STRIDE]
            for i in chosen:
                covered = shape.covered(int(i))
                if not LEAST_PX[shape.solid.kind] <= len(covered) <= MOST_PX:
                    continue
                indices.append(covered)
                indptr.append(indptr[-1] + len(covered))
                shape_of.append(number)
                place_of.append(int(i))
        self._shape_of, self._place_of = np.array(shape_of, np.intp), np.array(place_of, np.intp)
        flat = np.concatenate(indices).astype(np.int32) if indices else np.empty(0, np.int32)
        # One sum says both how many pixels are open and how many of them are to be accounted for.
        self._sums = csr_array((np.ones(len(flat), np.float32), flat, np.array(indptr, np.int32)), shape=(len(shape_of), pixels))
        self._sizes = np.diff(np.array(indptr))
        self._lanes = np.array([shapes[i].lane for i in shape_of], np.intp)
        self._places_m = np.array([shapes[s].places_m[p] for s, p in zip(shape_of, place_of, strict=True)])
        self._lengths_m = np.array([shapes[i].solid.length_m for i in shape_of])
        kinds = [shapes[i].solid.kind for i in shape_of]
        self._beside = np.array([shapes[i].aside_m != 0.0 for i in shape_of], bool)
        self._shares = np.array([LEAST_SHARE[kind] for kind in kinds])
        self._least_open = np.array([LEAST_OPEN[kind] for kind in kinds]) * self._sizes
        self._gaps_m = np.array([GAP_M[kind] for kind in kinds])
        self._weights = np.array([LIKELY[kind] for kind in kinds])
        self._least_px = np.array([LEAST_PX[kind] for kind in kinds])

    def best(self, account: Account, vehicles: Sequence[LaneVehicle]) -> Newcomer | None:
        """The one that accounts for most; None where nobody accounts for enough."""
        if not len(self._sizes):
            return None
        both = self._sums @ account.both(MANY)
        inside = np.floor(both / MANY)
        open_ = both - inside * MANY
        good = (inside >= self._shares * open_) & (open_ >= self._least_open) & (inside >= self._least_px)
        if not good.any():
            return None
        for v in vehicles:
            if v.shape.aside_m == 0.0:
                behind = self._places_m >= v.tail_m + self._gaps_m
                before = self._places_m + self._lengths_m + self._gaps_m <= v.place_m
                good &= behind | before | self._beside | (self._lanes != v.shape.lane)
        if not good.any():
            return None
        gain = np.where(good, self._weights * (2 * inside - open_), -np.inf)
        i = int(gain.argmax())
        return Newcomer(self._shapes[self._shape_of[i]], int(self._place_of[i]))
