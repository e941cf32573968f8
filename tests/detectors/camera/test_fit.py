"""The plane fitted to known points of a camera that is known: where it is right, what noise does to it, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.camera.fit import fit_points, ground_of, point_errors
from detectors.camera.quality import judge
from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint
from detectors.errors import CameraError
from tests.detectors.camera.pinhole import Pinhole

CAMERA = Pinhole()
MARKS = np.array([(-2.0, 18.0), (5.5, 18.0), (-2.0, 40.0), (5.5, 40.0), (0.0, 26.0), (-1.0, 60.0), (5.0, 65.0), (1.5, 22.0)])
EVERYWHERE = np.array([(x, y) for x in np.linspace(-3, 7, 6) for y in np.linspace(16, 80, 9)])


def known(px: object, m: object) -> tuple[KnownPoint, ...]:
    pairs = zip(np.asarray(px).tolist(), np.asarray(m).tolist(), strict=True)
    return tuple(KnownPoint(px=tuple(p), m=tuple(q)) for p, q in pairs)


def site(px: object, m: object, **more: object) -> CameraSite:
    return CameraSite(image=ImageSize(width=1280, height=720), homography=Homography(points=known(px, m)), **more)


@pytest.mark.parametrize("count", [4, 5, 8])
def test_a_known_camera_to_less_than_a_centimetre(count: int) -> None:
    marks = MARKS[:count]
    ground = fit_points(CAMERA.pixels(marks), marks)
    assert np.abs(ground.metres(CAMERA.pixels(EVERYWHERE)) - EVERYWHERE).max() < 0.01
    assert np.abs(ground.pixels(EVERYWHERE) - CAMERA.pixels(EVERYWHERE)).max() < 0.01
    errors = point_errors(known(CAMERA.pixels(marks), marks), ground)
    assert max(e.error_m for e in errors) < 1e-4
    assert all((e.left_out_m is None) == (count == 4) for e in errors)


@pytest.mark.parametrize("origin", [(295_000.0, 3_721_000.0), (-7.6e6, 1.9e7)])
def test_map_coordinates_are_no_harder_than_the_camera_s_own(origin: tuple[float, float]) -> None:
    ground = fit_points(CAMERA.pixels(MARKS), MARKS + origin)
    assert np.abs(ground.metres(CAMERA.pixels(EVERYWHERE)) - EVERYWHERE - origin).max() < 0.01
    assert np.abs(ground.pixels(EVERYWHERE + origin) - CAMERA.pixels(EVERYWHERE)).max() < 0.01


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_a_pixel_of_noise_costs_what_it_must(seed: int) -> None:
    noisy = CAMERA.pixels(MARKS) + np.random.default_rng(seed).normal(0.0, 1.0, MARKS.shape)
    quality = judge(site(noisy, MARKS))
    assert quality.rms_m is not None and 0.005 < quality.rms_m < 1.5
    # In the image, where the noise is: 16 numbers less 8 unknowns leave 0.7 px of the one.
    off = np.array([e.error_px for e in quality.points])
    assert 0.1 < float(np.sqrt((off**2).mean() / 2)) < 1.6


def test_the_click_s_cost_foretells_the_noise() -> None:
    """What is said of one pixel is the spread that a thousand noisy calibrations have."""
    near, far = (CAMERA.pixel(x, 20.0) for x in (0.0, 3.5)), (CAMERA.pixel(x, 55.0) for x in (3.5, 0.0))
    stop = (CAMERA.pixel(0.0, 20.0), CAMERA.pixel(3.5, 20.0))
    lane = CameraLane(id="N1", area=(*near, *far), stop_line=stop)
    reach = judge(site(CAMERA.pixels(MARKS), MARKS, lanes=(lane,))).lanes[0]
    assert reach.far_m == pytest.approx(np.hypot(1.75, 35.0), abs=0.05) and reach.click_m is not None
    random = np.random.default_rng(7)
    middle = tuple(np.mean(stop, axis=0))
    found = []
    for _ in range(400):
        a, b = fit_points(CAMERA.pixels(MARKS) + random.normal(0.0, 1.0, MARKS.shape), MARKS).metres([middle, reach.far_px])
        found.append(np.hypot(*(b - a)))
    assert reach.click_m == pytest.approx(float(np.std(found)), rel=0.15)


def test_a_mistyped_point_is_named() -> None:
    wrong = MARKS.copy()
    wrong[3, 1] += 5.0
    quality = judge(site(CAMERA.pixels(MARKS), wrong))
    assert quality.points[3].left_out_m == pytest.approx(5.0, abs=0.01)
    assert any("without point 4 the others agree" in text for text in quality.warnings), quality.warnings


@pytest.mark.parametrize(("px", "m", "says"), [
    ([(0, 0), (9, 0), (9, 9)], [(0, 0), (1, 0), (1, 1)], "3 known points are given, four are needed"),
    ([(0, 0), (100, 1), (200, 2), (300, 3)], [(0, 0), (1, 0), (2, 1), (0, 3)], "all points lie on one line in the image"),
    ([(0, 0), (100, 0), (200, 0.5), (50, 90)], [(0, 0), (1, 0), (2, 1), (0, 3)], "points 1, 2, 3 lie on one line in the image"),
    ([(0, 0), (100, 0), (90, 80), (5, 90)], [(0, 0), (1, 1), (2, 2.01), (0, 3)], "points 1, 2, 3 lie on one line on the ground"),
    ([(0, 0), (100, 0), (100.2, 0.1), (5, 90)], [(0, 0), (1, 0), (2, 1), (0, 3)], "points 2 and 3 are at the same place in the"),
    ([(0, 0), (100, 0), (90, 80), (5, 90)], [(0, 0), (1, 0), (1, 0), (0, 3)], "points 2 and 3 are at the same place on the gr"),
    ([(0, 0), (100, 0), (90, 80), (5, 90)], [(0, 0), (10, 0), (0, 10), (10, 10)], "changed places"),
])
def test_points_that_fix_no_plane(px: list[tuple[float, float]], m: list[tuple[float, float]], says: str) -> None:
    with pytest.raises(CameraError) as caught:
        fit_points(px, m)
    assert says in str(caught.value)


def test_five_points_of_which_four_are_on_a_line_are_too_few() -> None:
    m = [(0, 0), (1, 0), (2, 0), (3, 0), (1, 5)]
    with pytest.raises(CameraError, match="points 1, 2, 3, 4 lie on one line"):
        fit_points([(100 * x, 100 * y) for x, y in m], m)
    # Two off the line, and four have a general position.
    assert np.allclose(fit_points([(100 * x, 100 * y) for x, y in [*m, (4, 4)]], [*m, (4, 4)]).metres([(150, 150)]), (1.5, 1.5))


@given(st.floats(0.0, 6.28), st.floats(0.2, 30.0), st.booleans())
def test_axes_may_lie_anyhow(turn: float, size: float, mirrored: bool) -> None:
    """Distances are the same whichever way the axes point, and a left-handed pair is as good."""
    turned = MARKS @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * (1, -1 if mirrored else 1) * size
    found = fit_points(CAMERA.pixels(MARKS), turned).metres(CAMERA.pixels([(0.0, 20.0), (0.0, 50.0)]))
    assert np.hypot(*(found[1] - found[0])) == pytest.approx(30.0 * size, rel=1e-4)


def test_nothing_is_measured_above_the_horizon() -> None:
    ground = fit_points(CAMERA.pixels(MARKS), MARKS)
    assert np.isinf(ground.metres([(640.0, 40.0), (100.0, -500.0)])).all()
    assert np.isinf(ground.pixels([(0.0, -30.0)])).all()
    a, b, c = ground.horizon_px()
    assert abs(a) < 1e-6 and -c / b == pytest.approx(360 - 1100 * np.tan(np.radians(14.0)), abs=0.01)
    assert ground.metres_per_px(640.0, 40.0) == np.inf


def test_a_matrix_is_the_same_as_its_points() -> None:
    ground = fit_points(CAMERA.pixels(MARKS), MARKS)
    for sign in (1.0, -1.0):
        again = ground_of(CameraSite(image=ImageSize(width=1280, height=720),
                                     homography=Homography(matrix=tuple(map(tuple, (sign * ground.to_m).tolist())))))
        assert again is not None and np.allclose(again.metres(CAMERA.pixels(EVERYWHERE)), EVERYWHERE)
        assert np.isinf(again.metres([(640.0, 40.0)])).all()


def lane(near_m: float, far_m: float) -> CameraLane:
    corners = [(0.0, near_m), (3.5, near_m), (3.5, far_m), (0.0, far_m)]
    px = tuple(CAMERA.pixel(*c) for c in corners)
    return CameraLane(id="N1", area=px, stop_line=px[:2])


def test_what_is_poor_is_said() -> None:
    px, corner = CAMERA.pixels(MARKS), np.array([(0.0, 18.0), (1.0, 18.0), (1.0, 20.0), (0.0, 20.0), (0.5, 19.0)])
    good = judge(site(px, MARKS, lanes=(lane(18.0, 60.0),)))
    assert good.warnings == () and good.rms_m is not None and good.rms_m < 1e-3
    small = judge(site(CAMERA.pixels(corner), corner, lanes=(lane(18.0, 80.0),)))
    said = " ".join(small.warnings)
    assert "of the image: everything outside them is guessed" in said and "it is extrapolated" in said
    assert "clicks one pixel off" in said
    far = judge(site(px, MARKS, lanes=(lane(18.0, 118.0),)))
    assert any("one pixel is 1." in text for text in far.warnings), far.warnings
    beyond = lane(18.0, 60.0).model_copy(update={"area": (*lane(18.0, 60.0).area[:2], (650.0, 20.0))})
    assert any("reaches up to the horizon" in text for text in judge(site(px, MARKS, lanes=(beyond,))).warnings)
    assert judge(site(px, MARKS, lanes=(lane(18.0, 400.0),))).lanes[0].far_m == pytest.approx(100.0)
    assert "measures neither" in judge(CameraSite(image=ImageSize(width=9, height=9))).warnings[0]
    lost = lane(18.0, 60.0).model_copy(update={"stop_line": ((5.0, 700.0), (90.0, 700.0))})
    assert any("the stop line of lane N1 lies" in text for text in judge(site(px, MARKS, lanes=(lost,))).warnings)
    four = judge(site(CAMERA.pixels(MARKS[:4]), MARKS[:4]))
    assert "a fifth would check" in four.remarks[0]
