"""What moves before a still background: it stays found while it waits at a red light, and leaves no ghost behind."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Image

FPS, WIDTH, HEIGHT = 5.0, 320, 180
DICE = np.random.default_rng(3)
ROAD = cv2.GaussianBlur(DICE.normal(100, 30, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8), (3, 3), 0)
NOISE = [DICE.normal(0, 2.5, (HEIGHT, WIDTH, 3)) for _ in range(7)]


def picture(number: int, *cars: float, bright: float = 1.0, standing_from_start: bool = False) -> Image:
    """The road, with cars whose middles are at these columns."""
    image = ROAD.copy()
    if standing_from_start:
        draw(image, 260, 50)
    for x in cars:
        draw(image, round(x), 110)
    return (image * bright + NOISE[number % len(NOISE)]).clip(0, 255).astype(np.uint8)


def draw(image: Image, x: int, y: int) -> None:
    cv2.rectangle(image, (x - 32, y - 16), (x + 32, y + 16), (200, 90, 40), -1)
    cv2.rectangle(image, (x - 14, y - 12), (x + 18, y + 12), (60, 50, 50), -1)
    cv2.rectangle(image, (x - 32, y - 16), (x + 32, y + 16), (20, 20, 20), 2)


def found(detector: BackgroundDetector, image: Image) -> list[tuple[float, float]]:
    """Middles of the boxes that are as large as a car."""
    boxes = detector.detect(image).boxes
    return [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in boxes if (b[2] - b[0]) * (b[3] - b[1]) > 800]


@pytest.fixture
def detector() -> BackgroundDetector:
    made = BackgroundDetector(FPS)
    for i in range(20):
        found(made, picture(i))
    return made


def drive_in(detector: BackgroundDetector, to: float) -> int:
    steps = list(np.arange(-40, to, 10.0))
    for i, x in enumerate(steps):
        found(detector, picture(i, x))
    return len(steps)


def test_a_car_that_waits_two_minutes_is_seen_all_the_while(detector: BackgroundDetector) -> None:
    begin = drive_in(detector, 160)
    seen = [found(detector, picture(begin + i, 160)) for i in range(600)]
    missed = [i for i, middles in enumerate(seen) if not any(abs(x - 160) < 18 for x, _ in middles)]
    assert len(missed) <= 6, missed[:20]


def test_where_it_stood_nothing_is_left_when_it_has_gone(detector: BackgroundDetector) -> None:
    begin = drive_in(detector, 160)
    for i in range(150):
        found(detector, picture(begin + i, 160))
    for i, x in enumerate(np.arange(160, 380, 10.0)):
        found(detector, picture(i, x))
    left = [found(detector, picture(i)) for i in range(60)]
    assert all(not middles for middles in left[10:]), left[-1]


def test_the_hole_of_a_car_that_stood_from_the_beginning_heals() -> None:
    detector = BackgroundDetector(FPS)
    for i in range(30):
        found(detector, picture(i, standing_from_start=True))
    after = [found(detector, picture(i)) for i in range(150)]
    assert after[2], "at first the hole looks like something new"
    assert all(not middles for middles in after[100:])


def painted(number: int, *cars: float) -> Image:
    """A dull car on a smooth road with white lines, which pass close by it and under it."""
    image = np.full((HEIGHT, WIDTH, 3), 95, np.uint8)
    for x, wide in ((134, 3), (154, 3), (174, 3), (194, 5)):
        cv2.rectangle(image, (x, 60), (x + wide, 170), (235, 235, 235), -1)
    cv2.rectangle(image, (60, 127), (260, 132), (235, 235, 235), -1)
    for x in map(round, cars):
        cv2.rectangle(image, (x - 32, 94), (x + 32, 126), (50, 82, 55), -1)
    return (image + NOISE[number % len(NOISE)]).clip(0, 255).astype(np.uint8)


def test_a_dull_car_that_waits_between_white_lines_is_seen_all_the_while() -> None:
    detector = BackgroundDetector(FPS)
    for i in range(20):
        found(detector, painted(i))
    for i, x in enumerate(np.arange(-40, 160, 10.0)):
        found(detector, painted(i, x))
    seen = [found(detector, painted(i, 160)) for i in range(300)]
    missed = [i for i, middles in enumerate(seen) if not any(abs(x - 160) < 18 for x, _ in middles)]
    assert len(missed) <= 3, missed[:20]


@pytest.mark.parametrize("kept", [True, False])
def test_a_hole_heals_though_somebody_is_said_to_stand_in_it_and_a_car_stays(kept: bool) -> None:
    detector = BackgroundDetector(FPS)
    for i in range(30):
        found(detector, picture(i, standing_from_start=True))
    for i, x in enumerate(np.arange(-40, 80, 10.0)):
        found(detector, picture(i, x))
    after = []
    for i in range(150):
        after.append(found(detector, picture(i, 80)))
        detector.kept = np.full((HEIGHT, WIDTH), 255, np.uint8) if kept else None
    assert len(after[2]) == 2, "the hole, and a car"
    assert all([round(x / 10) for x, _ in middles] == [8] for middles in after[100:])


@pytest.mark.parametrize("bright", [0.75, 1.25])
def test_the_cameras_own_exposure_is_no_vehicle(detector: BackgroundDetector, bright: float) -> None:
    for i in range(30):
        share = min(1.0, i / 10)
        assert found(detector, picture(i, bright=1.0 + (bright - 1.0) * share)) == []


def test_another_size_of_image_begins_anew(detector: BackgroundDetector) -> None:
    small = cv2.resize(picture(0), (WIDTH // 2, HEIGHT // 2))
    assert len(detector.detect(small)) == 0


def test_the_same_images_give_the_same_boxes() -> None:
    runs = []
    for _ in range(2):
        detector = BackgroundDetector(FPS)
        runs.append([detector.detect(picture(i, 5.0 * i)).boxes.tolist() for i in range(40)])
    assert runs[0] == runs[1]


def test_of_a_car_as_grey_as_a_restless_road_more_than_windows_is_in_doubt() -> None:
    detector, dice = BackgroundDetector(FPS), np.random.default_rng(5)

    def restless(number: int) -> NDArray[np.float64]:
        image = picture(number).astype(np.float64)
        image[80:140] += cv2.blur(dice.normal(0, 36, (60, WIDTH, 3)), (3, 3))
        return image

    for i in range(200):
        detector.detect(restless(i).clip(0, 255).astype(np.uint8))
    dull = picture(0).astype(np.float64)
    dull[94:127, 128:193] += (16, 0, -12)
    dull[100:120, 140:180] = 30
    found(detector, dull.clip(0, 255).astype(np.uint8))
    told = detector.foreground
    assert told is not None
    body = np.ones((33, 65), bool)
    body[6:26, 12:52] = False
    there = told[94:127, 128:193][body]
    assert (there == 255).mean() < 0.1 and (there > 0).mean() > 0.3
    assert not told[:90].any() and not told[131:].any()


def seconds_apart(*, queue_until: int, images: int = 30) -> list[Image]:
    """Cars that drive through, and one at 260,50 that stands until it drives off."""
    return [picture(i, 40.0 * (i % 9), standing_from_start=i < queue_until) for i in range(images)]


def test_who_drives_in_the_first_image_is_found_where_the_road_is_known_beforehand() -> None:
    ahead = BackgroundDetector(FPS)
    ahead.learn(seconds_apart(queue_until=0))
    middles = found(ahead, picture(0, 160))
    assert any(abs(x - 160) < 10 and abs(y - 110) < 10 for x, y in middles)
    assert not found(BackgroundDetector(FPS), picture(0, 160)), "else nobody is, for two seconds"


def test_a_queue_that_stands_there_in_the_first_image_is_found_at_once() -> None:
    ahead = BackgroundDetector(FPS)
    ahead.learn(seconds_apart(queue_until=10))
    for i in range(50):
        assert any(abs(x - 260) < 10 for x, _ in found(ahead, picture(i, standing_from_start=True))), i
    for i in range(20):
        gone = found(ahead, picture(i))
    assert gone == [], "and leaves no hole"


def test_a_road_of_another_view_is_not_believed() -> None:
    other = [np.rot90(image, 2).copy() for image in seconds_apart(queue_until=0, images=40)]
    ahead, plain = BackgroundDetector(FPS), BackgroundDetector(FPS)
    ahead.learn([picture(0), picture(1), *other])
    for i in range(40):
        image = picture(i, 10.0 * i)
        assert ahead.detect(image).boxes.tolist() == plain.detect(image).boxes.tolist()


def test_images_of_another_size_are_not_learnt_from() -> None:
    ahead = BackgroundDetector(FPS)
    ahead.learn([*seconds_apart(queue_until=0), *(np.zeros((90, 160, 3), np.uint8) for _ in range(60))])
    assert any(abs(x - 160) < 10 for x, _ in found(ahead, picture(0, 160)))
