"""From road users in the world to coloured polygons of one image, those behind first."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
SUN: Floats = np.array([math.cos(SUN_AZIMUTH_RAD) * math.cos(SUN_HEIGHT_RAD),
                        math.sin(SUN_AZIMUTH_RAD) * math.cos(SUN_HEIGHT_RAD), math.sin(SUN_HEIGHT_RAD)])
"""Unit vector from the ground to the sun."""
ONE_LAMP = (RoadUser.MOTORCYCLE, RoadUser.BICYCLE)
SHINING = (Paint.LAMP, Paint.SIGN, Paint.TAIL)


class Placed(NamedTuple):
    """A body in the world: the middle of its front at (x, y), driving towards ``heading_rad``."""

    body: Body
    x_m: float
    y_m: float
    heading_rad: float
    brakes: bool = False


class Picture(NamedTuple):
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
    bodies = [p.body for p in seen]
    at = np.array([(p.x_m, p.y_m) for p in seen])
    heading = np.array([p.heading_rad for p in seen])
    ahead = np.column_stack([np.cos(heading), np.sin(heading)])
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    size = np.array([(b.length_m, b.width_m, b.height_m) for b in bodies])
    owner = np.repeat(np.arange(len(seen)), [len(b.paint) for b in bodies])
    local = np.concatenate([b.corners for b in bodies])
    world = np.empty_like(local)
    c, s = ahead[owner, 0, None], ahead[owner, 1, None]
    world[..., 0] = local[..., 0] * c - local[..., 1] * s + at[owner, 0, None]
    world[..., 1] = local[..., 0] * s + local[..., 1] * c + at[owner, 1, None]
    world[..., 2] = local[..., 2]
    facing = normals(world)
    pixels, depth = pose.pixels(world)
    far = depth.mean(axis=1)
    narrow = size[owner, 1] * pose.focal_px / far < SMALL_PX
    fine = np.concatenate([b.fine for b in bodies])
    towards = ((pose.at_m - world[:, 0]) * facing).sum(axis=1) > 0
    show = towards & (depth.min(axis=1) > NEAR_M) & ~(fine & narrow)
    feet = footprints(at, ahead, left, size)
    rank = np.empty(len(seen))
    rank[paint_order(feet, pose.at_m[:2])] = np.arange(len(seen))
    order = np.lexsort((-far, np.concatenate([b.layer for b in bodies]), rank[owner]))
    order = order[show[order]]
    paint = np.concatenate([b.paint for b in bodies])[order]
    colours = _lit(np.concatenate([b.colours for b in bodies])[order], paint, facing[order], far[order], light)
    found = Picture(pixels[order], colours, _shadows(pose, feet, size, light), [], np.empty((0, 6)))
    if not light.lamps:
        return found
    driving = np.array([b.kind is not RoadUser.PEDESTRIAN for b in bodies])
    brakes = np.array([p.brakes for p in seen])
    single = np.array([b.kind in ONE_LAMP for b in bodies])
    beams = _beams(pose, at[driving], ahead[driving], left[driving], size[driving])
    return found._replace(beams=beams, lamps=_lamps(pose, at, ahead, left, size, brakes, single)[np.tile(driving, 2)])


def footprints(at: Floats, ahead: Floats, left: Floats, size: Floats) -> Floats:
    """(N, 4, 2) corners on the road, anticlockwise, of boxes whose fronts are at ``at``; ``size`` length, width, height."""
    aside = left * size[:, 1:2] / 2
    rear = at - ahead * size[:, 0:1]
    return np.stack([at - aside, at + aside, rear + aside, rear - aside], axis=1)


def _in_view(pose: Pose, placed: Sequence[Placed]) -> list[Placed]:
    if not placed:
        return []
    rows = np.array([(p.x_m, p.y_m, p.heading_rad, p.body.length_m, p.body.width_m, p.body.height_m) for p in placed])
    half = rows[:, 3] / 2
    middle = np.column_stack([rows[:, 0] - half * np.cos(rows[:, 2]), rows[:, 1] - half * np.sin(rows[:, 2]), rows[:, 5] / 2])
    to = (middle - pose.at_m) @ pose.rotation.T
    reach = half + rows[:, 4] + 1.0
    depth = np.maximum(to[:, 2], NEAR_M) / pose.focal_px
    width, height = pose.size
    within = (to[:, 2] + reach > NEAR_M) & (np.abs(to[:, 0]) - reach < depth * width / 2) & (
        np.abs(to[:, 1]) - reach < depth * height / 2)
    return [p for p, yes in zip(placed, within, strict=True) if yes]


def _lit(colours: Floats, paint: NDArray[np.int8], facing: Floats, far: Floats, light: Light) -> Floats:
    # The sky lights what faces up, the road throws a little back from below.
    strength = light.ambient * (0.82 + 0.18 * facing[:, 2]) + light.sun * np.clip(facing @ SUN, 0, None)
    lit = colours * strength[:, None]
    glass = paint == Paint.GLASS
    mirror = np.clip(0.18 + 0.55 * facing[glass, 2], 0.05, 0.6)[:, None]
    lit[glass] = lit[glass] * (1 - mirror) + np.array(light.sky[0]) * mirror * 0.8
    if light.lamps:
        on = np.isin(paint, SHINING)
        lit[on] = np.maximum(lit[on], colours[on] * 0.95)
    lost = np.clip(light.haze * far / 100.0, 0, 0.75)[:, None]
    return np.asarray(np.clip(lit * (1 - lost) + np.array(light.haze_colour) * lost, 0, 255))


def _shadows(pose: Pose, feet: Floats, size: Floats, light: Light) -> list[Floats]:
    """Outline on the road of what each body keeps the sun from, or of the dark below it where there is no sun."""
    if light.shadow >= 1.0:
        return []
    sunny = light.sun > 0.2
    if not sunny:
        middle = feet.mean(axis=1, keepdims=True)
        feet = middle + (feet - middle) * 1.12
    away = -SUN[:2] / SUN[2] if sunny else np.zeros(2)
    return _laid(pose, np.concatenate([feet, feet + away * size[:, None, 2:3] * 0.92], axis=1))


def _beams(pose: Pose, at: Floats, ahead: Floats, left: Floats, size: Floats) -> list[Floats]:
    """The patch of road each pair of headlights falls on."""
    near, far = at + ahead * 0.8, at + ahead * 9.0
    aside = left * size[:, 1:2] / 2
    wide = aside + left * 0.7
    return _laid(pose, np.stack([near + aside * 0.8, near - aside * 0.8, far - wide, far + wide], axis=1))


def _laid(pose: Pose, rings: Floats) -> list[Floats]:
    """(N, k, 2) places on the road to pixels, without those that reach behind the lens."""
    pixels, depth = pose.pixels(np.concatenate([rings, np.zeros((*rings.shape[:2], 1))], axis=2))
    return [ring for ring, near in zip(pixels, depth.min(axis=1), strict=True) if near > NEAR_M]


def _lamps(pose: Pose, at: Floats, ahead: Floats, left: Floats, size: Floats, brakes: NDArray[np.bool_],
           single: NDArray[np.bool_]) -> Floats:
    """Lights that shine towards the camera, as discs: (2 N, 6), those on the left first."""
    towards = ((pose.at_m[:2] - at) * ahead).sum(axis=1) > 0
    back = np.where(towards, 0.0, size[:, 0])
    tail = np.where(brakes[:, None], (40.0, 40.0, 255.0), (36.0, 36.0, 150.0))
    colour = np.where(towards[:, None], (205.0, 240.0, 255.0), tail)
    radius_m = np.where(towards, 0.16, np.where(brakes, 0.14, 0.1))
    aside = np.where(single, 0.0, 0.38 * size[:, 1])
    rows = []
    for side in (1.0, -1.0):
        place = at - ahead * back[:, None] + left * (side * aside)[:, None]
        pixels, depth = pose.pixels(np.column_stack([place, np.full(len(at), 0.7)]))
        radius = np.maximum(radius_m * pose.focal_px / np.maximum(depth, NEAR_M), 0.9)
        radius = np.where(depth > NEAR_M, radius, 0.0)
        rows.append(np.column_stack([pixels, radius, colour]))
    return np.vstack(rows)
