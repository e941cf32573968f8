"""A camera's calibration as shapes over its image, for whoever draws them: a picture or a page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from detectors.camera.ground import Floats, Ground
from detectors.camera.site import CameraLane, CameraSite, KnownPoint, LaneRole

Pixel = tuple[float, float]
CELL_PX = 7.0
"""Lines of the metre grid nearer to each other than this are left out."""
GRID_STEPS_M = (1, 5, 10, 50)
GRID_REACH_M = 200.0
COARSE_M_PER_PX = 2.0
FINEST = 60


class Kind(StrEnum):
    GRID = "grid"
    GRID_BOLD = "grid_bold"
    HORIZON = "horizon"
    LANE = "lane"
    EXIT = "exit"
    STOP = "stop"
    WAY = "way"
    LINE = "line"
    ZONE = "zone"
    KNOWN = "known"
    FITTED = "fitted"
    OFF = "off"


class Stroke(NamedTuple):
    """A row of pixels, ``closed`` and filled where it is an area; a single one is a mark."""

    kind: Kind
    points: tuple[Pixel, ...]
    closed: bool = False


class Label(NamedTuple):
    kind: Kind
    at: Pixel
    text: str


def overlay(site: CameraSite, ground: Ground | None, points: Sequence[KnownPoint] = ()) -> list[Stroke | Label]:
    """Everything, what lies lowest first. ``points`` are drawn besides those of the site's homography, in their stead where it
    has none: what is not yet enough for a plane."""
    shapes: list[Stroke | Label] = []
    if ground is not None:
        shapes += [*_grid(site, ground), *_horizon(site, ground)]
    for zone in site.zones:
        shapes += [Stroke(Kind.ZONE, zone.area, True), Label(Kind.ZONE, _middle(site, zone.area), f"{zone.name} ({zone.kind})")]
    for lane in site.lanes:
        shapes += _lane(site, lane)
    for line in site.lines:
        shapes += [Stroke(Kind.LINE, line.points), Stroke(Kind.WAY, _left_to_right(line.points, site.image.width / 20)),
                   Label(Kind.LINE, line.points[0], line.name)]
    told = site.homography.points if site.homography else ()
    for i, point in enumerate(told or points):
        shapes += _point(i, point, ground if told else None)
    return shapes


def _lane(site: CameraSite, lane: CameraLane) -> Iterator[Stroke | Label]:
    kind = Kind.EXIT if lane.role is LaneRole.EXIT else Kind.LANE
    yield Stroke(kind, lane.area, True)
    yield Stroke(Kind.STOP, lane.stop_line)
    (x1, y1), (x2, y2) = lane.stop_line
    middle, stop = _middle(site, lane.area), ((x1 + x2) / 2, (y1 + y2) / 2)
    yield Stroke(Kind.WAY, (stop, middle) if lane.role is LaneRole.EXIT else (middle, stop))
    yield Label(kind, middle, lane.id)


def _point(i: int, point: KnownPoint, ground: Ground | None) -> Iterator[Stroke | Label]:
    if ground is not None:
        again = ground.pixels([point.m])[0]
        if np.isfinite(again).all():
            fitted = (float(again[0]), float(again[1]))
            yield Stroke(Kind.OFF, (point.px, fitted))
            yield Stroke(Kind.FITTED, (fitted,))
    yield Stroke(Kind.KNOWN, (point.px,))
    yield Label(Kind.KNOWN, point.px, f"{i + 1}{' ' + point.name if point.name else ''}")


def _left_to_right(ends: tuple[Pixel, Pixel], reach: float) -> tuple[Pixel, Pixel]:
    """An arrow over the middle of a line, from the left to the right of whoever walks along it: the way that is counted so."""
    (x1, y1), (x2, y2) = ends
    size = max(math.hypot(x2 - x1, y2 - y1), 1e-9)
    across = (-(y2 - y1) / size * reach / 2, (x2 - x1) / size * reach / 2)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return (x - across[0], y - across[1]), (x + across[0], y + across[1])


def _middle(site: CameraSite, area: Sequence[Pixel]) -> Pixel:
    """Of what is seen of an area, or nearly: of its corners, moved into the image."""
    inside = [(min(max(x, 0.0), float(site.image.width)), min(max(y, 0.0), float(site.image.height))) for x, y in area]
    return sum(x for x, _ in inside) / len(inside), sum(y for _, y in inside) / len(inside)


def _horizon(site: CameraSite, ground: Ground) -> Iterator[Stroke | Label]:
    a, b, c = ground.horizon_px()
    width, height = float(site.image.width), float(site.image.height)
    ends: list[Pixel]
    if abs(b) >= abs(a):
        ends = [(x, -(a * x + c) / b) for x in (0.0, width)]
        seen = any(0 <= y <= height for _, y in ends)
    else:
        ends = [(-(b * y + c) / a, y) for y in (0.0, height)]
        seen = any(0 <= x <= width for x, _ in ends)
    if seen:
        yield Stroke(Kind.HORIZON, tuple(ends))
        yield Label(Kind.HORIZON, ends[0], "horizon")


def _grid(site: CameraSite, ground: Ground) -> Iterator[Stroke | Label]:
    """Lines of whole metres along both axes, each as far as it is not too near to its neighbours."""
    across, down = np.meshgrid(np.linspace(0, site.image.width, FINEST), np.linspace(0, site.image.height, FINEST))
    px = np.column_stack([across.ravel(), down.ravel()])
    fine = _m_per_px(ground, px) < COARSE_M_PER_PX
    if not fine.any():
        return
    metres = ground.metres(px[fine])
    middle = np.median(metres, axis=0)
    reach = min(site.range_m, GRID_REACH_M)
    low = np.floor(np.maximum(metres.min(axis=0), middle - reach))
    high = np.ceil(np.minimum(metres.max(axis=0), middle + reach))
    for axis in (0, 1):
        along = np.arange(low[1 - axis], high[1 - axis] + 1e-9, 0.5)
        for value in np.arange(low[axis], high[axis] + 1e-9):
            line = np.empty((len(along), 2))
            line[:, axis], line[:, 1 - axis] = value, along
            step = max(s for s in GRID_STEPS_M if value % s == 0)
            for first, last in _runs(site, ground, line, step, axis):
                yield Stroke(Kind.GRID_BOLD if step >= 10 else Kind.GRID, (first, last))
                if step >= 10 and math.dist(first, last) > 60.0:
                    yield Label(Kind.GRID_BOLD, max(first, last, key=lambda p: p[1]), f"{'XY'[axis]} {value:.0f} m")


def _runs(site: CameraSite, ground: Ground, line: Floats, step: float, axis: int) -> Iterator[tuple[Pixel, Pixel]]:
    """The parts of a line in metres that are to be drawn, by their ends: what is straight on the road is so in the image."""
    beside = line.copy()
    beside[:, axis] += step
    px, other = ground.pixels(line), ground.pixels(beside)
    good = np.isfinite(px).all(axis=1) & np.isfinite(other).all(axis=1)
    px[~good] = other[~good] = -1.0
    tight = np.hypot(*(other - px).T) < CELL_PX
    size = np.array([site.image.width, site.image.height])
    good &= ~tight & (px >= 0).all(axis=1) & (px <= size).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if end - first > 1:
            a, b = px[first], px[end - 1]
            yield (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))


def _m_per_px(ground: Ground, px: Floats) -> Floats:
    near, far = ground.metres(px + (0.0, 0.5)), ground.metres(px - (0.0, 0.5))
    good = np.isfinite(near).all(axis=1) & np.isfinite(far).all(axis=1)
    out = np.full(len(px), math.inf)
    out[good] = np.hypot(*(far[good] - near[good]).T)
    return out
