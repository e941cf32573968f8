"""Nothing is kept by default; what is kept on request is small, covered, and goes."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.camera.site import Privacy
from detectors.counting.results import FrameResult, SeenTrack
from detectors.errors import CameraError
from detectors.incidents.blur import blurred
from detectors.incidents.clips import Clips
from detectors.incidents.expiry import sweep
from detectors.incidents.watch import IncidentWatch
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import FPS, SIZE, drives, frames, site

DAY_S = 86_400.0


def tree(*folders: Path) -> set[tuple[str, int, int]]:
    """Every file and folder with size and time of change."""
    found = set()
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                stat = path.stat()
            except OSError:
                continue
            found.add((str(path), stat.st_size, stat.st_mtime_ns))
    return found


class Wall:
    """A clock that is set by hand."""

    def __init__(self, now_s: float = 1_790_000_000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


def noisy(seed: int = 1) -> np.ndarray:
    """Sharp detail everywhere, so that what is left of it can be measured."""
    return np.random.default_rng(seed).integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


def run(privacy: Privacy, folder: Path, clock: Wall | None = None) -> list[Path]:
    """A wrong-way driver, watched with clips."""
    watch, clips = IncidentWatch(site(), FPS, SIZE), Clips(privacy, folder, "Av. Zerktouni / N", clock=clock or Wall())
    image, written = noisy(), list[Path]()
    for frame in frames([drives(1, 1.0, x1=85.0, x2=5.0)], 12.0):
        written += clips.see(image, frame, watch.see(frame))
    watch.finish()
    return written + list(clips.finish())


def test_default_writes_nothing_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    before = tree(tmp_path)
    assert run(Privacy(), tmp_path / "clips") == []
    assert tree(tmp_path) == before, "not even a folder"


def test_default_keeps_no_image_in_memory(tmp_path):
    clips = Clips(Privacy(), tmp_path / "clips")
    for frame in frames([drives(1, 0.0)], 5.0):
        clips.see(noisy(), frame, ())
    assert not clips._ring and not clips._recordings


def test_clip_is_small_short_and_covered(tmp_path):
    (path,) = run(Privacy(clips=True, before_s=2.0, after_s=3.0), tmp_path / "clips")
    assert path.parent == tmp_path / "clips" and "wrong_way" in path.name and "Av_Zerktouni_N" in path.name
    assert oct(path.stat().st_mode & 0o777) == "0o600" and oct(path.parent.stat().st_mode & 0o777) == "0o700"
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FRAME_WIDTH) <= 640
    rate, images = video.get(cv2.CAP_PROP_FPS), []
    while (got := video.read())[0]:
        images.append(got[1])
    video.release()
    assert len(images) / rate == pytest.approx(5.0, abs=0.6), "as long as was asked for, at its own pace"
    # The driver is at 85 - 10 (t - 1) m; it was told after some 2 s. Where it is, neighbouring pixels are alike; elsewhere not.
    first = images[0].astype(int)
    edges = np.abs(np.diff(first.mean(axis=2), axis=1))
    share = 640 / SIZE[0]
    road = edges[int(19.4 * 10 * share):int(20.6 * 10 * share), :]
    flat = [c for c in range(0, road.shape[1] - 20, 10) if np.median(road[:, c:c + 20]) < 4.0]
    assert flat, "the vehicle's box is covered"
    assert np.median(edges) > 8.0, "and the rest of the image is not"


def test_nobody_missed_in_one_image_is_shown_in_it(tmp_path):
    """Found in every other image only: covered in all of them."""
    watch, clips = IncidentWatch(site(), FPS, SIZE), Clips(Privacy(clips=True, before_s=2, after_s=2), tmp_path, clock=Wall())
    still = SeenTrack(9, RoadUser.PEDESTRIAN, 0.9, (300.0, 300.0, 360.0, 460.0), (330.0, 460.0), place_m=(33.0, 46.0))
    written = []
    for frame in frames([drives(1, 1.0, x1=85.0, x2=5.0)], 12.0):
        tracks = (*frame.tracks, still) if frame.number % 4 == 0 else frame.tracks
        both = FrameResult(frame.number, frame.time_s, tracks)
        written += clips.see(noisy(), both, watch.see(both))
    (path,) = written
    video = cv2.VideoCapture(str(path))
    share = 640 / SIZE[0]
    while (got := video.read())[0]:
        part = got[1][int(310 * share):int(450 * share), int(305 * share):int(355 * share)].mean(axis=2)
        assert np.median(np.abs(np.diff(part, axis=1))) < 4.0
    video.release()


def test_a_clip_ends_where_the_image_changes_its_size(tmp_path):
    """Boxes in other pixels would leave bare who is in the image."""
    watch, clips = IncidentWatch(site(), FPS, SIZE), Clips(Privacy(clips=True, before_s=2, after_s=60), tmp_path, clock=Wall())
    written, small = [], cv2.resize(noisy(), (SIZE[0] // 4, SIZE[1] // 4), interpolation=cv2.INTER_AREA)
    for frame in frames([drives(1, 1.0, x1=85.0, x2=5.0)], 8.0):
        image = noisy() if frame.time_s < 6.0 else small
        written += clips.see(image, frame, watch.see(frame) if frame.time_s < 6.0 else ())
    (path,) = written
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FRAME_WIDTH) == 640 and video.get(cv2.CAP_PROP_FRAME_COUNT) > 10
    video.release()
    assert clips.finish() == ()


def test_clips_go_after_their_days(tmp_path):
    clock = Wall()
    privacy = Privacy(clips=True, keep_days=2.0)
    (path,) = run(privacy, tmp_path, clock)
    other = tmp_path / "20200101T000000Z-notes.txt"
    other.write_text("somebody else's")
    clock.now_s += 1.9 * DAY_S
    clips = Clips(privacy, tmp_path, clock=clock)
    assert path.exists(), "not before"
    clock.now_s += 0.2 * DAY_S
    for frame in frames([], 0.2):
        clips.see(noisy(), frame, ())
    assert not path.exists(), "thrown away while it runs"
    assert other.exists()


def test_clips_go_at_the_start_too_though_none_are_wanted_any_more(tmp_path):
    clock = Wall()
    (path,) = run(Privacy(clips=True, keep_days=1.0), tmp_path, clock)
    clock.now_s += 1.1 * DAY_S
    Clips(Privacy(keep_days=1.0), tmp_path, clock=clock)
    assert not path.exists()


def test_swept_once_an_hour_and_not_with_every_image(tmp_path):
    clock = Wall()
    clips = Clips(Privacy(clips=True, keep_days=0.01), tmp_path, clock=clock)
    (path,) = run(Privacy(clips=True, keep_days=0.01), tmp_path, clock)
    (frame,) = frames([], 0.1)
    clock.now_s += 3000.0
    clips.see(noisy(), frame, ())
    assert path.exists()
    clock.now_s += 700.0
    clips.see(noisy(), frame, ())
    assert not path.exists()


def test_expiry_goes_by_the_name_whatever_the_file_says(tmp_path):
    path = tmp_path / "20260101T000000Z-cam-wrong_way-1.mp4"
    path.write_bytes(b"x")
    os.utime(path, (2e9, 2e9))
    assert sweep(tmp_path, 7.0, 1_790_000_000.0) == (path,)
    assert sweep(tmp_path / "nowhere", 7.0, 1_790_000_000.0) == ()


@pytest.mark.parametrize("name", ["99999999T999999Z-cam-wrong_way-1.mp4", "20260101T000000Z-cam.mp4", "holiday.mp4"])
def test_expiry_leaves_what_is_not_a_clip(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert sweep(tmp_path, 7.0, 1_790_000_000.0) == ()


def test_folder_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "clips").write_text("a file is in the way")
    with pytest.raises(CameraError, match="a clip cannot be written"):
        run(Privacy(clips=True, before_s=1.0, after_s=1.0), tmp_path / "clips")


@pytest.mark.parametrize("box", [(10.0, 10.0, 60.0, 130.0), (-30.0, -30.0, 40.0, 40.0), (600.0, 400.0, 5000.0, 5000.0),
                                 (50.0, 50.0, 50.0, 50.0), (1395.0, 595.0, 1402.0, 640.0)])
@pytest.mark.parametrize("kind", [RoadUser.PEDESTRIAN, RoadUser.CAR])
def test_covering_takes_boxes_of_any_place(kind, box):
    image = noisy()
    out = blurred(image, [(kind, box)])
    assert out.shape == image.shape and out is not image


def test_a_plate_cannot_be_read_afterwards():
    """Text of a plate's size in the lower part of a vehicle is gone: no column of it differs from its neighbours any more."""
    image = np.full((300, 400, 3), 90, np.uint8)
    cv2.putText(image, "12345-A-6", (150, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2)
    plain = blurred(np.full_like(image, 90), [(RoadUser.CAR, (100.0, 80.0, 300.0, 230.0))])
    covered = blurred(image, [(RoadUser.CAR, (100.0, 80.0, 300.0, 230.0))])
    # All that is left are one or two patches that are a little lighter.
    colours = {tuple(c) for c in covered[185:205, 150:260].reshape(-1, 3)}
    assert len(colours) <= 12 and np.abs(covered.astype(int) - plain).max() < 120
