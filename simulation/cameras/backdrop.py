"""What stands still before a camera: sky, houses, pavements, the road with its marks. Painted once."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from detectors.vision.detections import Image
from simulation.cameras.clip import cut
from simulation.cameras.houses import House
from simulation.cameras.pose import Floats, Pose
from simulation.cameras.weather import Colour, Light
from simulation.scenario.draw_ground import ground_of
from simulation.scenario.draw_shapes import Array, band, beside, clean, lengths, piece

NEAR_M = 1.0
FINER = 2
"""Painted so many times larger and brought down, for clean edges."""
AROUND_M = 330.0
EARTH, PAVING, ASPHALT, BED = (132.0, 146.0, 152.0), (176.0, 184.0, 190.0), (94.0, 93.0, 92.0), (106.0, 108.0, 112.0)
KERB, MARK, RAIL, OIL = (190.0, 196.0, 200.0), (214.0, 218.0, 218.0), (150.0, 150.0, 152.0), (80.0, 79.0, 78.0)
DASH_M, GAP_M = 3.0, 6.0
TEXTURE_M = 0.12
PIECE_M = 12.0


class Canvas:
    """An image that takes polygons in world metres."""

    def __init__(self, pose: Pose) -> None:
        width, height = pose.size
        self.pose = Pose(pose.x_m, pose.y_m, pose.z_m, pose.heading_rad, pose.tilt_rad, pose.focal_px * FINER,
                         (width * FINER, height * FINER))
        self.image = np.zeros((height * FINER, width * FINER, 3), np.uint8)

    def fill(self, ring_m: Floats, colour: Colour) -> None:
        """A ring (N, 3) of any form; what is behind the lens is cut off."""
        ring = np.asarray(ring_m, np.float64)
        ring = cut(ring, (ring - self.pose.at_m) @ self.pose.rotation[2] - NEAR_M)
        if len(ring) < 3:
            return
        pixels = np.clip(self.pose.pixels(ring)[0], -20_000, 20_000)
        cv2.fillPoly(self.image, [np.round(pixels * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)

    def flat(self, ring_m: Any, colour: Colour) -> None:
        """A ring (N, 2) on the road."""
        ring = np.asarray(ring_m, np.float64)
        if len(ring) >= 3:
            self.fill(np.column_stack([ring[:, :2], np.zeros(len(ring))]), colour)

    def strip(self, line: Array, width_m: float, colour: Colour) -> None:
        """A band along a line, piece by piece: whole, one bent behind the lens could not be cut there."""
        if len(line) < 2:
            return
        at = lengths(line)
        marks = np.unique(np.concatenate([at, np.arange(0.0, float(at[-1]), PIECE_M)]))
        line = np.column_stack([np.interp(marks, at, line[:, i]) for i in (0, 1)])
        left, right = beside(line, width_m / 2), beside(line, -width_m / 2)
        before_lens = ((np.column_stack([line, np.zeros(len(line))]) - self.pose.at_m) @ self.pose.rotation[2]) > -PIECE_M
        for i in np.flatnonzero(before_lens[:-1] & before_lens[1:]):
            self.flat(np.array([left[i], left[i + 1], right[i + 1], right[i]]), colour)


def backdrop(net: Any, pose: Pose, light: Light, houses: list[House], seed: int) -> Image:
    """The picture without anybody in it, by ``light``; (height, width, 3)."""
    canvas = Canvas(pose)
    random = np.random.default_rng(seed)
    _sky(canvas, light)
    _ground(canvas, net, random, light)
    for house in sorted(houses, key=lambda h: -h.far_m(pose)):
        house.paint(canvas, light)
    width, height = pose.size
    return np.asarray(cv2.resize(canvas.image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _sky(canvas: Canvas, light: Light) -> None:
    rows = canvas.image.shape[0]
    horizon = max(1.0, canvas.pose.horizon_px)
    share = np.clip(np.arange(rows) / horizon, 0, 1)[:, None]
    top, low = (np.array(c) for c in light.sky)
    canvas.image[:] = (top * (1 - share) + low * share)[:, None, :].astype(np.uint8)


def _ground(canvas: Canvas, net: Any, random: np.random.Generator, light: Light) -> None:
    pose = canvas.pose
    sky = canvas.image.copy()
    canvas.image[:] = EARTH
    look = (pose.x_m + 90 * math.cos(pose.heading_rad), pose.y_m + 90 * math.sin(pose.heading_rad))
    ground = ground_of(net, (look, AROUND_M))
    for ring in ground.walks:
        canvas.flat(ring, PAVING)
    for ring in ground.roads:
        canvas.strip(_middle(ring), _wide(ring) + 0.5, KERB)
    for ring in ground.roads:
        canvas.strip(_middle(ring), _wide(ring) + 0.05, ASPHALT)
    for ring in ground.junctions:
        canvas.flat(ring, ASPHALT)
    for ring in ground.roads:
        canvas.strip(_middle(ring), 0.7, OIL)
    for ring in ground.beds:
        canvas.strip(_middle(ring), _wide(ring), BED)
    for line in ground.rails:
        canvas.strip(clean(line), 0.14, RAIL)
    for line in ground.marks:
        _dashes(canvas, clean(line))
    for ring in ground.stripes:
        canvas.flat(ring, MARK)
    _stop_lines(canvas, net, look)
    _worn(canvas, random)
    image = canvas.image.astype(np.float32) * np.array(light.ground, np.float32)
    image = _lamp_pools(canvas, image) if light.ground[0] < 0.5 else image
    rows = np.arange(canvas.image.shape[0])
    below = rows - pose.horizon_px
    with np.errstate(divide="ignore"):
        far_m = np.where(below > 0.5, pose.z_m * pose.focal_px / np.maximum(below, 0.5), np.inf)
    lost = np.clip(light.haze * far_m / 100.0, 0, 0.85)[:, None, None]
    hazy = image * (1 - lost) + np.array(light.haze_colour) * lost
    canvas.image[:] = np.where((below > 0)[:, None, None], np.clip(hazy, 0, 255).astype(np.uint8), sky)


def _middle(ring: Any) -> Array:
    """Middle line of a band: its ring runs up one side and down the other."""
    points = np.asarray(ring, np.float64)
    half = len(points) // 2
    return clean((points[:half] + points[half:][::-1]) / 2)


def _wide(ring: Any) -> float:
    points = np.asarray(ring, np.float64)
    return float(np.hypot(*(points[0] - points[-1])))


def _dashes(canvas: Canvas, line: Array) -> None:
    if len(line) < 2:
        return
    total = float(lengths(line)[-1])
    # Solid before the stop line, where lanes are no longer changed.
    canvas.strip(piece(line, max(0.0, total - 20.0), total), 0.14, MARK)
    for start in np.arange(0.0, max(0.0, total - 20.0), DASH_M + GAP_M):
        canvas.flat(band(part, 0.14) if len(part := piece(line, start, start + DASH_M)) >= 2 else [], MARK)


def _stop_lines(canvas: Canvas, net: Any, look: tuple[float, float]) -> None:
    for edge in net.getEdges(withInternal=False):
        if edge.getToNode().getType() != "traffic_light" or math.dist(edge.getToNode().getCoord(), look) > AROUND_M:
            continue
        for lane in edge.getLanes():
            line = clean(lane.getShape())
            if len(line) >= 2 and (lane.allows("passenger") or lane.allows("bus")):
                total = float(lengths(line)[-1])
                end = piece(line, total - 0.7, total - 0.2)
                if len(end) >= 2:
                    canvas.flat(band(end, lane.getWidth()), MARK)
            if len(line) >= 2 and lane.getIndex() == len(edge.getLanes()) - 1 and lane.allows("passenger"):
                canvas.strip(beside(line, lane.getWidth() / 2 - 0.15), 0.14, MARK)


def _worn(canvas: Canvas, random: np.random.Generator) -> None:
    """Grain and patches of the surface, laid on the road in perspective."""
    cells = 1024
    fine = random.normal(0, 1, (cells, cells)).astype(np.float32)
    texture = 5.0 * cv2.GaussianBlur(fine, (0, 0), 1.0) * 2.0
    for size, strength in ((9, 4.0), (40, 5.0)):
        coarse = random.normal(0, 1, (cells // size + 1, cells // size + 1)).astype(np.float32)
        texture += strength * cv2.resize(coarse, (cells, cells), interpolation=cv2.INTER_CUBIC)
    pose = canvas.pose
    look = np.array([math.cos(pose.heading_rad), math.sin(pose.heading_rad)])
    side = np.array([look[1], -look[0]])
    corner = np.array([pose.x_m, pose.y_m]) - side * cells * TEXTURE_M / 2
    # Texture pixel (u, v) lies v steps ahead of the camera and u to its right.
    to_ground = np.eye(3)
    to_ground[:2] = np.column_stack([side * TEXTURE_M, look * TEXTURE_M, corner])
    height, width = canvas.image.shape[:2]
    laid = cv2.warpPerspective(texture, pose.ground_to_px() @ to_ground, (width, height), flags=cv2.INTER_LINEAR,
                               borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    canvas.image[:] = np.clip(canvas.image.astype(np.float32) + laid[..., None], 0, 255).astype(np.uint8)


def _lamp_pools(canvas: Canvas, image: Any) -> Any:
    """Warm light of street lamps along both sides, every 28 m."""
    pose = canvas.pose
    light = np.zeros(image.shape[:2], np.float32)
    look = np.array([math.cos(pose.heading_rad), math.sin(pose.heading_rad)])
    side = np.array([-look[1], look[0]])
    round_ = np.linspace(0, 2 * math.pi, 28, endpoint=False)
    for ahead in np.arange(8.0, 240.0, 28.0):
        for across in (-11.0, 11.0):
            centre = np.array([pose.x_m, pose.y_m]) + look * ahead + side * across
            ring = centre + 9.0 * np.column_stack([np.cos(round_), np.sin(round_)])
            ring3 = np.column_stack([ring, np.zeros(len(ring))])
            ring3 = cut(ring3, (ring3 - pose.at_m) @ pose.rotation[2] - NEAR_M)
            if len(ring3) >= 3:
                spot = np.zeros(image.shape[:2], np.uint8)
                cv2.fillPoly(spot, [np.round(np.clip(pose.pixels(ring3)[0], -20_000, 20_000)).astype(np.int32)], 255)
                light += spot.astype(np.float32) / 255
    light = cv2.GaussianBlur(np.clip(light, 0, 1.5), (0, 0), 36)
    return image * (1 + light[..., None] * np.array([0.55, 0.95, 1.25], np.float32))
