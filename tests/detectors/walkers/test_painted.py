"""Painted pictures of people and vehicles on a road: who walks across it is found far away as well, and nobody else is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from detectors.camera.site import Zone
from detectors.counter import CameraCounter
from detectors.counting.results import FrameResult
from detectors.incidents.incident import Incident, IncidentKind
from detectors.incidents.watch import IncidentWatch
from detectors.video.frames import VideoFrame
from detectors.vision.background import BackgroundDetector
from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import Body, body
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.weather import LIGHTS, Weather
from tests.detectors.lane_traffic.street import SIZE, asphalt, pose_of, site_of

pytest.importorskip("cv2")
FPS, EMPTY_S = 5.0, 6.0
OFF_M = 5.0
"""Along the road, where a row of the image is half a metre to a metre and shoes are as dark as the road."""
WALKER = body(RoadUser.PEDESTRIAN, 0.4, 0.5, 1.7, "walker", 1)
CAR = body(RoadUser.CAR, 4.4, 1.8, 1.5, "car", 1)
MOTORCYCLE = body(RoadUser.MOTORCYCLE, 2.1, 0.8, 1.5, "motorcycle", 1)
Way = Callable[[float], tuple[float, float, float] | None]


def seen(*actors: tuple[Body, Way], lasts_s: float = 14.0, fps: float = FPS, larger: int = 1) -> Iterator[FrameResult]:
    """``actors`` are where they are (x upstream, y to the left, angle) so many seconds after the road was empty."""
    import cv2

    from simulation.cameras.film import Film

    pose, light = pose_of(), LIGHTS[Weather.DAY]
    film = Film(asphalt(1), light, 3)
    counter = CameraCounter(site_of(pose), (), BackgroundDetector(fps), fps, (SIZE[0] * larger, SIZE[1] * larger))
    for number in range(int(fps * (EMPTY_S + lasts_s))):
        now_s = number / fps
        there = [(what, place) for what, way in actors if now_s >= EMPTY_S and (place := way(now_s - EMPTY_S)) is not None]
        image = film.develop(picture_of(pose, [Placed(what, *place) for what, place in there], light), number, now_s)
        if larger > 1:
            image = cv2.resize(image, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)
        yield counter.see(VideoFrame(number, now_s, image))


def told(results: Iterator[FrameResult], crossing_m: tuple[float, float] | None = None) -> list[Incident]:
    """``crossing_m``: a crossing is drawn from there to there, upstream of the stop line."""
    site = site_of(pose_of())
    if crossing_m is not None:
        (begin, end), beside = crossing_m, 6.0
        corners = np.array([(begin, -beside, 0.0), (end, -beside, 0.0), (end, beside, 0.0), (begin, beside, 0.0)])
        area = tuple((float(x), float(y)) for x, y in pose_of().pixels(corners)[0])
        site = site.model_copy(update={"zones": (Zone(name="zebra", kind="crossing", area=area),)})
    watch = IncidentWatch(site, FPS, SIZE, classifies=False)
    found = {one.number: one for result in results for one in watch.see(result)}
    found.update({one.number: one for one in watch.finish()})
    return list(found.values())


def across(far_m: float, pace_mps: float = 1.3) -> Way:
    return lambda since_s: (far_m, pace_mps * since_s - 7.0, math.pi / 2)


@pytest.mark.parametrize("far_m", [10.0, 35.0])
def test_who_walks_across_is_told_of(far_m: float) -> None:
    (one,) = told(seen((WALKER, across(far_m))))
    assert one.kind is IncidentKind.PEDESTRIAN and one.place.at_m is not None
    assert one.place.at_m[0] == pytest.approx(far_m, abs=OFF_M) and abs(one.place.at_m[1]) < 5.0
    assert one.told_s - (EMPTY_S + (7.0 - 4.8) / 1.3) < 4.0, "three lanes of 3.2 m begin 4.8 m beside the middle"


def test_far_away_who_is_tall_and_blurred_is_told_of_too() -> None:
    tall = body(RoadUser.PEDESTRIAN, 0.4, 0.9, 2.0, "walker", 1)
    assert [one.kind for one in told(seen((tall, across(48.0))))] == [IncidentKind.PEDESTRIAN]


def test_on_a_crossing_nobody_is_told_of_though_he_is_found_beyond_it() -> None:
    results = list(seen((WALKER, across(20.0))))
    assert told(iter(results), (17.0, 20.2)) == []
    assert [one.kind for one in told(iter(results), (5.0, 9.0))] == [IncidentKind.PEDESTRIAN]


def test_a_walker_is_where_he_walks_and_none_of_the_tracks() -> None:
    *_, at = (r for r in seen((WALKER, across(20.0)), lasts_s=5.6))
    assert at.walkers is not None
    (walker,) = at.walkers
    assert walker.track < 0 and walker.kind is RoadUser.PEDESTRIAN and walker.place_m is not None
    assert abs(walker.place_m[0] - 20.0) < OFF_M and walker.place_m[1] == pytest.approx(1.3 * 5.4 - 7.0, abs=0.6)
    assert walker.speed_mps == pytest.approx(1.3, abs=0.4)


def test_of_larger_images_less_is_looked_at_and_places_stay() -> None:
    *_, at = (r for r in seen((WALKER, across(20.0)), lasts_s=5.6, larger=3))
    assert at.walkers is not None
    (walker,) = at.walkers
    assert walker.place_m is not None
    assert abs(walker.place_m[0] - 20.0) < OFF_M and walker.place_m[1] == pytest.approx(1.3 * 5.4 - 7.0, abs=0.6)
    assert walker.box[3] - walker.box[1] > 50.0, "in pixels of the image"


def test_traffic_is_nobody_on_foot() -> None:
    """A car passes, another stops at the line and drives on, motorcycles filter and wait beside it."""
    def drives(lane: float, speed_mps: float) -> Way:
        return lambda since_s: (90.0 - speed_mps * since_s, 3.2 * lane, math.pi) if speed_mps * since_s < 100.0 else None

    def stops(aside_m: float, at_m: float) -> Way:
        def place(since_s: float) -> tuple[float, float, float]:
            return max(at_m, 80.0 - 8.0 * since_s) - 3.0 * max(0.0, since_s - 14.0), aside_m, math.pi
        return place

    results = list(seen((CAR, drives(1, 12.0)), (MOTORCYCLE, drives(-1, 7.0)), (CAR, stops(0.0, 2.0)),
                        (MOTORCYCLE, stops(1.6, 3.0)), (MOTORCYCLE, stops(-1.5, 9.0)), lasts_s=22.0))
    assert [one.kind for one in told(iter(results)) if one.kind is IncidentKind.PEDESTRIAN] == []


def test_who_walks_along_the_road_is_seen_and_not_told_of() -> None:
    """By shape and pace alone he could be a motorcycle in a slow queue."""
    results = list(seen((WALKER, lambda since_s: (40.0 - 1.3 * since_s, 1.0, math.pi)), lasts_s=10.0))
    assert told(iter(results)) == []


def test_where_too_few_images_come_nobody_is_looked_for() -> None:
    assert {r.walkers for r in seen((WALKER, across(20.0)), lasts_s=2.0, fps=3.0)} == {None}


def test_many_images_a_second_are_not_all_looked_at() -> None:
    results = list(seen((WALKER, across(20.0)), lasts_s=4.0, fps=20.0))
    places = [r.walkers for r in results if r.walkers]
    assert len(places) > 10 and len(set(places)) <= 1 + len(places) / 4
