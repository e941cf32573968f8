"""Images of a camera that the wind moves, as if it hung still.

A mast sways by parts of a pixel in a breeze and by some pixels in wind. Far from the camera, where a vehicle comes nearer by a
pixel or two from one image to the next, that is as much as its speed; and edges of what stands still are taken for what moves.
What stands still around the road tells how the whole image has moved (Lucas and Kanade's method, as OpenCV has it).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from detectors.vision.detections import Image
from detectors.vision.moved import moved

WIDTH_PX = 640
"""Larger images are looked at in this width; pixels below are of those."""
MARKS, APART_PX, CORNER = 60, 20, 0.02
"""So many corners are taken, so far from each other, as good as this share of the best."""
WINDOW_PX, SMALLER, OTHER = 9, 2, 24.0
"""What is looked for around a mark, how often that is halved, and by how many grey levels of 255 it may differ in the mean."""
BLOCKS = (16, 9)
"""Parts of the image whose brightness is compared, across and down."""
TOGETHER_PX, LEAST = 0.7, 8
"""Marks that have moved alike within the first stand still on the road's side; it takes so many of them, and half of all."""
MOST_PX = 16.0
"""A camera that looks farther aside has been moved, and that is its place now: what it is worth there is another's to say."""
STILL_PX = 0.05
"""Less cannot be told from nothing."""
RENEW_S = 30.0
"""Marks are taken anew, before light and shadows are others."""
SETTLE_S = 60.0
"""Where the camera usually looks is the mean over so long: it sways about its place."""
CALM_AFTER_S = 60.0
"""Has not swayed of late who has not for so long."""
LONGEST_S = 1.0
"""A single image weighs no more in that mean, however long none came."""
LOST_S = 5.0
"""Where nobody knows it is thought to be where it was last; after so long that is where it is now."""

Shift = tuple[float, float]


class Steady:
    """One camera. ``swayed_px`` is how far right and down the latest image was moved back, in its own pixels. A camera that has
    swayed by less than ``least_px`` of late is left alone, and looked at every ``every_s`` only."""

    def __init__(self, least_px: float = 0.0, every_s: float = 0.0) -> None:
        self.swayed_px: Shift = (0.0, 0.0)
        self._least_px, self._every_s = least_px, every_s
        self._sways_until_s = -math.inf
        self._then: NDArray[np.uint8] | None = None
        """The image in which ``_px`` (N, 2) were taken, and how far that lay aside of the very first."""
        self._px = np.empty((0, 2), np.float32)
        self._then_aside = np.zeros(2)
        self._aside = np.zeros(2)
        """How far the latest image that is known lay aside of the very first, and how far images do on the average."""
        self._usually = np.zeros(2)
        self._looks = 0
        self._last_s = self._then_s = self._known_s = -math.inf

    def see(self, image: Image, time_s: float, taken: NDArray[np.bool_] | None = None) -> Image:
        """``image`` where the camera usually looks; itself where that is the same. ``taken`` (rows, columns, in any size) is true
        where somebody was a moment ago who may drive."""
        if 0.0 <= time_s - self._last_s < self._every_s and time_s >= self._sways_until_s:
            return image
        grey = _grey(image)
        passed_s = min(LONGEST_S, max(0.0, time_s - self._last_s)) if self._looks else 0.0
        self._last_s, self.swayed_px = time_s, (0.0, 0.0)
        since = self._since_then(grey, taken)
        if since is not None:
            self._aside, self._known_s = self._then_aside + since, time_s
            self._looks += 1
            self._usually = self._usually + (self._aside - self._usually) * max(1.0 / self._looks, min(1.0, passed_s / SETTLE_S))
        if self._then is None or self._then.shape != grey.shape or not (
                0.0 <= time_s - self._known_s <= LOST_S and (since is None or 0.0 <= time_s - self._then_s < RENEW_S)):
            self._renew(grey, time_s, taken)
        if math.hypot(*(self._aside - self._usually)) > MOST_PX:
            self._usually, self._looks = self._aside, 1
        swayed = self._aside - self._usually
        if since is not None and math.hypot(*swayed) >= self._least_px:
            self._sways_until_s = time_s + CALM_AFTER_S
        if time_s >= self._sways_until_s or math.hypot(*swayed) < STILL_PX:
            return image
        scale = image.shape[1] / grey.shape[1]
        self.swayed_px = float(swayed[0] * scale), float(swayed[1] * scale)
        return moved(image, -self.swayed_px[0], -self.swayed_px[1])

    def _renew(self, grey: NDArray[np.uint8], time_s: float, taken: NDArray[np.bool_] | None) -> None:
        import cv2

        free = np.full(grey.shape, 255, np.uint8)
        if taken is not None:
            there = cv2.resize(taken.astype(np.uint8), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
            free[there > 0] = 0
        corners = cv2.goodFeaturesToTrack(grey, MARKS, CORNER, APART_PX, mask=free, blockSize=5)
        self._px = np.asarray(corners.reshape(-1, 2) if corners is not None else np.empty((0, 2)), np.float32)
        self._then, self._then_s, self._then_aside, self._known_s = grey, time_s, self._aside, time_s

    def _since_then(self, grey: NDArray[np.uint8], taken: NDArray[np.bool_] | None) -> NDArray[np.float64] | None:
        """How far what stands still has moved since ``_then``; None where too few marks agree."""
        import cv2

        if self._then is None or self._then.shape != grey.shape:
            return None
        px = self._px if taken is None else self._px[~_at(taken, self._px, grey.shape)]
        if len(px) < LEAST:
            return None
        # A white lorry comes in, and the camera turns everything darker.
        gain = float(np.median(_blocks(self._then) / _blocks(grey)))
        grey = np.asarray(cv2.convertScaleAbs(grey, alpha=gain), np.uint8)
        expected = px + np.asarray(self._aside - self._then_aside, np.float32)
        found, status, error = cv2.calcOpticalFlowPyrLK(self._then, grey, px, expected, winSize=(WINDOW_PX, WINDOW_PX),
                                                        maxLevel=SMALLER, flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
        come = np.asarray(found - px, np.float64)[(status.reshape(-1) > 0) & (error.reshape(-1) < OTHER)]
        if len(come) < LEAST:
            return None
        alike = np.hypot(*(come - np.median(come, axis=0)).T) < TOGETHER_PX
        if alike.sum() < max(LEAST, len(come) / 2):
            return None
        return np.asarray(come[alike].mean(axis=0))


def _grey(image: Image) -> NDArray[np.uint8]:
    import cv2

    # Green is nearest to brightness.
    green = cv2.extractChannel(image, 1)
    if image.shape[1] > WIDTH_PX:
        scale = WIDTH_PX / image.shape[1]
        green = cv2.resize(green, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(green, np.uint8)


def _blocks(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How bright parts of an image are that are large beside how far it sways."""
    import cv2

    return np.asarray(cv2.resize(grey, BLOCKS, interpolation=cv2.INTER_AREA), np.float64) + 1.0


def _at(mask: NDArray[np.bool_], px: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N,) what ``mask`` says at pixels of an image of ``size`` (rows, columns)."""
    rows, columns = mask.shape
    x = np.clip((px[:, 0] * (columns / size[1])).astype(np.intp), 0, columns - 1)
    y = np.clip((px[:, 1] * (rows / size[0])).astype(np.intp), 0, rows - 1)
    return np.asarray(mask[y, x])
