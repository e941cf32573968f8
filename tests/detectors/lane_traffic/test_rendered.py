"""Painted pictures of a queue that forms: cars that hide each other are as many as there are, where they are."""

from __future__ import annotations

import math

import pytest

from detectors.counter import CameraCounter
from detectors.observation import queue_of
from detectors.video.frames import VideoFrame
from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import body
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.weather import LIGHTS, Weather
from tests.detectors.lane_traffic.street import LANES, SIZE, WIDTH_M, asphalt, pose_of, site_of

pytest.importorskip("cv2")
FPS = 6.0
STOPS_M = (1.0, 7.5, 14.0)


def place_m(stop_m: float, since_s: float) -> float:
    """Of a car that comes with 10 m/s from 100 m and brakes with 2 m/s² to stand at ``stop_m``."""
    brakes_s = (100.0 - stop_m - 25.0) / 10.0
    left_s = max(0.0, 5.0 - max(0.0, since_s - brakes_s))
    return 100.0 - 10.0 * since_s if since_s < brakes_s else stop_m + left_s * left_s


@pytest.mark.parametrize("seed", [1, 7])
def test_a_painted_queue_has_its_cars(seed: int) -> None:
    """Of another noise and of cars in other colours each time; with the second the three became one lorry once."""
    from detectors.vision.background import BackgroundDetector
    from simulation.cameras.film import Film

    pose = pose_of()
    light = LIGHTS[Weather.DAY]
    film = Film(asphalt(seed), light, seed + 2)
    counter = CameraCounter(site_of(pose), (), BackgroundDetector(FPS), FPS, SIZE)
    cars = [(1, stop_m, 2.5 + 3.0 * i, body(RoadUser.CAR, 4.4, 1.8, 1.5, f"car {i}", seed)) for i, stop_m in enumerate(STOPS_M)]
    seen = None
    for number in range(int(FPS * 25)):
        now_s = number / FPS
        placed = [Placed(car, place_m(stop_m, now_s - begun_s), (lane - 1) * WIDTH_M, math.pi)
                  for lane, stop_m, begun_s, car in cars if now_s >= begun_s]
        image = film.develop(picture_of(pose, placed, light), number, now_s)
        seen = counter.see(VideoFrame(number, now_s, image))
        assert not seen.events, "nobody has passed"
    assert seen is not None
    there = seen.lanes["middle"]
    assert queue_of(there.vehicles)[0] == there.queue_veh == len(STOPS_M)
    assert [v.distance_m for v in there.vehicles] == pytest.approx(STOPS_M, abs=1.5)
    assert not any(seen.lanes[name].vehicles for name in LANES if name != "middle")
