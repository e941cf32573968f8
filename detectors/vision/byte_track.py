"""ByteTrack (Zhang et al., ECCV 2022): who is who from image to image, by the overlap of boxes, in two rounds.

What is found with a high score is matched first, and who is left over then with what was found with a low one, so that a
vehicle half hidden keeps its number. It gives what ultralytics' gives in a fraction of the time: a road has a few dozen vehicles,
and plain numbers are faster for those than arrays. Its Kalman filter has a state of eight (middle, aspect, height and their
speeds), and nothing in it ties the four measures to each other: it is four filters of two states each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from detectors.vision.detections import Detections
from detectors.vision.matching import Box, Link, matched, overlaps

PLACE, SPEED = 1 / 20, 1 / 160
"""Standard deviations of places and of speeds a step, in heights of the box."""
ASPECT, ASPECT_SPEED, ASPECT_SEEN = 1e-2, 1e-5, 1e-1
LOW_MATCH, YOUNG_MATCH = 0.5, 0.7
"""Costs below which who was found with a low score, and who was seen once, is known again; ``match`` is that of the others."""
SAME = 0.85
"""Two tracks that overlap by more are one."""
TRACKED, LOST, ENDED = range(3)


@dataclass(frozen=True, slots=True)
class Settings:
    """``high`` and ``low`` thresholds on the score; ``new`` the score from which a track may begin; ``match`` the cost below
    which boxes are matched; ``keep`` a track is looked for in so many images more."""

    high: float
    low: float
    new: float
    match: float
    keep: int


class Found(NamedTuple):
    """One detection."""

    box: Box
    score: float
    kind: int

    @property
    def size(self) -> float:
        """The root of its area."""
        left, top, right, bottom = self.box
        return math.sqrt(max(1.0, (right - left) * (bottom - top)))

    @property
    def middle(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


class Track:
    """``at`` are middle x and y, aspect, height and the four's speeds; ``own``, ``both`` and ``its`` of each of the four the
    variance, the covariance with its speed, and the speed's variance. ``first`` and ``last`` image in which it was seen, and
    ``since`` so many in a row since it was begun or found again. ``speed`` as :data:`SPEED`."""

    __slots__ = ("at", "both", "confirmed", "first", "its", "kind", "last", "number", "own", "score", "since", "speed", "state")

    def __init__(self, number: int, found: Found, image: int, speed: float) -> None:
        measured = _measured(found.box)
        place, rate = (2 * PLACE * measured[3]) ** 2, (10 * speed * measured[3]) ** 2
        self.at = [*measured, 0.0, 0.0, 0.0, 0.0]
        self.own, self.both = [place, place, ASPECT**2, place], [0.0, 0.0, 0.0, 0.0]
        self.its = [rate, rate, ASPECT_SPEED**2, rate]
        self.speed = speed
        self.number, self.first = number, image
        self.state, self.confirmed = TRACKED, image == 1
        self.score, self.kind, self.last, self.since = found.score, found.kind, image, 0

    @property
    def box(self) -> Box:
        x, y, aspect, height = self.at[:4]
        width = aspect * height
        left, top = x - width / 2, y - height / 2
        return left, top, left + width, top + height

    @property
    def size(self) -> float:
        return math.sqrt(max(1.0, self.at[2] * self.at[3] ** 2))

    @property
    def middle(self) -> tuple[float, float]:
        return self.at[0], self.at[1]

    def predict(self) -> None:
        """One image on."""
        at, own, both, its = self.at, self.own, self.both, self.its
        place, rate = (PLACE * at[3]) ** 2, (self.speed * at[3]) ** 2
        for i in range(4):
            at[i] += at[4 + i]
            own[i] += 2.0 * both[i] + its[i] + (ASPECT**2 if i == 2 else place)
            both[i] += its[i]
            its[i] += ASPECT_SPEED**2 if i == 2 else rate

    def see(self, found: Found, image: int) -> None:
        """It is ``found``."""
        at, own, both, its = self.at, self.own, self.both, self.its
        noise = (PLACE * at[3]) ** 2
        for i, told in enumerate(_measured(found.box)):
            seen = own[i] + (ASPECT_SEEN**2 if i == 2 else noise)
            off, gain, pull = told - at[i], own[i] / seen, both[i] / seen
            at[i] += gain * off
            at[4 + i] += pull * off
            its[i] -= pull * both[i]
            own[i] -= gain * own[i]
            both[i] -= gain * both[i]
        self.since = self.since + 1 if self.state == TRACKED else 0
        self.state, self.confirmed, self.last = TRACKED, True, image
        self.score, self.kind = found.score, found.kind


class ByteTrack:
    """``tracked`` are those seen in the last image, the ones seen once among them, ``lost`` those still looked for."""

    def __init__(self, settings: Settings, speed: float = SPEED) -> None:
        self._settings, self._speed = settings, speed
        self._number = 0
        self.image = 0
        self.tracked: list[Track] = []
        self.lost: list[Track] = []

    def update(self, detections: Detections) -> list[Track]:
        """The tracks that are seen in this image for the second time at least (all in the very first)."""
        self.image += 1
        high, low = self._split(detections)
        pool, young = [t for t in self.tracked if t.confirmed] + self.lost, [t for t in self.tracked if not t.confirmed]
        self._predict(pool)
        self._predict_young(young)
        refound: list[Track] = []
        left, high = self._pair(_fused(pool, high, self._settings.match), pool, high, refound)
        left, high = self._elsewhere(left, high, refound)
        left = [t for t in left if t.state == TRACKED]
        missed, _ = self._pair(_above(overlaps(_boxes(left), _boxes(low)), LOW_MATCH), left, low, refound)
        for track in missed:
            track.state = LOST
        alone, high = self._young(young, high)
        for track in alone:
            track.state = ENDED
        begun = [self._begin(found) for found in high if found.score >= self._settings.new]
        self.tracked = [t for t in self.tracked if t.state == TRACKED] + begun + refound
        # Those that ended in the image before had one chance more.
        self.lost = [t for t in self.lost if t.state == LOST]
        for track in self.lost:
            if self.image - track.last > self._settings.keep:
                track.state = ENDED
        self.lost += missed
        self._make_one()
        return [t for t in self.tracked if t.confirmed]

    def _split(self, detections: Detections) -> tuple[list[Found], list[Found]]:
        high, low = [], []
        rows = zip(detections.boxes.tolist(), detections.scores.tolist(), detections.kinds.tolist(), strict=True)
        for box, score, kind in rows:
            if box[2] > box[0] and box[3] > box[1]:
                if score >= self._settings.high:
                    high.append(Found(tuple(box), score, kind))
                elif score > self._settings.low:
                    low.append(Found(tuple(box), score, kind))
        return high, low

    def _predict(self, tracks: Sequence[Track]) -> None:
        for track in tracks:
            if track.state != TRACKED:
                # Of who is lost the height stays.
                track.at[7] = 0.0
            track.predict()

    def _predict_young(self, tracks: Sequence[Track]) -> None:
        """Who was seen once stays where he was."""

    def _elsewhere(self, tracks: list[Track], found: list[Found], refound: list[Track]) -> tuple[list[Track], list[Found]]:
        """Another chance for those whom the first round has left over."""
        return tracks, found

    def _young(self, young: list[Track], found: list[Found]) -> tuple[list[Track], list[Found]]:
        """Of who was seen once those not found again, and what is left of ``found``."""
        return self._pair(_fused(young, found, YOUNG_MATCH), young, found, [])

    def _pair(self, links: Sequence[Link], tracks: list[Track], found: list[Found],
              refound: list[Track]) -> tuple[list[Track], list[Found]]:
        """Give tracks what they are linked to; what is left over of both."""
        if not links:
            return tracks, found
        pairs = matched(links)
        for i, k in pairs:
            if tracks[i].state != TRACKED:
                refound.append(tracks[i])
            tracks[i].see(found[k], self.image)
        ours, theirs = {i for i, _ in pairs}, {k for _, k in pairs}
        return [t for i, t in enumerate(tracks) if i not in ours], [f for k, f in enumerate(found) if k not in theirs]

    def _begin(self, found: Found) -> Track:
        self._number += 1
        return Track(self._number, found, self.image, self._speed)

    def _make_one(self) -> None:
        """Of two tracks on one vehicle the one that has lived longer stays."""
        twins = [(self.tracked[i], self.lost[k]) for i, k, share in overlaps(_boxes(self.tracked), _boxes(self.lost))
                 if share > SAME]
        if not twins:
            return
        shorter = {id(b if a.last - a.first > b.last - b.first else a) for a, b in twins}
        self.tracked = [t for t in self.tracked if id(t) not in shorter]
        self.lost = [t for t in self.lost if id(t) not in shorter]


def _measured(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, (right - left) / (bottom - top), bottom - top


def _boxes(those: Sequence[Track] | Sequence[Found]) -> list[Box]:
    return [one.box for one in those]


def _above(links: Sequence[Link], cost: float) -> list[Link]:
    """Those whose cost, what is lacking to 1, is lower; by how much."""
    return [(i, k, share - 1.0 + cost) for i, k, share in links if share - 1.0 + cost > 0.0]


def _fused(tracks: Sequence[Track], found: Sequence[Found], cost: float) -> list[Link]:
    """By overlap and score."""
    return _above([(i, k, share * found[k].score) for i, k, share in overlaps(_boxes(tracks), _boxes(found))], cost)
