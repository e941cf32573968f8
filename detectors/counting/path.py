"""The way of one track over the image, drawn out beyond the image's edge by as much as is hidden there.

Where a vehicle comes in, its box grows out of the edge: the box's middle is seen late, and a line near that edge would never
see it pass. The same holds where it leaves. A path that begins or ends at an edge is therefore extended along its own motion, by
the size of its box at most. Who drives fast is known only some images after he came in, when his box has left the edge already:
he has come over it none the less.
"""

from __future__ import annotations

import math
from collections import deque

from detectors.counting.line import Point
from detectors.vision.edges import cut_off

BEGIN_MOVED = 0.35
"""A path's first direction is believed when it has moved by this share of its size."""
LEARN_S, SPEED_S = 0.4, 0.27
"""So long a first direction is waited for, and over so long the last motion is taken."""
LATE_S = 0.2
"""Who would have been cut off by the edge no longer ago than this, as he drives, has come in over it."""
LEAVES_S = 3.0
"""Who would need longer for the length of its own box stands at the edge and does not leave by it."""


class Path:
    """Feed it the boxes of one track, in images of ``fps`` a second; it hands out the points to be watched, the ones before the
    first included."""

    def __init__(self, width: int, height: int, fps: float) -> None:
        self._size = width, height
        self._held: list[Point] | None = []
        self._first_edges: tuple[int, int] = (0, 0)
        self._learn = max(2, round(LEARN_S * fps))
        self._last: deque[Point] = deque(maxlen=max(2, round(SPEED_S * fps)))
        self._fps = fps
        self._edges: tuple[int, int] = (0, 0)

    @property
    def last(self) -> Point | None:
        """Where it was seen last."""
        return self._last[-1] if self._last else None

    def add(self, frame: float, box: tuple[float, float, float, float]) -> list[Point]:
        """The points that are certain now."""
        left, top, right, bottom = box
        point = Point(frame, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
        self._edges = cut_off(box, self._size)
        self._last.append(point)
        if self._held is None:
            return [point]
        if not self._held:
            self._first_edges = self._edges
        self._held.append(point)
        first = self._held[0]
        moved = math.hypot(point.x - first.x, point.y - first.y)
        if moved < BEGIN_MOVED * point.size_px and len(self._held) < self._learn:
            return []
        held, self._held = self._held, None
        edges, gap_px = self._came_over(first, point, len(held) - 1)
        before = self._beyond(first, (first.x - point.x, first.y - point.y), edges, point.size_px + gap_px,
                              -(point.frame - first.frame), len(held) - 1) if moved > 0 else None
        return [before, *held] if before is not None else held

    def end(self) -> list[Point]:
        """The points that are left when the track has ended: those still held, and the one beyond the edge."""
        held, self._held = self._held or [], None
        if len(self._last) < 2:
            return held
        first, last = self._last[0], self._last[-1]
        edges = (_drawn_after(self._edges[0], last.x - first.x, last.width - first.width),
                 _drawn_after(self._edges[1], last.y - first.y, last.height - first.height))
        after = self._beyond(last, (last.x - first.x, last.y - first.y), edges, max(p.size_px for p in self._last),
                             last.frame - first.frame, len(self._last) - 1)
        return [*held, after] if after is not None else held

    def _came_over(self, first: Point, then: Point, steps: int) -> tuple[tuple[int, int], float]:
        """The edges that cut it off as it came in, as :func:`cut_off` has them, and how far before ``first`` that was."""
        back_x, back_y = first.x - then.x, first.y - then.y
        late = LATE_S * self._fps / max(1, steps)
        x, y = first.x + back_x * late, first.y + back_y * late
        edges = cut_off((x - first.width / 2, y - first.height / 2, x + first.width / 2, y + first.height / 2), self._size)
        if any(self._first_edges) or not any(edges):
            return self._first_edges, 0.0
        way_px, (width, height) = math.hypot(back_x, back_y), self._size
        gaps_px = [max(0.0, (size / 2 - abs(at - size / 2) - long / 2) * way_px / abs(back))
                   for edge, back, at, long, size in ((edges[0], back_x, first.x, first.width, width),
                                                      (edges[1], back_y, first.y, first.height, height)) if edge and back]
        return edges, min(gaps_px, default=0.0)

    def _beyond(self, end: Point, way: tuple[float, float], edges: tuple[int, int], size_px: float,
                frames: float, steps: int) -> Point | None:
        """``end`` moved on by one box's size in the direction of ``way``, where that leads out over an edge it touches. ``way``
        was made in ``frames``, of which ``steps`` were looked at."""
        length = math.hypot(*way)
        if length < 1.0 or frames == 0:
            return None
        out = max(edge * w / length for edge, w in zip(edges, way, strict=True))
        if out < 0.3:
            return None
        if size_px / length * steps > LEAVES_S * self._fps:
            return None
        later = size_px / length * abs(frames)
        return Point(end.frame + math.copysign(later, frames), end.x + way[0] / length * size_px,
                     end.y + way[1] / length * size_px, end.width, end.height)


def _drawn_after(edge: int, moved: float, grown: float) -> int:
    """``edge``, or 0 where what touches it has but grown to there: of whoever leaves the rear has moved, half as far as
    the middle and farther."""
    return edge if grown <= edge * moved else 0
