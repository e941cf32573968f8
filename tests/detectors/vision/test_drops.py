"""Rain is told from traffic, and what is as thin as a drop is nobody while it lasts."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Image
from detectors.vision.drops import MANY, OVER_S, Drops
from tests.detectors.vision.test_background import HEIGHT, WIDTH, picture

FPS = 10.0
Mask = NDArray[np.uint8]


def streaks(mask: Mask | Image, many: int, seed: int, colour: int | tuple[int, int, int], broad: int = 2) -> None:
    """Slanted, ``broad`` pixels broad, anywhere."""
    dice = np.random.default_rng(seed)
    for x, y in dice.integers(0, (WIDTH, HEIGHT), (many, 2)).tolist():
        cv2.line(mask, (x, y), (x + 3, y + 13), colour, broad)


def masks(images: int, *, rain: int = 0, cars: int = 0, still: int = 0) -> list[Mask]:
    """``cars`` of 20 × 14 and riders of 3 × 8 drive 4 pixels an image; ``still`` thin things are where they were."""
    made = []
    for i in range(images):
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        streaks(mask, rain, i, 255)
        streaks(mask, still, 0, 255)
        for car in range(cars):
            x, y = (40 * car + 4 * i) % WIDTH, 30 + 25 * (car % 5)
            mask[y:y + 14, x:x + 20] = 255
            mask[y:y + 8, (x + 30) % (WIDTH - 3):(x + 30) % (WIDTH - 3) + 3] = 255
        made.append(mask)
    return made


@pytest.mark.parametrize(("shown", "rains"), [
    (masks(100, rain=12), True), (masks(100, rain=12, cars=6), True), (masks(100), False), (masks(100, cars=8), False),
    (masks(100, still=30), False)], ids=["rain", "rain and cars", "nobody", "cars", "branches"])
def test_rain_is_what_is_thin_and_in_one_image_only(shown: list[Mask], rains: bool) -> None:
    drops = Drops(FPS)
    for mask in shown:
        drops.see(mask)
    assert drops.rain is rains


def test_it_begins_and_ends_within_seconds() -> None:
    drops = Drops(FPS)
    seen = []
    for mask in [*masks(50), *masks(200, rain=12), *masks(300)]:
        drops.see(mask)
        seen.append(drops.rain)
    assert not any(seen[:60]) and all(seen[50 + int(2 * OVER_S * FPS):250]) and not any(seen[-100:])
    assert MANY > 0


@pytest.mark.parametrize("raining", [False, True])
def test_boxes_in_rain_are_of_cars_alone(raining: bool) -> None:
    """Half a minute to learn the road and the weather in, then a car drives through."""
    detector, dice = BackgroundDetector(FPS), np.random.default_rng(1)
    boxes, right = [], 0
    for i in range(340):
        x = 20.0 + 8.0 * (i - 300)
        image = picture(i, x) if i >= 300 else picture(i)
        if raining:
            streaks(image, 12, int(dice.integers(1 << 30)), (235, 235, 235), 1)
        there = [((left + right_px) / 2) for left, _, right_px, _ in detector.detect(image).boxes]
        if i >= 300:
            boxes.append(len(there))
            right += any(abs(at - x) < 18 for at in there)
    assert np.mean(boxes) < 1.5 and right >= 38
