"""Painted pictures of a street at night: who comes with headlights on is one vehicle, where it is; a patch of light in an empty
lane, as from somebody round the corner, is nobody."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from detectors.counter import CameraCounter
from detectors.observation import LaneObservation
from detectors.video.frames import VideoFrame
from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import body
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.weather import LIGHTS, Weather
from tests.detectors.lane_traffic.street import SIZE, WIDTH_M, pose_of, site_of

pytest.importorskip("cv2")
FPS = 5.0
COMES_S, FROM_M, SPEED_MPS = 3.0, 70.0, 8.0
LAST_S = 10.5


def car_at(now_s: float) -> float:
    """Metres from the stop line."""
    return FROM_M - SPEED_MPS * (now_s - COMES_S)


@pytest.fixture(scope="module")
def seen() -> list[tuple[float, Mapping[str, LaneObservation]]]:
    """Moments and lanes: a car in the middle lane, and as fast as it, light without a car in the left one."""
    from detectors.vision.background import BackgroundDetector
    from simulation.cameras.film import Film

    pose, light = pose_of(), LIGHTS[Weather.NIGHT]
    dice = np.random.default_rng(1)
    road = (92 + dice.normal(0, 4, (SIZE[1], SIZE[0], 1))) * np.array(light.ground)
    film = Film(np.clip(road, 0, 255).astype(np.uint8), light, 3)
    counter = CameraCounter(site_of(pose), (), BackgroundDetector(FPS), FPS, SIZE)
    car = body(RoadUser.CAR, 4.4, 1.8, 1.5, "car 1", 1)
    found = []
    for number in range(int(FPS * LAST_S)):
        now_s = number / FPS
        there = [Placed(car, car_at(now_s), lane * WIDTH_M, math.pi) for lane in (0, 1) if now_s >= COMES_S]
        picture = picture_of(pose, there[:1], light)._replace(beams=picture_of(pose, there, light).beams)
        found.append((now_s, counter.see(VideoFrame(number, now_s, film.develop(picture, number, now_s))).lanes))
    return found


def test_a_vehicle_with_its_lamps_on_is_one_and_where_it_is(seen: list[tuple[float, Mapping[str, LaneObservation]]]) -> None:
    for now_s, lanes in seen:
        if 5.0 < car_at(now_s) < 45.0:
            (only,) = lanes["middle"].vehicles
            assert only.distance_m == pytest.approx(car_at(now_s), abs=3.0)


def test_light_without_a_vehicle_is_nobody(seen: list[tuple[float, Mapping[str, LaneObservation]]]) -> None:
    assert sum(len(lanes["left"].vehicles) for _, lanes in seen) == 0
