"""The houses along a street, so that a picture has something behind its road."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.cameras.pose import Floats, Pose
from simulation.cameras.weather import Light

if TYPE_CHECKING:
    from simulation.cameras.backdrop import Canvas

WALLS = ((216.0, 226.0, 232.0), (200.0, 214.0, 224.0), (222.0, 228.0, 230.0), (176.0, 198.0, 214.0), (206.0, 210.0, 212.0))
"""Casablanca is white, with some sand."""
DEPTH_M, STOREY_M, BAY_M = 14.0, 3.2, 3.4


@dataclass(frozen=True)
class House:
    """``corner_m`` on the street's side, nearest to the junction; ``along`` and ``away`` are unit vectors up the street and off
    it."""

    corner_m: tuple[float, float]
    along: tuple[float, float]
    away: tuple[float, float]
    length_m: float
    height_m: float
    wall: tuple[float, float, float]
    lit: int = 0
    """Seed of the windows that are lit at night."""

    def far_m(self, pose: Pose) -> float:
        middle = np.array(self.corner_m) + np.array(self.along) * self.length_m / 2
        return math.dist(middle, (pose.x_m, pose.y_m))

    def paint(self, canvas: Canvas, light: Light) -> None:
        along, away = np.array(self.along), np.array(self.away)
        a = np.array(self.corner_m)
        b = a + along * self.length_m
        far = self.far_m(canvas.pose)
        lost = min(0.75, light.haze * far / 100.0)
        for start, end, shade in ((a + away * DEPTH_M, a, 0.78), (a, b, 0.95)):
            self._wall(canvas, start, end, shade * (light.ambient + light.sun * 0.6), lost, light)

    def _wall(self, canvas: Canvas, start: Floats, end: Floats, shade: float, lost: float, light: Light) -> None:
        def tone(colour: tuple[float, float, float]) -> tuple[float, float, float]:
            b, g, r = (min(255.0, c * shade * (1 - lost) + h * lost) for c, h in zip(colour, light.haze_colour, strict=True))
            return (b, g, r)

        long = float(np.hypot(*(end - start)))
        canvas.fill(_upright(start, end, 0.0, self.height_m), tone(self.wall))
        canvas.fill(_upright(start, end, 0.0, STOREY_M), tone((150.0, 158.0, 164.0)))
        dice = np.random.default_rng(self.lit)
        for floor in range(1, int(self.height_m / STOREY_M)):
            for bay in range(int(long / BAY_M)):
                p = start + (end - start) * ((bay + 0.28) * BAY_M / long)
                q = start + (end - start) * ((bay + 0.68) * BAY_M / long)
                on = light.lamps and dice.random() < 0.3
                colour = (120.0, 190.0, 220.0) if on else tone((96.0, 84.0, 74.0))
                canvas.fill(_upright(p, q, floor * STOREY_M + 0.9, floor * STOREY_M + 2.4), colour)


def _upright(start: Floats, end: Floats, low_m: float, high_m: float) -> Floats:
    return np.array([[*start, low_m], [*end, low_m], [*end, high_m], [*start, high_m]])


def row_of_houses(stop_m: tuple[float, float], heading_rad: float, left_m: float, right_m: float, seed: int) -> list[House]:
    """Both sides of an approach, from its stop line upstream; ``left_m`` and ``right_m`` is how far the street reaches on either
    side, as seen by who looks upstream."""
    dice = np.random.default_rng(seed)
    along = np.array([math.cos(heading_rad), math.sin(heading_rad)])
    left = np.array([-along[1], along[0]])
    found = []
    for away, reach in ((left, left_m), (-left, right_m)):
        at = float(dice.uniform(4, 9))
        while at < 300.0:
            long = float(dice.uniform(12, 26))
            corner = np.array(stop_m) + along * at + away * (reach + 1.5)
            found.append(House((float(corner[0]), float(corner[1])), (float(along[0]), float(along[1])),
                               (float(away[0]), float(away[1])), long, STOREY_M * int(dice.integers(2, 7)) + 1.0,
                               WALLS[int(dice.integers(len(WALLS)))], int(dice.integers(1 << 30))))
            at += long + (0.0 if dice.random() < 0.75 else float(dice.uniform(4, 12)))
    return found
