"""Ambulances seen by a camera: a hint for dispatch to confirm, never a request for green.

COCO knows no ambulances, so whoever is found as a car, truck or bus is looked at a second time: by a classification model, where
there is one, else for a flashing blue light. Each image gives a vote of its track, and a hint comes and goes with hysteresis.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from detectors.vision.ambulance_model import ModelJudge
from detectors.vision.detections import Image
from detectors.vision.flashing import LEAST_RATE_HZ, BlueFlash, blueness
from detectors.vision.road_users import RoadUser

LOOKED_AT = frozenset({RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.VEHICLE, RoadUser.AMBULANCE})
VOTES_KEPT_S = 4.0
VOTES_LEAST = 6
VOTES_OVER_S = 0.8
HINT_FROM, HINT_UNTIL = 0.6, 0.3
"""Mean vote from which a hint begins, and below which it ends."""
FORGET_S = 3.0
FLASH_CONFIDENCE = 0.6
"""At most, of a flashing light alone: police and fire engines have the same."""


class Looked(Protocol):
    """What is needed of a tracked road user; :class:`~detectors.counting.results.SeenTrack` has it."""

    @property
    def track(self) -> int: ...

    @property
    def kind(self) -> RoadUser: ...

    @property
    def box(self) -> tuple[float, float, float, float]: ...


class AmbulanceHint(NamedTuple):
    """``confidence`` 0 to 1 orders hints and is no probability; ``since_s`` when the hint began; ``votes`` how many images it
    rests on. Whoever gets it asks dispatch: it never changes a signal."""

    track: int
    confidence: float
    since_s: float
    votes: int


class Judge(Protocol):
    """Says of one vehicle in one image how much it looks like an ambulance."""

    most: float
    """The highest confidence that its votes can give."""
    least_fps: float
    """With fewer images a second it never says anything."""

    def vote(self, track: int, time_s: float, image: Image, box: tuple[float, float, float, float]) -> float | None:
        """0 to 1; None where it cannot tell (yet)."""

    def forget(self, track: int) -> None: ...


class FlashJudge:
    """By the flashing blue light on the roof, without any weights."""

    most, least_fps = FLASH_CONFIDENCE, LEAST_RATE_HZ

    def __init__(self) -> None:
        self._lights: dict[int, BlueFlash] = {}

    def vote(self, track: int, time_s: float, image: Image, box: tuple[float, float, float, float]) -> float | None:
        blue = blueness(image, box)
        if blue is None:
            return None
        light = self._lights.setdefault(track, BlueFlash())
        light.see(time_s, blue)
        return light.vote()

    def forget(self, track: int) -> None:
        self._lights.pop(track, None)


class _Votes:
    """Of one track."""

    def __init__(self) -> None:
        self.votes: deque[tuple[float, float]] = deque()
        self.since_s: float | None = None
        self.seen_s = 0.0

    def add(self, time_s: float, vote: float) -> None:
        self.votes.append((time_s, vote))
        while time_s - self.votes[0][0] > VOTES_KEPT_S:
            self.votes.popleft()
        mean = self.mean
        if self.since_s is None:
            enough = len(self.votes) >= VOTES_LEAST and time_s - self.votes[0][0] >= VOTES_OVER_S
            if enough and mean >= HINT_FROM:
                self.since_s = time_s
        elif mean < HINT_UNTIL:
            self.since_s = None

    @property
    def mean(self) -> float:
        return sum(v for _, v in self.votes) / len(self.votes) if self.votes else 0.0


class AmbulanceWatch:
    """One camera. ``judge`` is a :class:`ModelJudge`, or a :class:`FlashJudge` where there are no weights."""

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge: Judge = judge if judge is not None else FlashJudge()
        self.least_fps = self._judge.least_fps
        self._tracks: dict[int, _Votes] = {}

    def see(self, image: Image, time_s: float, tracks: Iterable[Looked]) -> tuple[AmbulanceHint, ...]:
        """The hints of those seen in this image, most certain first; empty where there are none."""
        hints = []
        for seen in tracks:
            if seen.kind not in LOOKED_AT:
                continue
            known = self._tracks.setdefault(seen.track, _Votes())
            known.seen_s = time_s
            # A detection model that was trained with ambulances has voted already.
            vote = 1.0 if seen.kind is RoadUser.AMBULANCE else self._judge.vote(seen.track, time_s, image, seen.box)
            if vote is not None:
                known.add(time_s, vote)
            if known.since_s is not None:
                most = 1.0 if seen.kind is RoadUser.AMBULANCE else self._judge.most
                hints.append(AmbulanceHint(seen.track, round(most * known.mean, 2), known.since_s, len(known.votes)))
        for track in [t for t, v in self._tracks.items() if time_s - v.seen_s > FORGET_S]:
            del self._tracks[track]
            self._judge.forget(track)
        return tuple(sorted(hints, key=lambda h: -h.confidence))


def ambulance_watch(weights: str | None = None) -> AmbulanceWatch:
    """With a classification model where ``weights`` names one, else by flashing lights. Raises :class:`WeightsError`."""
    return AmbulanceWatch(ModelJudge(weights) if weights is not None else FlashJudge())
