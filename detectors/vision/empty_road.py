"""What a road looks like with nobody on it, from images that were taken seconds apart.

Whoever drives is at a place in a few of them, the road in many: at each pixel what is alike in the most images is the road. That
holds where traffic is too dense for any one image to show an empty road, and the median would need the road in every second of
them. A queue, or somebody who has broken down, may stand there for longer than the road is seen: where something else was seen
for some seconds, too, what has an outline is a vehicle, and what has none is road, as in :mod:`detectors.vision.ghosts`. Where
outlines do not tell, what was there first is road: who comes and stays is found then, as if nobody had looked ahead.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from detectors.vision.detections import Image
from detectors.vision.exposure import Exposure
from detectors.vision.ghosts import SMALLEST_PX, along, edges, stands_out

KEPT = 60
"""Images, evenly spread over all that were given: where more come every second is left out."""
LEAST = 5
LOOKS, LOOK_SHARE, LOOK_LEAST = 3, 0.05, 3
"""At one place, as it is seen most, and after that; each in this share of the images, and in so many, at least."""
CANDIDATES = 20
"""So many of the images are asked at each pixel how many others are like them."""
TREMBLES_PX = 5
"""Width of the window in whose middle a pixel of the road is while the camera trembles in the wind."""
ALIKE = 12
"""Grey levels of 255 in each colour: beyond noise and what codecs do, below what parts a grey car from the road."""


def spread(images: Iterable[Image]) -> list[Image]:
    """At most :data:`KEPT` of the images, as evenly spread over all as that allows, the first among them."""
    kept: list[Image] = []
    step = 1
    for number, image in enumerate(images):
        if number % step:
            continue
        kept.append(image)
        if len(kept) > KEPT:
            del kept[1::2]
            step *= 2
    return kept


def road_alone(images: list[Image]) -> list[Image]:
    """The images (of one size) with whoever is on the road taken out: the road as it is seen in most of them stands there. All
    are as bright as the first. Empty where there are fewer than :data:`LEAST`."""
    if len(images) < LEAST:
        return []
    evened = Exposure()
    evened.refer(images[0])
    # One above the other: OpenCV compares them all at once.
    tower = np.concatenate([evened.even(one) for one in images])
    road, *others = _looks(tower, len(images))
    for other in others:
        road = _likelier(tower, road, other)
    shown = _near(tower, road)[..., None] > 0
    return np.split(np.where(shown, tower, _over(road, len(images))), len(images))


def _looks(tower: Image, many: int) -> list[Image]:
    """What each pixel looks like in the most images, what in the second most, and so on; where there is no other look that was
    seen often enough, it is the first again."""
    images = np.split(tower, many)
    height, width = images[0].shape[:2]
    candidates = images[::-(-many // CANDIDATES)]
    seen = np.stack([(_alike(tower, one) // 255).reshape(many, height, width).sum(axis=0, dtype=np.uint8)
                     for one in candidates])
    looks: list[Image] = []
    for _ in range(LOOKS):
        best = seen.argmax(axis=0)
        often = np.take_along_axis(seen, best[None], axis=0)[0]
        look = np.choose(best[..., None], candidates)
        if looks:
            rare = often < max(LOOK_LEAST, LOOK_SHARE * many)
            look[rare] = looks[0][rare]
        looks.append(look)
        for one, times in zip(candidates, seen, strict=True):
            times[_alike(one, look) > 0] = 0
    return looks


def _likelier(tower: Image, road: Image, other: Image) -> Image:
    """``road`` with ``other`` in its place wherever that is the likelier road."""
    import cv2

    differs = cv2.morphologyEx(cv2.bitwise_not(_alike(other, road)), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    differs = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
    taken = np.where(differs[..., None] > 0, other, road)
    here, there = edges(cv2.cvtColor(road, cv2.COLOR_BGR2GRAY)), edges(cv2.cvtColor(taken, cv2.COLOR_BGR2GRAY))
    since, other_since = _first_seen(tower, road), _first_seen(tower, other)
    better = road.copy()
    for i in range(1, count):
        x, y, w, h, area = stats[i].tolist()
        if area < SMALLEST_PX:
            continue
        at = np.s_[max(0, y - 1):y + h + 1, max(0, x - 1):x + w + 1]
        inside = labels[at] == i
        on = along(inside)
        somebody, somebody_else = stands_out(here[at][on], there[at][on]), stands_out(there[at][on], here[at][on])
        earlier = np.median(other_since[at][inside]) < np.median(since[at][inside])
        if (somebody and not somebody_else) or (somebody == somebody_else and earlier):
            better[at][inside] = other[at][inside]
    return better


def _first_seen(tower: Image, look: Image) -> NDArray[np.intp]:
    """The number of the first image that is alike, of each pixel."""
    height, width = look.shape[:2]
    return np.asarray(_alike(tower, look).reshape(-1, height, width).argmax(axis=0))


def _alike(tower: Image, one: Image) -> NDArray[np.uint8]:
    """255 where the images that stand one above the other are like ``one``, else 0."""
    import cv2

    apart = cv2.absdiff(tower, _over(one, len(tower) // len(one)))
    return np.asarray(cv2.inRange(apart, (0, 0, 0), (ALIKE, ALIKE, ALIKE)), np.uint8)


def _near(tower: Image, road: Image) -> NDArray[np.uint8]:
    """255 where they are like what ``road`` has there or close by: a camera trembles, and how much is to be learnt as well."""
    import cv2

    around, off = np.ones((TREMBLES_PX, TREMBLES_PX), np.uint8), (ALIKE, ALIKE, ALIKE, 0)
    least, most = cv2.subtract(cv2.erode(road, around), off), cv2.add(cv2.dilate(road, around), off)
    many = len(tower) // len(road)
    return np.asarray(cv2.inRange(tower, _over(least, many), _over(most, many)), np.uint8)


def _over(one: NDArray[np.uint8], many: int) -> NDArray[np.uint8]:
    return np.tile(one, (many, 1, 1))
