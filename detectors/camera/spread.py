"""Whether known points fix a plane: four of them, no three on one line, in the image and on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from detectors.camera.ground import Floats

NEARLY = 0.01
"""Three points whose triangle is no higher than this share of its longest side lie on one line, as far as a hand can tell."""
LEAST_PX, LEAST_M = 1.0, 0.01
CLEARLY, CLEAR_PX = 0.03, 5.0
"""Three points whose triangle is higher than this have a sense that no trembling hand turns."""


class NoPlane(NamedTuple):
    """``point`` counts from 0, None where it is not one point's fault."""

    what: str
    mend: str
    point: int | None = None


def why_no_plane(px: Sequence[Sequence[float]] | Floats, m: Sequence[Sequence[float]] | Floats) -> NoPlane | None:
    """None where a homography can be fitted to the points, (N, 2) pixels and (N, 2) metres."""
    planes = (("in the image", np.asarray(px, np.float64).reshape(-1, 2), LEAST_PX),
              ("on the ground", np.asarray(m, np.float64).reshape(-1, 2), LEAST_M))
    if len(px) < 4:
        return NoPlane(f"{len(px)} known points are given, four are needed", "add points")
    for where, points, least in planes:
        apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + np.diag(np.full(len(points), np.inf))
        if apart.min() < least:
            a, b = sorted(int(i) for i in np.unravel_index(int(apart.argmin()), apart.shape))
            return NoPlane(f"points {a + 1} and {b + 1} are at the same place {where}", "give each its own place", b)
        line = _line_of_most(points, least)
        if len(line) > len(points) - 2:
            names = ", ".join(str(i + 1) for i in line)
            which = "all points lie" if len(line) == len(points) else f"points {names} lie"
            return NoPlane(f"{which} on one line {where}, or nearly so", "take four points of which no three lie on a line",
                           line[-1] if len(line) < len(points) else None)
    return _twisted(planes[0][1], planes[1][1])


def _twisted(px: Floats, m: Floats) -> NoPlane | None:
    """What lies in front of a camera keeps its sense: any three points go round the same way in the image and on the ground, or,
    with axes of the other hand, all of them the other way. (Hartley and Zisserman, *Multiple View Geometry*, 2nd ed., §21.1.)
    Triangles too flat to tell are left out."""
    threes = np.array(list(combinations(range(len(px)), 3)))
    sense = np.ones(len(threes))
    for points, least in ((px, CLEAR_PX), (m, LEAST_M)):
        a, b, c = (points[threes[:, i]] for i in range(3))
        twice_area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
        longest = np.maximum.reduce([np.hypot(*(p - q).T) for p, q in ((a, b), (b, c), (c, a))])
        flat = np.abs(twice_area) < np.maximum(least, CLEARLY * longest) * longest
        sense *= np.where(flat, 0.0, np.sign(twice_area))
    odd = np.flatnonzero(sense == (1.0 if sense.sum() < 0 else -1.0))
    if not len(odd):
        return None
    names = ", ".join(str(i + 1) for i in threes[odd[0]])
    return NoPlane(f"points {names} go round one way in the image and the other way on the ground",
                   "have two points changed places, or is one mistyped?")


def _line_of_most(points: Floats, least: float) -> list[int]:
    """The points nearest to the line, through two of them, that has the most on it. Where at most one point is off a line no
    four have a general position; where two or more are off every line some four have."""
    best: list[int] = []
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    for i in range(len(points) - 1):
        away = points - points[i]
        twice_area = np.abs(np.outer(away[:, 0], away[:, 1]) - np.outer(away[:, 1], away[:, 0]))
        # By the height of a triangle on its longest side: two points close together fix no direction.
        longest = np.maximum(apart, np.maximum(apart[i][:, None], apart[i][None]))
        on = twice_area < np.maximum(least, NEARLY * longest) * longest
        on[: i + 1] = False
        most = int(on.sum(axis=1).argmax())
        if on[most].sum() > len(best):
            best = [int(k) for k in np.flatnonzero(on[most])]
            best = sorted({*best, i, most})
    return best
