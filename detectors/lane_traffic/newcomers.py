"""Who is new: the vehicle that accounts for most of what in an image nobody known accounts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.lane_traffic.account import Account, unpacked
from detectors.lane_traffic.silhouettes import Index, Shape, in_the_way
from detectors.lane_traffic.vehicle import LaneVehicle
from detectors.vision.road_users import RoadUser

LEAST_SHARE = {RoadUser.VEHICLE: 0.65, RoadUser.MOTORCYCLE: 0.55, RoadUser.TRUCK: 0.85, RoadUser.BUS: 0.85,
               RoadUser.TRAM: 0.7}
"""A new vehicle accounts for this share of what of its silhouette nobody else covers. Several cars can look like a lorry,
and a part of a car like a motorcycle, but seldom for all of the outline."""
LIKELY = {RoadUser.VEHICLE: 1.0, RoadUser.MOTORCYCLE: 1.0, RoadUser.TRUCK: 0.6, RoadUser.BUS: 0.6, RoadUser.TRAM: 1.0}
"""By which what it accounts for is weighed."""
LEAST_OPEN = {RoadUser.VEHICLE: 0.3, RoadUser.MOTORCYCLE: 0.65, RoadUser.TRUCK: 0.5, RoadUser.BUS: 0.5, RoadUser.TRAM: 0.3}
"""And at least this share of it lies open: between cars there is always a strip that nobody accounts for."""
LEAST_PX = {RoadUser.VEHICLE: 8, RoadUser.MOTORCYCLE: 12, RoadUser.TRUCK: 24, RoadUser.BUS: 24, RoadUser.TRAM: 24}
FROM_M = -3.0
"""What begins nearer than the stop line is somebody in the junction, no newcomer; but it is in the way of what lies behind."""
STRIDE = 2
GAP_M = {RoadUser.VEHICLE: 0.5, RoadUser.MOTORCYCLE: 1.5, RoadUser.TRUCK: 0.5, RoadUser.BUS: 0.5, RoadUser.TRAM: 0.5}
"""Between it and who is known in its lane: what is left over close to somebody is a part of him rather than a motorcycle."""
FREE_BESIDE, MOST_BESIDE = 0.35, 0.2
"""Beside a motorcycle at least the first share is free road, and less than the second is somebody unknown; else it is a part of
something larger."""
MANY = 1024
"""More than the pixels that are looked at of a silhouette: of a larger one every second, third ..."""


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


def may_be_new(shape: Shape) -> bool:
    """Cars are met in the middle of their lane, and may leave it afterwards: beside it people stand on the kerb."""
    return shape.aside_m == 0.0 or shape.solid.kind is RoadUser.MOTORCYCLE


class Newcomers:
    """``reach_m`` by lane: beyond it nobody is begun. ``bare`` are those of ``shapes`` that somebody is begun with, by number and
    without the blur around them: where a known one is to be found again a rim helps, but of who is new all that is known is
    what he covers himself. ``broad`` are some of them with what lies beside; the others are not asked for that."""

    def __init__(self, shapes: Sequence[Shape], bare: Mapping[int, Shape], broad: Mapping[int, Shape], reach_m: Sequence[float],
                 pixels: int) -> None:
        self._shapes = shapes
        indices, shape_of, place_of, stands_for = list[Index](), list[int](), list[int](), list[int]()
        for number, shape in bare.items():
            chosen = np.flatnonzero((shape.places_m >= FROM_M) & (shape.places_m <= reach_m[shape.lane]))[::STRIDE]
            for i in chosen:
                covered = shape.covered(int(i))
                if len(covered) < LEAST_PX[shape.solid.kind]:
                    continue
                each = len(covered) // MANY + 1
                indices.append(covered[::each])
                stands_for.append(each)
                shape_of.append(number)
                place_of.append(int(i))
        self._shape_of, self._place_of = np.array(shape_of, np.intp), np.array(place_of, np.intp)
        self._sums = _sums(indices, pixels)
        self._sizes = np.array([len(covered) for covered in indices])
        self._asked = np.array([n for n, s in enumerate(shape_of) if s in broad], np.intp)
        self._each = np.array(stands_for, np.float64)
        wide = [broad[shape_of[n]].covered(place_of[n])[::stands_for[n]][:MANY - 1] for n in self._asked.tolist()]
        self._beside_sums = _sums(wide, pixels)
        self._around = np.array([len(covered) for covered in wide]) - self._sizes[self._asked]
        self._places_m = np.array([shapes[s].places_m[p] for s, p in zip(shape_of, place_of, strict=True)])
        self._lengths_m = np.array([shapes[i].solid.length_m for i in shape_of])
        kinds = [shapes[i].solid.kind for i in shape_of]
        self._shares = np.array([LEAST_SHARE[kind] for kind in kinds])
        self._least_open = np.array([LEAST_OPEN[kind] for kind in kinds]) * self._sizes
        self._gaps_m = np.array([GAP_M[kind] for kind in kinds])
        self._weights = np.array([LIKELY[kind] for kind in kinds])
        self._least_px = np.array([LEAST_PX[kind] for kind in kinds])
        self._blocks = dict[int, NDArray[np.bool_]]()
        """By the identity of a shape, which are as many as those given and live as long."""

    def best(self, account: Account, vehicles: Sequence[LaneVehicle]) -> Newcomer | None:
        """The one that accounts for most; None where nobody accounts for enough."""
        if not len(self._sizes):
            return None
        packed = account.packed(MANY)
        worth = unpacked(self._sums @ packed, MANY)
        good = (worth.filled >= self._shares) & (worth.open >= self._least_open) & (worth.inside * self._each >= self._least_px)
        if good[self._asked].any():
            beside = unpacked(self._beside_sums @ packed, MANY)
            somebody = beside.inside - worth.inside[self._asked]
            free = beside.open - beside.inside - beside.doubt - (worth.open - worth.inside - worth.doubt)[self._asked]
            good[self._asked] &= (somebody <= MOST_BESIDE * self._around) & (free >= FREE_BESIDE * self._around)
        if not good.any():
            return None
        for v in vehicles:
            behind = self._places_m >= v.tail_m + self._gaps_m
            before = self._places_m + self._lengths_m + self._gaps_m <= v.place_m
            good &= behind | before | ~self._blocked(v.shape)
        if not good.any():
            return None
        gain = np.where(good, self._weights * self._each * worth.gain, -np.inf)
        i = int(gain.argmax())
        return Newcomer(self._shapes[self._shape_of[i]], int(self._place_of[i]))

    def _blocked(self, by: Shape) -> NDArray[np.bool_]:
        """(N,) which cannot be beside somebody of shape ``by``."""
        known = self._blocks.get(id(by))
        if known is None:
            known = self._blocks[id(by)] = np.array([in_the_way(by, shape) for shape in self._shapes], bool)[self._shape_of]
        return known


def _sums(rows: Sequence[Index], pixels: int) -> Any:
    """A matrix that sums up an image over each of ``rows``."""
    from scipy.sparse import csr_array

    flat = np.concatenate(rows).astype(np.int32) if rows else np.empty(0, np.int32)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)
    return csr_array((np.ones(len(flat), np.int32), flat, starts), shape=(len(rows), pixels))

