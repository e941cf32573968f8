"""Each way in which a view spoils is noticed in time, named rightly and forgiven when it is over; nothing else is."""

from __future__ import annotations

import math
from itertools import count, pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.observation import Quality
from detectors.quality.signs import SIGNS
from detectors.quality.watch import QualityWatch, ViewQuality
from tests.detectors.quality.street import (
    EMPTY,
    FPS,
    Change,
    Pixels,
    Street,
    Watched,
    blurred,
    fog,
    frozen,
    gain,
    half_covered,
    noisy,
    shifted,
    snow,
    white_out,
)


def kinds(said: list[tuple[float, ViewQuality]]) -> set[str]:
    return {q.reason for _, q in said}


def first(said: list[tuple[float, ViewQuality]], quality: Quality) -> float:
    """Seconds until it was first said."""
    return next((at_s for at_s, q in said if q.quality is quality), math.inf)


def grey() -> Change:
    numbers = count()
    return lambda image: noisy(np.full_like(image, 90), 2.0, next(numbers))


def turned(image: Pixels) -> Pixels:
    return image[::-1, ::-1].copy()


@pytest.mark.parametrize(("sign", "change", "worst", "within_s"), [
    ("frozen", frozen(), Quality.BAD, 32.0),
    ("frozen", frozen(clock=True), Quality.BAD, 32.0),
    ("dark", gain(0.1), Quality.BAD, 6.0),
    ("glare", white_out, Quality.BAD, 6.0),
    ("blinded", grey(), Quality.BAD, 4.0),
    ("noise", snow(), Quality.BAD, 5.0),
    ("moved", shifted(0.1), Quality.BAD, 15.0),
    ("moved", shifted(-0.03), Quality.DEGRADED, 15.0),
    ("strange", turned, Quality.BAD, 35.0),
    ("covered", half_covered, Quality.DEGRADED, 25.0),
    ("contrast", fog, Quality.DEGRADED, 12.0),
    ("blur", blurred, Quality.DEGRADED, 12.0),
])
def test_noticed_and_forgiven(sign: str, change: Change, worst: Quality, within_s: float) -> None:
    watched = Watched()
    assert kinds(watched.show(15.0)) == {""}
    said = watched.show(within_s + 3.0, change)
    assert first(said, worst) <= within_s
    last = said[-1][1]
    assert last.quality in (worst, Quality.BAD) and last.reason == SIGNS[sign].words and last.signs[sign] >= 0.5
    assert last.moved == (sign in ("moved", "strange")) and last.blinded == (sign in ("blinded", "noise"))
    assert sum(a.quality is not b.quality for (_, a), (_, b) in pairwise(said)) <= 2, "no flapping"
    watched.show(30.0)
    assert kinds(watched.show(5.0)) == {""}


def shaken() -> Change:
    chance = np.random.default_rng(5)
    return lambda image: shifted(float(chance.normal(0, 0.015)))(image)


def dusk() -> Change:
    numbers = count()

    def darker(image: Pixels) -> Pixels:
        number = next(numbers)
        return noisy(cv2.convertScaleAbs(image, alpha=max(0.35, 1.0 - number / 90)), 4.0, number)

    return darker


def queue(image: Pixels) -> Pixels:
    image = image.copy()
    for x in range(0, 300, 70):
        for y in (120, 160, 200):
            cv2.rectangle(image, (x, y), (x + 55, y + 28), (200, 180, x % 255), -1)
            cv2.rectangle(image, (x + 10, y + 4), (x + 25, y + 12), (20, 20, 20), -1)
    return image


@pytest.mark.parametrize("change", [shaken(), dusk(), queue, gain(0.5), gain(1.3),
                                    lambda image: cv2.GaussianBlur(image, (0, 0), 0.8)],
                         ids=["shaken", "dusk", "queue", "darker", "brighter", "softer"])
def test_what_is_no_fault(change: Change) -> None:
    watched = Watched()
    watched.show(15.0)
    assert kinds(watched.show(35.0, change)) == {""}


def test_an_empty_street_at_night_does_not_stand_still() -> None:
    watched = Watched(Street(cars=0, noise=4.0))
    assert kinds(watched.show(60.0, gain(0.45))) == {""}


def test_a_glimpse_is_no_fault() -> None:
    watched = Watched()
    watched.show(15.0)
    for change in (white_out, grey(), blurred, shifted(0.1), half_covered):
        assert kinds(watched.show(2.0, change) + watched.show(12.0)) == {""}


