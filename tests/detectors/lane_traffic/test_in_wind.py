"""A mast in the wind: how fast vehicles come is known as if it stood still."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean

import pytest

from detectors.counter import CameraCounter
from detectors.video.frames import VideoFrame
from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import body
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.weather import LIGHTS, Weather
from tests.detectors.lane_traffic.street import SIZE, patched, pose_of, site_of

pytest.importorskip("cv2")
FPS = 5.0
SPEED_MPS, FROM_M, EVERY_S, LEARNS_S = 10.0, 95.0, 6.0, 4.0
CARS = 5
SWAYS_PX = 3.0


def test_speeds_are_those_of_the_cars_and_not_of_the_mast() -> None:
    """Of a camera that sways by 3 pixels the error is 27 % where images are taken as they come."""
    from detectors.vision.background import BackgroundDetector
    from simulation.cameras.film import Film

    pose, light = pose_of(), replace(LIGHTS[Weather.DAY], shake_px=SWAYS_PX)
    film, counter = Film(patched(4, 12), light, 3), CameraCounter(site_of(pose), (), BackgroundDetector(FPS), FPS, SIZE)
    cars = [body(RoadUser.CAR, 4.4, 1.8, 1.5, f"car {i}", 1) for i in range(CARS)]
    errors, counted = [], 0
    for number in range(int(FPS * (LEARNS_S + EVERY_S * CARS + FROM_M / SPEED_MPS))):
        now_s = number / FPS
        at_m = [FROM_M - SPEED_MPS * (now_s - LEARNS_S - EVERY_S * i) for i in range(CARS)]
        there = [Placed(car, m, 0.0, math.pi) for car, m in zip(cars, at_m, strict=True) if -20.0 < m < FROM_M]
        seen = counter.see(VideoFrame(number, now_s, film.develop(picture_of(pose, there, light), number, now_s)))
        counted += len(seen.events)
        errors += [abs(v.speed_mps / SPEED_MPS - 1.0) for v in seen.lanes["middle"].vehicles if v.distance_m < 75.0]
    assert counted == CARS
    assert len(errors) > 150 and fmean(errors) < 0.1
