"""ByteTrack for few images a second: vehicles that have left their own box by the next image are followed all the same.

ByteTrack knows a vehicle again by the overlap of its boxes, and takes somebody new to stand. At 25 images a second that holds; at
five a car is two lengths further, no box overlaps the one before, and nobody is ever followed. Here the filter is allowed the
speeds of the longer steps; who is new is looked for where traffic usually goes from there, or, while that is not known, at
the only place near enough; and what still has no partner is matched by distance in place of overlap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from detectors.vision.byte_track import SPEED, TRACKED, ByteTrack, Found, Settings, Track
from detectors.vision.currents import Currents
from detectors.vision.detections import Detections
from detectors.vision.matching import Link, matched
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


class Associating(ByteTrack):
    """``fps`` is the rate, ``currents`` are learnt here. ``steps`` images have passed since the last one that was looked at, 1
    unless some were lost."""

    def __init__(self, settings: Settings, fps: float, currents: Currents) -> None:
        self._slow = max(1.0, USUAL_FPS / fps)
        self._fps, self._currents = fps, currents
        self.steps = 1
        # Speeds are in heights an image here: with half as many images they are twice as large.
        super().__init__(settings, SPEED * self._slow)

    def follow(self, found: Detections, steps: int) -> list[Track]:
        """One image, ``steps`` after the last."""
        self.steps = max(1, steps)
        self.image += self.steps - 1
        seen = self.update(found)
        if self._slow == 1.0:
            return seen
        for track in seen:
            if track.since < 2:
                continue
            vx, vy = track.at[4:6]
            if math.hypot(vx, vy) * self._fps >= MOVES_SIZES_PS * track.size:
                x, y = track.middle
                # Where it was found first, before it had a speed, as well: that is where the next will be new.
                for back in range(3 if track.since == 2 else 1):
                    self._currents.note((x - back * vx, y - back * vy), (vx, vy))
        return seen

    def _predict(self, tracks: Sequence[Track]) -> None:
        for track in tracks:
            if self.steps > 1 or track.state != TRACKED:
                # A box that grows is not drawn on growing over a gap, or while it is lost: it would end below nothing.
                track.at[7] = 0.0
            for _ in range(self.steps):
                track.predict()

    def _predict_young(self, tracks: Sequence[Track]) -> None:
        # Who was seen once has had time to move as well. ByteTrack passes that over, and would not learn a speed from two places.
        if self._slow > 1.0 or self.steps > 1:
            self._predict(tracks)

    def _elsewhere(self, tracks: list[Track], found: list[Found], refound: list[Track]) -> tuple[list[Track], list[Found]]:
        """Who was expected elsewhere than found."""
        if not STAYS_S < self._step_s() <= LONGEST_S:
            return tracks, found
        return self._pair(self._links(tracks, found, [(t.at[4], t.at[5]) for t in tracks], done=True), tracks, found, refound)

    def _young(self, young: list[Track], found: list[Found]) -> tuple[list[Track], list[Found]]:
        alone, found = super()._young(young, found)
        if not STAYS_S < self._step_s() <= 1.0 / LEAST_FPS:
            return alone, found
        return self._pair(self._links(alone, found, [self._currents.at(t.middle) for t in alone], done=False), alone, found, [])

    def _step_s(self) -> float:
        return self.steps / self._fps

    def _links(self, tracks: Sequence[Track], found: Sequence[Found], ways: Sequence[Way | None], *, done: bool) -> list[Link]:
        """By distance. ``ways`` (pixels an image, None where unknown) the tracks are taken to go, or have gone already where
        ``done``."""
        far, reach = dict[tuple[int, int], float](), dict[tuple[int, int], float]()
        for i, (track, way) in enumerate(zip(tracks, ways, strict=True)):
            x, y = track.middle
            if way is not None and not done:
                x, y = x + way[0] * self.steps, y + way[1] * self.steps
            for k, one in enumerate(found):
                a, b = track.size, one.size
                if not 1.0 / LIKE_AREA <= (a / b) ** 2 <= LIKE_AREA:
                    continue
                size = (a + b) / 2
                far[i, k] = math.dist((x, y), one.middle)
                reach[i, k] = (FASTEST_SIZES_PS * self._step_s() * size if way is None
                               else OFF_SIZES * size + OFF_SHARE * math.hypot(*way) * self.steps)
        pairs = matched([(i, k, 1.0 - away / reach[i, k]) for (i, k), away in far.items() if away < reach[i, k]])
        return [(i, k, 1.0) for i, k in pairs if reach[i, k] <= NEAR_SIZES * tracks[i].size or _only(far, i, k)]


def _only(far: Mapping[tuple[int, int], float], i: int, k: int) -> bool:
    """Whether nobody else comes near to being the partner of either."""
    return all(away > ONLY * far[i, k] for (a, b), away in far.items() if (a == i) != (b == k))