def test_silence_is_bad_at_once_and_over_soon() -> None:
    watched = Watched()
    watched.show(15.0)
    last_s = watched.now_s - 1.0 / FPS
    said = [(after_s, watched.watch.silent(last_s + after_s)) for after_s in np.arange(0.0, 20.0, 0.5)]
    assert first(said, Quality.DEGRADED) == 2.0 and first(said, Quality.BAD) == 5.0
    assert said[-1][1].reason == "no picture comes"
    watched.now_s = last_s + 20.0
    assert kinds(watched.show(20.0)[-10:]) == {""}


def test_a_slow_camera_is_not_silent_between_two_images() -> None:
    watch = QualityWatch(0.5)
    watch.see(EMPTY, 0.0)
    assert watch.silent(3.0).quality is Quality.GOOD
    assert watch.silent(15.0).quality is Quality.BAD


def test_never_a_picture() -> None:
    watch = QualityWatch(25.0)
    said = [watch.silent(float(i)).quality for i in range(8)]
    assert said == [Quality.GOOD] * 2 + [Quality.DEGRADED] * 3 + [Quality.BAD] * 3


@pytest.mark.parametrize(("share", "quality"), [(1.0, Quality.GOOD), (0.8, Quality.GOOD), (0.45, Quality.DEGRADED),
                                                (0.15, Quality.BAD)])
def test_fewer_pictures_than_should_come(share: float, quality: Quality) -> None:
    watched = Watched()
    watched.show(15.0)
    watched.fps = FPS * share
    last = watched.show(40.0)[-1][1]
    assert last.quality is quality
    assert last.reason == ("" if quality is Quality.GOOD else "fewer pictures come than should")


def test_a_camera_turned_on_purpose_is_learnt_anew() -> None:
    watched = Watched()
    watched.show(15.0)
    assert watched.show(20.0, shifted(0.1))[-1][1].moved
    watched.watch.relearn()
    watched.show(15.0, shifted(0.1))
    assert kinds(watched.show(20.0, shifted(0.1))) == {""}
    assert watched.show(20.0)[-1][1].moved, "the old view is now the wrong one"


def test_a_view_in_which_nothing_stands_still_is_not_moved_and_is_learnt_when_there_is_one() -> None:
    """Bare road and traffic, and nothing else: what is found elsewhere is the traffic. Then fog lifts from the street."""
    watch, chance = QualityWatch(FPS), np.random.default_rng(1)
    street, said = Street(), list[ViewQuality]()
    for i in range(120):
        image = np.full_like(EMPTY, 90)
        for lane in range(4):
            x = int(i * 37 + lane * 211 + chance.integers(0, 60)) % (EMPTY.shape[1] + 80) - 80
            cv2.rectangle(image, (x, 30 + 50 * lane), (x + 70, 60 + 50 * lane), [int(c) for c in chance.integers(0, 255, 3)], -1)
        said.append(watch.see(noisy(image, 4.0, i), i / FPS))
    assert not any(q.moved for q in said)
    for i in range(120, 160):
        watch.see(street.image(), i / FPS)
    moved = shifted(0.1)
    assert any(watch.see(moved(street.image()), i / FPS).moved for i in range(160, 200))


def test_a_recording_that_begins_anew_and_an_image_of_another_size() -> None:
    watched = Watched()
    watched.show(30.0)
    watched.now_s = 0.0
    assert kinds(watched.show(20.0)) == {""}
    assert kinds(watched.show(40.0, lambda image: cv2.resize(image, (400, 300)))) == {""}


@given(st.lists(st.tuples(st.sampled_from(["black", "white", "noise", "street", "tiny", "tall", "silence"]), st.floats(0, 40)),
                max_size=25), st.floats(0.05, 60))
@settings(max_examples=25)
def test_whatever_comes_something_sensible_is_said(comes: list[tuple[str, float]], fps: float) -> None:
    watch, now_s, chance = QualityWatch(fps), 0.0, np.random.default_rng(1)
    images = {"black": np.zeros((48, 64, 3), np.uint8), "white": np.full((48, 64, 3), 255, np.uint8), "street": EMPTY,
              "noise": chance.integers(0, 255, (48, 64, 3), np.uint8), "tiny": np.zeros((1, 1, 3), np.uint8),
              "tall": chance.integers(0, 255, (300, 10, 3), np.uint8)}
    for what, passed_s in comes:
        now_s += passed_s
        said = watch.silent(now_s) if what == "silence" else watch.see(images[what], now_s)
        assert (said.quality is Quality.GOOD) == (said.reason == "")
        assert set(said.signs) == set(SIGNS) and all(0.0 <= v <= 1.0 for v in said.signs.values())


@pytest.mark.parametrize("fps", [0.0, -1.0, math.nan, math.inf])
def test_a_rate_that_cannot_be(fps: float) -> None:
    with pytest.raises(ValueError, match="fps is"):
        QualityWatch(fps)
