"""The road behind the traffic, put together from images in none of which it is empty."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.vision.detections import Image
from detectors.vision.empty_road import KEPT, LEAST, road_alone, spread

DICE = np.random.default_rng(5)
ROAD = cv2.GaussianBlur(DICE.integers(0, 210, (40, 80, 3)).astype(np.float32), (9, 9), 0).astype(np.uint8)


def taken(covered: list[slice], bright: float = 1.0) -> Image:
    """The road, white where somebody is."""
    image = (ROAD * bright + DICE.normal(0, 1.5, ROAD.shape)).clip(0, 255).astype(np.uint8)
    for columns in covered:
        image[10:30, columns] = (DICE.normal(235, 2, image[10:30, columns].shape)).clip(0, 255)
    return image


def how_far(image: Image) -> float:
    """The share of pixels that are not the road."""
    return float((np.abs(image.astype(int) - ROAD).max(axis=2) > 16).mean())


def test_the_road_is_known_though_no_image_shows_it() -> None:
    """Two vehicles, each at one of four places: every place is taken in half of the images."""
    images = [taken([slice(20 * a, 20 * a + 20), slice(20 * b, 20 * b + 20)])
              for a, b in DICE.integers(0, 4, (40, 2))]
    assert min(how_far(image) for image in images) > 0.1
    road = road_alone(images)
    assert len(road) == len(images)
    assert max(how_far(image) for image in road) < 0.01


def test_a_queue_that_stands_for_a_third_of_the_time_is_no_road() -> None:
    images = [taken([slice(20, 60)]) for _ in range(15)] + [taken([]) for _ in range(30)]
    assert how_far(road_alone(images)[0]) < 0.01


@pytest.mark.parametrize("comes", [0, 12])
def test_who_stands_there_longer_than_the_road_is_seen_is_none_of_it(comes: int) -> None:
    """He has an outline, and the road has none: broken down at the 12th of 56 images, or a queue that has stood there before."""
    somebody = [taken([slice(30, 50)]) for _ in range(44)]
    empty = [taken([]) for _ in range(12)]
    images = empty[:comes] + somebody + empty[comes:]
    road = road_alone(images)
    assert how_far(images[50 if comes else 0]) > 0.05
    assert max(how_far(image) for image in road) < 0.01


@pytest.mark.parametrize("shade", [0.2, 1.8])
def test_where_outlines_do_not_tell_what_was_there_first_is_road(shade: float) -> None:
    """Darker for 12 images and as much brighter for 20, or the other way round, and never the road itself."""
    first, then = (ROAD.astype(np.float32) for _ in range(2))
    first[10:30, 30:50] *= shade
    then[10:30, 30:50] *= 2.0 - shade
    for image in road_alone([first.astype(np.uint8)] * 12 + [then.astype(np.uint8)] * 20):
        assert (np.abs(image - first).max(axis=2) > 16).mean() < 0.01


def test_images_in_another_light_show_the_same_road() -> None:
    images = [taken([slice(8 * (i % 10), 8 * (i % 10) + 8)], bright=1.0 if i < 4 else 0.7) for i in range(30)]
    assert how_far(road_alone(images)[0]) < 0.01, "as bright as the first"


@pytest.mark.parametrize("many", [0, 1, LEAST - 1])
def test_of_too_few_images_nothing_is_said(many: int) -> None:
    assert road_alone([taken([]) for _ in range(many)]) == []


@given(many=st.integers(1, 1000))
def test_images_kept_are_spread_evenly(many: int) -> None:
    kept = [int(image[0, 0, 0]) * 256 + int(image[0, 0, 1])
            for image in spread(np.array([[[i // 256, i % 256, 0]]], np.uint8) for i in range(many))]
    steps = set(np.diff(kept))
    assert kept[0] == 0 and len(kept) <= KEPT and len(steps) <= 1
    assert len(kept) >= min(many, KEPT // 2), "no more is thrown away than must be"
    assert many - kept[-1] <= (steps.pop() if steps else 1), "up to the end"
