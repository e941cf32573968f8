"""Where the paths of two links meet: clearing and entering distances for the conflict-point method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signal_drivers.clearance import Stream, intergreen_s
from simulation.netmodel.links import Link, Path2D

SWATH_M = 1.8
"""Paths closer than this touch: the width of a car, half of it to either side of each path."""
STEP_M = 0.5


@dataclass(frozen=True, slots=True)
class Meeting:
    """Metres from each stop line to where the conflict area begins and ends on its own path."""

    first_enters_m: float
    first_clears_m: float
    second_enters_m: float
    second_clears_m: float


def _sampled(path: Path2D) -> tuple[Path2D, np.ndarray]:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    along = np.append(np.arange(0.0, lengths[-1], STEP_M), lengths[-1])
    return np.column_stack([np.interp(along, lengths, path[:, 0]), np.interp(along, lengths, path[:, 1])]), along


def meeting(first: Path2D, second: Path2D, swath_m: float = SWATH_M) -> Meeting:
    """Conflict area of two paths, each (n, 2) in m: from the first to the last point nearer than ``swath_m`` to the other
    path. Paths that never come so near (long vehicles may still touch) meet where they are nearest."""
    a, at_a = _sampled(first)
    b, at_b = _sampled(second)
    gap = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    near = gap <= max(swath_m, float(gap.min()) + 1e-6)
    on_a, on_b = at_a[near.any(axis=1)], at_b[near.any(axis=0)]
    return Meeting(float(on_a[0]), float(on_a[-1]), float(on_b[0]), float(on_b[-1]))


def stream_of(link: Link) -> Stream:
    return Stream(link.kind, turning=link.turn.value not in ("through", "crossing"), limit_mps=link.limit_mps)


def pair_intergreens(a: Link, b: Link, yellow_s: float) -> tuple[float, float]:
    """Intergreen seconds (a ends, b starts) and (b ends, a starts)."""
    m = meeting(a.path, b.path)
    distances = [[m.first_enters_m, m.first_clears_m], [m.second_enters_m, m.second_clears_m]]
    for link, d in zip((a, b), distances, strict=True):
        if link.pedestrian:
            # People come from either kerb: they enter from the nearer one and clear from the farther one.
            length = float(np.hypot(*np.diff(link.path, axis=0).T).sum())
            d[0], d[1] = min(d[0], length - d[1]), max(d[1], length - d[0])
    (enter_a, clear_a), (enter_b, clear_b) = distances
    sa, sb = stream_of(a), stream_of(b)
    return (intergreen_s(sa, clear_a, sb, enter_b, yellow_s), intergreen_s(sb, clear_b, sa, enter_a, yellow_s))
