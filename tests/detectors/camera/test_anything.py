"""Whatever is clicked and typed ends in a plane or in one clear error, never in a warning of arithmetic or a broken drawing."""

from __future__ import annotations

import math

import cv2
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from detectors.camera.fit import ground_of
from detectors.camera.lane_view import LaneView, lay
from detectors.camera.overlay import Stroke, overlay
from detectors.camera.quality import judge
from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint
from detectors.errors import CameraError
from tests.detectors.camera.pinhole import Pinhole

WIDTH, HEIGHT = 640, 360
pixels = st.tuples(st.integers(0, 2 * WIDTH).map(lambda v: v / 2), st.integers(0, 2 * HEIGHT).map(lambda v: v / 2))
LANE = CameraLane(id="N1", area=((100, 350), (300, 350), (320, 20), (290, 20)), stop_line=((100, 350), (300, 350)))


def draws(site: CameraSite) -> None:
    """Nothing that is drawn is nowhere, and there is no more of it than a page can show."""
    strokes = [s for s in overlay(site, ground_of(site)) if isinstance(s, Stroke)]
    assert len(strokes) < 5000 and np.isfinite([p for s in strokes for p in s.points]).all()


cameras = st.builds(Pinhole, st.just(WIDTH), st.just(HEIGHT), st.floats(100, 3000), st.floats(1, 60), st.floats(0, 80),
                    st.floats(-60, 60))


@settings(max_examples=40)
@given(cameras, st.lists(pixels, min_size=4, max_size=8), st.sampled_from([0.0, 0.1, 1.0, 10.0]),
       st.sampled_from([0.0, 1e5, 1e7]), st.integers(0, 2**32 - 1))
def test_any_points(camera: Pinhole, px: list[tuple[float, float]], noise_m: float, origin_m: float, seed: int) -> None:
    road = [(x, y) for x in (-1.0, 1.0) for y in (1.0, 2.0)]
    seen = cv2.getPerspectiveTransform(camera.pixels(road).astype(np.float32), np.array(road, np.float32))
    m = cv2.perspectiveTransform(np.array([px], np.float64), seen)[0] + origin_m
    m += np.random.default_rng(seed).normal(0.0, noise_m, m.shape)
    try:
        site = CameraSite(image=ImageSize(width=WIDTH, height=HEIGHT), lanes=(LANE,), homography=Homography(
            points=tuple(KnownPoint(px=p, m=tuple(q)) for p, q in zip(px, m.tolist(), strict=True))))
        quality = judge(site)
    except (ValidationError, CameraError):
        return
    assert len(quality.points) == len(px) and not any(math.isnan(p.error_px) or math.isnan(p.error_m) for p in quality.points)
    draws(site)


@settings(max_examples=40)
@given(pixels, pixels, st.floats(1.0, 300.0), st.floats(0.05, 0.99), st.floats(1.0, 30.0),
       st.none() | st.tuples(st.floats(0.0, 0.9), st.floats(0.1, 300)), st.none() | st.floats(1.0, 200.0))
def test_any_lane(near: tuple[float, float], vanishing: tuple[float, float], apart: float, share: float, width_m: float,
                  known: tuple[float, float] | None, height_m: float | None) -> None:
    def towards(p: tuple[float, float], part: float) -> tuple[float, float]:
        return p[0] + part * (vanishing[0] - p[0]), p[1] + part * (vanishing[1] - p[1])

    other = (near[0] + apart, near[1])
    a, b, c, d = near, towards(near, share), other, towards(other, share)
    length = None if known is None else (near, towards(near, known[0]), known[1])
    assume(length is None or height_m is None)
    try:
        plane = lay(LaneView(WIDTH, HEIGHT, width_m, ((a, b), (c, d)), None, length, height_m))
    except CameraError as error:
        assert "\n" not in str(error)
        return
    assert plane.camera_height_m > 0 and plane.focal_px > 0 and math.isfinite(plane.camera_height_m)
    rows = tuple(tuple(row) for row in plane.ground.to_m.tolist())
    try:
        site = CameraSite(image=ImageSize(width=WIDTH, height=HEIGHT), lanes=(LANE,), homography=Homography(matrix=rows))
    except ValidationError:
        return
    judge(site)
    draws(site)
