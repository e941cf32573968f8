"""Shapes that drawings are made of: bands along a line, stripes, arrow heads, pieces of a line. All in metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Points = Sequence[tuple[float, float]]
MITRE = 2.0


def as_points(line: Array) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in line]


def clean(line: Iterable[Sequence[float]]) -> Array:
    """(n, 2) without repeated points; two points at least where the line has two different ones."""
    points = np.asarray([tuple(p[:2]) for p in line], dtype=np.float64)
    if len(points) < 2:
        return points
    keep = np.concatenate([[True], np.hypot(*np.diff(points, axis=0).T) > 1e-6])
    return points[keep]


def beside(line: Array, by_m: float) -> Array:
    """The line moved ``by_m`` to its left; corners are mitred, very sharp ones cut short."""
    if len(line) < 2:
        return line
    along = np.diff(line, axis=0)
    along /= np.hypot(*along.T)[:, None]
    left = np.column_stack([-along[:, 1], along[:, 0]])
    first, last = np.vstack([left[:1], left]), np.vstack([left, left[-1:]])
    middle = first + last
    size = np.hypot(*middle.T)
    middle = np.where(size[:, None] > 1e-9, middle / np.maximum(size, 1e-9)[:, None], first)
    lengthen = 1.0 / np.maximum(np.sum(middle * first, axis=1), 1.0 / MITRE)
    return line + by_m * middle * lengthen[:, None]


def band(line: Array, width_m: float) -> list[tuple[float, float]]:
    """Ring around a line, ``width_m`` wide."""
    return as_points(np.vstack([beside(line, width_m / 2), beside(line, -width_m / 2)[::-1]]))


def lengths(line: Array) -> Array:
    """Metres from the start to each point."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def piece(line: Array, from_m: float, to_m: float) -> Array:
    """The part of a line between two distances from its start."""
    at = lengths(line)
    from_m, to_m = max(0.0, from_m), min(float(at[-1]), to_m)
    if to_m <= from_m:
        return line[:0]
    inside = (at > from_m) & (at < to_m)
    marks = np.concatenate([[from_m], at[inside], [to_m]])
    return np.column_stack([np.interp(marks, at, line[:, i]) for i in (0, 1)])


def arrow_head(line: Array, length_m: float, width_m: float) -> list[tuple[float, float]]:
    """Triangle whose tip is the line's end, pointing as its last ``length_m`` do."""
    total = float(lengths(line)[-1])
    tip, back = line[-1], piece(line, max(0.0, total - length_m), total)[0]
    along = (tip - back) / max(float(np.hypot(*(tip - back))), 1e-9)
    left = np.array([-along[1], along[0]]) * width_m / 2
    foot = tip - along * length_m
    return as_points(np.array([tip, foot + left, foot - left]))


def zebra(line: Array, width_m: float, stripe_m: float = 0.5) -> list[list[tuple[float, float]]]:
    """Stripes of a crossing whose middle is ``line``: each ``stripe_m`` along it and ``width_m`` across it."""
    total = float(lengths(line)[-1])
    starts = np.arange(stripe_m / 2, total - stripe_m / 2, 2 * stripe_m)
    return [band(piece(line, s, s + stripe_m), width_m) for s in starts]


def smooth(line: Array, step_m: float = 0.8) -> Array:
    """A line through a turn's few points as a smooth curve: corners cut twice (Chaikin, 1974), ends kept."""
    if len(line) < 3 or float(lengths(line)[-1]) < step_m:
        return line
    for _ in range(2):
        a, b = line[:-1], line[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        line = np.vstack([line[:1], cut, line[-1:]])
    return line
