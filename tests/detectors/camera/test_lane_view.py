"""The road plane from a lane's width, against cameras that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from detectors.camera.lane_view import LaneView, focal_px, lay, vanishing_point
from detectors.errors import CameraError
from tests.detectors.camera.pinhole import Pinhole

CAMERA = Pinhole()
cameras = st.builds(Pinhole, st.sampled_from([640, 1280, 1920]), st.sampled_from([360, 720, 1080]), st.floats(400.0, 2500.0),
                    st.floats(4.0, 15.0), st.floats(4.0, 30.0), st.floats(-30.0, 30.0))


def view(camera: Pinhole = CAMERA, **more: object) -> LaneView:
    return LaneView(camera.width, camera.height, 3.5, (camera.edge(2.0), camera.edge(5.5)), **more)  # type: ignore[arg-type]


def length(camera: Pinhole = CAMERA, metres: float = 12.0) -> tuple[tuple[float, float], tuple[float, float], float]:
    return camera.pixel(2.0, 20.0), camera.pixel(2.0, 32.0), metres


@given(cameras)
def test_a_width_and_a_length_give_the_camera(camera: Pinhole) -> None:
    plane = lay(view(camera, length=length(camera)))
    assert plane.focal_px == pytest.approx(camera.focal_px, rel=1e-6)
    assert plane.camera_height_m == pytest.approx(camera.height_m, rel=1e-6)
    assert plane.tilt_deg == pytest.approx(camera.tilt_deg, abs=1e-4) and plane.length_range is None
    road = np.array([(0.0, 20.0), (4.0, 45.0), (-3.0, 80.0)])
    assert np.allclose(plane.ground.metres(camera.pixels(road)), road, rtol=1e-5)


@given(cameras)
def test_a_width_and_the_height_give_the_camera(camera: Pinhole) -> None:
    try:
        plane = lay(view(camera, height_m=camera.height_m))
    except CameraError:
        # Two lenses may go with one height; that is refused, not guessed.
        u = vanishing_point(view(camera).edges)[0] - camera.width / 2
        assume(abs(u) > 1.0)
        assert abs(math.tan(math.radians(camera.pan_deg))) > 0.0
        return
    assert plane.focal_px == pytest.approx(camera.focal_px, rel=1e-4)
    assert plane.camera_height_m == pytest.approx(camera.height_m, rel=1e-6)


def test_a_lens_that_is_told_or_assumed() -> None:
    wide_deg = math.degrees(2 * math.atan(640 / 1100))
    told = lay(view(view_deg=wide_deg))
    assert told.focal_px == pytest.approx(1100.0) and told.length_range is None
    assumed = lay(view())
    assert assumed.focal_px == pytest.approx(focal_px(60.0, 1280)) and assumed.length_range is not None
    low, high = assumed.length_range
    assert 0.5 < low < 1.0 < high < 2.0
    # The width is right whichever lens it is.
    ends = assumed.ground.metres([CAMERA.pixel(2.0, 30.0), CAMERA.pixel(5.5, 30.0)])
    assert abs(ends[1, 0] - ends[0, 0]) == pytest.approx(3.5)


def test_a_vanishing_point_makes_one_point_of_an_edge_enough() -> None:
    whole = lay(view(length=length()))
    vanishing = vanishing_point(view().edges)
    points = tuple((e[0], e[0]) for e in view().edges)
    few = lay(LaneView(1280, 720, 3.5, points, vanishing, length()))  # type: ignore[arg-type]
    assert np.allclose(few.ground.to_m, whole.ground.to_m)


@given(st.integers(0, 2**32 - 1))
def test_a_pixel_of_noise_leaves_metres_usable(seed: int) -> None:
    random = np.random.default_rng(seed)

    def noisy(pixel: tuple[float, float]) -> tuple[float, float]:
        x, y = np.array(pixel) + random.normal(0.0, 1.0, 2)
        return float(x), float(y)

    edges = tuple((noisy(a), noisy(b)) for a, b in view().edges)
    a, b, metres = length()
    plane = lay(LaneView(1280, 720, 3.5, edges, None, (noisy(a), noisy(b), metres)))  # type: ignore[arg-type]
    ends = plane.ground.metres([CAMERA.pixel(2.0, 18.0), CAMERA.pixel(2.0, 50.0)])
    assert float(np.hypot(*(ends[1] - ends[0]))) == pytest.approx(32.0, rel=0.12)


@pytest.mark.parametrize(("change", "says"), [
    ({"edges": (((100, 700), (100, 300)), ((300, 700), (300, 300)))}, "meet nowhere"),
    ({"edges": (((100, 700), (100, 700)), ((300, 700), (280, 300)))}, "an edge has no length"),
    ({"edges": (CAMERA.edge(2.0), CAMERA.edge(2.0, 20.0, 50.0)), "vanishing": (419.6, 85.7)}, "both edges are one line"),
    ({"edges": (((400, 300), (100, 700)), ((350, 300), (700, 700)))}, "is not above the lane's edges"),
    ({"length": length(metres=300.0)}, None),
    ({"length": length(metres=0.5)}, "does not go with a lane of that width"),
    ({"length": length(metres=-1.0)}, "is none"),
    ({"length": (CAMERA.pixel(2.0, 20.0), CAMERA.pixel(5.5, 32.0), 12.0)}, "the length runs 3.5 m sideways in 11.3 m along"),
    ({"length": ((500.0, 50.0), (500.0, 600.0), 4.0)}, "does not run along the road"),
    ({"length": ((300.0, 400.0), (500.0, 401.0), 4.0)}, "does not run along the road"),
    ({"height_m": 100.0}, "does not go with a lane of that width"),
    ({"lane_width_m": 0.0}, "is not 0 m wide"),
])
def test_what_cannot_be(change: dict[str, object], says: str | None) -> None:
    told = {"width": 1280, "height": 720, "lane_width_m": 3.5, "edges": (CAMERA.edge(2.0), CAMERA.edge(5.5)), **change}
    if says is None:
        assert np.isfinite(lay(LaneView(**told)).camera_height_m)  # type: ignore[arg-type]
        return
    with pytest.raises(CameraError) as caught:
        lay(LaneView(**told))  # type: ignore[arg-type]
    assert says in str(caught.value)
