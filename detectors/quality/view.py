"""Whether a camera still looks where it looked: its view is learnt as it goes and found again in every look."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.quality.look import AROUND_PX, SMALL_PX, Grey, Look

BLOCKS = (8, 6)
LEARN_S, LEARN_LOOKS = 10.0, 8
FOLLOW_S = 300.0
"""The learnt view follows light, shadows and seasons with this time constant, while it is recognised."""
KNOWN = 0.5
"""A block that usually agrees less with what was learnt is carriageway full of cars, or trees: nothing is concluded from it."""
LEAST_BLOCKS = 4
FLAT = 0.25
"""A block with less than this of its usual relief, as a share of its brightness, is covered by something smooth."""
FOUND = 0.15
"""Height of the correlation's peak above which a view is found again: views of other places stay below 0.1, the same view
half covered above 0.2."""
SETTLE_S = 10.0
"""Shifts are the median over so long: wind shakes a mast about its place, a lorry's bumper leaves it elsewhere."""
LEAST_LOOKS = 5


class View(NamedTuple):
    """``moved_percent`` of the image's width that the view has shifted; ``strange`` is the share of looks in which it is not
    found at all, ``covered`` the share of the known blocks that are missing. None while nothing can be said."""

    moved_percent: float | None
    strange: float | None
    covered: float | None


UNKNOWN = View(None, None, None)


class LearntView:
    """Shifts by phase correlation of the two patterns (Kuglin and Hines, 1975), missing parts by correlation block by block."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """What is seen from now on is the view to hold to."""
        self._mean: Grey | None = None
        self._reference: Grey | None = None
        self._usual: NDArray[np.float32] | None = None
        self._least_relief: NDArray[np.float32] | None = None
        self._looks = 0
        self._learnt_s = 0.0
        self._last_s = -math.inf
        self._lately: deque[tuple[float, tuple[float, float] | None, float]] = deque()

    @property
    def learnt(self) -> bool:
        return self._learnt_s >= LEARN_S and self._looks >= LEARN_LOOKS

    def see(self, look: Look, time_s: float) -> View:
        """Compare with what was learnt, and learn. Poor images had better not be shown."""
        passed_s = min(1.0, max(0.0, time_s - self._last_s)) if self._looks else 0.0
        self._last_s = time_s
        if self._reference is None or self._reference.shape != look.pattern.shape:
            self._looks, self._learnt_s, self._usual, self._least_relief = 0, 0.0, None, None
            self._lately.clear()
            self._learn(look, 1.0)
            return UNKNOWN
        shift, agreement, visible = self._compare(look)
        relief = _relief(look)
        knew = self.learnt
        if not knew:
            self._weigh(relief)
            self._learnt_s += passed_s
            self._learn(look, 1.0 / (self._looks + 1))
            if self._learnt_s > LEARN_S / 2:
                self._accustom(agreement, 0.2)
            if self.learnt and (self._usual is None or np.count_nonzero(self._usual > KNOWN) < LEAST_BLOCKS):
                # Nothing stands still there: what would be found elsewhere is the traffic.
                self.forget()
            return UNKNOWN
        view = self._judged(shift, agreement, relief, visible, time_s)
        if shift is not None and math.hypot(*shift) < 1.0 and (view.covered or 0.0) < 0.2:
            share = max(1.0 / (self._looks + 1), min(1.0, passed_s / FOLLOW_S))
            self._learn(look, share)
            self._accustom(agreement, share)
            self._weigh(relief)
        return view

    def _learn(self, look: Look, share: float) -> None:
        self._mean = look.small * share + (0.0 if self._mean is None or share >= 1.0 else self._mean * (1.0 - share))
        relief = self._mean - cv2.blur(self._mean, (AROUND_PX, AROUND_PX))
        self._reference = relief / (cv2.sqrt(cv2.blur(relief * relief, (AROUND_PX, AROUND_PX))) + 3.0)
        self._looks += 1

    def _accustom(self, agreement: NDArray[np.float32], share: float) -> None:
        self._usual = agreement if self._usual is None else self._usual + (agreement - self._usual) * share

    def _weigh(self, relief: NDArray[np.float32]) -> None:
        """Near the least that a block ever has: of the road itself, not of the cars on it."""
        if self._least_relief is None:
            self._least_relief = relief
        difference = relief - self._least_relief
        self._least_relief = self._least_relief + difference * np.where(difference < 0, np.float32(0.3), np.float32(0.01))

    def _compare(self, look: Look) -> tuple[tuple[float, float] | None, NDArray[np.float32], NDArray[np.bool_]]:
        """Shift in per cent of the width to the right and down, None where the view is not found; agreement block by block
        once that is undone; which blocks are still in the image."""
        assert self._reference is not None
        height, width = self._reference.shape
        window = cv2.createHanningWindow((width, height), cv2.CV_32F)
        # Copies: OpenCV multiplies its arguments by the window in their place.
        (right, down), peak = cv2.phaseCorrelate(self._reference.copy(), look.pattern.copy(), window)
        found = peak >= FOUND
        pattern, visible = look.pattern, np.ones(BLOCKS[::-1], bool)
        if found:
            back = np.array([[1.0, 0.0, -right], [0.0, 1.0, -down]])
            pattern = cv2.warpAffine(pattern, back, (width, height))
            inside = cv2.warpAffine(np.ones_like(pattern), back, (width, height))
            visible = _blocks(inside) > 0.8
        agreement = _blocks(pattern * self._reference) / (
            cv2.sqrt(_blocks(pattern * pattern) * _blocks(self._reference * self._reference)) + 0.02)
        return (100.0 * right / SMALL_PX, 100.0 * down / SMALL_PX) if found else None, agreement, visible

    def _judged(self, shift: tuple[float, float] | None, agreement: NDArray[np.float32], relief: NDArray[np.float32],
                visible: NDArray[np.bool_], time_s: float) -> View:
        known = visible & (self._usual > KNOWN) if self._usual is not None else np.zeros_like(visible)
        enough = np.count_nonzero(known) >= LEAST_BLOCKS
        # Of a view that is not found, everything is missing: that is said as such.
        missing = float(np.count_nonzero(agreement[known] < 0.5 * self._usual[known]) / np.count_nonzero(known)) if (
            shift is not None and enough and self._usual is not None) else math.nan
        if shift is not None and self._least_relief is not None:
            missing = float(np.fmax(missing, np.mean(relief[visible] < FLAT * self._least_relief[visible])))
        self._lately.append((time_s, shift, missing))
        while self._lately[0][0] < time_s - SETTLE_S and len(self._lately) > LEAST_LOOKS:
            self._lately.popleft()
        if len(self._lately) < LEAST_LOOKS:
            return UNKNOWN
        shifts = [s for _, s, _ in self._lately if s is not None]
        moved = math.hypot(float(np.median([x for x, _ in shifts])), float(np.median([y for _, y in shifts]))) if (
            len(shifts) > len(self._lately) / 2) else None
        shares = [m for _, _, m in self._lately if not math.isnan(m)]
        return View(moved, 1.0 - len(shifts) / len(self._lately), float(np.median(shares)) if shares else None)


def _relief(look: Look) -> NDArray[np.float32]:
    """Of each block, as a share of its brightness: what is in shadow has less of both."""
    return _blocks(np.abs(look.relief)) / (_blocks(look.small) + 1.0)


def _blocks(values: Grey) -> Grey:
    """The mean of each block."""
    return np.asarray(cv2.resize(values, BLOCKS, interpolation=cv2.INTER_AREA), np.float32)
