"""What is remembered of one road user: where it has been lately, where it stands and since when."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from detectors.counting.results import SeenTrack
from detectors.incidents.incident import Box
from detectors.incidents.limits import IncidentLimits
from detectors.incidents.scene import LaneView
from detectors.vision.road_users import RoadUser

KEEP_S = 12.0
FOUR_WHEELS = frozenset({RoadUser.CAR, RoadUser.TAXI, RoadUser.BUS, RoadUser.TRUCK, RoadUser.AMBULANCE, RoadUser.VEHICLE})
"""Who waits where others wait. Motorcycles and bicycles filter through a red queue and prove nothing by passing."""
BOX_M: Mapping[RoadUser, float] = {
    RoadUser.PEDESTRIAN: 1.0, RoadUser.BICYCLE: 1.4, RoadUser.MOTORCYCLE: 1.4, RoadUser.BUS: 4.5, RoadUser.TRUCK: 3.8,
    RoadUser.TRAM: 6.0}
UNSURE_ROWS = 1.5
"""Who is followed far away from the camera and stands wanders by so many rows of the image."""
CAR_BOX_M = 2.2
"""Side of the square of equal area to a car's box as cameras see it, roughly: 1.6 m from behind, 2.6 m from the side."""


class Sample(NamedTuple):
    """One moment of one road user. ``px_per_m`` is taken from the size of its own box."""

    time_s: float
    foot: tuple[float, float]
    top: tuple[float, float]
    place_m: tuple[float, float] | None
    px_per_m: float
    cut: bool = False
    """The image's edge cuts its box off."""
    unsure_m: float = 0.0
    """So far its place may be wrong by, and still it has not moved."""


def apart_m(a: Sample, b: Sample) -> float:
    """Metres on the road where both places are known, else as box sizes have it."""
    if a.place_m is not None and b.place_m is not None:
        far = math.dist(a.place_m, b.place_m)
        if math.isfinite(far):
            return far
    return apart_boxes_m(a, b)


def apart_boxes_m(a: Sample, b: Sample) -> float:
    """The same by box sizes alone. Far from a calibrated camera one pixel is metres: a trembling box then drives, on paper."""
    return math.dist(a.foot, b.foot) / ((a.px_per_m + b.px_per_m) / 2)


def sample_of(time_s: float, seen: SeenTrack, cut: bool) -> Sample:
    left, top, right, bottom = seen.box
    size_px = math.sqrt(max(1.0, (right - left) * (bottom - top)))
    return Sample(time_s, seen.foot, ((left + right) / 2, top), seen.place_m, size_px / BOX_M.get(seen.kind, CAR_BOX_M), cut,
                  UNSURE_ROWS * seen.unsure_m)


@dataclass(slots=True, eq=False)
class Trail:
    """``key`` stays when the tracker changes its number. ``anchor`` is the place that it has not left since ``anchor.time_s``;
    ``moved`` tells whether it has ever been seen to drive."""

    key: int
    track: int
    kind: RoadUser
    box: Box
    score: float
    born: Sample
    now: Sample
    anchor: Sample
    lane: LaneView | None = None
    moved: bool = False
    heading: tuple[float, float] | None = None
    """Unit vector, in pixels, in which it last drove."""
    history: deque[Sample] = field(default_factory=deque)
    _away_s: float | None = None
    _left: Sample | None = None
    _left_s: float = 0.0

    @classmethod
    def begun(cls, key: int, seen: SeenTrack, sample: Sample) -> Trail:
        trail = cls(key, seen.track, seen.kind, seen.box, seen.score, sample, sample, sample)
        trail.history.append(sample)
        return trail

    @property
    def standing_s(self) -> float:
        return self.now.time_s - self.anchor.time_s

    @property
    def four_wheels(self) -> bool:
        return self.kind in FOUR_WHEELS

    @property
    def followed(self) -> bool:
        """Along its lane, by itself, and not by its box."""
        return self.track < 0

    @property
    def came(self) -> bool:
        """Whether it was not there from the beginning. Who is followed was not, though all that was seen of its way may be short:
        nobody parks in a junction."""
        return self.moved or self.followed

    @property
    def waits(self) -> bool:
        """Whether others wait behind it where it stands: bicycles are passed."""
        return self.kind in FOUR_WHEELS or self.kind is RoadUser.MOTORCYCLE

    def stands(self, least_s: float = 2.0) -> bool:
        return self.standing_s >= least_s and self._away_s is None

    def beyond_line_m(self, lane: LaneView) -> float:
        """:meth:`~detectors.incidents.scene.LaneView.beyond_line_m` of where it is now."""
        return lane.beyond_line_m(self.now.foot, self.now.place_m, self.now.px_per_m)

    def speed_mps(self, over_s: float = 1.0) -> float | None:
        """Mean over the last ``over_s``; None while it has not been seen for so long."""
        then = next((s for s in reversed(self.history) if self.now.time_s - s.time_s >= over_s), None)
        return None if then is None else apart_m(then, self.now) / (self.now.time_s - then.time_s)

    def see(self, seen: SeenTrack, sample: Sample, limits: IncidentLimits) -> None:
        self.track, self.kind, self.box, self.score = seen.track, seen.kind, seen.box, seen.score
        self.now = sample
        self.history.append(sample)
        while sample.time_s - self.history[0].time_s > KEEP_S:
            self.history.popleft()
        self._settle(limits)

    def _settle(self, limits: IncidentLimits) -> None:
        now, still_m = self.now, limits.still_m
        if self._near(self.anchor, still_m):
            self._away_s = None
            return
        # Who was hidden in part and is now seen whole has not moved.
        if self._left is not None and self._near(self._left, still_m) and now.time_s - self._left_s < 5.0:
            self.anchor, self._left, self._away_s = self._left, None, None
            return
        if self._away_s is None:
            self._away_s = now.time_s
        if now.time_s - self._away_s < limits.moving_after_s:
            return
        if self._away_s - self.anchor.time_s > 3.0:
            self._left, self._left_s = self.anchor, self._away_s
        dx, dy = now.foot[0] - self.anchor.foot[0], now.foot[1] - self.anchor.foot[1]
        far_px = math.hypot(dx, dy)
        if far_px > 0:
            self.heading = (dx / far_px, dy / far_px)
        self.anchor, self._away_s = now, None
        self.moved = self.moved or self._came_far(limits.seen_moving_m)

    def _came_far(self, far_m: float) -> bool:
        """From where it was first seen. Of who is followed it is known how far his place may be wrong by: far away 7 m are half a
        box, by which others tremble."""
        came_m = apart_m(self.now, self.born)
        surely = self.followed and came_m >= far_m + self.born.unsure_m
        return came_m >= far_m and (surely or apart_boxes_m(self.now, self.born) >= far_m / 2)

    def _near(self, place: Sample, still_m: float) -> bool:
        return (apart_m(self.now, place) <= still_m + self.now.unsure_m or apart_boxes_m(self.now, place) <= still_m / 4
                or math.dist(self.now.foot, place.foot) <= 2.0)

    def takes_after(self, other: Trail, anchor: Sample) -> None:
        """It is ``other``, seen again where that one stood: what was known of that one holds."""
        self.key, self.born, self.anchor, self.moved = other.key, other.born, anchor, other.moved
        self.heading = other.heading or self.heading
        self._away_s, self._left = None, None
