"""A blue light that flashes on a vehicle's roof, told from blue paint, from other colours, and from lights that stay on.

Blue beacons flash 2 to 4 times a second (UN Regulation No. 65); double flashes and cameras that miss some make 1 to 4 of it.
Police cars and fire engines have the same light: this says that somebody is in a hurry, not who.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np

from detectors.vision.detections import Image

SLOWEST_HZ, FASTEST_HZ = 1.0, 4.2
WINDOW_S, LEAST_S = 3.0, 1.8
LEAST_RATE_HZ = 9.0
"""Images a second without which four flashes a second cannot be seen (Nyquist), with a little to spare."""
ROOF_SHARE, ABOVE_SHARE = 0.45, 0.12
"""The beacon is in the upper part of a vehicle's box, or a little above it."""
BRIGHTEST_SHARE = 0.03
"""A beacon is small: only so many of the bluest pixels are looked at."""
DEPTH = 30.0
"""Blue rises and falls by so many of 255 levels at least."""
RHYTHM, RHYTHM_RISE = 0.45, 0.5
"""One period later it must look so much alike (correlation), and so much more than in between. Trembling boxes have no period."""
GRID_HZ = 30.0
CHANGES = 4
"""So often at least it goes on or off within the window."""
LEAST_PX = 20


class _Look(NamedTuple):
    time_s: float
    blue: float


def blueness(image: Image, box: tuple[float, float, float, float]) -> float | None:
    """By how many levels the bluest pixels around the roof are bluer than they are red or green; None where the box is too
    small to tell."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    if wide < LEAST_PX or high < LEAST_PX:
        return None
    rows, columns = image.shape[:2]
    x1, x2 = max(0, int(left)), min(columns, int(right))
    y1, y2 = max(0, int(top - ABOVE_SHARE * high)), min(rows, int(top + ROOF_SHARE * high))
    if x2 - x1 < LEAST_PX / 2 or y2 - y1 < 4:
        return None
    part = image[y1:y2, x1:x2].astype(np.int16)
    bluer = (part[..., 0] - np.maximum(part[..., 1], part[..., 2])).ravel()
    most = max(4, round(BRIGHTEST_SHARE * bluer.size))
    return max(0.0, float(np.partition(bluer, -most)[-most:].mean()))


class BlueFlash:
    """One vehicle. :meth:`vote` is 1 where its blue flashes, 0 where it does not, None as long as too little was seen."""

    def __init__(self) -> None:
        self._looks: deque[_Look] = deque()

    def see(self, time_s: float, blue: float) -> None:
        if self._looks and time_s <= self._looks[-1].time_s:
            return
        self._looks.append(_Look(time_s, blue))
        while time_s - self._looks[0].time_s > WINDOW_S:
            self._looks.popleft()

    def vote(self) -> float | None:
        looks = self._looks
        if len(looks) < 12:
            return None
        lasts_s = looks[-1].time_s - looks[0].time_s
        if lasts_s < LEAST_S or (len(looks) - 1) / lasts_s < LEAST_RATE_HZ:
            return None
        times = np.array([x.time_s for x in looks])
        blue = np.array([x.blue for x in looks])
        low, high = np.percentile(blue, (10, 90))
        if high - low < DEPTH or _changes(blue, low, high) < CHANGES:
            return 0.0
        return 1.0 if _has_rhythm(times, blue) else 0.0


def _changes(blue: np.ndarray, low: float, high: float) -> int:
    """How often it goes from the lower third of its range to the upper one, or back."""
    third = (high - low) / 3
    state = np.where(blue > high - third, 1, np.where(blue < low + third, -1, 0))
    states = state[state != 0]
    return int((np.diff(states) != 0).sum())


def _has_rhythm(times: np.ndarray, blue: np.ndarray) -> bool:
    """Whether it repeats itself at a beacon's rate, single flashes or double ones (autocorrelation)."""
    even = np.arange(times[0], times[-1], 1.0 / GRID_HZ)
    wave = np.interp(even, times, blue)
    # What changes slowly (a shadow, the vehicle's growing box) is no flash.
    wave = wave - np.polyval(np.polyfit(even - even[0], wave, 1), even - even[0])
    first, last = int(GRID_HZ / FASTEST_HZ), round(GRID_HZ / SLOWEST_HZ)
    alike = np.array([_correlation(wave[:-lag], wave[lag:]) for lag in range(1, last + 1)])
    return any(alike[lag - 1] >= RHYTHM and alike[lag - 1] - alike[:lag].min() >= RHYTHM_RISE for lag in range(first, last + 1))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    both = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / both if both > 0 else 0.0
