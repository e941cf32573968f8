"""From a video to its incidents: nothing is kept of it by default, and real queues at red raise no alarm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.counting.session import Session
from detectors.incidents.clips import Clips
from detectors.incidents.incident import IncidentKind
from detectors.video.source import Source
from detectors.vision.pick import detector_for
from tests.detectors.incidents.street import SIZE, WEST, site
from tests.detectors.incidents.test_clips import tree
from tests.detectors.video.camera_server import serving
from tests.detectors.video.films import jpeg


def video(path: Path, fps: float = 8.0, seconds: float = 19.0) -> None:
    """A car that drives along, again and again; then one that comes against the direction."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (SIZE[0] // 2, SIZE[1] // 2))
    dice = np.random.default_rng(1)
    road = np.clip(np.full((SIZE[1] // 2, SIZE[0] // 2, 3), 110, np.uint8) + dice.integers(0, 9, (SIZE[1] // 2, SIZE[0] // 2, 3)),
                   0, 255).astype(np.uint8)
    for i in range(round(fps * seconds)):
        t, image = i / fps, road.copy()
        x = 10.0 * ((t % 8.0) + 0.5) if t < 12.0 else 85.0 - 8.0 * (t - 12.0)
        if x > 3.0:
            cv2.rectangle(image, (round(5 * (x - 2.2)), round(5 * (WEST - 0.9))), (round(5 * (x + 2.2)), round(5 * (WEST + 0.9))),
                          (30, 30, 200), -1)
        writer.write(image)
    writer.release()


def test_whole_way_keeps_nothing_by_default(tmp_path, monkeypatch):
    path = tmp_path / "camera.mp4"
    video(path)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    before = tree(tmp_path)
    camera = site(groups=False)
    with Source(str(path)) as images:
        session = Session(images, detector_for("background", None, fps=images.facts.fps), site=camera)
        clips = Clips(camera.privacy, home / "clips", camera.camera)
        for frame, result, _, news in session:
            if frame is not None and result is not None:
                assert clips.see(frame.image, result, news) == ()
        assert clips.finish() == ()
    told = session.incidents
    assert {i.kind for i in told} == {IncidentKind.WRONG_WAY}, "there was something to keep"
    assert tree(tmp_path) == before
    assert json.loads(json.dumps([i.as_dict() for i in told]))[0]["kind"] == "wrong_way"


def jpegs() -> Iterator[bytes]:
    """A second of small images, then larger ones: an empty street, and a car that comes against the direction for some metres,
    further right than small images were wide."""
    dice = np.random.default_rng(1)
    road = (105 + dice.integers(0, 9, (SIZE[1] // 2, SIZE[0] // 2, 3))).astype(np.uint8)
    for x in range(0, SIZE[0] // 2, 60):
        cv2.rectangle(road, (x, 200), (x + 30, 290), (60, 140, 170), -1)
    for i in range(10**6):
        image, x = road.copy(), max(70.0, 95.0 - 0.5 * (i - 46))
        if i >= 46:
            cv2.rectangle(image, (round(5 * (x - 2.2)), round(5 * (WEST - 1.7))), (round(5 * (x + 2.2)), round(5 * (WEST + 0.1))),
                          (30, 30, 200), -1)
        if i < 10:
            image = cv2.resize(image, (SIZE[0] // 4, SIZE[1] // 4), interpolation=cv2.INTER_AREA)
        yield jpeg(image)


def test_a_stream_whose_image_changes_its_size_is_watched_on_in_the_new_one():
    with serving([jpegs()], fps=12.0) as server, Source(server.address) as images:
        session = Session(images, detector_for("background", None, fps=12.0), site=site(groups=False), seconds=12.0)
        told = []
        for _, _, _, news in session:
            told += news
            if told:
                break
        assert [note.what for note in images.notes] == ["resized"]
    assert [(i.kind, i.place.lane) for i in told] == [(IncidentKind.WRONG_WAY, "west_0")]
    assert told[0].place.box is not None and told[0].place.box[2] > SIZE[0] // 4, "in pixels of the larger images"


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["borislav_traffic.mp4", "saoyan_test.mp4"])
def test_real_traffic_raises_no_alarm(shared_dir, clip):
    """A queue of three stands at red for 21 s, another car for as long at its line; a motorway."""
    path, weights = shared_dir / "video/clips" / clip, shared_dir / "video/weights/yolo11n_int8_openvino_model"
    if not path.exists() or not weights.exists():
        pytest.skip(f"{path} or the weights are not there")
    with Source(str(path), at_most_fps=6.0) as images:
        session = Session(images, detector_for("yolo", str(weights), fps=6.0, size_px=320), fps=6.0)
        for _ in session:
            pass
        assert session.incidents == []
