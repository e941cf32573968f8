"""A camera's height and lens, found again from how the road lies in its image."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.camera.ground import Ground
from detectors.camera.lens import lens_of
from simulation.cameras.pose import Pose

SIZE = (640, 360)


@given(height=st.floats(4, 20), heading=st.floats(-3, 3), tilt=st.floats(0.1, 1.0), focal=st.floats(250, 2500),
       x=st.floats(-50, 50), y=st.floats(-50, 50), map_m=st.sampled_from([0.0, 3e5]), mirrored=st.booleans())
def test_the_lens_is_that_of_the_camera(height: float, heading: float, tilt: float, focal: float, x: float, y: float,
                                        map_m: float, mirrored: bool) -> None:
    pose = Pose(x, y, height, heading, tilt, focal, SIZE)
    flip = np.diag([1.0, -1.0 if mirrored else 1.0, 1.0])
    to_px = pose.ground_to_px() @ flip
    ground = Ground.of(np.linalg.inv(to_px), (map_m, map_m), road_px=(320.0, 359.0))
    lens = lens_of(ground, SIZE)
    assert lens is not None
    assert lens.height_m == pytest.approx(height, rel=1e-3)
    assert lens.focal_px == pytest.approx(focal, rel=1e-3)
    assert lens.above_m == pytest.approx((x + map_m, (-y if mirrored else y) + map_m), abs=0.05)
    away = (height / math.tan(tilt)) * np.array([math.cos(heading), math.sin(heading)])
    points = np.array([[x + away[0], y + away[1], high] for high in (0.0, 1.5, 3.0) if high < 0.8 * height])
    given_m = points * (1.0, -1.0 if mirrored else 1.0, 1.0) + (map_m, map_m, 0.0)
    px, depth = lens.pixels(given_m)
    assert (depth > 0).all()
    assert px == pytest.approx(pose.pixels(points)[0], abs=0.5)


def test_a_plane_that_no_lens_sees_so_has_none() -> None:
    straight_down = np.array([[20.0, 0.0, 320.0], [0.0, 20.0, 180.0], [0.0, 0.0, 1.0]])
    assert lens_of(Ground.of(np.linalg.inv(straight_down)), SIZE) is None
    pose = Pose(0.0, 0.0, 8.0, 0.0, 0.3, 600.0, SIZE)
    stretched = pose.ground_to_px() @ np.diag([1.0, 30.0, 1.0])
    assert lens_of(Ground.of(np.linalg.inv(stretched), road_px=(320.0, 359.0)), SIZE) is None
