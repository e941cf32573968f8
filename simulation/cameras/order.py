"""Who stands before whom: the order in which road users are painted, the hidden ones first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TOUCH_M = 0.02


def paint_order(footprints: Floats, eye: Floats) -> list[int]:
    """Numbers of the footprints (N, 4, 2), corners anticlockwise, in an order in which nobody is painted over by what stands
    behind; ``eye`` (2,) is where the camera hangs.

    Two upright boxes that do not overlap are parted by one side of one of them. Whoever is on the camera's side of that line
    can hide the other and never the other way round (the painter's algorithm with parting planes: Newell, Newell and Sancha,
    1972). Without such a line, and in a ring of three who each hide the next, the farther one comes first.
    """
    count = len(footprints)
    far = np.hypot(*(footprints.mean(axis=1) - eye).T)
    if count < 2:
        return list(range(count))
    sides = np.roll(footprints, -1, axis=1) - footprints
    outwards = np.stack([sides[..., 1], -sides[..., 0]], axis=-1)
    outwards /= np.maximum(np.linalg.norm(outwards, axis=-1, keepdims=True), 1e-9)
    at = np.einsum("nks,nks->nk", outwards, footprints)
    # beyond[i, k, j]: the whole of j lies outside side k of i.
    beyond = (np.einsum("iks,jcs->ikjc", outwards, footprints) - at[:, :, None, None]).min(axis=-1) > -TOUCH_M
    eye_out = (outwards @ eye - at) > 0
    hides = (beyond & eye_out[:, :, None]).any(axis=1)
    hidden = (beyond & ~eye_out[:, :, None]).any(axis=1)
    # before[i, j]: i must be painted before j, because j stands between it and the camera.
    before = (hides | hidden.T) & ~(hidden | hides.T)
    np.fill_diagonal(before, False)
    before &= _seen_together(footprints, eye)
    waits = before.sum(axis=0)
    left, order = set(range(count)), list[int]()
    while left:
        free = [i for i in left if waits[i] == 0] or list(left)
        nxt = max(free, key=lambda i: far[i])
        order.append(nxt)
        left.remove(nxt)
        waits -= before[nxt]
    return order


def _seen_together(footprints: Floats, eye: Floats) -> NDArray[np.bool_]:
    """(N, N) whether two cover a common direction as seen from the camera; others cannot hide each other."""
    way = footprints - eye
    main = way.mean(axis=(0, 1))
    angle = np.arctan2(way[..., 1], way[..., 0]) - np.arctan2(main[1], main[0])
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    low, high = angle.min(axis=1) - 0.02, angle.max(axis=1) + 0.02
    return np.asarray((low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None]))
