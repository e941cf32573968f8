"""One blob of two who drive opposite ways is two; of one vehicle, however near, and of two that drive together it is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Image
from detectors.vision.streams import Box, Streams

WIDTH, HEIGHT, FPS = 320, 180, 13.0
Grey = NDArray[np.uint8]
DICE = np.random.default_rng(5)
ROAD = cv2.GaussianBlur(DICE.normal(100, 12, (HEIGHT, WIDTH)).clip(0, 255).astype(np.uint8), (3, 3), 0)
SKINS = [cv2.GaussianBlur(np.kron(DICE.integers(0, 255, (8, 16)), np.ones((4, 4))).astype(np.uint8), (3, 3), 0) for _ in range(2)]
"""Of two vehicles 64 pixels long and 32 high: blotches."""


def scene(*at: tuple[float, float]) -> tuple[Grey, Grey]:
    """The road with vehicles whose upper left corners are there, and what of it is not road."""
    image, mask = ROAD.copy(), np.zeros_like(ROAD)
    for skin, (x, y) in zip(SKINS, at, strict=False):
        moved = cv2.warpAffine(skin, np.float32([[1, 0, x], [0, 1, y]]), (WIDTH, HEIGHT))
        there = cv2.warpAffine(np.full_like(skin, 255), np.float32([[1, 0, x], [0, 1, y]]), (WIDTH, HEIGHT)) > 127
        image[there], mask[there] = moved[there], 255
    return image, mask


def told(places: Callable[[int], list[tuple[float, float]]], images: int, fps: float = FPS) -> list[list[list[Box]]]:
    """Of each image the parts of every blob that is parted."""
    streams, seen = Streams(fps), []
    for number in range(images):
        image, mask = scene(*places(number))
        seen.append(list(parts(streams, image, mask).values()))
    return seen


def parts(streams: Streams, image: Grey, mask: Grey) -> dict[int, list[Box]]:
    return streams.parts(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), outlines(mask))


def outlines(mask: Grey) -> list[Any]:
    return list(cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0])


def meeting(number: int, pace: float = 3.0) -> list[tuple[float, float]]:
    """Both in one blob from the 15th image to the 36th, the first of them before the second."""
    return [(20 + pace * number, 60), (230 - pace * number, 84)]


def test_two_that_meet_are_two_boxes_where_they_are() -> None:
    seen = told(meeting, 60)
    together = [n for n in range(60) if len(outlines(scene(*meeting(n))[1])) == 1]
    assert len(together) > 15
    parted = [n for n in together if seen[n]]
    assert len(parted) >= 0.9 * len(together)
    for n in parted:
        (boxes,) = seen[n]
        assert len(boxes) == 2
        for x, y in meeting(n):
            # The road before one of them is the other's in doubt: up to a quarter of a vehicle.
            assert min(max(abs(left - x), abs(right - x - 64), abs(top - y), abs(bottom - y - 32))
                       for left, top, right, bottom in boxes) <= 16, (n, boxes)


@pytest.mark.parametrize("fps", [5.0, 13.0, 26.0, 30.0])
def test_at_any_rate_of_images(fps: float) -> None:
    seen = told(lambda n: meeting(n, 39.0 / fps), round(4.6 * fps), fps)
    assert sum(bool(some) for some in seen) >= 0.8 * fps


def test_one_alone_is_one_and_so_are_two_apart() -> None:
    assert not any(told(lambda n: [(10 + 3 * n, 60)], 60))
    assert not any(told(lambda n: [(10 + 3 * n, 40), (250 - 3 * n, 100)], 60))


def test_two_side_by_side_that_drive_one_way_stay_one() -> None:
    assert not any(told(lambda n: [(10 + 3 * n, 60), (20 + 2 * n, 88)], 60))


def test_who_stands_is_no_second_way() -> None:
    """A car that passes one that waits: the standing one's points move nowhere."""
    assert not any(told(lambda n: [(10 + 3 * n, 60), (150, 88)], 60))


def test_of_noise_hardly_anything_is_told() -> None:
    """Points that are lost in noise go anywhere."""
    dice, streams = np.random.default_rng(1), Streams(FPS)
    blob = np.zeros((HEIGHT, WIDTH), np.uint8)
    blob[40:140, 60:260] = 255
    images = (dice.normal(100, 20, (HEIGHT, WIDTH)).clip(0, 255).astype(np.uint8) for _ in range(200))
    assert sum(bool(parts(streams, image, blob)) for image in images) <= 2


@given(way=st.floats(0, 6.28), grows=st.floats(0.97, 1.03))
def test_one_that_comes_nearer_or_goes_away_is_one_whichever_way(way: float, grows: float) -> None:
    """Of which all points go apart, or together, as it is moved by more than that."""
    streams, far = Streams(FPS), 4.0
    for number in range(14):
        scale = grows**number
        x, y = 160 + far * (number - 7) * np.cos(way), 90 + far * (number - 7) * np.sin(way)
        place = np.float32([[scale, 0, x - 32 * scale], [0, scale, y - 16 * scale]])
        there = cv2.warpAffine(np.full_like(SKINS[0], 255), place, (WIDTH, HEIGHT)) > 127
        image = np.where(there, cv2.warpAffine(SKINS[0], place, (WIDTH, HEIGHT)), ROAD)
        assert not parts(streams, image, np.asarray(there, np.uint8) * np.uint8(255))


def test_images_of_another_size_begin_anew() -> None:
    streams = Streams(FPS)
    for number in range(25):
        image, mask = scene(*meeting(number))
        parts(streams, image, mask)
    small = cv2.resize(image, (160, 90))
    assert parts(streams, small, np.full((90, 160), 255, np.uint8)) == {}


def test_the_detector_finds_both_while_one_passes_the_other() -> None:
    detector, boxes = BackgroundDetector(FPS), []
    for number in range(-40, 60):
        image: Image = cv2.cvtColor(scene(*(meeting(number) if number >= 0 else []))[0], cv2.COLOR_GRAY2BGR)
        found = detector.detect(image).boxes
        if 27 <= number <= 33:
            boxes.append(len(found))
    assert boxes == 7 * [2]
