"""The second look at vehicles by a real classification model, loaded and asked as any other; and what is said of weights that
are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.counting.results import FrameResult, SeenTrack
from detectors.errors import WeightsError
from detectors.vision.ambulance import AmbulanceHint, AmbulanceWatch, ambulance_watch
from detectors.vision.ambulance_model import ModelJudge
from detectors.vision.ambulance_sightings import AmbulanceSightings
from detectors.vision.road_users import RoadUser
from tests.detectors.vision.classifiers import red_and_white
from tests.detectors.vision.test_ambulance import BLUE_PAINT, RED, WHITE, brakes, drive, indicator, taxi_sign

TAXI_RED = (42, 36, 198)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return red_and_white(tmp_path_factory.mktemp("weights") / "made_openvino_model")


@pytest.fixture
def watch(weights: str) -> AmbulanceWatch:
    return ambulance_watch(weights)


def stripe(image: np.ndarray, box: tuple[int, int, int, int], t: float) -> None:
    """A red band all along a white ambulance."""
    left, top, right, bottom = box
    cv2.rectangle(image, (left, top + (bottom - top) // 2), (right, top + 3 * (bottom - top) // 4), RED, -1)


def white_sign(image: np.ndarray, box: tuple[int, int, int, int], t: float) -> None:
    """A taxi's sign on the roof, lit."""
    left, top, right, _ = box
    middle = (left + right) // 2
    cv2.rectangle(image, (middle - 14, top - 2), (middle + 14, top + 8), (245, 245, 245), -1)


def test_an_ambulance_is_a_hint_and_a_certain_one(watch: AmbulanceWatch) -> None:
    found = drive(WHITE, stripe, watch=watch, fps=8.0)
    assert found[-1] and found[-1][0].confidence > 0.9 and found[-1][0].votes >= 6
    assert not found[3], "one look is no hint"


@pytest.mark.parametrize(("paint", "lights"), [
    (TAXI_RED, (taxi_sign,)), (TAXI_RED, (white_sign,)), (TAXI_RED, (white_sign, brakes)), (WHITE, ()),
    (WHITE, (brakes, indicator)), (BLUE_PAINT, (stripe,))],
    ids=["taxi", "taxi, white sign", "taxi that brakes", "white van", "white van that brakes", "blue"])
def test_taxis_with_roof_signs_and_white_vans_are_none(watch: AmbulanceWatch, paint, lights) -> None:
    assert not any(drive(paint, *lights, watch=watch, fps=8.0, until_s=3.0))


def test_an_openvino_file_of_ultralytics_may_be_named_itself(weights: str) -> None:
    image = np.full((90, 90, 3), 240, np.uint8)
    image[45:] = RED
    vote = ModelJudge(str(Path(weights) / "model.xml")).vote(1, 0.0, image, (0.0, 0.0, 90.0, 90.0))
    assert vote is not None and vote > 0.9


@pytest.mark.parametrize(("made", "says"), [
    ({"names": ("van", "other")}, "no class of the model is called ambulance"),
    ({"outputs": 3}, "gives 3 shares and names 2 classes"),
    ({"softmax": False}, "no shares that add up to one"),
    ({"rows": 50}, "does not classify|cannot be loaded")])
def test_a_model_of_the_wrong_shape_is_refused(tmp_path: Path, made, says: str) -> None:
    with pytest.raises(WeightsError, match=says) as caught:
        ModelJudge(red_and_white(tmp_path / "bad_openvino_model", **made))
    assert "bad_openvino_model" in str(caught.value) and caught.value.mend and "\n" not in str(caught.value)


def test_files_that_are_no_weights(weights: str, tmp_path: Path) -> None:
    empty, text = tmp_path / "empty.onnx", tmp_path / "text.onnx"
    empty.touch()
    text.write_text("no model")
    half, hollow = tmp_path / "half_openvino_model", tmp_path / "hollow_openvino_model"
    for folder in (half, hollow):
        shutil.copytree(weights, folder)
    (half / "model.bin").unlink()
    (hollow / "model.xml").write_bytes(b"")
    for path, says in ((tmp_path / "none.pt", "no such file"), (empty, "the file is empty"),
                       (half, "model.bin: there is no such"), (hollow, "model.xml: the file is empty"),
                       (text, "cannot be loaded")):
        with pytest.raises(WeightsError, match=says) as caught:
            ambulance_watch(str(path))
        assert "\n" not in str(caught.value)
    with pytest.raises(WeightsError, match="check the path given with --ambulance-weights"):
        ambulance_watch(str(tmp_path / "none.pt"))


def seen(track: int, lane: str | None = None) -> SeenTrack:
    return SeenTrack(track, RoadUser.CAR, 0.8, (1.0, 2.0, 3.0, 4.0), (2.0, 4.0), lane=lane)


def test_a_sighting_begins_once_and_ends_when_it_is_gone() -> None:
    sightings = AmbulanceSightings()
    changed = [sightings.see(FrameResult(i, i / 2, (seen(7, "north_0" if i < 3 else None),)),
                             (AmbulanceHint(7, 0.7 + i / 100, 0.0, 6 + i),) if i < 5 else ()) for i in range(6)]
    ((first,), *nothing, (last,)) = changed
    assert first.open and first.lane == "north_0" and not any(nothing)
    assert (last.number, last.until_s, last.confidence, last.votes, last.lane) == (first.number, 2.0, 0.74, 10, "north_0")
    assert not sightings.open and sightings.finish() == ()


def test_a_sighting_of_one_who_is_not_seen_any_more_ends_after_some_seconds() -> None:
    sightings = AmbulanceSightings()
    sightings.see(FrameResult(0, 0.0, (seen(7),)), (AmbulanceHint(7, 0.7, 0.0, 6),))
    assert sightings.see(FrameResult(1, 2.0, ()), ()) == () and len(sightings.open) == 1
    (gone,) = sightings.see(FrameResult(2, 4.0, ()), ())
    assert gone.until_s == 0.0 and gone.as_dict()["until_s"] == 0.0
