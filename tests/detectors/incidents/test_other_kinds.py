"""Spill-back, people on the carriageway, slow zones, and the camera's own troubles."""

from __future__ import annotations

import pytest

from detectors.camera.site import Zone
from detectors.incidents.incident import IncidentKind
from detectors.incidents.slow_zone import SlowZone
from detectors.incidents.watch import IncidentWatch
from detectors.quality.watch import ViewQuality
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import EXIT, FPS, SIZE, WEST, Actor, drives, frames, kinds, rectangle, site, stops, watch

BOX = Zone(name="box", kind="junction", area=rectangle(92.0, 15.0, 106.0, 30.0))
ROAD = Zone(name="road", kind="carriageway", area=rectangle(0.0, 18.0, 138.0, 29.0))
CROSSING = Zone(name="zebra", kind="crossing", area=rectangle(88.0, 17.0, 92.0, 30.0))


def test_spill_back_of_a_full_exit():
    full = [stops(10 + i, 1.0 + i, 130.0 - 7 * i, 90.0 + 2 * i) for i in range(3)]
    inside = [stops(20 + i, 8.0 + i, 103.0 - 7 * i, 96.0 + 2 * i) for i in range(2)]
    found = watch([*full, *inside], 120.0, site(zones=[BOX]))
    assert kinds(found) in (["spill_back"], ["slow_zone", "spill_back"]), "the exit itself is slow too"
    one = next(i for i in found if i.kind is IncidentKind.SPILL_BACK)
    assert one.place.zone == "box" and one.place.lane == "out_0"
    assert one.detail["standing_veh"] == 2 and one.cleared == "nobody stands in the junction"
    assert one.end_s == pytest.approx(98.0, abs=2.0)


def test_turner_that_waits_for_a_gap_is_none():
    assert watch([stops(1, 1.0, 100.0, 45.0)], 60.0, site(zones=[BOX])) == []


def test_exits_that_nobody_drew_need_longer():
    assert watch([stops(1, 1.0, 100.0, 45.0)], 60.0, site(zones=[BOX], exits=False)) == []
    assert kinds(watch([stops(1, 1.0, 100.0, 75.0)], 90.0, site(zones=[BOX], exits=False))) == ["spill_back"]


def walks(track: int, way: list[tuple[float, float, float]], **more: object) -> Actor:
    return Actor(track, way, RoadUser.PEDESTRIAN, **more)  # type: ignore[arg-type]


def test_somebody_walks_across_where_no_crossing_is():
    (one,) = watch([walks(1, [(0.0, 50.0, 14.0), (12.0, 50.0, 31.0)])], 20.0, site(zones=[ROAD, CROSSING]))
    assert one.kind is IncidentKind.PEDESTRIAN and one.place.zone == "road" and one.cleared == "nobody on foot there"
    assert one.start_s == pytest.approx(3.3, abs=0.6) and one.told_s - one.start_s < 2.5


@pytest.mark.parametrize("calibrated", [True, False])
def test_by_shape_alone_who_walks_across_is_believed_and_who_stands_or_goes_along_the_lane_is_not(calibrated):
    """A motorcycle that waits at the line is as upright as somebody on foot."""
    across = walks(1, [(0.0, 50.0, 14.0), (12.0, 50.0, 31.0)])
    stands, along = walks(2, [(0.0, 86.0, 20.0), (40.0, 86.0, 20.0)]), walks(3, [(0.0, 20.0, 23.5), (30.0, 60.0, 23.5)])
    where = site(zones=[ROAD, CROSSING], calibrated=calibrated)
    assert [i.track for i in watch([across, stands, along], 40.0, where, classifies=False)] == [1]
    assert sorted(i.track for i in watch([across, stands, along], 40.0, where) if i.track is not None) == [1, 2, 3]


@pytest.mark.parametrize("way", [
    [(0.0, 90.0, 14.0), (12.0, 90.0, 31.0)],
    [(0.0, 50.0, 17.0), (30.0, 50.0, 18.2)],
    [(0.0, 50.0, 17.0), (1.5, 50.0, 18.9), (2.2, 50.0, 19.0), (3.2, 50.0, 17.0), (9.0, 50.0, 16.0)],
    [(0.0, 20.0, 17.5), (40.0, 80.0, 17.5)],
], ids=["crossing", "at the kerb", "steps down and back", "along the pavement"])
def test_on_foot_and_no_incident(way):
    assert watch([walks(1, way, shake_px=1.0)], 45.0, site(zones=[ROAD, CROSSING])) == []


