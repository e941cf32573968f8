"""A lane as a line on the road that is counted in metres from its stop line."""

from __future__ import annotations

import math

import numpy as np

from detectors.camera.ground import Floats, Ground
from detectors.camera.site import CameraLane, LaneRole
from detectors.counting.lanes import line_on_ground

STEP_M = 1.0
NARROWEST_M = 1.5
"""Where less of the lane's width lies in the image its middle is not known there."""
INTO_JUNCTION_M = 6.0
"""Who waits in the junction for a full exit stands in front of it; further in, others cross its way."""


class LaneAxis:
    """Middle of ``lane`` on the ground. ``reach_m`` is how far from the stop line the lane is known.

    Distances are at right angles to the stop line, positive upstream, as everywhere where lanes are measured. What lies beyond
    either end is drawn out straight. Raises :class:`~detectors.errors.CameraError` for a lane above the horizon.
    """

    def __init__(self, lane: CameraLane, ground: Ground, range_m: float) -> None:
        a, b, c = line_on_ground(ground, lane)
        away, aside = np.array([a, b]), np.array([-b, a])
        ring = ground.metres(lane.area)
        ring = ring[np.isfinite(ring).all(axis=1)]
        far, across = ring @ away + c, ring @ aside
        self.reach_m = float(min(range_m, max(far.max(), 1.0)))
        ends = ground.metres(lane.stop_line)
        self.width_m = float(np.hypot(*(ends[1] - ends[0])))
        marks, middles = [0.0], [float(ends.mean(axis=0) @ aside)]
        for mark in np.arange(STEP_M, self.reach_m, STEP_M):
            low, high = _section(far, across, float(mark))
            if high - low >= min(NARROWEST_M, 0.6 * self.width_m):
                marks.append(float(mark))
                middles.append((low + high) / 2)
        self._marks, self._middles = np.array(marks), _smooth(np.array(middles))
        self._away, self._aside, self._at_line = away, aside, c

    def place(self, distance_m: Floats | float) -> tuple[Floats, Floats]:
        """(N, 2) metres on the ground of places so far from the stop line, and (N, 2) unit vectors upstream there."""
        at = np.atleast_1d(np.asarray(distance_m, np.float64))
        slope = self._slope(at)
        first, last = self._marks[0], self._marks[-1]
        middle = np.interp(at, self._marks, self._middles)
        middle += np.where(at < first, at - first, np.where(at > last, at - last, 0.0)) * slope
        # The foot of the stop line's normal is at distance zero from it: away · x + c = 0.
        points = (at - self._at_line)[:, None] * self._away + middle[:, None] * self._aside
        way = self._away + slope[:, None] * self._aside
        return points, way / np.hypot(*way.T)[:, None]

    def distance_m(self, points_m: Floats) -> Floats:
        """(N,) of points (N, 2)."""
        return np.asarray(points_m @ self._away + self._at_line, np.float64)

    def _slope(self, at: Floats) -> Floats:
        """How many metres the middle goes sideways a metre upstream, over a few metres."""
        low = np.clip(at - 3.0, self._marks[0], self._marks[-1])
        high = np.clip(at + 3.0, self._marks[0], self._marks[-1])
        long = high - low
        span = np.where(long < 0.5, 1.0, long)
        slope = (np.interp(high, self._marks, self._middles) - np.interp(low, self._marks, self._middles)) / span
        return np.where(long < 0.5, 0.0, slope)


class ExitAxis:
    """The middle of an exit as whoever drives out along it has it: counted from its far end, so that here too distances fall as
    vehicles drive on. It begins ``into_m`` within the junction, drawn out straight. ``long_m`` is how far its far end is from
    its beginning; the rest is as with :class:`LaneAxis`."""

    def __init__(self, lane: CameraLane, ground: Ground, range_m: float, into_m: float) -> None:
        self._outwards = LaneAxis(lane, ground, range_m)
        self.long_m = self._outwards.reach_m
        self.reach_m = self.long_m + into_m
        self.width_m = self._outwards.width_m

    def place(self, distance_m: Floats | float) -> tuple[Floats, Floats]:
        """As :meth:`LaneAxis.place`: upstream is towards the junction."""
        points, out = self._outwards.place(self.long_m - np.asarray(distance_m, np.float64))
        return points, -out

    def distance_m(self, points_m: Floats) -> Floats:
        """(N,) of points (N, 2), from the far end."""
        return self.long_m - self._outwards.distance_m(points_m)


Axis = LaneAxis | ExitAxis


def axis_of(lane: CameraLane, ground: Ground, range_m: float) -> Axis:
    """Of an approach or an exit. Raises :class:`~detectors.errors.CameraError` for a lane above the horizon."""
    return LaneAxis(lane, ground, range_m) if lane.role is LaneRole.APPROACH else ExitAxis(lane, ground, range_m, INTO_JUNCTION_M)


def _section(far: Floats, across: Floats, mark: float) -> tuple[float, float]:
    """Between which sides a ring is cut by the line ``mark`` from the stop line; an empty span where it is not."""
    f2, a2 = np.roll(far, -1), np.roll(across, -1)
    cut = (far - mark) * (f2 - mark) <= 0
    cut &= np.abs(f2 - far) > 1e-9
    if not cut.any():
        return math.inf, -math.inf
    share = (mark - far[cut]) / (f2 - far)[cut]
    sides = across[cut] + share * (a2 - across)[cut]
    return float(sides.min()), float(sides.max())


def _smooth(values: Floats) -> Floats:
    """A running mean over nine metres, the ends held: outlines drawn by hand have corners, traffic drives none."""
    if len(values) < 3:
        return values
    half = min(4, len(values) // 2)
    padded = np.concatenate([2 * values[0] - values[half:0:-1], values, 2 * values[-1] - values[-2:-2 - half:-1]])
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")
