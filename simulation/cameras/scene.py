"""From road users in the world to coloured polygons of one image, those behind first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import Body, Paint, normals
from simulation.cameras.order import paint_order
from simulation.cameras.pose import Floats, Pose
from simulation.cameras.weather import Light

NEAR_M = 2.0
SMALL_PX = 16.0
"""A body narrower than this in the image is drawn without its finer parts."""
SUN_AZIMUTH_RAD, SUN_HEIGHT_RAD = math.radians(200.0), math.radians(48.0)


class Placed(NamedTuple):
    """A body in the world: the middle of its front at (x, y), driving towards ``heading_rad``."""

    body: Body
    x_m: float
    y_m: float
    heading_rad: float
    brakes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is to be painted: ``polygons`` (P, 4, 2) pixels in painting order with ``colours`` (P, 3); ``shadows`` and
    ``beams`` on the road as (n, 2) pixels each; ``lamps`` rows of x, y, radius (px), blue, green, red."""

    polygons: Floats
    colours: Floats
    shadows: list[Floats]
    beams: list[Floats]
    lamps: Floats


EMPTY = np.empty((0, 3))


def picture_of(pose: Pose, placed: Sequence[Placed], light: Light) -> Picture:
    """Everybody in ``placed`` whom ``pose`` can see."""
    seen = _in_view(pose, placed)
    if not seen:
        return Picture(np.empty((0, 4, 2)), EMPTY, [], [], np.empty((0, 6)))
    counts = np.array([len(p.body.paint) for p in seen])
    owner = np.repeat(np.arange(len(seen)), counts)
    c = np.array([math.cos(p.heading_rad) for p in seen])[owner][:, None]
    s = np.array([math.sin(p.heading_rad) for p in seen])[owner][:, None]
    local = np.concatenate([p.body.corners for p in seen])
    world = np.empty_like(local)
    world[..., 0] = local[..., 0] * c - local[..., 1] * s + np.array([p.x_m for p in seen])[owner][:, None]
    world[..., 1] = local[..., 0] * s + local[..., 1] * c + np.array([p.y_m for p in seen])[owner][:, None]
    world[..., 2] = local[..., 2]
    facing = normals(world)
    towards = pose.at_m - world[:, 0]
    pixels, depth = pose.pixels(world)
    far = depth.mean(axis=1)
    narrow = np.array([p.body.width_m for p in seen])[owner] * pose.focal_px / far < SMALL_PX
    fine = np.concatenate([p.body.fine for p in seen])
    show = (np.einsum("fi,fi->f", facing, towards) > 0) & (depth.min(axis=1) > NEAR_M) & ~(fine & narrow)
    rank = _ranks(pose, seen, owner, world)
    layer = np.concatenate([p.body.layer for p in seen])
    order = np.lexsort((-far, layer, rank))
    order = order[show[order]]
    colours = _lit(np.concatenate([p.body.colours for p in seen]), np.concatenate([p.body.paint for p in seen]), facing, far, light)
    return Picture(pixels[order], colours[order], _shadows(pose, seen, light), _beams(pose, seen) if light.lamps else [],
                   _lamps(pose, seen) if light.lamps else np.empty((0, 6)))


def _in_view(pose: Pose, placed: Sequence[Placed]) -> list[Placed]:
    if not placed:
        return []
    middle = np.array([[p.x_m - p.body.length_m / 2 * math.cos(p.heading_rad), p.y_m - p.body.length_m / 2 * math.sin(p.heading_rad),
                        p.body.height_m / 2] for p in placed])
    reach = np.array([p.body.length_m / 2 + p.body.width_m for p in placed])
    to = (middle - pose.at_m) @ pose.rotation.T
    ahead = to[:, 2] + reach > NEAR_M
    width, height = pose.size
    slack = reach + 1.0
    depth = np.maximum(to[:, 2], NEAR_M)
    within = (np.abs(to[:, 0]) - slack < depth * width / 2 / pose.focal_px) & (
        np.abs(to[:, 1]) - slack < depth * height / 2 / pose.focal_px)
    return [p for p, yes in zip(placed, ahead & within, strict=True) if yes]


def footprint(p: Placed, front: float = 0.0, rear: float = 1.0) -> Floats:
    """(4, 2) corners on the road, anticlockwise; of a part between two shares of its length from the front."""
    c, s = math.cos(p.heading_rad), math.sin(p.heading_rad)
    ahead, left = np.array([c, s]), np.array([-s, c]) * p.body.width_m / 2
    a, b = (np.array([p.x_m, p.y_m]) - ahead * p.body.length_m * share for share in (front, rear))
    return np.array([a - left, a + left, b + left, b - left])


