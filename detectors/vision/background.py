"""Whatever moves before a still background: no weights, little work, no classes. The default where there is no model.

OpenCV's mixture of Gaussians (Zivkovic 2004) tells the background and takes shadows out. It would also learn a car that waits
at a red light within seconds; so it is shown the places where nothing stands only (`knownForegroundMask`), and what has
stood still is asked for edges: a vehicle has an outline that the background there has not, while the hole that a vehicle
leaves, which was learnt as road, has none (:mod:`detectors.vision.ghosts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from detectors.vision.blobs import Blobs, boxes_of
from detectors.vision.detections import Detections, Image
from detectors.vision.drops import Drops
from detectors.vision.empty_road import road_alone, spread
from detectors.vision.exposure import Exposure
from detectors.vision.ghosts import Standing
from detectors.vision.road_users import NUMBER, RoadUser
from detectors.vision.shadows import at_an_edge, lit, lit_by_night, night, shaded
from detectors.vision.streams import Streams

WORK_WIDTH_PX = 320
"""Images are looked at in this width: smaller vehicles than four pixels there are too far away to be measured anyhow."""
DIFFERENCE = 16.0
"""Squared distance from the background, in variances of the mixture, from which a pixel is foreground: 4 standard deviations."""
MEMORY_S, FIRST_S = 20.0, 2.0
"""Time in which the background follows the light, and in which it is learnt at the beginning."""
LEARN_EVERY_S = 0.1
LEARNT_SHARE = 0.2
"""Share of the memory after which what is new is background: it has to be longer than finding out that it is a vehicle takes."""
FOREGROUND, SHADOW, FAINT = 255, 127, 64
"""OpenCV's words for them, and ours for what differs too little to be told from the road."""
DULL, NEAR_PX = 10, 9
"""Where much traffic passes the mixture is used to much, and of a car as grey as the road only windows and wheels are sure. What
differs from the background by these grey levels of 255, and lies within half so many pixels of what is sure, is in doubt."""
FLASH = 0.6
"""More than this share of the image cannot all be vehicles: the light has changed, or the camera has moved."""


