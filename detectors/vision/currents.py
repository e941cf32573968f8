"""Which way traffic usually goes at each place of an image, learnt from those who could be followed."""

from __future__ import annotations

import math

from detectors.vision.edges import edge_px

CELLS = 20
"""Along the image's longer side."""
LEAST, MOST = 3, 200
"""So many have to agree before anything is said, and so many are remembered."""
AGREE = 0.85
"""Where the mean of all motions is shorter than this share of their mean length, traffic goes more than one way."""

Pair = tuple[float, float]


class Currents:
    """Of one camera with images of ``size`` (width, height)."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._cell_px = max(size) / CELLS
        self._rows: dict[tuple[int, int], list[float]] = {}

    def at_edge(self, box: tuple[float, float, float, float]) -> bool:
        """Whether the image's edge cuts ``box`` (left, top, right, bottom) off."""
        left, top, right, bottom = box
        return min(left, top, self._size[0] - right, self._size[1] - bottom) <= edge_px(self._size)

    def note(self, at: Pair, motion: Pair) -> None:
        """Somebody drove by ``motion`` (pixels, from one image to the next) here."""
        row = self._rows.setdefault(self._key(at), [0.0, 0.0, 0.0, 0.0])
        if row[0] >= MOST:
            row[:] = [v * (1.0 - 1.0 / MOST) for v in row]
        for i, v in enumerate((1.0, *motion, math.hypot(*motion))):
            row[i] += v

    def at(self, place: Pair) -> Pair | None:
        """The usual motion here; None where too few were seen, or where they go different ways. What is beside may be the
        lane of those who come the other way, and says nothing."""
        n, right, down, far = self._rows.get(self._key(place), (0.0, 0.0, 0.0, 0.0))
        if n < LEAST or math.hypot(right, down) < AGREE * far:
            return None
        return right / n, down / n

    def _key(self, at: Pair) -> tuple[int, int]:
        return int(at[0] // self._cell_px), int(at[1] // self._cell_px)
