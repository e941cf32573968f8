"""What comes out of one image of a camera: who was seen where, who crossed a line, and each lane as controllers know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from detectors.counting.line import Direction
from detectors.observation import CrossingObservation, ExitObservation, LaneObservation
from detectors.vision.road_users import RoadUser


class SeenTrack(NamedTuple):
    """One road user in one image. ``box`` left, top, right, bottom and ``foot`` (where it touches the road) in pixels of the
    image; ``place_m`` on the ground and ``speed_mps`` where the camera is calibrated; ``lane`` that it is in, and
    ``distance_m`` from its front to that lane's stop line, negative beyond it, by the ``length_m`` that its kind has.
    ``standing_s`` is for how long it has not moved from its place, 0 while it moves."""

    track: int
    kind: RoadUser
    score: float
    box: tuple[float, float, float, float]
    foot: tuple[float, float]
    place_m: tuple[float, float] | None = None
    speed_mps: float | None = None
    lane: str | None = None
    distance_m: float | None = None
    standing_s: float = 0.0
    length_m: float = 4.5
    unsure_m: float = 0.0
    """Of who is followed along a lane: how much of it one row is of the images that it is followed in."""


class CountEvent(NamedTuple):
    """A road user crossed a line. ``frame`` is the image nearest to the crossing, which is told some images later, once it is
    certain."""

    frame: int
    time_s: float
    line: str
    lane: str | None
    direction: Direction
    kind: RoadUser
    track: int


@dataclass(frozen=True, slots=True)
class FrameResult:
    """All of one image. ``lanes`` and ``exits`` by lane id, ``crossings`` by the signal group of the crossing. ``followed`` has
    the lanes whose vehicles are followed one by one (:mod:`detectors.lane_traffic`) and who they are, numbered below zero: the
    same as in ``tracks``, where several are one box. ``walkers`` are those on foot on the carriageway where people are
    looked for besides (:mod:`detectors.walkers`), numbered below zero as well; None where they are not."""

    number: int
    time_s: float
    tracks: tuple[SeenTrack, ...]
    events: tuple[CountEvent, ...] = ()
    lanes: Mapping[str, LaneObservation] = field(default_factory=dict)
    exits: Mapping[str, ExitObservation] = field(default_factory=dict)
    crossings: Mapping[str, CrossingObservation] = field(default_factory=dict)
    followed: Mapping[str, tuple[SeenTrack, ...]] = field(default_factory=dict)
    walkers: tuple[SeenTrack, ...] | None = None
