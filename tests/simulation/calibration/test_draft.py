"""A site file in the making: what --site keeps, what takes whose place, and what clicks become."""

from __future__ import annotations

import pytest

from detectors.camera.lane_view import LaneView
from detectors.camera.overlay import Kind, Label
from detectors.camera.site import (
    CameraLane,
    CameraSite,
    Homography,
    ImageSize,
    KnownPoint,
    LaneRole,
    LineOfCamera,
    Privacy,
    Trams,
    Zone,
)
from detectors.errors import CameraError
from simulation.calibration.clicks import Clicks, Tool
from simulation.calibration.draft import Draft
from simulation.calibration.svg import svg
from tests.detectors.camera.pinhole import Pinhole

CAMERA = Pinhole()
EMPTY = CameraSite(image=ImageSize(width=1280, height=720))
CORNERS = [(0.0, 20.0), (3.5, 20.0), (3.5, 60.0), (0.0, 60.0)]


def point(x: float, y: float, name: str = "") -> KnownPoint:
    return KnownPoint(px=CAMERA.pixel(x, y), m=(x, y), name=name)


def whole() -> CameraSite:
    area = tuple(CAMERA.pixel(*c) for c in CORNERS)
    return CameraSite(
        camera="c", junction="J1", source="rtsp://camera/1", image=EMPTY.image, range_m=80.0,
        homography=Homography(points=tuple(point(*c, name=f"p{i}") for i, c in enumerate(CORNERS))),
        lanes=(CameraLane(id="N1", area=area, stop_line=area[:2], group="NT", speed_limit_mps=16.7),),
        lines=(LineOfCamera(name="z", points=((0, 300), (900, 300))),),
        zones=(Zone(name="w", kind="waiting", area=((0, 0), (50, 0), (50, 50))),), privacy=Privacy(clips=True))


def test_a_draft_keeps_what_its_site_has() -> None:
    assert Draft(whole()).site() == whole() and Draft(EMPTY).site() == EMPTY


def test_trams_are_said_of_a_lane_that_is_there_and_stay_when_it_is_drawn_anew() -> None:
    draft = Draft(whole())
    draft.say_trams("N1", Trams.ONLY)
    draft.add_lane(whole().lanes[0].model_copy(update={"speed_limit_mps": 8.0}))
    assert draft.site().lanes[0].trams is Trams.ONLY
    with pytest.raises(CameraError, match=r"no lane N2.*N1"):
        draft.say_trams("N2", Trams.ONLY)


def test_what_is_said_again_takes_the_place_of_what_was_there() -> None:
    draft = Draft(whole())
    draft.add_point(point(4.0, 22.0, "p1"))
    draft.add_point(KnownPoint(px=CAMERA.pixel(0.0, 20.0), m=(0.1, 20.0)))
    draft.add_point(point(-2.0, 45.0))
    assert [p.name for p in draft.points] == ["p2", "p3", "p1", "", ""]
    area = ((10.0, 10.0), (90.0, 10.0), (90.0, 90.0))
    draft.add_lane(CameraLane(id="N1", area=area, stop_line=area[:2]))
    draft.add_lane(CameraLane(id="N2", area=area, stop_line=area[:2]))
    draft.add_line(LineOfCamera(name="z", points=((0, 10), (900, 10))))
    site = draft.site()
    assert [(lane.id, lane.group, lane.speed_limit_mps) for lane in site.lanes] == [("N1", "NT", 16.7), ("N2", None, 13.9)]
    assert site.lanes[0].area == area and site.lines[0].points[0] == (0, 10) and site.zones == whole().zones


def test_a_lane_s_width_takes_the_place_of_points_and_points_that_of_it() -> None:
    draft = Draft(whole())
    length = (CAMERA.pixel(0.0, 20.0), CAMERA.pixel(0.0, 32.0), 12.0)
    draft.see_lane(LaneView(1280, 720, 3.5, (CAMERA.edge(0.0), CAMERA.edge(3.5)), None, length))
    site, quality = draft.site(), draft.quality()
    assert site.homography is not None and site.homography.points == ()
    assert "a lane 3.5 m wide and 12 m along it" in site.homography.note
    assert quality.rms_m is None and quality.lanes[0].far_m == pytest.approx(40.0, abs=0.1)
    assert quality.lanes[0].click_m is not None and 0.1 < quality.lanes[0].click_m < 10.0
    again = Draft(site)
    assert again.quality().lanes[0].click_m is None
    for corner in CORNERS:
        again.add_point(point(*corner))
    told = again.site().homography
    assert told is not None and told.matrix is None and len(told.points) == 4


