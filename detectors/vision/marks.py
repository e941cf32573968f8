"""Points in the blobs of an image that are followed from one look to the next, and how each has moved lately."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LOOKS = 4
"""A motion is that over so many looks: over the same time for all, so that a camera that shakes moves all alike."""
APART_PX, MOST = 3, 40
"""Points are so far from each other, and so many in a blob at most."""
RENEW = 2
"""Every so many looks new points are sought."""
CORNER = 0.01
"""Points are corners at least this good, of the best in the blob."""
WINDOW_PX, PYRAMID = 9, 2
"""What is looked for around a point, and how often that is halved: steps of up to some 20 pixels are found."""
OTHER = 20.0
"""Mean difference in grey levels of 255 from which a point is lost."""
MOVED_PX, STRAIGHT = 1.5, 0.7
"""Moves who has come so far, and as straight: as a share of his way."""

Floats = NDArray[np.float32]


class Marks:
    """Places (N, 2) are x and y in pixels."""

    def __init__(self) -> None:
        self._last: NDArray[np.uint8] | None = None
        self._looks = 0
        self.clear()

    def clear(self) -> None:
        """There is nobody to be followed."""
        self._px = np.empty((0, 2), np.float32)
        self._was = np.empty((0, LOOKS, 2), np.float32)
        """Where each was at the looks before, the latest first; no numbers before it was found."""

    def follow(self, grey: NDArray[np.uint8]) -> None:
        """Look at an image (rows, columns)."""
        import cv2

        last, self._last = self._last, grey
        self._looks += 1
        if last is None or last.shape != grey.shape or not len(self._px):
            self.clear()
            return
        found, status, error = cv2.calcOpticalFlowPyrLK(last, grey, self._px, np.empty_like(self._px),
                                                        winSize=(WINDOW_PX, WINDOW_PX), maxLevel=PYRAMID)
        rows, columns = grey.shape
        there = (status.reshape(-1) > 0) & (error.reshape(-1) < OTHER)
        there &= ((found >= 0) & (found < (columns, rows))).all(axis=1)
        self._was = np.concatenate([self._px[there][:, None], self._was[there][:, :-1]], axis=1)
        self._px = np.asarray(found[there], np.float32)

    def drawn_on(self, looks: float) -> Floats:
        """Where they are after a share of a look more, each going on as it did."""
        return np.asarray(self._px + np.nan_to_num(self._px - self._was[:, 0]) * np.float32(looks), np.float32)

    def motion(self) -> tuple[Floats, NDArray[np.bool_]]:
        """(N, 2) how each has moved over the last looks, and (N,) whether that is a motion; not of who was not there in all."""
        moved = self._px - self._was[:, -1]
        steps = np.diff(np.concatenate([self._px[:, None], self._was], axis=1), axis=1)
        way, far = np.hypot(steps[..., 0], steps[..., 1]).sum(axis=1), np.hypot(moved[:, 0], moved[:, 1])
        # Where it was not there nothing is larger than anything.
        return moved, (far >= MOVED_PX) & (far >= STRAIGHT * way)

    def renew(self, grey: NDArray[np.uint8], owner: NDArray[np.uint8], whose: NDArray[np.uint8],
              bounds: Sequence[tuple[int, int, int, int]]) -> None:
        """Forget points that are in no blob or where another is, and find new ones, if it is time for that. ``owner`` (rows,
        columns) numbers the blobs from 1 on, ``bounds`` are theirs (left, top, width, height), ``whose`` (N,) says whose each
        point is."""
        import cv2

        if self._looks % RENEW:
            return
        at = at_pixel(self._px, grey.shape)
        cells = at // APART_PX
        _, first = np.unique(cells[:, 1] * grey.shape[1] + cells[:, 0], return_index=True)
        keep = first[whose[first] > 0]
        self._px, self._was, whose = self._px[keep], self._was[keep], whose[keep]
        free = owner.copy()
        for x, y in at[keep].tolist():
            free[max(0, y - APART_PX):y + APART_PX + 1, max(0, x - APART_PX):x + APART_PX + 1] = 0
        many = np.bincount(whose, minlength=len(bounds) + 1)
        found = [self._px]
        for number, (x, y, w, h) in enumerate(bounds, 1):
            here = np.s_[y:y + h, x:x + w]
            room = MOST - int(many[number])
            corners = cv2.goodFeaturesToTrack(grey[here], room, CORNER, APART_PX, mask=np.asarray(free[here] == number, np.uint8),
                                              blockSize=3) if room > 0 else None
            if corners is not None:
                found.append(np.asarray(corners.reshape(-1, 2) + (x, y), np.float32))
        more = sum(len(some) for some in found[1:])
        self._px = np.concatenate(found)
        self._was = np.concatenate([self._was, np.full((more, LOOKS, 2), np.nan, np.float32)])


def at_pixel(px: Floats, size: Sequence[int]) -> NDArray[np.intp]:
    """(N, 2) the pixels of an image of ``size`` (rows, columns) that places are in, or the nearest ones."""
    return np.clip(np.rint(px), 0, (size[1] - 1, size[0] - 1)).astype(np.intp)
