"""Cameras as a post's detectors: seen, lost, killed and back again, over a real HTTP stream and in real processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, MutableMapping
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import structlog
from structlog.testing import capture_logs

from controller.cameras.feed import CameraFeed
from controller.cameras.worker import CameraTask, Told
from controller.daemon.watch import NO_VIEW, Watch
from controller.estimate import people_waiting
from controller.site.network_file import network_text
from controller.site.read import inspect_site
from detectors.camera.site import CameraLane, CameraSite, ImageSize
from detectors.observation import (
    CrossingObservation,
    ExitObservation,
    Frame,
    LaneObservation,
    Quality,
)
from detectors.unseen import Unseen
from signal_drivers.guard import SafetyGuard
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from simulation.benchmark_planner.city import city
from simulation.cabinet.clockwork import Clockwork
from tests.detectors.video.camera_server import serving

ROAD = np.random.default_rng(2).normal(100, 25, (180, 320, 3)).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def junction() -> Junction:
    return next(iter(city(1).network.junctions.values()))


def camera(junction: Junction, lanes: int | None = None) -> CameraSite:
    """A camera that watches the junction's first lanes, side by side."""
    names = [lane.id for lane in junction.lanes][:lanes]
    width = 320 / len(names)
    return CameraSite(camera="mast", image=ImageSize(width=320, height=180), junction=junction.id, lanes=tuple(
        CameraLane(id=name, area=((i * width, 0), ((i + 1) * width - 1, 0), ((i + 1) * width - 1, 150), (i * width, 150)),
                   stop_line=((i * width, 150), ((i + 1) * width - 1, 150))) for i, name in enumerate(names)))


def images() -> Iterator[bytes]:
    """A road on which one car after another drives down the image's left side."""
    for i in count():
        image = ROAD.copy()
        y = i * 6 % 260 - 30
        cv2.rectangle(image, (5, y), (22, y + 28), (30, 30, 220), -1)
        yield cv2.imencode(".jpg", image)[1].tobytes()


class Blind:
    """Cabinets without detectors."""

    def observe(self, now_s: float) -> Frame:
        return Unseen(now_s)


def until(feed: CameraFeed, true: Callable[[Frame], bool], within_s: float = 40.0) -> Frame:
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        frame = feed.observe(1000.0 + time.monotonic())
        if true(frame):
            return frame
        time.sleep(0.1)
    raise AssertionError(f"not within {within_s:g} s: {[(c.quality, c.reason) for c in feed.cameras]}")


