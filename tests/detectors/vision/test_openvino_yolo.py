"""YOLO through OpenVINO directly finds what ultralytics finds with the same model; several images side by side change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.errors import WeightsError
from detectors.video.source import Source
from detectors.vision.detections import Detections, Image
from detectors.vision.openvino_yolo import GREY, OpenVinoYoloDetector, fit
from detectors.vision.pick import detector_for
from detectors.vision.yolo import YoloDetector

CLIPS = ("saoyan_test.mp4", "yashbansal_video.avi", "borislav_traffic.mp4")
SURE = 0.13
"""Above this nothing is found by one and not by the other; below, the last digits decide."""


@pytest.fixture(scope="module")
def weights(shared_dir: Path) -> str:
    folder = shared_dir / "video" / "weights" / "yolo11n_int8_openvino_model"
    if not folder.is_dir():
        pytest.skip(f"no weights at {folder}")
    return str(folder)


@pytest.fixture(scope="module")
def images(shared_dir: Path) -> list[Image]:
    found = []
    for clip in CLIPS:
        with Source(str(shared_dir / "video" / "clips" / clip), at_most_fps=1.0) as source:
            found += [frame.image.copy() for frame in islice(source, 5)]
    return found


@settings(max_examples=60)
@given(st.integers(16, 700), st.integers(16, 700), st.sampled_from([64, 100, 320]), st.booleans())
def test_images_lie_as_ultralytics_lays_them(width: int, height: int, size_px: int, whole: bool) -> None:
    from ultralytics.data.augment import LetterBox

    fixed = (128, 96) if whole else None
    lies = fit(width, height, size_px, fixed)
    side = -(-size_px // 32) * 32
    theirs = LetterBox(fixed or (side, side), auto=not whole, stride=32)(image=np.full((height, width, 3), 200, np.uint8))
    assert theirs.shape[:2] == lies.shape
    rows, columns = np.nonzero((theirs != GREY).all(axis=2))
    assert (rows.min(), columns.min()) == (lies.top, lies.left)
    assert (rows.max() + 1, columns.max() + 1) == (lies.top + lies.height, lies.left + lies.width)


@pytest.fixture
def single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """For whoever compiles a model: ultralytics leaves it to OpenVINO, which takes bfloat16 where the processor has it."""
    compile_model = openvino.Core.compile_model

    def in_f32(self: Any, model: Any, device_name: Any = None, config: Any = None, **more: Any) -> Any:
        return compile_model(self, model, device_name=device_name,
                             config={**(config or {}), "INFERENCE_PRECISION_HINT": "f32"}, **more)

    monkeypatch.setattr(openvino.Core, "compile_model", in_f32)


def agree(ours: Detections, theirs: Detections) -> None:
    for a, b in ((ours, theirs), (theirs, ours)):
        for box, score, kind in zip(a.boxes, a.scores, a.kinds, strict=True):
            near = np.abs(b.boxes - box).max(axis=1) < 1.0 if len(b) else np.zeros(0, bool)
            same = near & (np.abs(b.scores - score) < 0.02) & (b.kinds == kind)
            assert same.any() or score < SURE, (box, score, kind)


@pytest.mark.parametrize("size_px", [320, 640])
@pytest.mark.usefixtures("single_precision")
def test_what_is_found_is_the_same(weights: str, images: list[Image], size_px: int) -> None:
    ours, theirs = detector_for(None, weights, fps=25.0, size_px=size_px), YoloDetector(weights, size_px=size_px)
    assert isinstance(ours, OpenVinoYoloDetector) and ours.name == theirs.name and ours.classifies
    found = [ours.detect(image) for image in images]
    assert sum(len(one) for one in found) > 40 and any(len(one) == 0 or one.scores.min() < 0.2 for one in found)
    for image, one in zip(images, found, strict=True):
        agree(one, theirs.detect(image))


def test_side_by_side_is_as_one_after_another(weights: str, images: list[Image]) -> None:
    one, two = OpenVinoYoloDetector(weights, size_px=320), OpenVinoYoloDetector(weights, size_px=320, at_once=2)
    # Images of one camera have one size.
    same = [cv2.resize(image, (640, 360)) for image in images]
    with ThreadPoolExecutor(2) as pool:
        for a, b in zip(map(one.detect, same), pool.map(two.detect, same), strict=True):
            agree(a, b)


def test_a_model_that_is_broken_or_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "yolo.xml").write_text("<net/>")
    (tmp_path / "yolo.bin").write_bytes(b"x")
    (tmp_path / "metadata.yaml").write_text("task: detect\nnames: {0: car}\n")
    with pytest.raises(WeightsError, match="OpenVINO cannot load it"):
        detector_for(None, str(tmp_path), fps=25.0)
    for told in ("task: segment\nnames: {0: car}\n", "task: detect\n", "names: [", "task: detect\nnames: {1: car}\n"):
        (tmp_path / "metadata.yaml").write_text(told)
        with pytest.raises(LookupError):
            OpenVinoYoloDetector(str(tmp_path))
