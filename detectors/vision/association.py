"""ByteTrack for few images a second: vehicles that have left their own box by the next image are followed all the same.

ByteTrack knows a vehicle again by the overlap of its boxes, and takes somebody new to stand. At 25 images a second that holds; at
five a car is two lengths further, no box overlaps the one before, and nobody is ever followed. Here the filter is allowed the
speeds of the longer steps; who is new is looked for where traffic usually goes from there, or, while that is not known, at
the only place near enough; and what still has no partner is matched by distance in place of overlap.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ultralytics.trackers.basetrack import TrackState
from ultralytics.trackers.utils.matching import linear_assignment

from detectors.vision.currents import Currents
from detectors.vision.fast_byte import FourFilters, LightTracker
from detectors.vision.tracking import LEAST_FPS

USUAL_FPS = 25.0
"""Images a second that ByteTrack's own figures were made for."""
FASTEST_SIZES_PS = 12.0
"""Of their own size (the root of the box's area, some 2.5 m) vehicles make so many in a second: 30 m/s."""
OFF_SIZES, OFF_SHARE = 0.5, 0.4
"""So far may somebody be from where he is looked for: in sizes, and as a share of the way he should have gone."""
LIKE_AREA = 2.5
"""Boxes of one vehicle in neighbouring images differ in area by less than this."""
NEAR_SIZES, ONLY = 1.5, 1.6
"""Where the place that is looked at is wider than so many sizes, the next but one must be so many times as far away."""
STAYS_S, LONGEST_S = 1 / 16, 1.0
"""In less nobody leaves his own box, and overlap is the better witness; for longer nobody holds his speed."""
MOVES_SIZES_PS = 0.5
Way = tuple[float, float]


