"""Against the direction: sustained ways, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint
from detectors.counting.results import FrameResult, SeenTrack
from detectors.incidents.incident import IncidentKind
from detectors.incidents.watch import IncidentWatch
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import EAST, WEST, WEST_2, Actor, drives, kinds, site, watch


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("kind", [RoadUser.CAR, RoadUser.MOTORCYCLE])
def test_against_the_lane(kind, calibrated):
    (one,) = watch([drives(1, 1.0, x1=85.0, x2=5.0, kind=kind, speed=8.0)], 15.0, site(calibrated=calibrated))
    assert one.kind is IncidentKind.WRONG_WAY and one.place.lane == "west_0" and one.start_s == pytest.approx(1.0, abs=1.5)
    assert one.told_s - one.start_s < 4.0


def test_exit_lane_has_the_other_direction():
    assert watch([drives(1, 1.0, y=EAST, x1=85.0, x2=5.0)], 15.0, site()) == []
    assert kinds(watch([drives(1, 1.0, y=EAST, x1=5.0, x2=85.0)], 15.0, site())) == ["wrong_way"]


@pytest.mark.parametrize(("right", "told"), [(0, 3), (2, 3), (12, 8)])
def test_a_lane_that_is_drawn_the_wrong_way_round_is_not_full_of_wrong_way_drivers(right, told):
    """Eight against it, after so many along it."""
    along = [drives(100 + i, 1.0 + 12.0 * i, speed=8.0) for i in range(right)]
    against = [drives(i, 12.0 * (right + i) + 1.0, x1=85.0, x2=5.0, speed=8.0) for i in range(8)]
    seen = kinds(watch([*along, *against], 12.0 * (right + 8) + 2.0, site()))
    assert seen == ["wrong_way"] * told


def test_reversing_by_a_metre_is_none():
    way = [(1.0, 2.0, WEST), (6.0, 50.0, WEST), (10.0, 50.0, WEST), (12.0, 48.8, WEST), (20.0, 48.8, WEST), (26.0, 110.0, WEST)]
    assert watch([Actor(1, way)], 30.0, site()) == []


def test_a_queue_that_melts_from_its_front_is_none():
    """Found as one, its lower edge goes back as one after another drives off: slower than anybody drives."""
    assert watch([Actor(1, [(0.0, 80.0, WEST), (30.0, 50.0, WEST)])], 30.0, site()) == []


def test_back_and_forth_is_none():
    way = [(0.0, 40.0, WEST)]
    for _ in range(8):
        way += [(way[-1][0] + 2.0, 36.5, WEST), (way[-1][0] + 4.0, 40.0, WEST)]
    assert watch([Actor(1, way)], 30.0, site()) == []


@pytest.mark.parametrize("seed", range(5))
def test_trembling_box_is_none(seed):
    standing = Actor(1, [(0.0, 60.0, WEST), (60.0, 60.0, WEST)], shake_px=8.0)
    creeping = Actor(2, [(0.0, 20.0, WEST_2), (60.0, 50.0, WEST_2)], shake_px=8.0)
    assert "wrong_way" not in kinds(watch([standing, creeping], 60.0, site(), seed=seed))


def test_number_that_jumps_back_to_the_next_vehicle_is_none():
    """One number, handed from each vehicle to the one behind it, goes backwards on paper."""
    actors = [drives(10 + i, 1.0 + 1.5 * i, speed=9.0) for i in range(8)]
    for i, actor in enumerate(actors):
        actor.numbers = [(0.0, 10 + i), (5.0 + i, 99), (6.0 + i, 10 + i)]
    assert watch(actors, 30.0, site()) == []


def _looking_down() -> IncidentWatch:
    """A lane of 50 to 100 pixels, in which traffic drives up the image; a pixel is half a metre."""
    up = CameraLane(id="up", area=((350, 400), (450, 400), (425, 50), (375, 50)), stop_line=((375, 55), (425, 55)))
    points = tuple(KnownPoint(px=(x, y), m=(x / 2, y / 2)) for x, y in ((0, 0), (800, 0), (800, 450), (0, 450)))
    return IncidentWatch(CameraSite(image=ImageSize(width=800, height=450), lanes=(up,), homography=Homography(points=points)),
                         10.0, (800, 450))


def _down_the_image(bottom_px: Callable[[float], float], wide_px: float, tall_px: float) -> list[str]:
    """What is told in ten seconds of one box whose lower edge is at ``bottom_px`` of a moment."""
    watching, told = _looking_down(), []
    for i in range(100):
        bottom = bottom_px(i / 10)
        box = (400.0 - wide_px / 2, bottom - tall_px, 400.0 + wide_px / 2, bottom)
        seen = SeenTrack(1, RoadUser.VEHICLE, 0.6, box, (400.0, bottom), place_m=(0.0, bottom / 2))
        told += [one.kind.value for one in watching.see(FrameResult(i, i / 10, (seen,)))]
    return told


def test_box_that_grows_out_of_cover_is_none():
    """Hidden below by another, then seen whole: the foot goes down the image by half a box and more, the roof stays."""
    watching = _looking_down()
    for i in range(100):
        bottom = float(np.interp(i / 10, [0.0, 3.0, 6.0, 10.0], [180.0, 180.0, 215.0, 215.0]))
        box = (380.0, 160.0, 420.0, bottom)
        seen = SeenTrack(1, RoadUser.CAR, 0.6, box, (400.0, bottom), place_m=(0.0, bottom / 2))
        assert watching.see(FrameResult(i, i / 10, (seen,))) == ()
    assert watching.finish() == ()


@pytest.mark.parametrize(("wide_px", "told"), [(60.0, ["wrong_way"]), (120.0, ["wrong_way"]), (180.0, [])])
def test_a_tram_on_the_next_track_covers_the_lane_and_does_not_drive_in_it(wide_px, told):
    """Its box, of the whole length seen from aside, has the middle of its lower edge wherever its length puts it."""
    assert _down_the_image(lambda t: 80.0 + 31.0 * t, wide_px, 60.0)[:1] == told


@pytest.mark.parametrize(("long_m", "tall_m", "camera_m", "told"), [
    (4.4, 1.5, 8.0, ["wrong_way"]), (12.0, 3.3, 8.0, ["wrong_way"]), (12.0, 3.8, 6.0, ["wrong_way"]), (65.0, 3.4, 8.0, [])])
def test_a_tram_that_leaves_aslant_moves_at_its_near_end_alone(long_m, tall_m, camera_m, told):
    """Seen along a street that leads up and to the left: the middle of its box goes along the lane beside it,
    its far end is where it was."""
    def px(m: float, aside_m: float, high_m: float) -> tuple[float, float]:
        return 350.0 + (aside_m + 8.0) / m * 500.0, 50.0 + (camera_m - high_m) / m * 500.0

    def box(m: float) -> tuple[float, float, float, float]:
        ends = [px(at, aside, high) for at in (m, m + long_m) for aside in (-1.3, 1.3) for high in (0.0, tall_m)]
        return min(x for x, _ in ends), min(y for _, y in ends), max(x for x, _ in ends), max(y for _, y in ends)

    near, far = ([px(m, aside, 0.0) for aside in (-4.5, 4.5)] for m in (16.0, 100.0))
    lane = CameraLane(id="down", area=(*near, *far[::-1]), stop_line=tuple(near))
    marks = tuple(KnownPoint(px=px(m, aside, 0.0), m=(aside, m)) for m in (20.0, 80.0) for aside in (-4.0, 4.0))
    street = CameraSite(image=ImageSize(width=800, height=450), lanes=(lane,), homography=Homography(points=marks))
    watching = IncidentWatch(street, 10.0, (800, 450))
    found = []
    for i in range(50):
        m = 20.0 + 1.4 * i
        left, top, right, bottom = box(m)
        foot = ((left + right) / 2, bottom)
        aside_m = (foot[0] - 350.0) * m / 500.0 - 8.0
        seen = SeenTrack(1, RoadUser.VEHICLE, 0.6, (left, top, right, bottom), foot, place_m=(aside_m, m))
        found += [one.kind.value for one in watching.see(FrameResult(i, i / 10, (seen,)))]
    assert found[:1] == told


def test_people_beside_a_queue_who_wander_back_are_none():
    """In one box with it at first, then without: at last as fast as a vehicle, but not all along the way."""
    way = ([0.0, 6.0, 8.0, 10.0], [150.0, 150.5, 163.0, 176.0])
    assert _down_the_image(lambda t: float(np.interp(t, *way)), 16.0, 12.0) == []
    # Over so long a way nobody wanders, however late it began.
    way = ([0.0, 6.0, 10.0], [150.0, 150.5, 230.0])
    assert _down_the_image(lambda t: float(np.interp(t, *way)), 16.0, 12.0)[:1] == ["wrong_way"]


def test_lost_and_found_under_another_number_is_one():
    driver = Actor(1, [(1.0, 88.0, WEST), (15.0, 4.0, WEST)], unseen=[(6.0, 7.5)], numbers=[(0.0, 1), (7.0, 50)])
    (one,) = watch([driver], 25.0, site())
    assert one.end_s == pytest.approx(15.0, abs=0.5) and one.cleared == "left the view"


def test_turned_round_closes_it():
    way = [(1.0, 60.0, WEST), (6.0, 30.0, WEST), (12.0, 70.0, WEST)]
    (one,) = watch([Actor(1, way)], 13.0, site())
    assert one.cleared == "turned round" and one.end_s == pytest.approx(6.5, abs=1.0)


@pytest.mark.parametrize("calibrated", [True, False])
def test_learnt_direction_without_site(calibrated):
    usual = [drives(100 + i, 1.0 + 2.0 * i, speed=15.0) for i in range(20)]
    (one,) = watch([*usual, drives(1, 50.0, x1=120.0, x2=5.0, speed=10.0)], 65.0, None)
    assert one.kind is IncidentKind.WRONG_WAY and one.place.lane is None


def test_nothing_is_against_before_a_direction_is_learnt():
    assert watch([drives(1, 1.0, x1=120.0, x2=5.0), drives(2, 3.0)], 20.0, None) == []


def test_place_driven_both_ways_has_no_direction():
    both = [drives(100 + i, 1.0 + 2.0 * i, x1=2.0 if i % 2 else 130.0, x2=130.0 if i % 2 else 2.0) for i in range(40)]
    assert watch(both, 95.0, None) == []


def test_on_foot_there_is_no_wrong_way():
    assert "wrong_way" not in kinds(watch([drives(1, 1.0, x1=60.0, x2=40.0, speed=1.4, kind=RoadUser.PEDESTRIAN)], 20.0, site()))
