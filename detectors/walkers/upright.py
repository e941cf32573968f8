"""How large somebody on foot is at each place of an image, and which part of it holds whoever is on the carriageway."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from detectors.camera.ground import Ground
from detectors.camera.lens import Lens
from detectors.camera.site import CameraSite

TALL_M = 1.7
BESIDE_M = 3.0
"""Whoever steps onto the road is looked for from so far beside it on, and higher up in the image than where he stands."""
Window = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Upright:
    """Images are ``scale`` (across, down) times as large as what ``ground`` and ``lens`` were made for."""

    ground: Ground
    lens: Lens
    scale: tuple[float, float]

    def place_m(self, foot: tuple[float, float]) -> tuple[float, float] | None:
        """Where on the road a pixel lies; None above the horizon."""
        return self.ground.place_m(foot[0] / self.scale[0], foot[1] / self.scale[1])

    def metre_px(self, foot: tuple[float, float]) -> float:
        """How many pixels a metre of somebody upright is who has his ``foot`` (pixels) there; 0 above the horizon."""
        place = self.place_m(foot)
        if place is None:
            return 0.0
        px, depth = self.lens.pixels(np.array([(*place, 0.0), (*place, TALL_M)]))
        return abs(float(px[0, 1] - px[1, 1])) * self.scale[1] / TALL_M if depth.min() > 0.0 else 0.0


def carriageway_of(site: CameraSite, upright: Upright, image_size: tuple[int, int]) -> Window | None:
    """Columns and rows (left, top, right, bottom) of images of ``image_size`` (width, height) that hold whoever has his feet on
    what the file calls carriageway, else on one of its lanes; None where nothing of that is in view."""
    width, height = image_size
    across, down = upright.scale
    areas = [zone.area for zone in site.zones if zone.kind == "carriageway"] or [lane.area for lane in site.lanes]
    left, top, right, bottom = width, height, 0, 0
    for x, y in (corner for area in areas for corner in area):
        x, y = min(max(x * across, 0.0), width - 1.0), min(max(y * down, 0.0), height - 1.0)
        beside_px = BESIDE_M * upright.metre_px((x, y))
        left, right = min(left, math.floor(x - beside_px)), max(right, math.ceil(x + beside_px))
        top, bottom = min(top, math.floor(y - beside_px)), max(bottom, math.ceil(y + beside_px / 2))
    left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
    return (left, top, right, bottom) if left < right and top < bottom else None
