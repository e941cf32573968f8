"""A pinhole camera: pixels to the road and back, and what its pictures must contain."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import CameraError
from simulation.cameras.clip import to_image
from simulation.cameras.pose import Pose, looking_along

places = st.floats(-5000, 5000, allow_nan=False)
poses = st.builds(Pose, places, places, st.floats(4, 15), st.floats(-math.pi, math.pi), st.floats(0.05, 1.2),
                  st.floats(200, 2000))


@given(poses, st.floats(3, 150), st.floats(-0.4, 0.4))
def test_a_place_on_the_road_comes_back_from_its_pixel(pose: Pose, ahead_m: float, aside: float) -> None:
    way = pose.heading_rad
    x = pose.x_m + ahead_m * (math.cos(way) - aside * math.sin(way))
    y = pose.y_m + ahead_m * (math.sin(way) + aside * math.cos(way))
    pixel, depth = pose.pixels(np.array([x, y, 0.0]))
    assert depth > 0
    assert pose.on_ground(pixel)[0] == pytest.approx((x, y), abs=1e-3)


@given(poses, st.floats(3, 150))
def test_the_ground_matrix_is_the_projection_of_the_road(pose: Pose, ahead_m: float) -> None:
    origin = pose.x_m + ahead_m * math.cos(pose.heading_rad), pose.y_m + ahead_m * math.sin(pose.heading_rad)
    flat = pose.ground_to_px(origin) @ (0.0, 0.0, 1.0)
    assert flat[:2] / flat[2] == pytest.approx(pose.pixels(np.array([*origin, 0.0]))[0], abs=1e-4)


def test_left_is_left_near_is_low_and_high_is_up() -> None:
    pose = Pose(0, 0, 8, 0.0, 0.25, 600)  # looks east
    near, far, left, high = (pose.pixels(np.array(p, float))[0] for p in ((20, 0, 0), (60, 0, 0), (20, 3, 0), (20, 0, 2)))
    assert near[1] > far[1] and left[0] < near[0] and high[1] < near[1]
    assert near[0] == far[0] == 320


@given(st.floats(-math.pi, math.pi), st.floats(16, 26), st.floats(6, 12), st.floats(3, 18))
def test_a_camera_along_an_approach_shows_its_stop_line_and_a_hundred_metres(heading: float, back: float, height: float,
                                                                             wide: float) -> None:
    pose = looking_along((100.0, -50.0), heading, back_m=back, height_m=height, width_m=wide)
    along, across = np.array([math.cos(heading), math.sin(heading)]), np.array([-math.sin(heading), math.cos(heading)])
    for ahead in (0.0, 100.0):
        for side in (-wide / 2, wide / 2):
            (x, y), depth = pose.pixels(np.array([*((100.0, -50.0) + along * ahead + across * side), 0.0]))
            assert depth > 0 and -1 <= x <= 641 and -1 <= y <= 361
    assert pose.horizon_px > -200


@pytest.mark.parametrize("wrong", [{"z_m": 0.0}, {"tilt_rad": -0.1}, {"focal_px": 0.0}, {"x_m": math.nan}])
def test_a_camera_that_could_not_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(CameraError):
        Pose(**({"x_m": 0.0, "y_m": 0.0, "z_m": 8.0, "heading_rad": 0.0, "tilt_rad": 0.2, "focal_px": 500.0} | wrong))


@given(st.lists(st.tuples(st.floats(-900, 1500), st.floats(-900, 1500)), min_size=3, max_size=8))
def test_what_is_cut_to_the_image_lies_in_it(ring: list[tuple[float, float]]) -> None:
    cut = to_image(np.array(ring), (640, 360))
    assert cut.size == 0 or (cut.min() > -1e-6 and (cut <= np.array([640, 360]) + 1e-6).all())