@pytest.mark.slow
def test_a_camera_is_seen_lost_and_back_and_its_junction_steps_with_it(junction: Junction) -> None:
    site, first = camera(junction), junction.lanes[0].id
    heard: list[tuple[str, Quality, str]] = []
    watch, guard, unit = Watch(0.5, {junction.id}), SafetyGuard(junction), Clockwork(junction, 0.0)

    def reasons(frame: Frame) -> set[str]:
        return set(watch.reasons(junction, unit.status(frame.time_s), guard, frame, False, frame.time_s))

    with serving([images() for _ in range(20)], fps=15) as server:
        task = CameraTask("mast", server.address, site, "background", None, None, 10.0)
        with CameraFeed([task], Blind(), lambda *what: heard.append(what)) as feed:
            before = feed.observe(1.0)
            assert before.lane(first).quality is Quality.BAD and "mast" in before.lane(first).reason
            frame = until(feed, lambda f: f.lane(first).quality is Quality.GOOD)
            assert frame.time_s - 3.0 < frame.lane(first).time_s <= frame.time_s
            assert reasons(frame) == set()
            until(feed, lambda f: sum(f.lane(first).passed.values()) >= 2)
            # Its process is killed: the lanes are unseen at once, and soon seen again by another process.
            pid = feed.cameras[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            lost = until(feed, lambda f: f.lane(first).quality is Quality.BAD)
            assert "died" in lost.lane(first).reason
            # A step is looked for every few seconds only.
            until(feed, lambda f: NO_VIEW in reasons(f))
            until(feed, lambda f: f.lane(first).quality is Quality.GOOD)
            until(feed, lambda f: NO_VIEW not in reasons(f))
            assert feed.cameras[0].pid != pid
    assert [quality for _, quality, _ in heard] == [Quality.GOOD, Quality.BAD, Quality.GOOD]


def test_a_camera_that_cannot_be_watched_says_why_and_is_tried_again(junction: Junction, tmp_path: Path) -> None:
    task = CameraTask("mast", str(tmp_path / "none.mp4"), camera(junction), "background", None, None, 10.0)
    with CameraFeed([task], Blind(), lambda *_: None) as feed:
        frame = until(feed, lambda f: "no such file" in f.lane(junction.lanes[0].id).reason)
        with pytest.raises(KeyError):
            frame.lane("another lane")
        until(feed, lambda f: feed.cameras[0].pid is not None)


def test_a_site_names_cameras_and_what_is_wrong_with_them(junction: Junction, tmp_path: Path) -> None:
    from controller.cameras.camera_text import camera_text

    (tmp_path / "network.json").write_text(network_text(city(1).network), encoding="utf-8")
    (tmp_path / "good.yaml").write_text(camera_text(camera(junction)))
    (tmp_path / "other.yaml").write_text(camera_text(camera(junction)).replace(junction.lanes[0].id, "elsewhere_0"))
    head = (f"mourour_site: '1'\npost: p\nnetwork: network.json\n"
            f"cabinets:\n  - {{junction: {junction.id}, protocol: modbus, host: 127.0.0.1, port: 502}}\ncameras:\n")
    file = tmp_path / "site.yaml"
    file.write_text(head + "  - {file: good.yaml, source: rtsp://cam/1}\n")
    site, wrong = inspect_site(file)
    assert site is not None and wrong == [] and site.cameras[0].source == "rtsp://cam/1"
    file.write_text(head + "  - {file: good.yaml}\n  - {file: none.yaml, source: '0'}\n  - {file: other.yaml, source: '1'}\n"
                    "  - {file: good.yaml, source: '2'}\n  - {file: good.yaml, source: '3'}\n")
    site, wrong = inspect_site(file)
    said = [str(e) for e in wrong]
    assert site is None
    for line, words in ((7, "where the images"), (8, "none.yaml"), (9, "elsewhere_0"), (10, "named 'mast'")):
        assert any(f"line {line}" in text and words in text for text in said), said


def test_a_lane_that_its_camera_does_not_believe_is_not_believed_though_the_view_is_good(junction: Junction) -> None:
    site, (doubted, sound) = camera(junction, 2), [lane.id for lane in junction.lanes][:2]
    task = CameraTask("mast", "0", site, "background", None, None, 10.0)
    feed = CameraFeed([task], Blind(), lambda *_: None)
    watched = feed.cameras[0]
    watched.quality, watched.reason = Quality.GOOD, ""
    lanes = {doubted: LaneObservation(doubted, 5.0, 100.0, (), 0, 0.0, 0.0, {}, Quality.BAD, "has counted nothing"),
             sound: LaneObservation(sound, 5.0, 100.0, (), 0, 0.0, 0.0, {})}
    watched.told = Told(time.time(), Quality.GOOD, "", 10.0, lanes, {}, {})
    watched.listen = lambda: None  # type: ignore[method-assign]  # no process: what it would have told is given
    frame = feed.observe(1000.0)
    assert (frame.lane(doubted).quality, frame.lane(doubted).reason) == (Quality.BAD, "has counted nothing")
    assert frame.lane(sound).quality is Quality.GOOD and frame.lane(sound).time_s == pytest.approx(1000.0, abs=1.0)


def test_people_and_exits_have_the_age_that_their_image_has_on_the_posts_clock(junction: Junction) -> None:
    site, lane = camera(junction, 1), junction.lanes[0].id
    feed = CameraFeed([CameraTask("mast", "0", site, "background", None, None, 10.0)], Blind(), lambda *_: None)
    watched = feed.cameras[0]
    watched.quality, watched.reason = Quality.GOOD, ""
    # A camera counts seconds since 1970, a post since its midnight.
    taken_s = time.time() - 2.0
    watched.told = Told(taken_s, Quality.GOOD, "", 10.0, {}, {lane: ExitObservation(lane, taken_s, 50.0, 1, 0, 50.0, 3)},
                        {"PN": CrossingObservation("PN", taken_s, 2, 7.0)})
    watched.listen = lambda: None  # type: ignore[method-assign]  # no process: what it would have told is given
    frame = feed.observe(1000.0)
    assert frame.crossing(junction.id, "PN").time_s == pytest.approx(998.0, abs=1.0)
    assert frame.exit(lane).time_s == pytest.approx(998.0, abs=1.0)
    assert people_waiting(frame, junction.id, GroupId("PN")) == 2 and people_waiting(frame, junction.id, GroupId("PE")) == 1


@pytest.fixture
def said() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged; afterwards structlog is as if nobody had set it up."""
    with capture_logs() as told:
        yield told
    structlog.reset_defaults()


@pytest.mark.slow
def test_what_of_a_cameras_file_can_hardly_be_meant_is_said_once_it_is_begun(
        junction: Junction, said: list[MutableMapping[str, Any]]) -> None:
    site = camera(junction, 1)
    middle = site.lanes[0].model_copy(update={"stop_line": ((0.0, 60.0), (319.0, 60.0))})
    with serving([images() for _ in range(20)], fps=15) as server:
        task = CameraTask("mast", server.address, site.model_copy(update={"lanes": (middle,)}), "background", None, None, 10.0)
        with CameraFeed([task], Blind(), lambda *what: None) as feed:
            watched = feed.cameras[0]
            until(feed, lambda _: bool(watched.notes))
            assert "the stop line runs through the middle of lane" in watched.notes[0]
            first, told = watched.pid, [{"log_level": "warning", "event": "camera.doubt", "camera": "mast", "what": note}
                                        for note in watched.notes]
            assert said == told
            # Begun again it has nothing new to say.
            assert first is not None
            os.kill(first, signal.SIGKILL)
            until(feed, lambda f: watched.pid not in (None, first) and f.lane(middle.id).quality is not Quality.BAD)
            assert said == told