@pytest.mark.parametrize("classifies", [True, False])
def test_where_no_crossing_is_drawn_there_may_be_one_at_the_stop_line(classifies):
    at_line, further_up = walks(1, [(0.0, 87.0, 14.0), (12.0, 87.0, 31.0)]), walks(2, [(0.0, 70.0, 14.0), (12.0, 70.0, 31.0)])
    for zones in ([ROAD], []):
        assert watch([at_line], 20.0, site(zones=zones), classifies=classifies) == []
        assert kinds(watch([further_up], 20.0, site(zones=zones), classifies=classifies)) == ["pedestrian_on_carriageway"]
    far_away = Zone(name="zebra", kind="crossing", area=rectangle(10.0, 17.0, 14.0, 30.0))
    assert kinds(watch([at_line], 20.0, site(zones=[ROAD, far_away]), classifies=classifies)) == ["pedestrian_on_carriageway"]


def test_cyclist_is_nobody_on_foot():
    assert "pedestrian_on_carriageway" not in kinds(watch([drives(1, 0.0, speed=4.0, kind=RoadUser.BICYCLE)], 35.0,
                                                          site(zones=[ROAD])))


def test_rider_found_as_a_person_is_nobody_on_foot():
    bike = drives(1, 0.0, speed=4.0, kind=RoadUser.BICYCLE)
    rider = drives(2, 0.0, speed=4.0, kind=RoadUser.PEDESTRIAN)
    assert watch([bike, rider], 35.0, site(zones=[ROAD])) == []


def test_driver_seen_through_the_window_is_nobody_on_foot():
    car = stops(1, 0.0, 60.0, 60.0)
    driver = stops(2, 0.0, 60.0, 60.0, kind=RoadUser.PEDESTRIAN)
    assert "pedestrian_on_carriageway" not in kinds(watch([car, driver], 60.0, site(zones=[ROAD])))


def test_a_group_is_one_incident():
    people = [walks(i, [(0.3 * i, 50.0 + i, 14.0), (12.0 + 0.3 * i, 50.0 + i, 31.0)]) for i in range(4)]
    (one,) = watch(people, 20.0, site(zones=[ROAD]))
    assert one.detail["people"] == 4


def test_lanes_are_the_carriageway_where_none_is_drawn():
    (one,) = watch([walks(1, [(0.0, 50.0, 14.0), (12.0, 50.0, 31.0)])], 20.0, site())
    assert one.kind is IncidentKind.PEDESTRIAN and one.place.zone is None and one.place.lane is not None


def normal(n: int, start_s: float = 0.0, y: float = EXIT) -> list[Actor]:
    return [drives(100 + i, start_s + 4.0 * i, y=y, speed=12.0) for i in range(n)]


def test_slow_traffic_on_an_exit():
    slow = [drives(300 + i, 100.0 + 6 * i, y=EXIT, speed=1.5, x1=109.0) for i in range(15)]
    found = watch([*normal(20), *slow], 200.0, site())
    assert kinds(found) == ["slow_zone"] and found[0].place.lane == "out_0"
    assert found[0].detail["usual_mps"] == pytest.approx(12.0, abs=1.0) and found[0].start_s < 130.0


def test_slow_traffic_that_creeps_to_an_approach_is_told_and_ends():
    slow = [drives(300 + i, 100.0 + 5 * i, speed=2.0, x2=60.0) for i in range(20)]
    found = watch([*normal(16), *slow, *normal(10, 230.0)], 280.0, site(), green=lambda t: {"w": True})
    assert kinds(found) == ["slow_zone"] and found[0].place.lane == "west_0" and found[0].end_s < 260.0


def slows(track: int, start_s: float) -> Actor:
    """Creeps the last forty metres to the stop line, and on."""
    return Actor(track, [(start_s, 2.0, WEST), (start_s + 4.8, 50.0, WEST), (start_s + 20.8, 90.0, WEST),
                         (start_s + 25.0, 136.0, WEST)])


def test_slow_traffic_close_before_the_line_is_told_where_nobody_brakes_for_it():
    found = watch([*normal(16), *(slows(300 + i, 100.0 + 9.0 * i) for i in range(12))], 230.0, site(),
                  green=lambda t: {"w": True})
    assert kinds(found) == ["slow_zone"] and found[0].place.lane == "west_0"


def test_slow_traffic_that_is_over_before_it_was_sure_is_not_told():
    after = [drives(400 + i, 140.0 + 4.0 * i, speed=12.0) for i in range(8)]
    assert watch([*normal(16), *(slows(300 + i, 100.0 + 9.0 * i) for i in range(3)), *after], 180.0, site(),
                 green=lambda t: {"w": True}) == []