class Associating(LightTracker):
    """``args`` are ByteTrack's, ``fps`` the rate, ``currents`` are learnt here; ``whole`` where boxes are of whole vehicles.
    ``steps`` images have passed since the last one that was looked at, 1 unless some were lost."""

    def __init__(self, args: SimpleNamespace, fps: float, currents: Currents, whole: bool) -> None:
        self._slow = max(1.0, USUAL_FPS / fps)
        self._fps, self._currents, self._whole = fps, currents, whole
        self.steps = 1
        super().__init__(args)

    def get_kalmanfilter(self) -> FourFilters:
        made = super().get_kalmanfilter()
        # Speeds are in heights an image here: with half as many images they are twice as large.
        made._std_weight_velocity *= self._slow
        return made

    def follow(self, found: Any, steps: int) -> list[list[Any]]:
        """One image, ``steps`` after the last."""
        self.steps = max(1, steps)
        self.frame_id += self.steps - 1
        rows: list[list[Any]] = self.update(found)
        if self._slow == 1.0:
            return rows
        for track in self.tracked_stracks:
            if track.frame_id == self.frame_id and track.tracklet_len >= 2 and track.is_activated:
                vx, vy = float(track.mean[4]), float(track.mean[5])
                if math.hypot(vx, vy) * self._fps >= MOVES_SIZES_PS * _size(track):
                    x, y = _middle(track)
                    # Where it was found first, before it had a speed, as well: that is where the next will be new.
                    for back in range(3 if track.tracklet_len == 2 else 1):
                        self._currents.note((x - back * vx, y - back * vy), (vx, vy))
        return rows

    def init_track(self, *args: Any) -> list[Any]:
        made: list[Any] = super().init_track(*args)
        for track in made:
            # What moves at the edge may as well be two vehicles, or a part of one, and part a moment later: its shape says less
            # than that of before.
            track.cut = self._whole and self._currents.at_edge(track.xyxy)
        return made

    def multi_predict(self, tracks: list[Any]) -> None:
        if not tracks:
            return
        mean = np.asarray([t.mean for t in tracks])
        spread = np.asarray([t.covariance for t in tracks])
        if self.steps > 1:
            # A box that grows is not drawn on growing over a gap: it would end below nothing.
            mean[:, 7] = 0.0
        for i, t in enumerate(tracks):
            if t.state != TrackState.Tracked:
                mean[i, 7] = 0.0
        for _ in range(self.steps):
            mean, spread = self.kalman_filter.multi_predict(mean, spread)
        for t, m, s in zip(tracks, mean, spread, strict=True):
            t.mean, t.covariance = m, s

    def _pre_first_associate(self, pool: list[Any], unconfirmed: list[Any], image: Any, found: Any) -> None:
        # Who was seen once has had time to move as well. ByteTrack passes that over, and would not learn a speed from two places.
        if self._slow > 1.0 or self.steps > 1:
            self.multi_predict(unconfirmed)

    def _post_first_association(self, pool: list[Any], detections: list[Any], left_tracks: list[int], left: list[int],
                                activated: list[Any], refind: list[Any]) -> tuple[list[int], list[int]]:
        """Who was expected elsewhere than found: ``left_tracks`` of ``pool`` with what is ``left`` of ``detections``."""
        if not STAYS_S < self._step_s() <= LONGEST_S:
            return left_tracks, left
        tracks = [pool[i] for i in left_tracks]
        ways: list[Way | None] = [(float(t.mean[4]), float(t.mean[5])) for t in tracks]
        pairs = self._links(tracks, [detections[i] for i in left], ways, done=True)
        for a, b in pairs:
            self._apply_match(tracks[a], detections[left[b]], activated, refind)
        gone, used = {a for a, _ in pairs}, {b for _, b in pairs}
        return ([t for i, t in enumerate(left_tracks) if i not in gone], [d for i, d in enumerate(left) if i not in used])

    def _unconfirmed_association(self, unconfirmed: list[Any], left: list[int], detections: list[Any], activated: list[Any],
                                 removed: list[Any]) -> tuple[list[int], list[Any]]:
        alone: list[Any] = []
        left, detections = super()._unconfirmed_association(unconfirmed, left, detections, activated, alone)
        if STAYS_S < self._step_s() <= 1.0 / LEAST_FPS:
            ways = [self._currents.at(_middle(t)) for t in alone]
            pairs = self._links(alone, [detections[i] for i in left], ways, done=False)
            for a, b in pairs:
                alone[a].update(detections[left[b]], self.frame_id)
                activated.append(alone[a])
            used = {b for _, b in pairs}
            left = [d for i, d in enumerate(left) if i not in used]
        removed += [t for t in alone if t.state == TrackState.Removed]
        return left, detections

    def _step_s(self) -> float:
        return self.steps / self._fps

    def _links(self, tracks: list[Any], detections: list[Any], ways: list[Way | None], *,
               done: bool) -> list[tuple[int, int]]:
        """Pairs of numbers, by distance. ``ways`` (pixels an image, None where unknown) the tracks are taken to go, or have gone
        already where ``done``."""
        if not tracks or not detections:
            return []
        far = np.full((len(tracks), len(detections)), np.inf)
        reach = np.full(far.shape, 1.0)
        for i, (track, way) in enumerate(zip(tracks, ways, strict=True)):
            x, y = _middle(track)
            if way is not None and not done:
                x, y = x + way[0] * self.steps, y + way[1] * self.steps
            for k, found in enumerate(detections):
                a, b = _size(track), _size(found)
                if not 1.0 / LIKE_AREA <= (a / b) ** 2 <= LIKE_AREA:
                    continue
                fx, fy = _middle(found)
                far[i, k] = math.hypot(fx - x, fy - y)
                size = (a + b) / 2
                reach[i, k] = (FASTEST_SIZES_PS * self._step_s() * size if way is None
                               else OFF_SIZES * size + OFF_SHARE * math.hypot(*way) * self.steps)
        cost = np.where(far <= reach, far / reach, 2.0).astype(np.float32)
        matches, _, _ = linear_assignment(cost, thresh=1.0)
        return [(int(i), int(k)) for i, k in matches if far[i, k] <= reach[i, k] and (
            reach[i, k] <= NEAR_SIZES * _size(tracks[i]) or _only(far, i, k))]


def _only(far: NDArray[np.float64], i: int, k: int) -> bool:
    """Whether nobody else comes near to being the partner of either."""
    others = np.concatenate([np.delete(far[i], k), np.delete(far[:, k], i)])
    return not others.size or float(others.min()) > ONLY * far[i, k]


def _middle(track: Any) -> tuple[float, float]:
    left, top, width, height = track.tlwh.tolist()
    return left + width / 2, top + height / 2


def _size(track: Any) -> float:
    _, _, width, height = track.tlwh.tolist()
    return math.sqrt(max(1.0, width * height))
