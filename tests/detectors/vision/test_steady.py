"""A camera in the wind: how far its images lie aside is measured and undone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

cv2 = pytest.importorskip("cv2")

from detectors.vision.detections import Image  # noqa: E402
from detectors.vision.steady import LOST_S, MOST_PX, RENEW_S, SETTLE_S, Steady  # noqa: E402

SIZE = (400, 224)
FPS = 5.0
MARGIN = 40


def street(seed: int = 1, size: tuple[int, int] = SIZE) -> Image:
    """Patches of grey, larger than an image by the margin on all sides."""
    dice = np.random.default_rng(seed)
    side = size[0] // 32
    wide, high = size[0] + 2 * MARGIN, size[1] + 2 * MARGIN
    patches = dice.integers(60, 200, (high // side + 1, wide // side + 1, 1)).repeat(side, 0).repeat(side, 1)[:high, :wide]
    return np.asarray(cv2.GaussianBlur(np.repeat(patches, 3, 2).astype(np.uint8), (0, 0), 1.0), np.uint8)


def taken(world: Image, right_px: float, down_px: float, seed: int = 0, size: tuple[int, int] = SIZE) -> Image:
    """By a camera that shows everything so far to the right and down of where it usually does, with noise."""
    to_image = np.array([[1.0, 0.0, right_px - MARGIN], [0.0, 1.0, down_px - MARGIN]])
    image = cv2.warpAffine(world, to_image, size, flags=cv2.INTER_LINEAR)
    noise = np.random.default_rng(seed).normal(0, 3, (*image.shape[:2], 1))
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def wind(now_s: float, size_px: float) -> tuple[float, float]:
    return size_px * math.sin(1.9 * now_s), 0.6 * size_px * math.sin(2.7 * now_s + 1.0)


def in_wind(steady: Steady, world: Image, size_px: float, from_s: float, to_s: float) -> list[tuple[float, float]]:
    """Errors to the right and down, in pixels."""
    errors = []
    for number in range(round(from_s * FPS), round(to_s * FPS)):
        sway = wind(number / FPS, size_px)
        steady.see(taken(world, *sway, number), number / FPS)
        errors.append((steady.swayed_px[0] - sway[0], steady.swayed_px[1] - sway[1]))
    return errors


@pytest.mark.parametrize("size_px", [0.5, 4.0])
def test_how_far_it_sways_is_known_to_a_tenth_of_a_pixel(size_px: float) -> None:
    """Also after marks were taken anew; its place is a mean, which sways a little itself and is not exactly the middle."""
    steady = Steady()
    in_wind(steady, street(), size_px, 0.0, 20.0)
    errors = np.array(in_wind(steady, street(), size_px, 20.0, 20.0 + 1.5 * RENEW_S))
    assert np.abs(errors - errors.mean(axis=0)).max() < 0.1 + 0.04 * size_px
    assert np.abs(errors).max() < 0.1 + 0.1 * size_px


@settings(max_examples=12, deadline=None)
@given(right_px=st.floats(-8.0, 8.0), down_px=st.floats(-8.0, 8.0), seed=st.integers(0, 5))
def test_the_image_is_moved_back(right_px: float, down_px: float, seed: int) -> None:
    world, steady = street(seed), Steady()
    for number in range(30):
        still = steady.see(taken(world, 0.0, 0.0, number), number / FPS)
    back = steady.see(taken(world, right_px, down_px, 99), 6.0)
    inside = np.s_[12:-12, 12:-12]
    error = np.abs(back[inside].astype(float) - still[inside]).mean()
    assert error < 5.0, "noise alone is 3.4"


def test_a_camera_that_hangs_still_has_its_own_images() -> None:
    steady, world = Steady(), street()
    image = taken(world, 0.0, 0.0)
    for number in range(10):
        assert steady.see(image, number / FPS) is image
    assert steady.swayed_px == (0.0, 0.0)


def test_larger_images_are_moved_by_their_own_pixels() -> None:
    size = (1280, 720)
    world, steady = street(size=size), Steady()
    for number in range(50):
        steady.see(taken(world, 0.0, 0.0, number, size), number / FPS)
    steady.see(taken(world, 5.0, -3.0, 99, size), 10.0)
    assert steady.swayed_px == pytest.approx((5.0, -3.0), abs=0.4)


def test_traffic_does_not_lead_it_astray() -> None:
    """A third of the image drives to the right, told or not told."""
    for told in (False, True):
        world, other, steady = street(1), street(2), Steady()
        there = np.zeros((112, 200), bool)
        there[36:76] = True
        errors = []
        for number in range(100):
            sway = wind(number / FPS, 2.0)
            image = taken(world, *sway, number)
            image[72:152] = np.roll(other[72:152, MARGIN:-MARGIN], 3 * number, axis=1)
            steady.see(image, number / FPS, there if told else None)
            errors.append((steady.swayed_px[0] - sway[0], steady.swayed_px[1] - sway[1]))
        late = np.array(errors[50:])
        assert np.abs(late - late.mean(axis=0)).max() < 0.2


@pytest.mark.parametrize("brightness", [0.6, 1.3])
def test_a_camera_that_turns_everything_darker_is_where_it_was(brightness: float) -> None:
    """As it does when a white lorry comes in."""
    steady, world = Steady(), street()
    for number in range(50):
        steady.see(taken(world, 0.0, 0.0, number), number / FPS)
    for number in range(50, 60):
        darker = np.clip(taken(world, 2.0, -1.0, number).astype(float) * brightness, 0, 255).astype(np.uint8)
        steady.see(darker, number / FPS)
        # Its place is a mean of as many images so far.
        assert steady.swayed_px == pytest.approx((2.0, -1.0), abs=0.45)


def test_while_nothing_is_to_be_seen_it_is_where_it_was_last() -> None:
    steady, world = Steady(), street()
    in_wind(steady, world, 3.0, 0.0, 20.0)
    before = steady.swayed_px
    for number in range(100, 100 + round(1.5 * LOST_S * FPS)):
        steady.see(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8), number / FPS)
        assert steady.swayed_px == before


def test_an_image_in_which_nothing_is_to_be_seen_is_left_alone() -> None:
    steady = Steady()
    for number in range(80):
        image: Image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        assert steady.see(image, number / FPS) is image
        assert steady.swayed_px == (0.0, 0.0)


def test_a_camera_that_was_turned_a_little_has_another_place_in_the_end() -> None:
    steady, world = Steady(), street()
    for number in range(50):
        steady.see(taken(world, 0.0, 0.0, number), float(number))
    told = []
    for number in range(50, 50 + round(5 * SETTLE_S)):
        steady.see(taken(world, 6.0, 0.0, number), float(number))
        told.append(steady.swayed_px[0])
    assert told[0] == pytest.approx(6.0, abs=0.2)
    assert abs(told[-1]) < 0.5


@pytest.mark.parametrize("elsewhere", ["far aside", "another street", "another size"])
def test_another_view_is_a_place_of_its_own(elsewhere: str) -> None:
    steady, world = Steady(), street()
    for number in range(50):
        steady.see(taken(world, 0.0, 0.0, number), number / FPS)
    size = (480, 272) if elsewhere == "another size" else SIZE
    other = {"far aside": np.roll(world, 110, axis=1), "another street": street(9)}.get(elsewhere, street(1, size))

    def seen(number: int, right_px: float) -> NDArray[np.float64]:
        steady.see(taken(other, right_px, 0.0, number, size), number / FPS)
        return np.array(steady.swayed_px)

    assert (seen(50, 0.0) == 0.0).all()
    for number in range(51, 50 + round((LOST_S + 10.0) * FPS)):
        assert (np.abs(seen(number, 0.0)) < 0.1).all()
    assert seen(200, 3.0) == pytest.approx((3.0, 0.0), abs=0.4)


def test_time_that_goes_back_harms_nothing() -> None:
    """A recording that is looked at from its beginning again."""
    steady, world = Steady(), street()
    in_wind(steady, world, 3.0, 0.0, 50.0)
    errors = np.array(in_wind(steady, world, 3.0, 0.0, 20.0))
    assert np.abs(errors - errors.mean(axis=0)).max() < 0.2


def test_where_a_camera_looks_that_was_turned_far_is_its_place_at_once() -> None:
    """What lanes and background knew holds no more anyhow; that it has moved is said by who watches the view."""
    steady, world = Steady(), street()
    for number in range(50):
        steady.see(taken(world, 0.0, 0.0, number), number / FPS)
    # Slowly, so that it is not lost on the way.
    for number in range(1, 9):
        steady.see(taken(world, 2.0 * number, 0.0, number), 10.0 + number / FPS)
    assert steady.swayed_px[0] > 0.8 * (MOST_PX - 2.0)
    for number in range(10, 60):
        image = taken(world, 20.0, 0.0, number)
        steady.see(image, 10.0 + number / FPS)
        assert abs(steady.swayed_px[0]) < 0.5 and abs(steady.swayed_px[1]) < 0.2


def test_a_camera_that_hardly_sways_is_left_alone_and_looked_at_now_and_then() -> None:
    steady, world = Steady(least_px=1.0, every_s=0.25), street()
    looked = []
    for number in range(100):
        image = taken(world, 0.3 * (-1) ** number, 0.0, number)
        before = steady._last_s
        assert steady.see(image, number / 25.0) is image
        looked.append(steady._last_s != before)
    assert 10 <= sum(looked) <= 20
    # Then there is wind, and for a minute after it every image is looked at.
    for number in range(100, 400):
        steady.see(taken(world, *wind(number / 25.0, 3.0), number), number / 25.0)
    assert steady.swayed_px != (0.0, 0.0)
    for number in range(400, 420):
        steady.see(taken(world, 0.0, 0.0, number), number / 25.0)
        assert steady._last_s == number / 25.0
