"""How well vehicles at certain places account for what of an image is not background."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Floats
from detectors.lane_traffic.silhouettes import Index, Shape


class Worth(NamedTuple):
    """Of one shape at several places, (N,) each: ``inside`` pixels in motion that nobody else accounts for, ``open`` pixels that
    nobody else covers, both within the silhouette."""

    inside: Floats
    open: Floats

    @property
    def gain(self) -> Floats:
        """What is accounted for, less what should be there and is not."""
        return 2 * self.inside - self.open


class Account:
    """One image: ``mask`` (rows, columns), not 0 where it is not background."""

    def __init__(self, mask: NDArray[np.uint8]) -> None:
        self._there = mask.reshape(-1) > 0
        self._covers = np.zeros(mask.size, np.int16)

    @property
    def size(self) -> int:
        """Pixels of the image."""
        return len(self._there)

    def cover(self, pixels: Index) -> None:
        self._covers[pixels] += 1

    def uncover(self, pixels: Index) -> None:
        self._covers[pixels] -= 1

    def both(self, many: float) -> NDArray[np.float32]:
        """By pixel: 0 where somebody covers it, 1 where nobody does, and ``many`` more where it is to be accounted for."""
        open_ = self._covers == 0
        return np.asarray(open_ + np.float32(many) * (open_ & self._there), np.float32)

    def gain(self, pixels: Index) -> float:
        """What would be accounted for with ``pixels`` covered, less what should be there and is not."""
        open_ = self._covers[pixels] == 0
        return float(2 * np.count_nonzero(open_ & self._there[pixels]) - np.count_nonzero(open_))

    def worth(self, shape: Shape, first: int, last: int) -> Worth:
        """Of ``shape`` at its places ``first`` to ``last``, the last included."""
        starts = shape.starts[first:last + 2]
        pixels = shape.pixels[starts[0]:starts[-1]]
        open_ = self._covers[pixels] == 0
        inside = open_ & self._there[pixels]
        return Worth(_sums(inside, starts - starts[0]), _sums(open_, starts - starts[0]))


def _sums(values: NDArray[np.bool_], starts: Index) -> Floats:
    upto = np.concatenate([[0], np.cumsum(values)])
    return np.asarray(upto[starts[1:]] - upto[starts[:-1]], np.float64)