@pytest.mark.parametrize("brakes_mps2", [0.9, 1.5, 3.0])
def test_who_brakes_gently_for_a_red_light_and_creeps_on_in_its_queue_is_no_slow_traffic(brakes_mps2: float):
    """Each comes to the queue's tail, and the queue moves up by a car's length and a half every ten seconds."""
    def comes(track: int, start_s: float, to_m: float) -> Actor:
        distance_m = 12.0 ** 2 / (2 * brakes_mps2)
        way, at_s, at_m = [(start_s, 2.0, WEST)], start_s, 2.0
        if to_m - distance_m > at_m:
            at_s, at_m = at_s + (to_m - distance_m - at_m) / 12.0, to_m - distance_m
            way.append((at_s, at_m, WEST))
        while to_m - at_m > 0.3:
            speed = max(0.5, (2 * brakes_mps2 * (to_m - at_m)) ** 0.5)
            at_s, at_m = at_s + 0.2, min(to_m, at_m + 0.2 * speed)
            way.append((at_s, at_m, WEST))
        for _ in range(4):
            at_s += 8.0
            way.append((at_s, at_m, WEST))
            at_s, at_m = at_s + 3.0, at_m + 7.0
            way.append((at_s, at_m, WEST))
        return Actor(track, way)

    actors = [*normal(16), *(comes(300 + i, 100.0 + 6.0 * i, 60.0 - 5.0 * (i % 3)) for i in range(14))]
    assert watch(actors, 230.0, site()) == []


@pytest.mark.parametrize("known", [True, False])
def test_queue_at_red_is_no_slow_zone(known):
    actors = normal(20)
    for cycle in range(2):
        base = 100.0 + 80 * cycle
        for i in range(9):
            place, comes_s, goes_s = 88.0 - 7 * i, base + 4 * i, base + 50 + 2 * i
            actors.append(Actor(1000 + 20 * cycle + i, [
                (comes_s, 2.0, WEST), (comes_s + (place - 2.0) / 10.0, place, WEST), (goes_s, place, WEST),
                (goes_s + (136.0 - place) / 9.0, 136.0, WEST)]))
    assert watch(actors, 265.0, site(), green=(lambda t: {"w": (t - 100.0) % 80.0 >= 50.0}) if known else None) == []


def test_camera_that_was_moved():
    quality = lambda t: ViewQuality(moved=20.0 <= t < 60.0, reason="shifted by 40 px")  # noqa: E731
    (one,) = watch([stops(1, 1.0, 50.0, 300.0)], 80.0, site(), quality=quality, green=lambda t: {"w": t > 70})
    assert one.kind is IncidentKind.CAMERA_MOVED and one.start_s == 20.0 and one.cleared == "the view is as it was"
    assert "40 px" in one.cause and one.end_s == pytest.approx(60.0, abs=0.3)


def test_moved_camera_ends_what_was_open_and_judges_nothing():
    quality = lambda t: ViewQuality(moved=t >= 120.0)  # noqa: E731
    found = watch([stops(1, 1.0, 50.0, 400.0), drives(2, 130.0, x1=85.0, x2=5.0)], 150.0, site(), quality=quality,
                  green=lambda t: {"w": t % 60 > 30})
    assert kinds(found) == ["camera_moved", "stopped_vehicle"]
    assert next(i for i in found if i.kind is IncidentKind.STOPPED_VEHICLE).cleared == "the camera moved"


def test_short_shake_and_short_glare_are_none():
    assert watch([], 30.0, site(), quality=lambda t: ViewQuality(moved=5 <= t < 7, blinded=10 <= t < 12)) == []


@pytest.mark.parametrize(("shifted", "told"), [(0.0, ["wrong_way"]), (0.8, [])])
def test_while_the_view_looks_shifted_nothing_on_the_road_is_judged(shifted, told):
    """Long before it is sure that the camera was moved."""
    against = [drives(1, 8.0, x1=85.0, x2=5.0)]
    assert kinds(watch(against, 20.0, site(), quality=lambda t: ViewQuality(signs={"moved": shifted if t > 6 else 0.0}))) == told


def test_blinded_camera_loses_no_incident():
    found = watch([stops(1, 1.0, 50.0, 400.0)], 170.0, site(), quality=lambda t: ViewQuality(blinded=120.0 <= t < 130.0),
                  green=lambda t: {"w": t % 60 > 30})
    assert kinds(found) == ["camera_blinded", "stopped_vehicle"]
    assert next(i for i in found if i.kind is IncidentKind.STOPPED_VEHICLE).cleared == "the video ended"


def test_what_is_kept_of_slow_traffic_has_a_bound(monkeypatch):
    """Slow cars, four at a time: of one of them, and of how many."""
    monkeypatch.setattr("detectors.incidents.slow_zone.SPEEDS", 50)
    monkeypatch.setattr("detectors.incidents.slow_zone.VEHICLES", 2)
    watching = IncidentWatch(site(), FPS, SIZE)
    most_vehicles = most_speeds = 0
    for frame in frames([drives(10 + i, 6.0 * i, y=EXIT, speed=1.5, x1=109.0) for i in range(6)], 40.0, calibrated=True):
        watching.see(frame, None)
        slow, = (w for w in watching._of_each if isinstance(w, SlowZone))
        for lane in slow._lanes.values():
            most_vehicles = max(most_vehicles, len(lane.speeds))
            most_speeds = max(most_speeds, *map(len, lane.speeds.values()), 0)
    assert (most_vehicles, most_speeds) == (2, 50)