@pytest.mark.parametrize(("points", "says"), [
    ([(0, 20), (1, 20), (2, 20), (3, 20)], "--point: all points lie on one line in the image"),
    ([(0, 20), (3.5, 60), (3.5, 20.001), (3.5, 20)], "--point: points 3 and 4 are at the same place in the image"),
    ([(0, 20), (3.5, 20), (3.5, 60), (40, 10)], "--point: point 4 lies outside the image of 1280 × 720"),
])
def test_points_that_fix_no_plane_are_said_by_their_option(points: list[tuple[float, float]], says: str) -> None:
    draft = Draft(EMPTY)
    draft.points = [point(*p) for p in points]
    with pytest.raises(CameraError) as caught:
        draft.site()
    assert says in str(caught.value)


def typed(clicks: Clicks, corners: list[tuple[float, float]]) -> None:
    for x, y in corners:
        assert clicks.click(*CAMERA.pixel(x, y))
        clicks.marks[-1].x_m, clicks.marks[-1].y_m = x, y


def test_clicks_become_points_lanes_and_lines() -> None:
    clicks = Clicks(Draft(EMPTY))
    typed(clicks, CORNERS)
    clicks.choose(Tool.LANE)
    for corner in CORNERS:
        assert not clicks.click(*CAMERA.pixel(*corner))
    assert clicks.finish(" N1 ") == "lane N1"
    clicks.choose(Tool.EXIT)
    # The far corners the other way round: the outline would cross itself, and is turned.
    for x, y in [(0, 500), (200, 500), (0, 700), (200, 700)]:
        clicks.click(x, y)
    clicks.finish("X1")
    clicks.choose(Tool.LINE)
    for x, y in [(9, 9), (0, 300), (1200, 300)]:
        clicks.click(x, y)
    clicks.finish("here")
    site, quality = clicks.judged()
    assert [(lane.id, lane.role) for lane in site.lanes] == [("N1", LaneRole.APPROACH), ("X1", LaneRole.EXIT)]
    assert site.lanes[1].stop_line == ((0, 500), (200, 500)) and site.lines[0].points == ((0, 300), (1200, 300))
    assert quality.rms_m is not None and quality.rms_m < 0.1
    clicks.remove(site.lanes[1])
    clicks.remove(site.lines[0])
    assert [lane.id for lane in clicks.site().lanes] == ["N1"] and clicks.site().lines == ()


def test_what_is_unfinished_is_drawn_and_said() -> None:
    clicks = Clicks(Draft(EMPTY))
    clicks.click(-5.0, 900.0)
    assert clicks.marks[0].px == (0.0, 720.0)
    labels = [s.text for s in clicks.shapes() if isinstance(s, Label)]
    assert labels == ["1 ?"] and clicks.site() == EMPTY
    clicks.marks[0].x_m = clicks.marks[0].y_m = 0.0
    with pytest.raises(CameraError, match="1 points have metres, four are needed"):
        clicks.site()
    clicks.undo()
    assert clicks.marks == []
    typed(clicks, [(0.0, 20.0), (1.0, 20.0), (2.0, 20.0), (3.0, 20.0)])
    with pytest.raises(CameraError, match="lie on one line"):
        clicks.judged()
    assert not any(s.kind is Kind.GRID for s in clicks.shapes())
    clicks.marks[0].x_m = 1e12
    with pytest.raises(CameraError, match=r"points: .*less than or equal"):
        clicks.judged()
    assert clicks.shapes()
    clicks.choose(Tool.LANE)
    clicks.click(1, 1)
    clicks.click(90, 1)
    for name, says in (("", "has no name"), ("N1", "2 clicks are too few")):
        with pytest.raises(CameraError, match=says):
            clicks.finish(name)
    clicks.undo()
    assert clicks.pending == [(1, 1)]
    clicks.choose(Tool.LINE)
    with pytest.raises(CameraError, match="a line has two ends"):
        clicks.finish("z")


def test_the_grid_may_be_hidden_and_names_cannot_break_the_page() -> None:
    clicks = Clicks(Draft(whole()))
    assert any(s.kind is Kind.GRID for s in clicks.shapes()) and not any(s.kind is Kind.GRID for s in clicks.shapes(grid=False))
    clicks.marks[0].name = "<script>&"
    drawn = svg(clicks.shapes(), 1280)
    assert "<script" not in drawn and "&lt;script&gt;&amp;" in drawn and drawn.count('class="known"') == 4
