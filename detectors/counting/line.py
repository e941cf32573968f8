"""Who crosses a line, once and in which direction.

A track counts when it has clearly been on one side and is clearly on the other; what trembles on the line has done neither.
At the image's edge a vehicle's box is cut off and its middle never comes as far as the vehicle does, so a track that begins or
ends at the edge is drawn out by as much as is hidden (:mod:`detectors.counting.path`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from detectors.errors import CameraError

CLEAR_SHARE, CLEAR_PX = 0.12, 2.0
"""Clearly on one side is this share of the box's size away from the line, and at least so many pixels."""
BACK_SHARE = 0.6
"""Whoever has been counted must go back by this share of its size to count the other way."""


class Direction(StrEnum):
    """As seen by somebody who walks along the line from its first point to its second, on the image."""

    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"


@dataclass(frozen=True, slots=True)
class CountLine:
    """From (x1, y1) to (x2, y2) in pixels. Raises :class:`CameraError` where the two points are one."""

    x1: float
    y1: float
    x2: float
    y2: float
    name: str = "line"

    def __post_init__(self) -> None:
        values = (self.x1, self.y1, self.x2, self.y2)
        if not all(math.isfinite(v) for v in values):
            raise CameraError(f"a point of the line is not a number: {values}", where=self.name)
        if self.length_px < 1.0:
            raise CameraError(f"the line has no length: both ends are at {self.x1:g},{self.y1:g}", where=self.name)

    @property
    def length_px(self) -> float:
        return math.hypot(self.x2 - self.x1, self.y2 - self.y1)

    def side_px(self, x: float, y: float) -> float:
        """Distance from the line, negative on the walker's left. (The image's y points down.)"""
        return ((self.x2 - self.x1) * (y - self.y1) - (self.y2 - self.y1) * (x - self.x1)) / self.length_px

    def along(self, x: float, y: float) -> float:
        """Where a point lies along the line: 0 at its first end, 1 at its second."""
        return ((self.x2 - self.x1) * (x - self.x1) + (self.y2 - self.y1) * (y - self.y1)) / self.length_px**2


class Point(NamedTuple):
    """A place of a track: moment, pixels, and the size of its box (the geometric mean of its sides)."""

    frame: float
    x: float
    y: float
    size_px: float


class Crossing(NamedTuple):
    """``frame`` is the image in which the line itself was crossed, between the two clear sides."""

    frame: float
    direction: Direction
    x: float
    y: float


@dataclass(slots=True)
class LineWatch:
    """One track at one line."""

    line: CountLine
    _side: int = 0
    _last: Point | None = None
    _on_line: Point | None = None
    _done: set[Direction] = field(default_factory=set)
    _counted: bool = False

    def see(self, point: Point) -> Crossing | None:
        """The crossing that is certain now; a track counts once in each direction at most."""
        away_px = self.line.side_px(point.x, point.y)
        last, self._last = self._last, point
        # Where it passed the line itself is noted at once; it counts only when it is clear of it.
        if last is not None:
            before_px = self.line.side_px(last.x, last.y)
            if before_px * away_px <= 0.0 and before_px != away_px:
                share = before_px / (before_px - away_px)
                self._on_line = Point(*(a + (b - a) * share for a, b in zip(last, point, strict=True)))
        clear_px = max(CLEAR_PX, CLEAR_SHARE * point.size_px, BACK_SHARE * point.size_px if self._counted else 0.0)
        if abs(away_px) < clear_px:
            return None
        side = 1 if away_px > 0 else -1
        was, self._side = self._side, side
        if was in (0, side) or self._on_line is None:
            return None
        at, direction = self._on_line, Direction.LEFT_TO_RIGHT if side > 0 else Direction.RIGHT_TO_LEFT
        # Half a box beside the end of the line is over it still: a line is drawn from kerb to kerb, a vehicle is wide.
        beside = 0.25 * at.size_px / self.line.length_px
        if not -beside <= self.line.along(at.x, at.y) <= 1.0 + beside or direction in self._done:
            return None
        self._done.add(direction)
        self._counted = True
        return Crossing(at.frame, direction, at.x, at.y)
