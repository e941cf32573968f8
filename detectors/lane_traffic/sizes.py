"""Whether vehicles look as large as the road's metres make them.

Metres that are all wrong by one factor contradict nothing: the plane tells a lens as before, at another height, and every
distance, length and speed is wrong by that factor. What tells is who drives there: a usual car, put up on that road, is half as
large in the image as those that are seen, or twice.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Floats, Ground
from detectors.camera.lens import lens_of
from detectors.camera.site import CameraSite, Trams
from detectors.lane_traffic.axis import axis_of
from detectors.lane_traffic.silhouettes import FIRST_M, SOLIDS, outlines_px
from detectors.vision.edges import cut_off
from detectors.vision.road_users import RoadUser

OVER_S = 300.0
LEAST_VEHICLES = 10
LARGEST, SMALLEST = 1.5, 0.65
"""Half of the vehicles above the first share of what is expected, or three quarters below the second, are no chance. With right
metres the median is 0.7 to 1.3 and the upper quartile 0.8 and more: part of a car and two cars in one box are on either side."""
LEAST_SEEN, MOST_SEEN = 5, 60
"""Boxes of one vehicle: fewer say nothing, and the latest are kept."""
STEP_M = 0.5
IMAGE_PX = 640.0
NEAR_PX, SMALLEST_PX = 2.0, 8.0
"""In images so wide a box may end so far beyond the nearest or farthest car of its lane; smaller boxes say nothing."""
LIT = 60.0
"""Grey level of half an image by day. By night what moves is a car with the road that it lights up, or its lamps alone."""
CARS = frozenset({RoadUser.CAR, RoadUser.TAXI, RoadUser.VEHICLE})
TOO_SMALL = "vehicles look half as large as the road's metres make them: are the site file's metres too few?"
TOO_LARGE = "vehicles look twice as large as the road's metres make them: are the site file's metres too many?"

Box = tuple[float, float, float, float]


class Share(NamedTuple):
    """Of what a usual car has at its place: ``high`` of its box's height, ``root`` of the root of its box's area."""

    high: float
    root: float


class UsualSizes:
    """How large cars look in the lanes of ``site``, in images of ``image_size`` (width, height). Where ``ground`` tells no lens
    nothing is known. Raises :class:`~detectors.errors.CameraError` for lanes above the horizon."""

    def __init__(self, site: CameraSite, ground: Ground, image_size: tuple[int, int]) -> None:
        site_size = site.image.width, site.image.height
        scale = image_size[0] / site_size[0], image_size[1] / site_size[1]
        self._size, self._unit = image_size, image_size[0] / IMAGE_PX
        self._boxes: dict[str, Floats] = {}
        lens = lens_of(ground, site_size)
        if lens is None:
            return
        for lane in site.lanes:
            if lane.trams is Trams.ONLY:
                continue
            axis = axis_of(lane, ground, site.range_m)
            outlines, before = outlines_px(axis, lens, SOLIDS[0], 0.0, np.arange(0.0, axis.reach_m, STEP_M), FIRST_M)
            corners = outlines[before] * scale
            if len(corners):
                self._boxes[lane.id] = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)

    def share(self, lane: str, kind: RoadUser, box: Box) -> Share | None:
        """How large ``box`` (left, top, right, bottom; pixels) is, of a car's whose lower edge is there in ``lane``. None where
        nothing can be said: it is cut off by the image's edge, too small to be measured, or of a kind that has another size."""
        usual = self._boxes.get(lane)
        left, top, right, bottom = box
        wide, high = right - left, bottom - top
        if usual is None or kind not in CARS or min(wide, high) < SMALLEST_PX * self._unit or any(cut_off(box, self._size)):
            return None
        lower = usual[:, 3]
        if not float(lower.min()) - NEAR_PX * self._unit <= bottom <= float(lower.max()) + NEAR_PX * self._unit:
            return None
        at_left, at_top, at_right, at_bottom = usual[int(np.abs(lower - bottom).argmin())].tolist()
        usual_wide, usual_high = at_right - at_left, at_bottom - at_top
        if min(usual_wide, usual_high) <= 0.0:
            return None
        return Share(high / usual_high, math.sqrt(wide * high / (usual_wide * usual_high)))


class SizeWatch:
    """The vehicles of one camera's lanes, all together, those of :data:`OVER_S`. ``usual`` is None where nobody knows how large
    they would be; ``by_looks`` if boxes are those of a detector that knows vehicles by their looks, and are no larger than those.
    Times do not fall; where time goes back it begins anew."""

    def __init__(self, usual: UsualSizes | None, *, by_looks: bool) -> None:
        self._usual, self._by_looks = usual, by_looks
        self._told = usual is not None and by_looks
        self._shares: dict[int, deque[Share]] = {}
        self._vehicles: deque[tuple[float, float, float]] = deque()
        self._doubt = ""

    def image(self, image: NDArray[np.uint8]) -> None:
        """``image`` (rows, columns, 3), before who is seen in it."""
        if self._usual is not None and not self._by_looks:
            self._told = float(np.median(image[::8, ::8, 1])) >= LIT

    def see(self, track: int, lane: str, kind: RoadUser, box: Box) -> None:
        """Somebody in ``lane``."""
        if self._told and self._usual is not None and (share := self._usual.share(lane, kind, box)) is not None:
            self._shares.setdefault(track, deque(maxlen=MOST_SEEN)).append(share)

    def gone(self, time_s: float, track: int) -> None:
        """Nobody sees ``track`` any more."""
        shares = self._shares.pop(track, ())
        if len(shares) < LEAST_SEEN:
            return
        if self._vehicles and time_s < self._vehicles[-1][0]:
            self._vehicles.clear()
        high, root = (float(v) for v in np.median(np.array(shares), axis=0))
        self._vehicles.append((time_s, high, root))
        self._judge()

    def doubt(self, now_s: float) -> str:
        """:data:`TOO_SMALL`, :data:`TOO_LARGE`, or nothing."""
        before = len(self._vehicles)
        while self._vehicles and self._vehicles[0][0] <= now_s - OVER_S:
            self._vehicles.popleft()
        if len(self._vehicles) != before:
            self._judge()
        return self._doubt

    def _judge(self) -> None:
        self._doubt = ""
        if len(self._vehicles) < LEAST_VEHICLES:
            return
        _, high, root = np.array(self._vehicles).T
        # A motorcycle is narrow, but hardly lower than a car; two cars in one box are too broad, or too high.
        if float(np.quantile(high, 0.75)) < SMALLEST:
            self._doubt = TOO_SMALL
        elif self._by_looks and float(np.median(np.minimum(high, root))) > LARGEST:
            # Nor is what moves on a wet road the car alone, but the light that it throws, and whoever is beside it.
            self._doubt = TOO_LARGE
