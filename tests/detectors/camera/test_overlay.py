"""What is drawn over an image: the grid where it belongs, marks at their pixels, and nothing where nothing is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from detectors.camera.fit import ground_of
from detectors.camera.overlay import Kind, Label, Stroke, overlay
from detectors.camera.picture import colour, draw
from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint, LaneRole, LineOfCamera, Zone
from tests.detectors.camera.pinhole import Pinhole

CAMERA = Pinhole()


def full(pan_deg: float = 11.0) -> CameraSite:
    camera = Pinhole(pan_deg=pan_deg)
    corners = [(0.0, 20.0), (3.5, 20.0), (3.5, 60.0), (0.0, 60.0)]
    area = tuple(camera.pixel(*c) for c in corners)
    points = tuple(KnownPoint(px=camera.pixel(*c), m=c, name="voie é") for c in [*corners, (-4.0, 35.0)])
    return CameraSite(
        image=ImageSize(width=1280, height=720), homography=Homography(points=points),
        lanes=(CameraLane(id="N1", area=area, stop_line=area[:2]),
               CameraLane(id="X1", area=((5, 700), (200, 700), (200, 500)), stop_line=((5, 700), (200, 700)),
                          role=LaneRole.EXIT)),
        lines=(LineOfCamera(name="here", points=((0, 300), (1279, 300))),),
        zones=(Zone(name="box", kind="junction", area=((900, 600), (1200, 600), (1200, 700))),))


@pytest.mark.parametrize("pan_deg", [-15.0, 0.0, 11.0])
def test_the_grid_is_of_metres_and_in_the_image(pan_deg: float) -> None:
    site = full(pan_deg)
    ground = ground_of(site)
    shapes = overlay(site, ground)
    grid = [s for s in shapes if isinstance(s, Stroke) and s.kind in (Kind.GRID, Kind.GRID_BOLD)]
    assert 20 < len(grid) < 2000 and ground is not None
    for stroke in grid:
        ends = ground.metres(stroke.points)
        whole = np.abs(ends - np.round(ends)).max(axis=0) < 1e-6
        assert whole.any(), ends
        assert all(-1e-6 <= x <= 1280 and -1e-6 <= y <= 720 for x, y in stroke.points)
    horizon = [s for s in shapes if s.kind is Kind.HORIZON and isinstance(s, Stroke)]
    assert len(horizon) == 1 and horizon[0].points[0][1] == pytest.approx(85.739, abs=0.1)


def test_all_of_it_is_drawn() -> None:
    site = full()
    image = np.full((720, 1280, 3), 90, np.uint8)
    before = image.copy()
    drawn = draw(image, overlay(site, ground_of(site)), ["a caption", "é is not in the font"])
    assert (image == before).all() and drawn.shape[1] == 1280 and drawn.shape[0] > 720 and drawn.dtype == np.uint8
    for kind in (Kind.STOP, Kind.KNOWN, Kind.LINE, Kind.HORIZON):
        assert (drawn[:720] == colour(kind)).all(axis=2).any(), kind
    x, y = (round(v) for v in site.homography.points[4].px)  # type: ignore[union-attr]
    assert tuple(drawn[y, x]) == colour(Kind.KNOWN)
    assert cv2.imencode(".png", drawn)[0]


def test_small_images_are_drawn_larger() -> None:
    site = CameraSite(image=ImageSize(width=320, height=240), lines=(LineOfCamera(name="n", points=((10, 10), (300, 200))),))
    drawn = draw(np.zeros((240, 320, 3), np.uint8), overlay(site, None))
    assert drawn.shape[1] == 1280


def test_without_a_plane_there_is_neither_grid_nor_horizon() -> None:
    site = full().model_copy(update={"homography": None})
    loose = [KnownPoint(px=(10, 10), m=(0, 0))]
    kinds = {s.kind for s in overlay(site, None, loose)}
    assert not kinds & {Kind.GRID, Kind.GRID_BOLD, Kind.HORIZON, Kind.FITTED} and Kind.KNOWN in kinds
    labels = [s.text for s in overlay(site, None, loose) if isinstance(s, Label)]
    assert {"N1", "X1", "here", "box (junction)", "1"} == set(labels)
