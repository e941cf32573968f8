"""Who crosses a line, once and in which direction.

A vehicle has crossed when its rear has: detectors find vehicles late, when much of them is past a line near the image's edge
already, but their rear is not. The rear must clearly be on the other side, and the whole have moved there by more than its
size: a box that trembles, or grows and shrinks as others hide it, has done neither. Counted is the moment in which the middle
passed.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from detectors.errors import CameraError

CLEAR_SHARE, CLEAR_PX = 0.06, 1.0
"""Clearly across is the rear that is this share of the box's size beyond the line, and at least so many pixels."""
MOVED_SHARE, BACK_SHARE = 1.1, 2.4
"""The middle must have moved towards the other side by so many of its sizes, each step in the size it had then: splinters that
are found at the line and jump to the next splinter, and what is left where somebody stood, do not get so far. Who has
crossed already and comes back, by twice that, unless steadily: then its number was handed on to somebody who drives that way."""
WHOLE_SHARE = 0.4
"""Or by this, where boxes come from a model: it knows a vehicle by its looks and finds no splinters."""
STEADY_SHARE, STEADY_STEPS, STEADY_LEAST = 0.5, 5, 0.3
"""Or by this share, where so many steps in a row were alike: none smaller than that share of the largest. Splinters jump."""
SIZES = 5
"""The size is the largest of so many points: halves of a vehicle are found now and then."""
BEFORE_SHARE = 0.5
"""Comes from a side who has been on it with three quarters of its length; less is the tremble of who stands on the line."""
EXTENT = 0.8
"""Of a box's extent across a slanted line a vehicle fills so much: its corners are air."""
BESIDE_SHARE = 0.35
"""Who passes beside the end of the line by less than this share of its size has driven over it still."""


class Direction(StrEnum):
    """As seen by somebody who walks along the line from its first point to its second, on the image."""

    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"


WAYS = ((Direction.LEFT_TO_RIGHT, 1.0), (Direction.RIGHT_TO_LEFT, -1.0))


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

    def reach_px(self, point: Point) -> float:
        """How far a box of this size reaches across the line."""
        return (abs(self.y2 - self.y1) * point.width + abs(self.x2 - self.x1) * point.height) / self.length_px

    def width_px(self, point: Point) -> float:
        """How far it reaches along the line."""
        return (abs(self.x2 - self.x1) * point.width + abs(self.y2 - self.y1) * point.height) / self.length_px

    def along(self, x: float, y: float) -> float:
        """Where a point lies along the line: 0 at its first end, 1 at its second."""
        return ((self.x2 - self.x1) * (x - self.x1) + (self.y2 - self.y1) * (y - self.y1)) / self.length_px**2


class Point(NamedTuple):
    """A place of a track: moment, middle and size of its box in pixels."""

    frame: float
    x: float
    y: float
    width: float
    height: float

    @property
    def size_px(self) -> float:
        return math.sqrt(max(1.0, self.width * self.height))


class Crossing(NamedTuple):
    """``frame`` is the image in which the middle passed the line, at (x, y). It was ``along_px`` from the line's first end then,
    ``wide_px`` along the line, ``long_px`` across it, and moved by ``pace_px`` an image across it."""

    frame: float
    direction: Direction
    x: float
    y: float
    along_px: float = 0.0
    wide_px: float = 0.0
    long_px: float = 0.0
    pace_px: float = 0.0