def _ranks(pose: Pose, seen: Sequence[Placed], owner: NDArray[np.intp], world: Floats) -> NDArray[np.float64]:
    order = paint_order(np.array([footprint(p) for p in seen]), pose.at_m[:2])
    rank = np.empty(len(seen))
    rank[order] = np.arange(len(seen))
    return rank[owner]


def _lit(colours: Floats, paint: NDArray[np.int8], facing: Floats, far: Floats, light: Light) -> Floats:
    sun = np.array([math.cos(SUN_AZIMUTH_RAD) * math.cos(SUN_HEIGHT_RAD), math.sin(SUN_AZIMUTH_RAD) * math.cos(SUN_HEIGHT_RAD),
                    math.sin(SUN_HEIGHT_RAD)])
    # The sky lights what faces up, the road throws a little back from below.
    strength = light.ambient * (0.82 + 0.18 * facing[:, 2]) + light.sun * np.clip(facing @ sun, 0, None)
    lit = colours * strength[:, None]
    glass = paint == Paint.GLASS
    mirror = np.clip(0.18 + 0.55 * facing[glass, 2], 0.05, 0.6)[:, None]
    lit[glass] = lit[glass] * (1 - mirror) + np.array(light.sky[0]) * mirror * 0.8
    if light.lamps:
        on = (paint == Paint.LAMP) | (paint == Paint.SIGN) | (paint == Paint.TAIL)
        lit[on] = np.maximum(lit[on], colours[on] * 0.95)
    lost = np.clip(light.haze * far / 100.0, 0, 0.75)[:, None]
    return np.clip(lit * (1 - lost) + np.array(light.haze_colour) * lost, 0, 255)


def _shadows(pose: Pose, seen: Sequence[Placed], light: Light) -> list[Floats]:
    """Outline on the road of what each body keeps the sun from, or of the dark below it where there is no sun."""
    if light.shadow >= 1.0:
        return []
    length = 1 / math.tan(SUN_HEIGHT_RAD) if light.sun > 0.2 else 0.0
    away = -np.array([math.cos(SUN_AZIMUTH_RAD), math.sin(SUN_AZIMUTH_RAD)]) * length
    found = []
    for p in seen:
        low = footprint(p)
        if not length:
            low = low.mean(axis=0) + (low - low.mean(axis=0)) * 1.12
        points = np.vstack([low, low + away * p.body.height_m * 0.92])
        pixels, depth = pose.pixels(np.column_stack([points, np.zeros(len(points))]))
        if depth.min() > NEAR_M:
            found.append(pixels)
    return found


def _beams(pose: Pose, seen: Sequence[Placed]) -> list[Floats]:
    """The patch of road each pair of headlights falls on."""
    found = []
    for p in seen:
        if p.body.kind is RoadUser.PEDESTRIAN:
            continue
        c, s = math.cos(p.heading_rad), math.sin(p.heading_rad)
        ahead, left = np.array([c, s]), np.array([-s, c])
        at = np.array([p.x_m, p.y_m])
        half = p.body.width_m / 2
        points = np.array([at + ahead * 0.8 + left * half * 0.8, at + ahead * 0.8 - left * half * 0.8,
                           at + ahead * 9 - left * (half + 0.7), at + ahead * 9 + left * (half + 0.7)])
        pixels, depth = pose.pixels(np.column_stack([points, np.zeros(4)]))
        if depth.min() > NEAR_M:
            found.append(pixels)
    return found


def _lamps(pose: Pose, seen: Sequence[Placed]) -> Floats:
    """Lights that shine towards the camera, as discs."""
    rows = []
    eye = pose.at_m[:2]
    for p in seen:
        if p.body.kind is RoadUser.PEDESTRIAN:
            continue
        c, s = math.cos(p.heading_rad), math.sin(p.heading_rad)
        faces_us = (eye[0] - p.x_m) * c + (eye[1] - p.y_m) * s > 0
        back = 0.0 if faces_us else p.body.length_m
        colour = (205.0, 240.0, 255.0) if faces_us else (40.0, 40.0, 255.0 if p.brakes else 150.0)
        one = p.body.kind in (RoadUser.MOTORCYCLE, RoadUser.BICYCLE)
        for side in ((0.0,) if one else (-0.38, 0.38)):
            y = side * p.body.width_m
            point = np.array([p.x_m - back * c - y * s, p.y_m - back * s + y * c, 0.7])
            (x, row), depth = pose.pixels(point)
            if depth > NEAR_M:
                size = (0.16 if faces_us else 0.1 if not p.brakes else 0.14) * pose.focal_px / float(depth)
                rows.append((float(x), float(row), max(size, 0.9), *colour))
    return np.array(rows) if rows else np.empty((0, 6))
