"""Stopped vehicles: those that are incidents, and the many that are not."""

from __future__ import annotations

import pytest

from detectors.incidents.incident import IncidentKind
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import WEST, WEST_2, Actor, drives, kinds, site, stops, watch

STOPPED = IncidentKind.STOPPED_VEHICLE


def signal(red_s: float = 90.0, green_s: float = 30.0):
    """Red first, then green, again and again."""
    return lambda t: {"w": t % (red_s + green_s) >= red_s}


def queue(until_s: float, n: int = 5) -> list[Actor]:
    """A queue at the stop line that stands until ``until_s`` and drives off one after another."""
    return [stops(10 + i, 1.0 + 3 * i, 88.0 - 7 * i, until_s + 2 * i) for i in range(n)]


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_red_light_queue_is_none(known, calibrated):
    found = watch(queue(92.0), 125.0, site(calibrated=calibrated), green=signal() if known else None)
    assert found == []


@pytest.mark.parametrize("known", [True, False])
def test_first_alone_at_a_long_red_is_none(known):
    assert watch([stops(1, 1.0, 88.0, 121.5)], 140.0, site(), green=signal(120.0, 30.0) if known else None) == []


def test_unknown_signal_while_next_lane_of_unknown_group_drives_is_none():
    """Straight on has green and passes, who turns waits at red: without groups nobody can tell whose green it was."""
    passing = [drives(100 + i, 20.0 + 4 * i) for i in range(15)]
    assert watch([stops(1, 1.0, 88.0, 80.0, y=WEST_2), *passing], 95.0, site(groups=False)) == []


def test_motorcycles_filtering_past_a_queue_prove_nothing():
    bikes = [drives(100 + i, 20.0 + 5 * i, y=WEST + 1.3, kind=RoadUser.MOTORCYCLE) for i in range(10)]
    assert watch([*queue(88.0), *bikes], 110.0, site(groups=False)) == []


@pytest.mark.parametrize("ahead", [
    [stops(2, 1.0, 70.0, 95.0, kind=RoadUser.MOTORCYCLE)],
    [stops(2, 1.0, 80.0, 95.0, kind=RoadUser.BUS)],
], ids=["motorcycle", "bus, whose rear is near and whose front is far"])
def test_unknown_signal_behind_who_is_no_car_is_none(ahead):
    """The lane beside drives on: nobody knows why this one does not, but somebody waits ahead."""
    passing = [drives(100 + i, 15.0 + 8 * i, y=WEST_2) for i in range(8)]
    assert watch([stops(1, 5.0, 63.0, 96.0), *ahead, *passing], 110.0, site(groups=False)) == []


def test_stands_through_its_green_with_nobody_ahead():
    (one,) = watch([stops(1, 1.0, 50.0, 400.0)], 200.0, site(), green=signal())
    assert one.kind is STOPPED and one.place.lane == "west_0"
    assert 5.0 <= one.start_s <= 7.5, "it is an incident from when it came to stand"
    assert one.told_s >= 90.0 + 5.0, "nothing is told while the red explains it"
    assert one.place.at_m == pytest.approx((50.0, WEST), abs=0.5) and one.place.box is not None
    assert one.cleared == "the video ended" and one.confidence > 0.8


def test_first_at_the_line_that_does_not_drive_off_and_not_those_behind_it():
    behind = [stops(10 + i, 5.0 + 3 * i, 81.0 - 7 * i, 400.0) for i in range(3)]
    found = watch([stops(1, 1.0, 88.0, 400.0), *behind], 135.0, site(), green=signal())
    assert kinds(found) == ["stopped_vehicle"] and found[0].track == 1


def test_behind_a_queue_that_discharges_slowly_is_none():
    actors = [stops(10 + i, 1.0 + 3 * i, 88.0 - 7 * i, 91.0 + 2.5 * i) for i in range(11)]
    assert watch(actors, 150.0, site(), green=signal()) == []


def test_queue_that_a_full_exit_holds_at_green_is_none_of_a_stopped_vehicle():
    """Green, and nobody drives off because the junction is full: that is spill-back, told as such."""
    from detectors.camera.site import Zone
    from tests.detectors.incidents.street import rectangle

    box = Zone(name="box", kind="junction", area=rectangle(92.0, 15.0, 106.0, 30.0))
    actors = [stops(1, 1.0, 100.0, 180.0), stops(2, 1.0, 112.0, 180.0, x1=95.0), stops(3, 20.0, 88.0, 185.0)]
    found = watch(actors, 160.0, site(zones=[box]), green=lambda t: {"w": True})
    assert kinds(found) == ["spill_back"]