@dataclass(slots=True)
class LineWatch:
    """One track at one line; it counts once in each direction at most. ``whole``: its boxes are of whole vehicles. ``on_road``:
    the line is as long as one lane is broad, and who passes beside its end is told by where he touches the road."""

    line: CountLine
    whole: bool = False
    on_road: bool = False
    _last: Point | None = None
    _sizes_px: deque[float] = field(default_factory=lambda: deque(maxlen=SIZES))
    _steps: deque[float] = field(default_factory=lambda: deque(maxlen=STEADY_STEPS))
    _way: float = 0.0
    """How far it has come to the walker's right, in sizes."""
    _furthest: dict[Direction, float] = field(default_factory=dict)
    _from: dict[Direction, tuple[float, float]] = field(default_factory=dict)
    """The image in which it was furthest before the line, and its distance then."""
    _passed: dict[Direction, Point] = field(default_factory=dict)
    _before: set[Direction] = field(default_factory=set)
    _done: set[Direction] = field(default_factory=set)

    def see(self, point: Point) -> Crossing | None:
        """The crossing that is certain now."""
        line = self.line
        away_px = line.side_px(point.x, point.y)
        whole_px = line.reach_px(point) / 2
        last, self._last = self._last, point
        self._sizes_px.append(point.size_px)
        was_px = line.side_px(last.x, last.y) if last is not None else away_px
        if last is not None:
            step = (away_px - was_px) / max(self._sizes_px)
            # An image's: some are lost, and who came in over the edge was a whole size further back, several images before.
            self._steps.append(step / max(1.0, point.frame - last.frame))
            self._way += step
        for direction, sign in WAYS:
            if direction in self._done:
                continue
            # Along the direction: negative before the line, positive beyond it.
            middle_px, before_px = sign * away_px, sign * was_px
            rear_px = middle_px - EXTENT * whole_px
            way = sign * self._way
            if way <= self._furthest.get(direction, way):
                self._furthest[direction] = way
                self._from[direction] = point.frame, middle_px
            clear_px = max(CLEAR_PX, CLEAR_SHARE * point.size_px)
            # Who came from this side, or was found with the rear still on it.
            if middle_px < -BEFORE_SHARE * whole_px or (last is None and middle_px - whole_px < 0.0):
                self._before.add(direction)
            if before_px < 0.0 <= middle_px and last is not None:
                share = before_px / (before_px - middle_px)
                self._passed[direction] = Point(*(a + (b - a) * share for a, b in zip(last, point, strict=True)))
            elif direction not in self._passed and middle_px >= 0.0:
                # First seen with its middle beyond the line already.
                self._passed[direction] = point
            if rear_px >= clear_px and (crossing := self._crossed(direction, sign, point)) is not None:
                return crossing
        return None

    def end(self) -> Crossing | None:
        """No more images: the crossing of whoever is clearly over the line with his middle, though not with his rear yet."""
        if (point := self._last) is None:
            return None
        away_px = self.line.side_px(point.x, point.y)
        for direction, sign in WAYS:
            if direction not in self._done and sign * away_px >= max(CLEAR_PX, CLEAR_SHARE * point.size_px):
                return self._crossed(direction, sign, point)
        return None

    def _crossed(self, direction: Direction, sign: float, point: Point) -> Crossing | None:
        """None where it has not come from the other side, or not far enough."""
        line = self.line
        middle_px = sign * line.side_px(point.x, point.y)
        steady = self._steady(sign)
        needed = ((MOVED_SHARE if steady else BACK_SHARE) if self._done else WHOLE_SHARE if self.whole
                  else STEADY_SHARE if steady else MOVED_SHARE)
        if direction not in self._before or middle_px <= 0.0 or sign * self._way - self._furthest[direction] < needed:
            return None
        at = self._passed.get(direction, point)
        self._done.add(direction)
        beside = BESIDE_SHARE * at.size_px / line.length_px
        began, began_px = self._from[direction]
        along = line.along(at.x, at.y + (at.height / 2 if self.on_road else 0.0))
        if not -beside <= along <= 1.0 + beside:
            return None
        pace_px = (middle_px - began_px) / max(0.5, point.frame - began)
        return Crossing(at.frame, direction, at.x, at.y, along * line.length_px, line.width_px(at), line.reach_px(at), pace_px)

    def _steady(self, sign: float) -> bool:
        steps = [sign * step for step in self._steps]
        return len(steps) == STEADY_STEPS and min(steps) > STEADY_LEAST * max(steps) > 0.0