class BackgroundDetector:
    """For images of one fixed camera at ``fps``. Raises ImportError without OpenCV."""

    name = "background"
    classifies = False
    at_once = 1

    def __init__(self, fps: float) -> None:
        self.fps = fps
        self._learn_every = max(1, round(LEARN_EVERY_S * fps))
        self._first = max(5, round(FIRST_S * fps))
        self.forget()

    def forget(self) -> None:
        """The next image is of another view."""
        import cv2

        self._model = cv2.createBackgroundSubtractorMOG2(history=max(10, round(MEMORY_S * self.fps)), varThreshold=DIFFERENCE,
                                                         detectShadows=True)
        self._model.setShadowThreshold(0.55)
        self._model.setBackgroundRatio(1.0 - LEARNT_SHARE)
        self._seen = 0
        self._size: tuple[int, int] | None = None
        self._standing: Standing | None = None
        self._shown: Image | None = None
        self._night = False
        self._blobs, self._streams = Blobs(), Streams(self.fps)
        self._exposure = Exposure()
        self._drops = Drops(self.fps)
        self._foreground: NDArray[np.uint8] | None = None
        self._doubtful: tuple[Image, Image, NDArray[np.uint8], bool] | None = None
        """The latest image, the background then, what the model said and whether it is night, where nobody has asked yet what of
        it is in doubt."""
        self.kept: NDArray[np.uint8] | None = None
        """Where somebody is known to stand, in the same size: not 0 is not learnt. Set by who knows more than images tell."""

    @property
    def foreground(self) -> NDArray[np.uint8] | None:
        """What is not background in the latest image, in the size that is worked in, 255 where that is sure, 127 where it may
        be a shadow or the light of a lamp, and 64 where it may be nothing; None where nothing can be said of it."""
        if self._doubtful is not None and self._foreground is not None:
            told, self._doubtful = self._doubtful, None
            self._foreground = _doubted(*told, self._foreground)
        return self._foreground

    def learn(self, images: Iterable[Image]) -> None:
        """Know the road before the first image, from some that a recording shows later: who moves in its first seconds, or stands
        there from the first image on and drives off, is then seen from the beginning. Left as it was where ``images``, seconds
        apart and up to a minute or two of them, are too few, or show another view than the first of them does."""
        size: tuple[int, int] | None = None

        def of_one_size() -> Iterator[Image]:
            nonlocal size
            for image in images:
                size = size or (image.shape[1], image.shape[0])
                if (image.shape[1], image.shape[0]) == size:
                    yield self._smaller(image)[0]

        seen = spread(of_one_size())
        road = road_alone(seen)
        if size is None or not road:
            return
        self.forget()
        self._for_size(size, seen[0])
        for number, image in enumerate(road, 1):
            self._model.apply(image, learningRate=1.0 / number)
        self._exposure.refer(self._background())
        raw = np.asarray(self._model.apply(self._exposure.even(seen[0]), learningRate=0.0), np.uint8)
        if np.count_nonzero(raw == FOREGROUND) > FLASH * raw.size:
            self.forget()
            return
        self._seen = self._first

    def _smaller(self, image: Image) -> tuple[Image, float]:
        """``image`` in the size that is worked in, and that as a share of its own."""
        import cv2

        scale = min(1.0, WORK_WIDTH_PX / image.shape[1])
        small = image if scale == 1.0 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(small, (3, 3), 0), np.uint8), scale

    def _for_size(self, size: tuple[int, int], small: Image) -> Standing:
        """Images of ``size`` come from here on, of which ``small`` is one in the size that is worked in."""
        if self._size != size or self._standing is None:
            if self._size is not None:
                self.forget()
            self._size = size
            self._standing = Standing(small.shape[:2], self._learn_every / self.fps)
        return self._standing

    def detect(self, image: Image) -> Detections:
        import cv2

        small, scale = self._smaller(image)
        standing = self._for_size((image.shape[1], image.shape[0]), small)
        small = self._exposure.even(small)
        first = self._seen < self._first
        self._seen += 1
        if first:
            # Each image counts alike until there are enough of them.
            raw = np.asarray(self._model.apply(small, learningRate=1.0 / self._seen), np.uint8)
        else:
            raw = np.asarray(self._model.apply(small, learningRate=0.0), np.uint8)
        mask: NDArray[np.uint8] = np.asarray(cv2.compare(raw, FOREGROUND, cv2.CMP_EQ), np.uint8)
        if np.count_nonzero(mask) > FLASH * mask.size:
            self._model.apply(small, learningRate=0.2)
            self._shown = self._foreground = None
            self._streams.forget()
            return Detections.none()
        if not first:
            self._drops.see(mask)
        outlines, shapes = self._blobs.outlines(mask)
        if self._drops.rain:
            # Of boxes only: who is followed along lanes is looked for where he should be, thin parts of him included.
            outlines, _ = self._blobs.outlines(mask, thick=True)
        boxes = boxes_of(outlines, {} if first else self._streams.parts(small, outlines))
        self._foreground, self._doubtful = shapes, None if first else (small, self._background(), raw, self._night)
        if not first and self._seen % self._learn_every == 0:
            taken = standing.see(small, shapes, self._background())
            if self.kept is not None and self.kept.shape == taken.shape:
                # Who drove into a hole and out of it again is easily taken to stand in it still.
                taken = np.asarray(cv2.bitwise_or(taken, cv2.subtract(self.kept, standing.holes)), np.uint8)
            if cv2.countNonZero(taken) and (foreground := self.foreground) is not None:
                taken = _with_shadows(taken, foreground)
            rate = self._learn_every / (MEMORY_S * self.fps)
            self._model.apply(small, knownForegroundMask=taken, learningRate=rate)
            self._shown = None
            self._exposure.refer(self._background())
        n = len(boxes)
        kinds = np.full(n, NUMBER[RoadUser.VEHICLE], np.int16)
        return Detections((boxes / scale).astype(np.float32), np.full(n, 0.9, np.float32), kinds)

    def _background(self) -> Image:
        """The background as it is learnt, put together once for every change of it."""
        if self._shown is None:
            self._shown = np.asarray(self._model.getBackgroundImage(), np.uint8)
            self._night = night(self._shown)
        return self._shown


def _doubted(small: Image, background: Image, raw: NDArray[np.uint8], dark: bool, shapes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    other = (shapes > 0) | (raw == SHADOW)
    # Most of an image is road and nothing else: only the rest is looked at.
    here, road, told = small[other], background[other], shapes.copy()
    lamps = (lit_by_night if dark else lit)(here, road)
    told[other] = np.where(shaded(here, road) | lamps, np.uint8(SHADOW), told[other])
    if not dark and lamps.any():
        light = np.zeros(told.shape, np.uint8)
        light[other] = lamps
        told[other] = np.where(at_an_edge(here, road, light, other), np.uint8(SHADOW), told[other])
    blue, green, red = cv2.split(cv2.absdiff(small, background))
    near = cv2.dilate(shapes, np.ones((NEAR_PX, NEAR_PX), np.uint8))
    told[(cv2.max(cv2.max(blue, green), red) >= DULL) & (near > 0) & ~other] = FAINT
    return told


def _with_shadows(taken: NDArray[np.uint8], foreground: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The shadow of whoever stands lies there no longer than he stands: it is not to be learnt either."""
    import cv2

    count, labels = cv2.connectedComponents(np.asarray((taken > 0) | (foreground == SHADOW), np.uint8), connectivity=8)
    stands = np.bincount(labels.ravel(), weights=taken.ravel(), minlength=count) > 0
    stands[0] = False
    return np.asarray(stands[labels], np.uint8) * np.uint8(255)
