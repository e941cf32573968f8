"""Who walks on the carriageway of a camera without a model, looked for in more of the image than vehicles are.

Background subtraction works on 320 columns, in which somebody on foot at 50 m is two pixels wide. But people are slow: five
looks a second are enough, and only the road is looked at. A walker is what has a person's size at its place, is no part of a
vehicle that is known, and goes at a person's pace; splinters of vehicles do one or two of these.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.counting.results import SeenTrack
from detectors.incidents.boxes import shared_px
from detectors.vision.blobs import pixels_in
from detectors.vision.detections import Detections, Image
from detectors.vision.road_users import NUMBER, RoadUser
from detectors.vision.tracking import Tracked, Tracker
from detectors.walkers.upright import TALL_M, Upright, Window

LOOK_EVERY_S = 0.2
LEAST_FPS = 4.0
"""With fewer images a second somebody who walks has left his own place between two of them."""
WIDEST_PX = 960
"""Of larger images not more than so many columns are looked at."""
MEMORY_S, FIRST_S = 20.0, 4.0
"""Time in which the background follows the light, and in which it is learnt at the beginning."""
DIFFERENCE = 16.0
"""Squared distance from the background, in variances, from which a pixel is foreground."""
FLASH, AFTER_FLASH = 0.4, 0.2
"""More than this share of the road cannot all be traffic: the light has changed, and is learnt at the second rate."""
LEAST_PX = 8
HIGH_M, WIDE_M = (0.6, 2.2), (0.1, 1.1)
"""A dark coat is not told from a dark road, and trousers alone are less than half of a person."""
SMEARED_PX = 1
"""Compression, smoothing and the joining of splinters make an outline so much higher and broader."""
ARMS_M = 0.9
"""How broad a walker's box is made: one that fits has left its own place by the next look, and would be nobody's."""
IN_VEHICLE = 0.4
"""Of whom more than this lies in vehicles that are known is taken for a part of them."""
SLOWEST_MPS, FASTEST_MPS, PACE_LOOKS = 0.4, 3.0, 12
SEEN_LEAST, SEEN_SHARE = 5, 0.6
"""Nobody is told of who was seen in fewer looks, or in a smaller share of them since the first."""
TIDY_EVERY = 10
CELL_PX = 4
"""How large people are is reckoned once for so many pixels across and down."""
Box = tuple[float, float, float, float]
Mask = NDArray[np.uint8]


@dataclass(slots=True)
class _Gait:
    """How one goes: from which look on, in how many he was seen, and where in the latest of them (s, metres)."""

    born: int
    seen: int = 0
    places: deque[tuple[float, tuple[float, float]]] = field(default_factory=lambda: deque(maxlen=PACE_LOOKS))

    @property
    def pace_mps(self) -> float:
        (from_s, begin), (to_s, end) = self.places[0], self.places[-1]
        return math.dist(begin, end) / (to_s - from_s) if to_s > from_s else 0.0


class Walkers:
    """Of one camera with images of ``size`` (width, height) at ``fps``, of which ``window`` (left, top, right, bottom) is looked
    at."""

    def __init__(self, upright: Upright, window: Window, size: tuple[int, int], fps: float) -> None:
        self._upright, self._window, self._size = upright, window, size
        # Half an image early is early enough.
        self._every_s = LOOK_EVERY_S - 0.5 / max(fps, 1.0)
        self._rate = min(fps, 1.0 / LOOK_EVERY_S)
        self._metres_px: dict[tuple[int, int], float] = {}
        self._forget()

    def _forget(self) -> None:
        import cv2

        self._model = cv2.createBackgroundSubtractorMOG2(history=round(MEMORY_S * self._rate), varThreshold=DIFFERENCE,
                                                         detectShadows=True)
        self._close = np.ones((5, 3), np.uint8)
        self._tracker = Tracker(self._rate, self._size)
        self._gaits: dict[int, _Gait] = {}
        self._last_s = -math.inf
        self._looks = 0
        self._seen: tuple[SeenTrack, ...] = ()

    def see(self, time_s: float, image: Image, vehicles: Callable[[], NDArray[np.bool_] | None]) -> tuple[SeenTrack, ...]:
        """Who walks there in this image, or did at the last look. ``vehicles`` is asked at a look: (rows, columns, of any size)
        True where a vehicle is known to be, or None. Walkers are numbered below zero: they are none of the camera's tracks."""
        if time_s < self._last_s:
            self._forget()
        if time_s - self._last_s < self._every_s:
            return self._seen
        steps = round((time_s - self._last_s) * self._rate) if self._looks else 1
        self._last_s = time_s
        found = self._found(image, vehicles())
        self._looks += 1
        tracked = self._tracker.update(found, max(1, min(steps, PACE_LOOKS)))
        self._seen = tuple(walker for one in tracked if (walker := self._walker(time_s, one)) is not None)
        if self._looks % TIDY_EVERY == 0:
            alive = self._tracker.alive()
            self._gaits = {track: gait for track, gait in self._gaits.items() if track in alive}
        return self._seen

    def _walker(self, time_s: float, one: Tracked) -> SeenTrack | None:
        place = self._upright.place_m(one.foot)
        if place is None:
            return None
        gait = self._gaits.get(one.track)
        if gait is None:
            gait = self._gaits[one.track] = _Gait(self._looks)
        gait.seen += 1
        gait.places.append((time_s, place))
        if gait.seen < max(SEEN_LEAST, SEEN_SHARE * (self._looks - gait.born + 1)):
            return None
        if not SLOWEST_MPS <= gait.pace_mps <= FASTEST_MPS:
            return None
        return SeenTrack(-one.track, RoadUser.PEDESTRIAN, one.score, one.box, one.foot, place, gait.pace_mps)

    def _found(self, image: Image, vehicles: NDArray[np.bool_] | None) -> Detections:
        import cv2

        left, top, right, bottom = self._window
        share = min(1.0, WIDEST_PX / self._size[0])
        part = image[top:bottom, left:right]
        if share < 1.0:
            part = cv2.resize(part, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        part = cv2.GaussianBlur(part, (3, 3), 0)
        first = self._looks < FIRST_S * self._rate
        rate = 1.0 / (self._looks + 1) if first else 1.0 / (MEMORY_S * self._rate)
        raw = np.asarray(self._model.apply(part, learningRate=rate), np.uint8)
        if first:
            return Detections.none()
        sure = np.asarray(cv2.compare(raw, 254, cv2.CMP_GE), np.uint8)
        if cv2.countNonZero(sure) > FLASH * sure.size:
            self._model.apply(part, learningRate=AFTER_FLASH)
            return Detections.none()
        people = self._people(sure, share, vehicles)
        # Dark trousers are what a shadow on the road would be; a shadow besides makes others too broad.
        for box in self._people(np.asarray(cv2.compare(raw, 0, cv2.CMP_GT), np.uint8), share, vehicles):
            if not any(shared_px(box, other) > 0.0 for other in people):
                people.append(box)
        n = len(people)
        return Detections(np.array(people, np.float32).reshape(-1, 4), np.full(n, 0.9, np.float32),
                          np.full(n, NUMBER[RoadUser.PEDESTRIAN], np.int16))

    def _people(self, mask: Mask, share: float, vehicles: NDArray[np.bool_] | None) -> list[Box]:
        """Boxes of whole people, in pixels of the image, round what of ``mask`` may be such."""
        import cv2

        outlines, _ = cv2.findContours(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, self._close), cv2.RETR_EXTERNAL,
                                       cv2.CHAIN_APPROX_NONE)
        (left, top, _, _), found = self._window, list[Box]()
        for outline in outlines:
            x, y, wide, high = cv2.boundingRect(outline)
            if high < wide or wide * high < LEAST_PX or pixels_in(outline) < LEAST_PX:
                continue
            box = left + x / share, top + y / share, left + (x + wide) / share, top + (y + high) / share
            middle, foot = (box[0] + box[2]) / 2, box[3]
            metre_px = self._metre_px(middle, foot)
            smeared_px = SMEARED_PX / share
            if (HIGH_M[0] * metre_px <= box[3] - box[1] <= HIGH_M[1] * metre_px + smeared_px
                    and WIDE_M[0] * metre_px <= box[2] - box[0] <= WIDE_M[1] * metre_px + smeared_px
                    and not (vehicles is not None and self._in_vehicle(box, vehicles))):
                half = ARMS_M / 2 * metre_px
                found.append((middle - half, foot - TALL_M * metre_px, middle + half, foot))
        return found

    def _metre_px(self, x: float, y: float) -> float:
        cell = int(x) // CELL_PX, int(y) // CELL_PX
        if cell not in self._metres_px:
            self._metres_px[cell] = self._upright.metre_px(((cell[0] + 0.5) * CELL_PX, (cell[1] + 0.5) * CELL_PX))
        return self._metres_px[cell]

    def _in_vehicle(self, box: Box, vehicles: NDArray[np.bool_]) -> bool:
        across, down = vehicles.shape[1] / self._size[0], vehicles.shape[0] / self._size[1]
        left, top = int(box[0] * across), int(box[1] * down)
        part = vehicles[top:max(top + 1, round(box[3] * down)), left:max(left + 1, round(box[2] * across))]
        return bool(part.mean() > IN_VEHICLE) if part.size else False
