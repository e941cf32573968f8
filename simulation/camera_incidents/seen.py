"""What a tracker behind the camera would say of SUMO's truth, and what it would get wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from detectors.counting.results import FrameResult, SeenTrack
from detectors.quality.watch import ViewQuality
from detectors.vision.road_users import RoadUser
from simulation.camera_incidents.camera import Pinhole

CLASSES = {"passenger": RoadUser.CAR, "motorcycle": RoadUser.MOTORCYCLE, "bus": RoadUser.BUS, "truck": RoadUser.TRUCK,
           "bicycle": RoadUser.BICYCLE}
FAR_M = 125.0
LOST_S = 1.5
"""A tracker gives a new number to who was not seen for so long."""


class Body(NamedTuple):
    """A road user on the ground: ``(x, y)`` the middle of its front, ``angle`` in radians from the x axis, size in metres."""

    name: str
    kind: RoadUser
    x: float
    y: float
    angle: float
    size_m: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Eyes:
    """How well is seen. ``miss`` is the share of looks in which somebody in view is not found, ``shake`` the spread of a box's
    edges as a share of its size, ``hidden`` the share of a box that others in front may cover before it is not found,
    ``swap_per_s`` how often a track loses its number though it is seen."""

    name: str
    miss: float = 0.0
    shake: float = 0.0
    hidden: float = 1.01
    swap_per_s: float = 0.0


PERFECT = Eyes("perfect")
CAMERA = Eyes("camera", miss=0.05, shake=0.02, hidden=0.75, swap_per_s=0.003)
POOR = Eyes("poor", miss=0.20, shake=0.05, hidden=0.60, swap_per_s=0.02)
EYES = {eyes.name: eyes for eyes in (PERFECT, CAMERA, POOR)}


def bodies(api: Any) -> list[Body]:
    """Everybody in the simulation."""
    found = []
    vehicle, person = api.vehicle, api.person
    for v in vehicle.getIDList():
        x, y = vehicle.getPosition(v)
        found.append(Body(v, CLASSES.get(vehicle.getVehicleClass(v), RoadUser.CAR), x, y, _radians(vehicle.getAngle(v)),
                          (vehicle.getLength(v), vehicle.getWidth(v), vehicle.getHeight(v))))
    for p in person.getIDList():
        x, y = person.getPosition(p)
        found.append(Body(p, RoadUser.PEDESTRIAN, x, y, _radians(person.getAngle(p)), (0.4, 0.5, 1.7)))
    return found


def _radians(degrees_from_north: float) -> float:
    return math.radians(90.0 - degrees_from_north)


class Tracks:
    """Boxes, numbers and places of bodies, drawn from ``seed`` where they are wrong. It has no image that could be good or
    bad: ``quality`` is None."""

    quality: ViewQuality | None = None
    classifies = True

    def __init__(self, camera: Pinhole, eyes: Eyes, seed: int) -> None:
        self._camera, self._eyes = camera, eyes
        self._dice = np.random.default_rng(seed)
        self._number: dict[str, tuple[int, float]] = {}
        self._next = 1

    def see(self, number: int, time_s: float, everybody: Iterable[Body]) -> FrameResult:
        there = []
        for body in everybody:
            away = math.hypot(body.x - self._camera.at[0], body.y - self._camera.at[1])
            if away <= FAR_M and (box := self._camera.box(body.x, body.y, body.angle, body.size_m)) is not None:
                there.append((away, body, box))
        there.sort(key=lambda row: row[0])
        tracks, before = [], list[tuple[float, float, float, float]]()
        for _, body, box in there:
            covered = _covered(box, before)
            before.append(box)
            if covered > self._eyes.hidden or self._dice.random() < self._eyes.miss:
                continue
            tracks.append(self._track(body, box, time_s))
        return FrameResult(number, time_s, tuple(tracks))

    def _track(self, body: Body, box: tuple[float, float, float, float], time_s: float) -> SeenTrack:
        number, last_s = self._number.get(body.name, (0, -math.inf))
        if time_s - last_s > LOST_S or self._dice.random() < self._eyes.swap_per_s * (time_s - last_s):
            number, self._next = self._next, self._next + 1
        self._number[body.name] = number, time_s
        left, top, right, bottom = box
        if self._eyes.shake:
            wide, high = (right - left) * self._eyes.shake, (bottom - top) * self._eyes.shake
            shift = self._dice.normal(0.0, 1.0, 4)
            left, right = sorted((left + shift[0] * wide, right + shift[1] * wide))
            top, bottom = sorted((top + shift[2] * high, bottom + shift[3] * high))
            right, bottom = max(right, left + 2.0), max(bottom, top + 2.0)
        foot = ((left + right) / 2, bottom)
        x, y = self._camera.ground.metres([foot])[0]
        place = (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None
        return SeenTrack(number, body.kind, 0.7, (float(left), float(top), float(right), float(bottom)), foot, place)


def _covered(box: tuple[float, float, float, float], before: list[tuple[float, float, float, float]]) -> float:
    """Share of ``box`` that nearer boxes cover, on a grid of 6 × 6 points."""
    left, top, right, bottom = box
    near = [b for b in before if b[0] < right and b[2] > left and b[1] < bottom and b[3] > top]
    if not near:
        return 0.0
    xs, ys = np.meshgrid(left + (right - left) * (np.arange(6) + 0.5) / 6, top + (bottom - top) * (np.arange(6) + 0.5) / 6)
    hidden = np.zeros(xs.shape, bool)
    for a, b, c, d in near:
        hidden |= (xs >= a) & (xs <= c) & (ys >= b) & (ys <= d)
    return float(hidden.mean())
