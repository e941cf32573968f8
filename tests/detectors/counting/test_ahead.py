"""Images that are looked at in another process give what they give in this one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from detectors.counting.ahead import Ahead, Answer
from detectors.errors import DetectionError, SourceError
from detectors.vision.background import BackgroundDetector
from detectors.vision.detections import Detections, Image
from tests.detectors.vision.test_background import picture as road_with

FPS, HELD = 10.0, 3


def _images(many: int, size: tuple[int, int] | None = None) -> list[Image]:
    """A car drives by, and comes again; in images of ``size`` (width, height) if that is given."""
    found = [road_with(i, -40.0 + 9.0 * (i % 40)) for i in range(many)]
    return found if size is None else [np.asarray(cv2.resize(image, size), np.uint8) for image in found]


def _same(one: Detections, other: Detections) -> bool:
    return all(np.array_equal(getattr(one, what), getattr(other, what)) for what in ("boxes", "scores", "kinds"))


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ahead]:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    with Ahead(BackgroundDetector(FPS), HELD) as one:
        yield one


def _asked(ahead: Ahead, images: list[Image]) -> list[Detections]:
    waiting: list[Answer] = []
    told = []
    for image in images:
        waiting.append(ahead.ask(image))
        if len(waiting) > ahead.images:
            told.append(waiting.pop(0)())
    return told + [answer() for answer in waiting]


def test_another_process_finds_the_same(ahead: Ahead) -> None:
    here, later, images = BackgroundDetector(FPS), _images(60), _images(60) + _images(30, (240, 136))
    here.learn(later[::3])
    ahead.learn(later[::3])
    found, told = [here.detect(image) for image in images], _asked(ahead, images)
    assert len(told) == len(found) and all(_same(a, b) for a, b in zip(found, told, strict=True))
    assert len(found[10]) == 1, "the road was learnt before"
    assert len(found[85]) == 1


def test_a_recording_that_fails_while_the_road_is_learnt_is_counted_all_the_same(ahead: Ahead) -> None:
    def fails() -> Iterator[Image]:
        yield from _images(3)
        raise SourceError("cannot be read", where="film")

    with pytest.raises(SourceError):
        ahead.learn(fails())
    here, images = BackgroundDetector(FPS), _images(30)
    assert all(_same(a, here.detect(image)) for a, image in zip(_asked(ahead, images), images, strict=True))


def test_a_process_that_dies_is_one_clear_line(ahead: Ahead) -> None:
    ahead.ask(_images(1)[0])()
    assert ahead.pid is not None
    os.kill(ahead.pid, signal.SIGKILL)
    with pytest.raises(DetectionError, match="has ended"):
        for image in _images(5):
            ahead.ask(image)()


def test_on_one_core_a_thread_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    here, images = BackgroundDetector(FPS), _images(30)
    with Ahead(BackgroundDetector(FPS), HELD) as ahead:
        assert ahead.pid is None
        assert all(_same(a, here.detect(image)) for a, image in zip(_asked(ahead, images), images, strict=True))
