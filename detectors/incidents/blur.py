"""People and number plates made unrecognisable before an image is kept."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detectors.incidents.incident import Box
from detectors.vision.detections import Image
from detectors.vision.road_users import RoadUser

PATCHES = 6
"""A whole box of somebody is left with so many patches along its longer side: a face is less than one of them."""
ROUND_SHARE = 0.12
"""Boxes are grown by this share of their size: detectors cut off heads."""
VEHICLE_FROM = 0.12
"""Of a vehicle all is covered but the uppermost part: plates are low, and a driver is seen through the windscreen."""
VEHICLE_PATCHES = 8
BARE = frozenset({RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.MOTORCYCLE})
"""Whose box shows somebody: it is covered whole."""


def blurred(image: Image, road_users: Iterable[tuple[RoadUser, Box]]) -> Image:
    """A copy of ``image`` without what shows who anybody is: the whole box of people, cyclists and motorcyclists, and of
    vehicles all below the roof. It is covered with patches of one colour each, since a blur can be undone."""
    out = image.copy()
    for kind, (left, top, right, bottom) in road_users:
        wide, high = right - left, bottom - top
        if kind in BARE:
            grown = (left - ROUND_SHARE * wide, top - ROUND_SHARE * high, right + ROUND_SHARE * wide, bottom + ROUND_SHARE * high)
            _patch(out, grown, PATCHES)
        else:
            _patch(out, (left, top + VEHICLE_FROM * high, right, bottom + ROUND_SHARE * high), VEHICLE_PATCHES)
    return out


def _patch(image: Image, box: Box, patches: int) -> None:
    import cv2

    height, width = image.shape[:2]
    x1, y1 = max(0, int(box[0])), max(0, int(box[1]))
    x2, y2 = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    if x2 <= x1 or y2 <= y1:
        return
    part = image[y1:y2, x1:x2]
    side = max(x2 - x1, y2 - y1) / patches
    small = (max(1, round((x2 - x1) / side)), max(1, round((y2 - y1) / side)))
    few = cv2.resize(part, small, interpolation=cv2.INTER_AREA)
    image[y1:y2, x1:x2] = cv2.resize(few, (x2 - x1, y2 - y1), interpolation=cv2.INTER_NEAREST)
