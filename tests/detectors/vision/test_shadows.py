"""A shadow is the road with less light, and what lamps shine on is the road with more. They are nobody, and a shadow
is not learnt as road while somebody stands in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.vision.background import BackgroundDetector
from detectors.vision.shadows import BRIGHTEST, DARK, DARKEST, FAINTEST, STRONGEST, at_an_edge, lit, lit_by_night, night, shaded

pytest.importorskip("cv2")
FPS = 6.0
CAR, SHADE = np.s_[30:45, 30:50], np.s_[45:55, 30:55]


@given(left=st.floats(0.05, 1.8), road=st.tuples(*[st.integers(60, 140)] * 3))
def test_the_road_with_less_light_is_shaded(left: float, road: tuple[int, int, int]) -> None:
    background = np.full((2, 2, 3), road, np.uint8)
    image = np.clip(np.round(background * left), 0, 255).astype(np.uint8)
    if DARKEST + 0.03 < left < BRIGHTEST - 0.03:
        assert shaded(image, background).all()
    elif not DARKEST - 0.03 < left < BRIGHTEST + 0.03:
        assert not shaded(image, background).any()


@given(more=st.integers(-40, 150), road=st.integers(15, 100))
def test_the_road_in_the_light_of_a_lamp_is_lit(more: int, road: int) -> None:
    background = np.full((2, 2, 3), road, np.uint8)
    image = np.clip(background + np.array([0.7, 0.9, 1.0]) * more, 0, 255).astype(np.uint8)
    assert not (lit(image, background) & shaded(image, background)).any()
    if FAINTEST / 0.7 + 2 <= more <= STRONGEST:
        assert lit(image, background).all()
    elif more <= 0 or more > STRONGEST + 1:
        assert not lit(image, background).any()


@given(times=st.floats(0.3, 9.0), tint=st.floats(0.0, 0.5), road=st.tuples(*[st.integers(20, 36)] * 3))
def test_the_road_by_night_in_headlights_is_lit(times: float, tint: float, road: tuple[int, int, int]) -> None:
    background = np.full((2, 2, 3), road, np.uint8)
    colour = np.array([1.0 - tint, 1.0 - tint / 2, 1.0])
    image = np.clip(np.round((background + 1.0) * times * colour) - 1.0, 0, 255).astype(np.uint8)
    shines = lit_by_night(image, background)
    # Levels are whole numbers: of 20, one is a twentieth.
    if times * (1.0 - tint) > 1.1 and times < 5.8 and tint < 0.12:
        assert shines.all()
    elif times * (1.0 - tint) < 1.0 or times > 6.2 or tint > 0.28:
        assert not shines.any()


def test_the_edge_of_light_is_light_where_light_is_near() -> None:
    background = np.full((40, 60, 3), 90, np.uint8)
    image, light, other = background.copy(), np.zeros((40, 60), np.uint8), np.zeros((40, 60), bool)
    light[10:20, 10:20] = 1
    other[10:20, 10:22] = other[10:20, 40:42] = True
    image[10:20, 20:22] += np.array((1, 4, 5), np.uint8)
    image[10:20, 40:42] += np.array((1, 4, 5), np.uint8)
    image[18:20, 20:22] = (60, 60, 200)
    edge = np.zeros_like(other)
    edge[other] = at_an_edge(image[other], background[other], light, other)
    assert edge[10:18, 20:22].all()
    assert not edge[18:20, 20:22].any(), "another colour"
    assert not edge[:, 40:42].any(), "no light near"


@given(level=st.integers(5, 250))
def test_a_bright_sky_or_shop_makes_no_day(level: int) -> None:
    street = np.full((90, 160, 3), level, np.uint8)
    street[:30] = 255
    assert night(street) == (level < DARK)


def test_another_colour_is_no_shadow() -> None:
    road = np.full((2, 2, 3), 110, np.uint8)
    assert not shaded(np.full((2, 2, 3), (40, 40, 90), np.uint8), road).any()


def street(dice: np.random.Generator, *, car: bool) -> NDArray[np.uint8]:
    image = np.full((90, 160, 3), 110.0)
    image[::6] += 12.0
    if car:
        image[SHADE] *= 0.7
        image[CAR] = (30.0, 40.0, 180.0)
        image[33:40, 33:47] = (150.0, 120.0, 60.0)
    return np.clip(image + dice.normal(0, 2, image.shape), 0, 255).astype(np.uint8)


def test_where_the_shadow_of_who_stood_has_lain_is_road() -> None:
    dice = np.random.default_rng(1)
    detector = BackgroundDetector(FPS)
    for _ in range(int(4 * FPS)):
        detector.detect(street(dice, car=False))
    detector.kept = np.zeros((90, 160), np.uint8)
    detector.kept[CAR] = 255
    for _ in range(int(75 * FPS)):
        detector.detect(street(dice, car=True))
        assert detector.foreground is not None
        assert (detector.foreground[CAR] == 255).mean() > 0.9
        assert (detector.foreground[48:53, 33:52] == 255).mean() < 0.1, "its shadow is in doubt"
    detector.kept = None
    for _ in range(3):
        detector.detect(street(dice, car=False))
    assert (detector.foreground > 0).mean() < 0.01