def test_unknown_signal_passed_in_its_own_direction():
    around = [Actor(100 + i, [(25.0 + 6 * i, 2.0, WEST), (28.0 + 6 * i, 35.0, WEST), (29.0 + 6 * i, 45.0, WEST_2),
                              (31.0 + 6 * i, 65.0, WEST_2), (32.0 + 6 * i, 75.0, WEST), (37.0 + 6 * i, 130.0, WEST)])
              for i in range(4)]
    (one,) = watch([stops(1, 1.0, 55.0, 100.0), *around], 130.0, site(groups=False))
    assert one.kind is STOPPED and one.track == 1 and one.detail["passed_veh"] >= 2
    assert one.cleared == "drove on" and one.end_s == pytest.approx(100.0, abs=2.0)


@pytest.mark.parametrize("ahead_m", [0.5, 2.0])
def test_who_comes_up_level_in_the_next_lane_has_not_passed_it(ahead_m):
    """Two lanes of one approach: others come to the line beside the one who waits at it, one after the other."""
    beside = [stops(100 + i, 20.0 + 12.0 * i, 60.0 + ahead_m, 26.0 + 12.0 * i, y=WEST_2, on_m=None) for i in range(4)]
    assert watch([stops(1, 1.0, 60.0, 100.0), *beside], 75.0, site(groups=False)) == []


@pytest.mark.parametrize("kind", [RoadUser.CAR, RoadUser.TRUCK])
def test_longer_than_any_red_in_free_view(kind):
    (one,) = watch([stops(1, 1.0, 55.0, 400.0, kind=kind)], 170.0, site(groups=False))
    assert one.kind is STOPPED and one.told_s > 150.0


def test_bus_at_its_stop_is_none():
    passing = [drives(100 + i, 12.0 + 4 * i, y=WEST_2) for i in range(10)]
    assert watch([stops(1, 1.0, 55.0, 50.0, kind=RoadUser.BUS), *passing], 70.0, site()) == []


@pytest.mark.parametrize("where", [site(), site(groups=False), None], ids=["groups", "no groups", "no site"])
def test_parked_from_the_beginning_is_background(where):
    parked = Actor(1, [(0.0, 40.0, WEST), (400.0, 40.0, WEST)], shake_px=1.5)
    passing = [drives(100 + i, 5.0 + 5 * i, y=WEST_2) for i in range(40)]
    assert watch([parked, *passing], 220.0, where) == []


def passing_by(n: int, first_s: float = 5.0, every_s: float = 15.0, y: float = WEST_2) -> list[Actor]:
    return [drives(100 + i, first_s + every_s * i, y=y) for i in range(n)]


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_broken_down_before_the_camera_was_switched_on_is_told_late_and_with_little_confidence(known, calibrated):
    broken = Actor(1, [(0.0, 40.0, WEST), (500.0, 40.0, WEST)], shake_px=1.0)
    found = watch([broken, *passing_by(25)], 340.0, site(calibrated=calibrated), green=signal(60.0, 30.0) if known else None)
    (one,) = found
    assert one.kind is STOPPED and one.start_s == 0.0 and 300.0 <= one.told_s <= 330.0 and one.confidence <= 0.4
    assert "since before" in one.cause and one.place.lane == "west_0"


@pytest.mark.parametrize("cars", [
    [Actor(1, [(0.0, 40.0, WEST - 1.2), (500.0, 40.0, WEST - 1.2)])],
    [Actor(i, [(0.0, 40.0 + 6 * i, WEST), (500.0, 40.0 + 6 * i, WEST)]) for i in range(3)],
], ids=["at the kerb with two wheels in the lane", "a row of parked cars"])
def test_parked_for_ever_is_background(cars):
    assert watch([*cars, *passing_by(25)], 400.0, site()) == []


def test_stands_since_before_and_nobody_drives_past_is_none():
    """A bin that the model takes for a car, on a road where nobody drives: who should it be in the way of?"""
    assert watch([Actor(1, [(0.0, 40.0, WEST), (500.0, 40.0, WEST)])], 400.0, site(), green=signal(60.0, 30.0)) == []


def test_parked_found_late_by_the_detector_is_background_too():
    parked = Actor(1, [(30.0, 40.0, WEST), (400.0, 40.0, WEST)], shake_px=1.5)
    assert watch([parked, *(drives(100 + i, 5.0 + 5 * i, y=WEST_2) for i in range(35))], 200.0, site()) == []


def test_hidden_and_seen_again_is_one():
    """A truck queues beside it for half a minute, and the tracker calls it by another number afterwards."""
    y = WEST + 0.5
    truck = Actor(2, [(110.0, 10.0, y), (115.0, 50.0, y), (145.0, 50.0, y), (152.0, 130.0, y)], RoadUser.TRUCK)
    broken = stops(1, 1.0, 50.0, 300.0, unseen=[(114.5, 146.5)], numbers=[(0.0, 1), (146.0, 77)])
    (one,) = watch([broken, truck], 200.0, site(), green=signal(40.0, 40.0))
    assert one.kind is STOPPED and one.start_s < 8.0 and one.cleared == "the video ended"


