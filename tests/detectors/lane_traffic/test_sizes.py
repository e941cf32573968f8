"""Metres that are all wrong by one factor are noticed by the size of who drives there, and right ones are not suspected."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.camera.fit import ground_of
from detectors.camera.site import CameraSite, Homography, Trams
from detectors.counter import CameraCounter
from detectors.counting.session import Session
from detectors.lane_traffic.sizes import LEAST_SEEN, LEAST_VEHICLES, OVER_S, TOO_LARGE, TOO_SMALL, Box, SizeWatch, UsualSizes
from detectors.observation import Quality
from detectors.video.frames import VideoFrame
from detectors.video.source import Source
from detectors.vision.detections import Detections
from detectors.vision.pick import detector_for
from detectors.vision.road_users import NUMBER, RoadUser
from tests.detectors.counting.given import Given
from tests.detectors.lane_traffic.street import SIZE, pose_of, site_of
from tests.detectors.lane_traffic.test_agreement import motorway_lane

CAR_M = (4.4, 1.75, 1.5)


def scaled(by: float, trams: Trams = Trams.NONE) -> CameraSite:
    """The street of the tests as if everything on it were ``by`` times as far from everything else."""
    site = site_of(pose_of())
    assert site.homography is not None and site.homography.matrix is not None
    first, second, third = site.homography.matrix
    a, b, c, d, e, f = (v * by for v in (*first, *second))
    return site.model_copy(update={"homography": Homography(matrix=((a, b, c), (d, e, f), third)), "range_m": 90.0 * by,
                                   "lanes": tuple(lane.model_copy(update={"trams": trams}) for lane in site.lanes)})


def usual(site: CameraSite) -> UsualSizes:
    ground = ground_of(site)
    assert ground is not None
    return UsualSizes(site, ground, SIZE)


def box_of(front_m: float, size_m: tuple[float, float, float] = CAR_M) -> Box:
    """Round the eight corners of who drives on the middle lane towards the camera."""
    long_m, wide_m, high_m = size_m
    corners = [(x, y, z) for x in (front_m, front_m + long_m) for y in (-wide_m / 2, wide_m / 2) for z in (0.0, high_m)]
    pixels, _ = pose_of().pixels(np.array(corners))
    (left, top), (right, bottom) = pixels.min(axis=0), pixels.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


@given(by=st.floats(0.4, 2.5), front_m=st.floats(1.0, 50.0))
@settings(max_examples=60, deadline=None)
def test_a_car_is_as_large_as_the_metres_are_wrong(by: float, front_m: float) -> None:
    share = usual(scaled(by)).share("middle", RoadUser.CAR, box_of(front_m))
    assert share is not None
    assert share.high == pytest.approx(by, rel=0.25) and share.root == pytest.approx(by, rel=0.25)


def test_who_is_cut_off_or_tiny_or_no_car_says_nothing() -> None:
    known = usual(scaled(1.0))
    left, top, right, bottom = box_of(10.0)
    assert known.share("middle", RoadUser.VEHICLE, (left, top, right, bottom)) is not None
    assert known.share("middle", RoadUser.BUS, (left, top, right, bottom)) is None
    assert known.share("nowhere", RoadUser.CAR, (left, top, right, bottom)) is None
    assert known.share("middle", RoadUser.CAR, (left, 0.0, right, bottom)) is None
    assert known.share("middle", RoadUser.CAR, (0.0, top, right, bottom)) is None
    assert known.share("middle", RoadUser.CAR, (left, bottom - 4.0, right, bottom)) is None
    assert usual(scaled(1.0, Trams.ONLY)).share("middle", RoadUser.VEHICLE, (left, top, right, bottom)) is None


def drive(watch: SizeWatch, size_m: tuple[float, float, float], track: int, now_s: float, images: int = LEAST_SEEN) -> None:
    for i in range(images):
        watch.see(track, "middle", RoadUser.VEHICLE, box_of(30.0 - 2.0 * i, size_m))
    watch.gone(now_s, track)


@pytest.mark.parametrize(("by", "doubt"), [(0.5, TOO_SMALL), (0.8, ""), (1.0, ""), (1.25, ""), (2.0, TOO_LARGE)])
def test_it_takes_ten_and_is_forgotten(by: float, doubt: str) -> None:
    watch = SizeWatch(usual(scaled(by)), by_looks=True)
    for i in range(LEAST_VEHICLES):
        assert watch.doubt(float(i)) == ""
        drive(watch, CAR_M, i, float(i))
        drive(watch, CAR_M, 1000 + i, float(i), images=LEAST_SEEN - 1)
    assert watch.doubt(LEAST_VEHICLES) == doubt
    assert watch.doubt(OVER_S) == ""


@pytest.mark.parametrize("size_m", [(2.1, 0.6, 1.6), (9.0, 1.75, 1.5), (4.4, 4.5, 1.5)])
def test_motorcycles_and_two_cars_in_one_box_are_no_wrong_metres(size_m: tuple[float, float, float]) -> None:
    watch = SizeWatch(usual(scaled(1.0)), by_looks=True)
    for i in range(2 * LEAST_VEHICLES):
        drive(watch, size_m, i, float(i))
    assert watch.doubt(2.0 * LEAST_VEHICLES) == ""


@pytest.mark.parametrize(("by", "by_looks", "grey", "doubt"), [
    (0.5, False, 30, ""), (0.5, False, 110, TOO_SMALL), (0.5, True, 30, TOO_SMALL), (2.0, False, 110, ""),
    (2.0, True, 110, TOO_LARGE)])
def test_what_moves_is_more_than_a_car_and_by_night_no_measure(by: float, by_looks: bool, grey: int, doubt: str) -> None:
    watch = SizeWatch(usual(scaled(by)), by_looks=by_looks)
    watch.image(np.full((360, 640, 3), grey, np.uint8))
    for i in range(LEAST_VEHICLES):
        drive(watch, CAR_M, i, float(i))
    assert watch.doubt(float(LEAST_VEHICLES)) == doubt


def test_time_that_goes_back_begins_anew() -> None:
    watch = SizeWatch(usual(scaled(0.5)), by_looks=True)
    for i in range(LEAST_VEHICLES):
        drive(watch, CAR_M, i, 100.0 + i)
    assert watch.doubt(120.0) == TOO_SMALL
    drive(watch, CAR_M, 99, 5.0)
    assert watch.doubt(6.0) == ""


@pytest.mark.parametrize(("by", "doubt"), [(1.0, ""), (2.0, TOO_LARGE)])
def test_a_camera_whose_metres_are_wrong_says_so_of_its_lanes(by: float, doubt: str) -> None:
    """Whole, with a detector that is told where the cars are: one after the other comes down to the stop line."""
    counter = CameraCounter(scaled(by), (), Given(), 10.0, SIZE)
    image, number = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8), 0
    kinds, scores = np.array([NUMBER[RoadUser.CAR]]), np.array([0.9])
    result = None
    for _ in range(LEAST_VEHICLES + 2):
        for front_m in np.arange(30.0, -1.0, -1.0):
            found = Detections(np.array([box_of(float(front_m))]), scores, kinds)
            result = counter.see(VideoFrame(number, number / 10.0, image), found=found)
            number += 1
        for _ in range(40):
            result = counter.see(VideoFrame(number, number / 10.0, image), found=Detections.none())
            number += 1
    assert result is not None
    said = {(lane.quality, lane.reason) for lane in result.lanes.values()}
    assert said == {(Quality.DEGRADED if doubt else Quality.GOOD, doubt)}


@pytest.mark.parametrize(("by", "doubt"), [(1.0, ""), (0.5, TOO_SMALL)])
def test_a_real_lane_with_half_of_its_metres(video_dir: Path, by: float, doubt: str) -> None:
    """By what moves alone."""
    metres = tuple((x * by, y * by) for x, y in ((0.0, 0.0), (3.7, 0.0), (3.7, 27.0), (0.0, 27.0)))
    with Source(str(video_dir / "clips" / "saoyan_test.mp4")) as source:
        session = Session(source, detector_for(None, None, fps=source.facts.fps), site=motorway_lane(metres))
        *_, last = session
    assert last.result is not None and last.result.lanes["A"].reason == doubt
