"""Few images a second: vehicles that jump further than they are long keep their number, and nobody is taken for another."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from detectors.vision.currents import Currents
from detectors.vision.detections import Detections
from detectors.vision.road_users import NUMBER, RoadUser
from detectors.vision.tracking import Tracker

pytest.importorskip("ultralytics")
SIZE = (640, 360)
LENGTH, WIDTH = 44.0, 20.0
Place = tuple[float, float]


def found(places: list[Place]) -> Detections:
    boxes = np.array([(x - LENGTH / 2, y - WIDTH / 2, x + LENGTH / 2, y + WIDTH / 2) for x, y in places], np.float32)
    n = len(places)
    return Detections(boxes.reshape(-1, 4), np.full(n, 0.8, np.float32), np.full(n, NUMBER[RoadUser.CAR], np.int16))


def traffic(seconds: float, seed: int = 1) -> list[tuple[float, float, float]]:
    """(enters at, row, speed in px/s): two lanes to the right and two to the left, at headways of 1.5 s and more."""
    dice = random.Random(seed)
    cars = []
    for row, way in ((140.0, 1), (165.0, 1), (200.0, -1), (225.0, -1)):
        at = dice.uniform(0, 2)
        while at < seconds:
            cars.append((at, row, way * dice.uniform(280, 330)))
            at += dice.uniform(1.5, 4.0)
    return cars


def places(cars: list[tuple[float, float, float]], now_s: float) -> dict[int, Place]:
    there = {}
    for i, (at, row, speed) in enumerate(cars):
        x = (0.0 if speed > 0 else SIZE[0]) + speed * (now_s - at)
        if now_s >= at and 0 < x < SIZE[0]:
            there[i] = (x, row)
    return there


def followed(fps: float, seconds: float, lose: float = 0.0) -> tuple[float, int]:
    """Share of places in which a car had a number, and how often a number went over to another car."""
    cars, tracker, dice = traffic(seconds), Tracker(fps, SIZE), random.Random(4)
    owner: dict[int, int] = {}
    seen = there = swapped = 0
    steps = 0
    for image in range(int(seconds * fps)):
        steps += 1
        if dice.random() < lose:
            continue
        now = places(cars, image / fps)
        tracks = tracker.update(found(list(now.values())), steps)
        steps = 0
        late = image > 10 * fps
        there += len(now) if late else 0
        for track in tracks:
            car = min(now, key=lambda c: math.dist(now[c], track.middle))
            if math.dist(now[car], track.middle) > LENGTH:
                continue
            seen += late
            swapped += owner.setdefault(track.track, car) != car
            owner[track.track] = car
    return seen / there, swapped


@pytest.mark.parametrize("fps", [5.0, 10.0, 25.0])
def test_who_drives_is_followed_however_few_images_there_are(fps: float) -> None:
    share, swapped = followed(fps, 40.0)
    # The first image of each car, of some ten at five a second, cannot have a number yet.
    assert share > 0.8
    assert swapped == 0


def test_images_that_are_lost_lose_nobody() -> None:
    share, swapped = followed(12.0, 40.0, lose=0.4)
    assert share > 0.75
    assert swapped == 0


def test_currents_say_nothing_where_few_drove_or_ways_cross() -> None:
    currents = Currents(SIZE)
    assert currents.at((100, 100)) is None
    for _ in range(5):
        currents.note((100, 100), (30, 0))
    assert currents.at((104, 96)) == pytest.approx((30, 0))
    for _ in range(5):
        currents.note((100, 100), (0, 30))
    assert currents.at((100, 100)) is None


@pytest.mark.parametrize("fps", [8.0, 10.0, 15.0, 25.0])
def test_who_drives_in_cut_off_by_the_edge_keeps_one_number_and_has_its_own_shape(fps: float) -> None:
    """Away from the camera, over the lower edge: as wide as it is from the first image on, and first a strip of it high. Ten
    images a second of a motorway lost every third car so, a model finding them before they are whole."""
    tracker, size = Tracker(fps, SIZE, whole=True), 100.0
    numbers: set[int] = set()
    for image in range(round(1.6 * fps)):
        # The farther away the smaller, and the slower in the image.
        bottom = 290.0 * 0.45 ** (image / fps) + 118.0
        side = size * (bottom - 118.0) / 290.0
        box = (300.0, bottom - side, 300.0 + side, min(bottom, SIZE[1] - 1.0))
        if box[3] - box[1] < 25.0:
            continue
        one = Detections(np.array([box], np.float32), np.full(1, 0.8, np.float32), np.full(1, NUMBER[RoadUser.CAR], np.int16))
        for track in tracker.update(one):
            numbers.add(track.track)
            left, top, right, low = track.box
            assert right - left < 1.25 * side + 4.0 and low - top < 1.25 * side + 4.0, image
    assert len(numbers) == 1