def test_flickering_detection_is_one():
    broken = stops(1, 1.0, 50.0, 300.0, shake_px=2.0, unseen=[(t, t + 2.6) for t in range(20, 190, 9)],
                   numbers=[(float(t), 1000 + t) for t in range(20, 190, 9)])
    (one,) = watch([broken], 200.0, site(), green=signal(40.0, 40.0))
    assert one.kind is STOPPED and one.cleared == "the video ended"


def test_number_that_a_passing_vehicle_steals_comes_back():
    """The tracker swaps numbers while one passes close by: the standing one is one incident still."""
    broken = stops(1, 1.0, 50.0, 300.0, numbers=[(0.0, 1), (130.0, 88)])
    passing = Actor(2, [(125.0, 5.0, WEST + 1.5), (130.0, 50.0, WEST + 1.5), (138.0, 125.0, WEST + 1.5)],
                    numbers=[(0.0, 2), (130.0, 1)])
    (one,) = watch([broken, passing], 180.0, site(), green=signal(40.0, 40.0))
    assert one.kind is STOPPED and one.cleared == "the video ended" and one.end_s == pytest.approx(180.0, abs=1.0)


def test_number_that_jumps_from_a_passing_to_a_parked_vehicle_makes_no_incident():
    parked = Actor(1, [(0.0, 50.0, WEST), (400.0, 50.0, WEST)], numbers=[(0.0, 1), (20.0, 2)])
    passing = Actor(2, [(15.0, 5.0, WEST + 1.5), (20.0, 50.0, WEST + 1.5), (28.0, 125.0, WEST + 1.5)],
                    numbers=[(0.0, 2), (20.0, 3)])
    assert watch([parked, passing], 200.0, site(), green=signal(40.0, 40.0)) == []


def test_bicycle_at_the_kerb_is_none():
    assert watch([stops(1, 1.0, 50.0, 400.0, kind=RoadUser.BICYCLE)], 200.0, site(), green=signal()) == []


def test_drives_on_is_told_with_how_long_it_stood():
    (one,) = watch([stops(1, 1.0, 50.0, 150.0)], 170.0, site(), green=signal(40.0, 40.0))
    assert one.cleared == "drove on" and one.end_s == pytest.approx(150.0, abs=1.5)
    assert one.detail["stood_s"] == pytest.approx(144.0, abs=3.0)


def test_pushed_by_a_metre_or_two_is_one():
    way = [(1.0, 2.0, WEST), (6.0, 50.0, WEST), (100.0, 50.0, WEST), (103.0, 52.0, WEST), (300.0, 52.0, WEST)]
    (one,) = watch([Actor(1, way)], 200.0, site(), green=signal(40.0, 40.0))
    assert one.cleared == "the video ended"


def test_no_site_waits_longer_where_others_have_stood():
    """Without a site file nobody knows of lanes: the first at a red light is passed by others for two minutes."""
    early = [drives(200 + i, 1.0 + 3 * i) for i in range(25)] + [stops(50, 10.0, 70.0, 30.0, y=WEST_2)]
    waits = stops(1, 90.0, 88.0, 210.0, y=WEST_2)
    passing = [drives(100 + i, 95.0 + 4 * i) for i in range(25)]
    assert watch([*early, waits, *passing], 225.0, None) == []


def test_no_site_on_a_road_where_nobody_ever_stands():
    early = [drives(200 + i, 1.0 + 2 * i, y=WEST + 3.5 * (i % 2), speed=22.0) for i in range(30)]
    passing = [drives(100 + i, 72.0 + 3 * i, speed=22.0) for i in range(25)]
    (one,) = watch([*early, stops(1, 65.0, 60.0, 300.0, y=WEST_2, speed=20.0), *passing], 140.0, None)
    assert one.kind is STOPPED and one.track == 1 and one.place.lane is None


def test_parked_car_found_again_is_not_the_one_that_waited_beside_it():
    """A queue hides a parked car half; when the queue has driven off, the parked car is found under a new number."""
    y = WEST - 1.25
    parked = Actor(1, [(0.0, 60.0, y), (400.0, 60.0, y)], unseen=[(30.0, 62.5)], numbers=[(0.0, 1), (60.0, 91)])
    waits = [stops(10 + i, 20.0 + 3 * i, 74.0 - 7 * i, 60.0 + i, y=WEST + 0.2) for i in range(5)]
    assert watch([parked, *waits], 200.0, site(), green=signal(60.0, 30.0)) == []
