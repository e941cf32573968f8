"""A recording of painted traffic, and the crossings in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from detectors.counting.line import CountLine, Direction
from detectors.evaluation.events import ScoredEvent
from detectors.vision.detections import Image
from simulation.camera_counts.street import HALF_M, Vehicle, traffic
from simulation.camera_counts.views import View
from simulation.cameras.film import Film
from simulation.cameras.pose import Pose
from simulation.cameras.scene import picture_of
from simulation.cameras.weather import LIGHTS, Light, Weather

ROAD, PAINT, PAVING = 92.0, 190.0, (70.0, 180.0)
"""Shades of grey by day."""
KERB_M, SLAB_M, SLABS, DASH_M = 7.2, 2.0, 6, 0.15
NEAREST_M = 1.0


def recorded(file: Path, view: View, weather: Weather, seed: int, seconds: float, flow_vph: float,
             told: Callable[[float], None]) -> list[ScoredEvent]:
    """Write ``file`` (AVI) and say who crosses ``view.line`` in it, with the middle of what is seen of him, and when."""
    pose, line, light = view.pose, view.line, LIGHTS[weather]
    street = traffic(seed, seconds, flow_vph)
    film = Film(_road(pose, light, seed), light, seed)
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), view.fps, view.size)
    crossed, sides, images = list[ScoredEvent](), dict[int, float](), round(seconds * view.fps)
    try:
        for number in range(images):
            now_s = number / view.fps
            here = {i: v for i, v in enumerate(street) if v.there(now_s)}
            writer.write(film.develop(picture_of(pose, [v.placed(now_s) for v in here.values()], light), number, now_s))
            for i, vehicle in here.items():
                crossed += _crossing(vehicle, i, now_s, pose, line, sides)
            told((number + 1) / images)
    finally:
        writer.release()
    return crossed


def _road(pose: Pose, light: Light, seed: int) -> Image:
    """The street without anybody: asphalt, dashes between the lanes, and paving of many shades on either side."""
    dice, lit = np.random.default_rng(seed), min(1.0, light.ambient + light.sun)
    width, height = pose.size
    image = np.clip(ROAD * lit + dice.normal(0.0, 4.0, (height, width, 1)) + np.zeros(3), 0, 255).astype(np.uint8)
    along = np.arange(-HALF_M, HALF_M, SLAB_M)
    slabs = [(float(x), side * (KERB_M + SLAB_M * row), SLAB_M, side * SLAB_M, float(dice.uniform(*PAVING)))
             for side in (-1, 1) for row in range(SLABS) for x in along]
    dashes = [(float(x), y, SLAB_M, DASH_M, PAINT) for y in (-3.35, 0.0, 3.35) for x in along[::3]]
    for x, y, long_m, wide_m, shade in slabs + dashes:
        ring = ((x, y), (x + long_m, y), (x + long_m, y + wide_m), (x, y + wide_m))
        px, depth = pose.pixels(np.array([(*corner, 0.0) for corner in ring]))
        if depth.min() >= NEAREST_M:
            cv2.fillConvexPoly(image, np.round(px).astype(np.int32), 3 * (shade * lit,), cv2.LINE_AA)
    return image


def _crossing(vehicle: Vehicle, number: int, now_s: float, pose: Pose, line: CountLine,
              sides: dict[int, float]) -> list[ScoredEvent]:
    """``sides`` are where everybody was in the image before."""
    px, depth = pose.pixels(vehicle.corners_m(now_s))
    if depth.min() < NEAREST_M:
        sides.pop(number, None)
        return []
    x, y = ((px.min(axis=0) + px.max(axis=0)) / 2).tolist()
    was, side = sides.get(number), line.side_px(x, y)
    sides[number] = side
    inside = 0.0 <= x < pose.size[0] and 0.0 <= y < pose.size[1] and 0.0 <= line.along(x, y) <= 1.0
    if was is None or (was < 0.0) == (side < 0.0) or not inside:
        return []
    way = Direction.LEFT_TO_RIGHT if side >= 0.0 else Direction.RIGHT_TO_LEFT
    return [ScoredEvent(now_s, way, None, None, vehicle.kind)]
