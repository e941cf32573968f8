"""Where vehicles are followed one by one, a queue that is one box is as many as stand in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detectors.counting.results import FrameResult, SeenTrack
from detectors.incidents.incident import IncidentKind
from detectors.incidents.one_by_one import one_by_one, shared
from detectors.incidents.watch import IncidentWatch
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import SIZE, frames, site, stops


def seen(track: int, box: tuple[float, float, float, float], kind: RoadUser = RoadUser.VEHICLE, lane: str | None = None
         ) -> SeenTrack:
    return SeenTrack(track, kind, 0.9, box, ((box[0] + box[2]) / 2, box[3]), lane=lane)


FIRST, SECOND = seen(-1, (100, 100, 140, 120), lane="a"), seen(-2, (150, 100, 190, 120), lane="a")
AROUND = seen(4, (98, 98, 192, 122))


def test_a_box_around_those_who_are_followed_is_nobody_else() -> None:
    off, walker = seen(5, (300, 200, 340, 220)), seen(6, (120, 100, 126, 118), RoadUser.PEDESTRIAN)
    other_lane, same_lane = seen(7, (400, 200, 440, 220), lane="b"), seen(8, (500, 200, 540, 220), lane="a")
    result = FrameResult(0, 0.0, (AROUND, off, walker, other_lane, same_lane), followed={"a": (FIRST, SECOND)})
    assert one_by_one(result) == (FIRST, SECOND, off, walker, other_lane)
    assert shared(result) == {4}


def test_nobody_is_left_out_where_nobody_is_followed() -> None:
    result = FrameResult(0, 0.0, (AROUND,))
    assert one_by_one(result) == (AROUND,) and shared(result) == frozenset()


def one_blob(result: FrameResult, *, followed: bool) -> FrameResult:
    """What a tracker makes of vehicles that touch, with or without who is in it."""
    boxes = [t.box for t in result.tracks]
    if not boxes:
        return result
    left, top, right, bottom = zip(*boxes, strict=True)
    box = min(left), min(top), max(right), max(bottom)
    front = max(result.tracks, key=lambda t: t.foot[0])
    blob = SeenTrack(0, RoadUser.VEHICLE, 0.9, box, front.foot, front.place_m, lane="west_0")
    each = tuple(t._replace(track=-1 - t.track, lane="west_0") for t in result.tracks)
    return replace(result, tracks=(blob,), followed={"west_0": each} if followed else {})


@pytest.mark.parametrize("followed", [True, False])
def test_who_breaks_down_in_a_queue_is_told_where_each_is_followed_and_the_queue_is_not(followed: bool) -> None:
    red_s, again_s = 40.0, 70.0
    queue = [stops(i, 1.5 * i, 88.0 - 7.0 * i, red_s + 2.0 * i) for i in range(2)]
    broken = stops(2, 5.0, 60.0, 120.0)
    behind = [stops(3 + i, 7.0 + 2.0 * i, 53.0 - 7.0 * i, 124.0 + 2.0 * i) for i in range(2)]
    watch, found = IncidentWatch(site(), 5.0, SIZE, classifies=False), {}
    for result in frames([*queue, broken, *behind], 115.0, fps=5.0):
        green = {"west_0": red_s <= result.time_s < again_s}
        found.update({i.number: i for i in watch.see(one_blob(result, followed=followed), green)})
    told = [i for i in found.values() if i.kind is IncidentKind.STOPPED_VEHICLE]
    if not followed:
        assert not told
        return
    (one,) = told
    assert one.track == -3 and one.place.lane == "west_0" and one.place.at_m == pytest.approx((60.0, 20.0))
    assert one.start_s == pytest.approx(10.8, abs=0.5) and red_s < one.told_s < again_s + 1.0


def test_a_queue_in_one_box_that_dissolves_from_its_front_goes_no_wrong_way() -> None:
    def told(*, followed: bool) -> list[IncidentKind]:
        watch, found = IncidentWatch(site(), 5.0, SIZE, classifies=False), {}
        for i in range(100):
            front_m = 85.0 - 3.0 * max(0.0, i / 5.0 - 4.0)
            blob = SeenTrack(0, RoadUser.VEHICLE, 0.9, (200.0, 182.0, front_m * 10, 218.0), (front_m * 10, 200.0),
                             (front_m, 20.0), lane="west_0")
            each = tuple(seen(-1 - n, (x * 10 - 22, 182.0, x * 10 + 22, 218.0), lane="west_0")
                         for n in range(9) if (x := 23.0 + 7.0 * n) <= front_m)
            result = FrameResult(i, i / 5.0, (blob,), followed={"west_0": each} if followed else {})
            found.update({one.number: one for one in watch.see(result, {"west_0": True})})
        return [one.kind for one in found.values()]

    assert told(followed=False) == [IncidentKind.WRONG_WAY]
    assert told(followed=True) == []


@pytest.mark.parametrize("classifies", [True, False])
def test_a_box_that_had_the_one_who_stands_in_it_has_not_passed_him(classifies: bool) -> None:
    """Who changes lanes behind him runs together with him in one box, which parts again, ahead of him for what it shows."""
    watch, found = IncidentWatch(site(groups=False), 5.0, SIZE, classifies=classifies), {}
    for result in frames([stops(0, 0.0, 50.0, 100.0)], 60.0, fps=5.0):
        blobs = []
        for n, first_s in enumerate((15.0, 21.0, 27.0)):
            since_s = result.time_s - first_s
            if 0.0 <= since_s < 9.0:
                rear_m = min(15.0 + 5.0 * since_s, 40.0) if since_s < 6.0 else 56.0 + 8.0 * (since_s - 6.0)
                front_m = 53.0 if 5.0 <= since_s < 6.0 else rear_m + 4.4
                blobs.append(SeenTrack(10 + n, RoadUser.VEHICLE, 0.9, (rear_m * 10, 190.0, front_m * 10, 226.0),
                                       ((rear_m + front_m) * 5, 226.0), ((rear_m + front_m) / 2, 22.6), lane="west_1"))
        each = tuple(t._replace(track=-1, lane="west_0") for t in result.tracks)
        result = replace(result, tracks=(*result.tracks, *blobs), followed={"west_0": each})
        found.update({i.number: i for i in watch.see(result)})
    # Whoever tells vehicles by their looks gives each a box of its own.
    assert [i.kind for i in found.values()] == ([IncidentKind.STOPPED_VEHICLE] if classifies else [])


@pytest.mark.parametrize("stays", [True, False])
def test_a_box_that_goes_back_from_who_stands_there_still_goes_no_wrong_way(stays: bool) -> None:
    """A bus and the car behind it are one box; it comes apart, and the car is taken for the bus."""
    watch, found = IncidentWatch(site(), 5.0, SIZE, classifies=False), {}
    for i in range(100):
        front_m = 60.0 - max(0.0, min(i / 5.0 - 10.0, 3.0)) * 8.0
        blob = SeenTrack(4, RoadUser.VEHICLE, 0.9, (front_m * 10 - 44, 182.0, front_m * 10, 218.0), (front_m * 10, 200.0),
                         (front_m, 20.0), lane="west_0")
        bus_m = 60.0 if stays else front_m
        bus = SeenTrack(-1, RoadUser.BUS, 0.9, (bus_m * 10 - 120, 182.0, bus_m * 10, 218.0), (bus_m * 10, 200.0), (bus_m, 20.0),
                        lane="west_0")
        found.update({told.number: told for told in watch.see(FrameResult(i, i / 5.0, (blob,), followed={"west_0": (bus,)}))})
    assert [told.kind for told in found.values()] == ([] if stays else [IncidentKind.WRONG_WAY])
