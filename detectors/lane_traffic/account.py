"""How well vehicles at certain places account for what of an image is not background."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.camera.ground import Floats
from detectors.lane_traffic.silhouettes import Index, Shape

SURE = 255
"""In a mask: what is not background for certain. Less, and not 0, may be nothing but a shadow on it: that speaks neither for a
vehicle nor against it: a shadow alone is nobody, and a dark car that is taken for one in parts is none the less for it."""
LEAST_SURE = 0.25
"""Share of what lies open of a vehicle that must be no shadow."""
DOUBT = 1.2
"""What a pixel in doubt is worth, of 2 for one in motion and 1 for one that should be: where the windows of a dark car show, and
its body may be a shadow, it stands on its wheels and not on its windows."""
Counts = NDArray[np.int32]


class Worth(NamedTuple):
    """Of shapes at several places, pixels of each (N,) that nobody else covers: ``inside`` in motion, ``doubt`` perhaps, and all,
    ``open``."""

    inside: Floats
    doubt: Floats
    open: Floats

    @property
    def gain(self) -> Floats:
        """What is accounted for, less what should be there and is not."""
        return 2 * self.inside + DOUBT * self.doubt - self.open

    @property
    def shown(self) -> Floats:
        """Share of what lies open that is in motion, what is in doubt by half."""
        return (self.inside + self.doubt / 2) / np.maximum(self.open, 1.0)

    @property
    def filled(self) -> Floats:
        """Share that is in motion of what is not in doubt; 0 where nearly all is."""
        return np.where(self.inside >= LEAST_SURE * self.open, self.inside / np.maximum(self.open - self.doubt, 1.0), 0.0)

    @property
    def whole(self) -> Floats:
        """Share of what lies open that is in motion or in doubt."""
        return (self.inside + self.doubt) / np.maximum(self.open, 1.0)


class Account:
    """One image: ``mask`` (rows, columns), not 0 where it is not background, less than :data:`SURE` where that is in doubt."""

    def __init__(self, mask: NDArray[np.uint8]) -> None:
        flat = mask.reshape(-1)
        self._sure, self._doubt = flat == SURE, (flat > 0) & (flat < SURE)
        self._covers = np.zeros(mask.size, np.int16)

    @property
    def size(self) -> int:
        """Pixels of the image."""
        return len(self._sure)

    def cover(self, pixels: Index) -> None:
        self._covers[pixels] += 1

    def uncover(self, pixels: Index) -> None:
        self._covers[pixels] -= 1

    def packed(self, many: int) -> Counts:
        """By pixel: 0 where somebody covers it; where nobody does 1, and ``many`` more where it is in doubt, or its square where
        it is in motion. A sum over less than ``many`` pixels can be taken apart again by :func:`unpacked`."""
        return np.asarray((self._covers == 0) * (1 + many * self._doubt + many**2 * self._sure), np.int32)

    def gain(self, pixels: Index) -> float:
        """What would be accounted for with ``pixels`` covered, less what should be there and is not."""
        open_ = self._covers[pixels] == 0
        return float(2 * np.count_nonzero(open_ & self._sure[pixels]) + DOUBT * np.count_nonzero(open_ & self._doubt[pixels])
                     - np.count_nonzero(open_))

    def worth(self, shape: Shape, first: int, last: int) -> Worth:
        """Of ``shape`` at its places ``first`` to ``last``, the last included."""
        starts = shape.starts[first:last + 2]
        pixels = shape.pixels[starts[0]:starts[-1]]
        open_ = self._covers[pixels] == 0
        starts = starts - starts[0]
        return Worth(_sums(open_ & self._sure[pixels], starts), _sums(open_ & self._doubt[pixels], starts), _sums(open_, starts))


def unpacked(sums: Counts, many: int) -> Worth:
    """What sums of :meth:`Account.packed` are made of."""
    high, open_ = np.divmod(sums, many)
    inside, doubt = np.divmod(high, many)
    return Worth(inside.astype(np.float64), doubt.astype(np.float64), open_.astype(np.float64))


def _sums(values: NDArray[np.bool_], starts: Index) -> Floats:
    upto = np.concatenate([[0], np.cumsum(values)])
    return np.asarray(upto[starts[1:]] - upto[starts[:-1]], np.float64)
