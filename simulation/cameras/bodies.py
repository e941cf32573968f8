"""What road users look like: flat faces put together, scaled to the size SUMO gives each of them.

Local axes: x from the front (0) to the rear (−length), y to the left, z up from the road. Every face is a flat quadrilateral
whose corners run anticlockwise seen from outside.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from detectors.vision.road_users import RoadUser

Floats = NDArray[np.float64]
Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""
Two = tuple[float, float]


class Paint(IntEnum):
    """What a face is made of; only ``BODY`` differs from vehicle to vehicle."""

    BODY = 0
    GLASS = 1
    TYRE = 2
    LAMP = 3
    TAIL = 4
    PLATE = 5
    TRIM = 6
    SIGN = 7
    SKIN = 8
    CLOTH = 9


PAINTS: dict[Paint, Colour] = {
    Paint.GLASS: (72, 62, 54), Paint.TYRE: (28, 28, 28), Paint.LAMP: (225, 235, 240), Paint.TAIL: (40, 40, 190),
    Paint.PLATE: (225, 228, 228), Paint.TRIM: (62, 62, 62), Paint.SIGN: (120, 225, 240), Paint.SKIN: (105, 135, 180),
    Paint.CLOTH: (70, 55, 50),
}
CAR_COLOURS: Sequence[Colour] = (
    (238, 240, 240), (236, 238, 240), (205, 205, 203), (172, 170, 168), (122, 120, 118), (52, 50, 50), (40, 38, 38), (98, 58, 36),
    (52, 40, 128), (150, 178, 190), (128, 92, 58), (62, 88, 60))
"""White and grey as most cars are; then black, blue, dark red, beige."""
TAXI_COLOUR: Colour = (42, 36, 198)
"""Casablanca's small taxis are red."""
PLAIN: dict[RoadUser, Sequence[Colour]] = {
    RoadUser.TAXI: (TAXI_COLOUR,), RoadUser.BUS: ((196, 150, 52), (225, 225, 225), (70, 150, 80)),
    RoadUser.TRAM: ((60, 40, 170),), RoadUser.AMBULANCE: ((244, 244, 244),),
    RoadUser.TRUCK: ((228, 228, 226), (200, 150, 70), (70, 120, 170), (160, 160, 160)),
    RoadUser.MOTORCYCLE: ((52, 48, 46), (60, 60, 165), (150, 96, 50), (70, 120, 150), (90, 110, 84)),
    RoadUser.BICYCLE: ((190, 190, 186), (60, 60, 165), (150, 96, 50)),
    RoadUser.PEDESTRIAN: ((90, 70, 60), (60, 60, 150), (150, 150, 150), (50, 50, 50), (110, 140, 80), (190, 190, 200)),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """``corners`` (F, 4, 3) as shares of length, width and height; later layers are drawn over earlier ones of the same body.
    ``fine`` faces are left out where the body is small in the image."""

    corners: Floats
    paint: NDArray[np.int8]
    layer: NDArray[np.int8]
    fine: NDArray[np.bool_]


class _Maker:
    def __init__(self) -> None:
        self.rows: list[tuple[list[tuple[float, float, float]], Paint, int, bool]] = []

    def face(self, corners: Sequence[tuple[float, float, float]], paint: Paint, layer: int, fine: bool = False) -> None:
        self.rows.append((list(corners), paint, layer, fine))

    def block(self, front: Two, rear: Two, width: Two, height: Two, paint: Paint, layer: int, *,
              sides: Paint | None = None, fine: bool = False) -> None:
        """A box that may narrow upwards: (below, above) of its front, rear, half width and height."""
        (f0, f1), (r0, r1), (w0, w1), (z0, z1) = front, rear, width, height
        side = paint if sides is None else sides
        low = [(f0, w0, z0), (f0, -w0, z0), (r0, -w0, z0), (r0, w0, z0)]
        top = [(f1, w1, z1), (f1, -w1, z1), (r1, -w1, z1), (r1, w1, z1)]
        self.face([low[1], low[0], top[0], top[1]], side, layer, fine)
        self.face([low[3], low[2], top[2], top[3]], side, layer, fine)
        self.face([low[0], low[3], top[3], top[0]], side, layer, fine)
        self.face([low[2], low[1], top[1], top[2]], side, layer, fine)
        self.face([top[0], top[3], top[2], top[1]], paint, layer, fine)

    def front(self, y0: float, y1: float, z0: float, z1: float, paint: Paint, layer: int, x: float = 0.003) -> None:
        self.face([(x, y0, z0), (x, y1, z0), (x, y1, z1), (x, y0, z1)], paint, layer, True)

    def rear(self, y0: float, y1: float, z0: float, z1: float, paint: Paint, layer: int, x: float = -1.003) -> None:
        self.face([(x, y1, z0), (x, y0, z0), (x, y0, z1), (x, y1, z1)], paint, layer, True)

    def both_sides(self, x0: float, x1: float, z0: float, z1: float, paint: Paint, layer: int, y: float = 0.503) -> None:
        """From ``x0`` (further forward) to ``x1`` on the left and on the right."""
        self.face([(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)], paint, layer, True)
        self.face([(x1, -y, z0), (x0, -y, z0), (x0, -y, z1), (x1, -y, z1)], paint, layer, True)

    def wheels(self, at: Sequence[float], length: float, high: float, layer: int) -> None:
        for x in at:
            self.both_sides(x + length / 2, x - length / 2, 0.0, high, Paint.TYRE, layer)

    def made(self) -> Shape:
        return Shape(np.array([r[0] for r in self.rows], np.float64), np.array([r[1] for r in self.rows], np.int8),
                     np.array([r[2] for r in self.rows], np.int8), np.array([r[3] for r in self.rows], bool))


def _lamps(m: _Maker, layer: int, z0: float, z1: float, across: float = 0.18) -> None:
    for side in (-1, 1):
        y = sorted((side * 0.47, side * (0.47 - across)))
        m.front(y[0], y[1], z0, z1, Paint.LAMP, layer)
        m.rear(y[0], y[1], z0, z1, Paint.TAIL, layer)


def _car(sign: bool) -> Shape:
    m = _Maker()
    m.block((0.0, 0.0), (-1.0, -1.0), (0.5, 0.5), (0.12, 0.36), Paint.BODY, 0)
    m.block((0.0, -0.05), (-1.0, -0.98), (0.5, 0.47), (0.36, 0.6), Paint.BODY, 0)
    m.front(-0.46, 0.46, 0.10, 0.2, Paint.TRIM, 1)
    m.front(-0.22, 0.22, 0.34, 0.44, Paint.TRIM, 1)
    m.front(-0.14, 0.14, 0.22, 0.3, Paint.PLATE, 2)
    m.rear(-0.14, 0.14, 0.3, 0.4, Paint.PLATE, 2)
    _lamps(m, 2, 0.38, 0.5)
    m.wheels((-0.18, -0.8), 0.15, 0.4, 1)
    m.block((-0.24, -0.4), (-0.95, -0.82), (0.455, 0.385), (0.6, 1.0), Paint.BODY, 3, sides=Paint.GLASS)
    # Posts between windscreen and doors, as wide as a hand.
    for side in (-1, 1):
        low, high = side * 0.46, side * 0.39
        m.face([(-0.565, low, 0.6), (-0.6, low, 0.6), (-0.6, high, 0.985), (-0.565, high, 0.985)][::side], Paint.BODY, 4, True)
    if sign:
        m.block((-0.56, -0.57), (-0.62, -0.61), (0.2, 0.18), (1.0, 1.1), Paint.SIGN, 5)
    return m.made()


def _van(stripe: bool) -> Shape:
    m = _Maker()
    m.block((0.0, -0.02), (-1.0, -1.0), (0.5, 0.5), (0.1, 0.45), Paint.BODY, 0)
    m.block((-0.06, -0.2), (-1.0, -0.99), (0.49, 0.45), (0.45, 1.0), Paint.BODY, 1)
    m.face([(-0.065, -0.44, 0.47), (-0.065, 0.44, 0.47), (-0.175, 0.42, 0.88), (-0.175, -0.42, 0.88)], Paint.GLASS, 2)
    m.both_sides(-0.2, -0.36, 0.52, 0.84, Paint.GLASS, 2, y=0.497)
    _lamps(m, 2, 0.28, 0.38)
    m.wheels((-0.17, -0.8), 0.13, 0.28, 2)
    if stripe:
        m.both_sides(-0.38, -0.98, 0.46, 0.56, Paint.TAIL, 2, y=0.5)
        m.front(-0.3, 0.3, 0.36, 0.42, Paint.TAIL, 3)
        m.block((-0.26, -0.26), (-0.31, -0.31), (0.35, 0.35), (1.0, 1.06), Paint.SIGN, 3)
    return m.made()


def _truck() -> Shape:
    m = _Maker()
    m.block((0.0, -0.02), (-0.25, -0.25), (0.48, 0.46), (0.18, 0.88), Paint.BODY, 0)
    m.block((-0.27, -0.27), (-1.0, -1.0), (0.5, 0.5), (0.28, 1.0), Paint.PLATE, 0)
    m.face([(-0.001, -0.44, 0.5), (-0.001, 0.44, 0.5), (-0.012, 0.42, 0.82), (-0.012, -0.42, 0.82)], Paint.GLASS, 1)
    m.both_sides(-0.04, -0.17, 0.52, 0.8, Paint.GLASS, 1, y=0.485)
    _lamps(m, 1, 0.24, 0.34)
    m.wheels((-0.14, -0.8), 0.11, 0.3, 1)
    return m.made()


def _bus() -> Shape:
    m = _Maker()
    m.block((0.0, 0.0), (-1.0, -1.0), (0.5, 0.5), (0.1, 1.0), Paint.BODY, 0)
    m.both_sides(-0.03, -0.97, 0.45, 0.8, Paint.GLASS, 1)
    m.face([(0.002, -0.46, 0.4), (0.002, 0.46, 0.4), (0.002, 0.46, 0.82), (0.002, -0.46, 0.82)], Paint.GLASS, 1)
    m.front(-0.3, 0.3, 0.86, 0.95, Paint.SIGN, 2)
    m.rear(-0.44, 0.44, 0.55, 0.85, Paint.GLASS, 1)
    _lamps(m, 2, 0.18, 0.26)
    m.wheels((-0.2, -0.76), 0.075, 0.28, 2)
    return m.made()


def _tram() -> Shape:
    m = _Maker()
    m.block((0.0, -0.02), (-1.0, -1.0), (0.5, 0.46), (0.08, 1.0), Paint.BODY, 0)
    m.both_sides(-0.02, -0.99, 0.42, 0.8, Paint.GLASS, 1)
    m.face([(0.002, -0.45, 0.4), (0.002, 0.45, 0.4), (-0.014, 0.43, 0.86), (-0.014, -0.43, 0.86)], Paint.GLASS, 1)
    _lamps(m, 2, 0.2, 0.28)
    return m.made()


def _rider(engine: bool) -> Shape:
    """Two wheels, and somebody on them: the jacket is what differs from one to the next."""
    m = _Maker()
    m.block((0.0, -0.02), (-0.3, -0.28), (0.1, 0.1), (0.0, 0.38), Paint.TYRE, 0)
    m.block((-0.7, -0.72), (-1.0, -0.98), (0.1, 0.1), (0.0, 0.38), Paint.TYRE, 0)
    if engine:
        m.block((-0.12, -0.2), (-0.95, -0.98), (0.2, 0.17), (0.2, 0.52), Paint.TAIL, 1)
        m.block((-0.16, -0.18), (-0.26, -0.26), (0.26, 0.2), (0.42, 0.66), Paint.TRIM, 2)
    m.block((-0.2, -0.2), (-0.25, -0.25), (0.46, 0.46), (0.6, 0.66), Paint.TYRE, 2)
    m.front(-0.14, 0.14, 0.48, 0.58, Paint.LAMP, 3, x=-0.13)
    m.rear(-0.14, 0.14, 0.4, 0.48, Paint.TAIL, 3)
    for side in (-1, 1):
        y = sorted((side * 0.2, side * 0.42))
        low = [(-0.34, y[1], 0.14), (-0.34, y[0], 0.14), (-0.62, y[0], 0.14), (-0.62, y[1], 0.14)]
        top = [(-0.34, y[1], 0.52), (-0.34, y[0], 0.52), (-0.62, y[0], 0.56), (-0.62, y[1], 0.56)]
        for i, k in ((1, 0), (3, 2), (0, 3), (2, 1)):
            m.face([low[i], low[k], top[k], top[i]], Paint.CLOTH, 4)
        m.face([top[0], top[3], top[2], top[1]], Paint.CLOTH, 4)
    m.block((-0.42, -0.45), (-0.7, -0.66), (0.44, 0.4), (0.5, 0.84), Paint.BODY, 5)
    m.block((-0.46, -0.48), (-0.6, -0.58), (0.17, 0.15), (0.85, 1.0), Paint.PLATE if engine else Paint.SKIN, 6)
    m.front(-0.13, 0.13, 0.88, 0.96, Paint.GLASS, 7, x=-0.455)
    return m.made()


def _walker() -> Shape:
    m = _Maker()
    m.block((-0.3, -0.25), (-0.7, -0.75), (0.22, 0.3), (0.0, 0.48), Paint.CLOTH, 0)
    m.block((-0.2, -0.2), (-0.8, -0.8), (0.42, 0.46), (0.46, 0.85), Paint.BODY, 1)
    m.block((-0.3, -0.32), (-0.7, -0.68), (0.2, 0.17), (0.86, 1.0), Paint.SKIN, 2)
    return m.made()


SHAPES: dict[RoadUser, Shape] = {
    RoadUser.CAR: _car(False), RoadUser.VEHICLE: _car(False), RoadUser.TAXI: _car(True), RoadUser.AMBULANCE: _van(True),
    RoadUser.TRUCK: _truck(), RoadUser.BUS: _bus(), RoadUser.TRAM: _tram(), RoadUser.MOTORCYCLE: _rider(True),
    RoadUser.BICYCLE: _rider(False), RoadUser.PEDESTRIAN: _walker(),
}


@dataclass(frozen=True, eq=False, slots=True)
class Body:
    """One road user, ready to be placed: ``corners`` (F, 4, 3) in metres, ``colours`` (F, 3) unlit."""

    kind: RoadUser
    length_m: float
    width_m: float
    height_m: float
    corners: Floats
    colours: Floats
    paint: NDArray[np.int8]
    layer: NDArray[np.int8]
    fine: NDArray[np.bool_]


def body(kind: RoadUser, length_m: float, width_m: float, height_m: float, name: str, seed: int) -> Body:
    """The look of the road user ``name``: the same for the same seed, always."""
    shape = SHAPES[kind]
    draw = zlib.crc32(f"{seed}/{name}".encode())
    choices = PLAIN.get(kind, CAR_COLOURS)
    base = choices[draw % len(choices)]
    light = 0.92 + 0.14 * ((draw >> 8) % 256) / 255
    table = np.array([base if p is Paint.BODY else PAINTS[p] for p in Paint], np.float64)
    table[Paint.BODY] = np.clip(table[Paint.BODY] * light, 0, 250)
    return Body(kind, length_m, width_m, height_m, shape.corners * (length_m, width_m, height_m), table[shape.paint], shape.paint,
                shape.layer, shape.fine)


def normals(corners: Floats) -> Floats:
    """(F, 3) unit normals, outwards, of faces (F, 4, 3)."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    out = np.empty_like(a)
    # numpy's cross is made for all cases and several times slower.
    for i, (j, k) in enumerate(((1, 2), (2, 0), (0, 1))):
        out[:, i] = a[:, j] * b[:, k] - a[:, k] * b[:, j]
    return np.asarray(out / np.maximum(np.sqrt((out * out).sum(axis=1, keepdims=True)), 1e-12))
