"""From a scene to the image a camera would have sent: painted, blurred, shaken, grained and compressed."""

from __future__ import annotations

import math

import cv2
import numpy as np

from detectors.vision.detections import Image
from detectors.vision.moved import moved
from simulation.cameras.scene import Picture
from simulation.cameras.weather import Light

JPEG_QUALITY = 60
SHADES = 16
"""Fractions of a pixel to which corners are rounded."""
GRAINS = 8
LIGHT_STEP = 4
"""Glow is painted so many times smaller."""


class Film:
    """One camera's images, one after another. Everything random follows from ``seed`` and the image's number."""

    def __init__(self, backdrop: Image, light: Light, seed: int, *, quality: int = JPEG_QUALITY) -> None:
        self._back, self._light, self._seed, self._quality = backdrop, light, seed, quality
        self._height, self._width = backdrop.shape[:2]
        random = np.random.default_rng(seed)
        # A little larger than the image, so that a few sheets of grain, laid differently each time, never look the same.
        self._grain = [_grain(random, self._height + 64, self._width + 64, light.grain) for _ in range(GRAINS)]
        self._streaks = [_streaks(random, self._height, self._width, light.drops) for _ in range(8)] if light.drops else []
        self._phases = random.uniform(0, 2 * math.pi, 6)

    def develop(self, picture: Picture, number: int, time_s: float) -> Image:
        """The image ``number`` of ``picture``, taken at ``time_s``: (height, width, 3)."""
        random = np.random.default_rng((self._seed, number))
        image = self._paint(picture)
        image = self._shake(image, random, time_s)
        if self._light.blur_px > 0:
            image = cv2.GaussianBlur(image, (3, 3), self._light.blur_px)
        if self._streaks:
            cv2.add(image, self._streaks[int(random.integers(len(self._streaks)))], image)
        gain = 1.0 + self._light.drift * math.sin(time_s / 17.0 + self._phases[4]) + float(random.normal(0, 0.002))
        grain = self._grain[int(random.integers(GRAINS))]
        top, left = (int(v) for v in random.integers(0, 64, 2))
        image = cv2.addWeighted(image, gain, grain[top:top + self._height, left:left + self._width], 1.0, -128.0)
        return self._compressed(image)

    def _paint(self, picture: Picture) -> Image:
        image: Image = self._back.copy()
        if picture.shadows:
            mask = np.full(image.shape[:2], 255, np.uint8)
            for outline in picture.shadows:
                cv2.fillConvexPoly(mask, cv2.convexHull(_fixed(outline)), 255 * self._light.shadow, cv2.LINE_AA, 4)
            mask = cv2.blur(mask, (5, 5))
            cv2.multiply(image, cv2.merge((mask, mask, mask)), image, 1 / 255)
        if picture.beams:
            self._glow(image, picture.beams, (26, 38, 44))
        corners = _fixed(picture.polygons)
        for shape, colour in zip(corners, picture.colours.tolist(), strict=True):
            cv2.fillConvexPoly(image, shape, colour, cv2.LINE_AA, 4)
        if len(picture.lamps):
            self._lamps(image, picture)
        return image

    def _glow(self, image: Image, outlines: list[np.ndarray], colour: tuple[int, int, int]) -> None:
        small = np.zeros((self._height // LIGHT_STEP, self._width // LIGHT_STEP, 3), np.uint8)
        for outline in outlines:
            cv2.fillConvexPoly(small, _fixed(outline / LIGHT_STEP), colour, cv2.LINE_8, 4)
        small = cv2.GaussianBlur(small, (0, 0), 2.0)
        cv2.add(image, cv2.resize(small, (self._width, self._height), interpolation=cv2.INTER_LINEAR), image)

    def _lamps(self, image: Image, picture: Picture) -> None:
        halo = np.zeros((self._height // LIGHT_STEP, self._width // LIGHT_STEP, 3), np.uint8)
        for x, y, radius, *colour in picture.lamps.tolist():
            if not (-50 < x < self._width + 50 and -50 < y < self._height + 50):
                continue
            cv2.circle(image, (round(x * 16), round(y * 16)), round(radius * 16), colour, -1, cv2.LINE_AA, 4)
            cv2.circle(halo, (round(x / LIGHT_STEP * 16), round(y / LIGHT_STEP * 16)), round(radius * 2.2 / LIGHT_STEP * 16 + 8),
                       [c * 0.45 for c in colour], -1, cv2.LINE_8, 4)
        halo = cv2.GaussianBlur(halo, (0, 0), 1.6)
        cv2.add(image, cv2.resize(halo, (self._width, self._height), interpolation=cv2.INTER_LINEAR), image)

    def _shake(self, image: Image, random: np.random.Generator, time_s: float) -> Image:
        """A mast sways slowly and trembles a little."""
        size = self._light.shake_px
        if size <= 0:
            return image
        sway = [size * (0.6 * math.sin(2 * math.pi * 0.23 * time_s + self._phases[i])
                        + 0.4 * math.sin(2 * math.pi * 0.71 * time_s + self._phases[2 + i])) for i in (0, 1)]
        return moved(image, *(s + float(random.normal(0, 0.15 * size)) for s in sway))

    def _compressed(self, image: Image) -> Image:
        if self._quality >= 100:
            return image
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, self._quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _fixed(points: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(np.clip(points, -4000, 8000) * SHADES), np.int32)


def _grain(random: np.random.Generator, height: int, width: int, sigma: float) -> Image:
    """Noise around 128, the same in all colours for the most part, as after a camera's own processing."""
    grey = random.standard_normal((height, width, 1), np.float32) * (0.85 * sigma)
    own = random.standard_normal((height, width, 3), np.float32) * (0.5 * sigma)
    return np.clip(128.5 + grey + own, 0, 255).astype(np.uint8)


def _streaks(random: np.random.Generator, height: int, width: int, count: int) -> Image:
    sheet = np.zeros((height, width, 3), np.uint8)
    for _ in range(count):
        x, y = random.uniform(0, width), random.uniform(-20, height)
        long, bright = random.uniform(6, 26), float(random.uniform(12, 46))
        cv2.line(sheet, (round(x), round(y)), (round(x + 0.12 * long), round(y + long)), (bright, bright, bright), 1, cv2.LINE_AA)
    return np.asarray(cv2.blur(sheet, (1, 3)), np.uint8)
