"""What every kind shares: gaps, clocks that jump, images of another size, and nothing that grows for ever."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.counting.results import FrameResult, SeenTrack
from detectors.incidents.scene import Outline
from detectors.incidents.watch import IncidentWatch
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import FPS, SIZE, drives, frames, site, stops


def run(watch, actors, until_s, shift_s=0.0, from_s=0.0, green=None):
    told = []
    for frame in frames(actors, until_s, from_s=from_s):
        told += watch.see(FrameResult(frame.number, frame.time_s + shift_s, frame.tracks), green)
    return told


def test_after_a_gap_who_stands_there_may_be_somebody_else():
    """The stream is away for three minutes, and the tracker, which counts images, gives the next queue the old numbers."""
    watch = IncidentWatch(site(groups=False), FPS, SIZE)
    assert run(watch, [stops(1, 1.0, 60.0, 500.0)], 20.0) == []
    assert run(watch, [stops(1, 1.0, 60.0, 500.0)], 40.0, shift_s=180.0, from_s=20.0) == []


def test_gap_closes_what_was_open():
    watch = IncidentWatch(site(), FPS, SIZE)
    (opened,) = run(watch, [stops(1, 1.0, 60.0, 500.0)], 60.0, green={"west_0": True})
    told = run(watch, [], 61.0, shift_s=100.0, from_s=60.0)
    assert [(i.number, i.open, i.cleared) for i in told] == [(opened.number, False, "no longer seen")]


def test_clock_that_goes_back_begins_anew():
    watch = IncidentWatch(site(), FPS, SIZE)
    run(watch, [stops(1, 1.0, 60.0, 500.0)], 60.0, green={"west_0": True})
    told = run(watch, [stops(1, 1.0, 60.0, 500.0)], 60.0, green={"west_0": True})
    assert [i.cleared for i in told] == ["time went back", ""], "and it is found again"


def larger(frame):
    return tuple(t._replace(box=tuple(2 * v for v in t.box), foot=(2 * t.foot[0], 2 * t.foot[1])) for t in frame.tracks)


def test_images_twice_as_large_as_the_site_file_says():
    half = site()
    large = IncidentWatch(half, FPS, (SIZE[0] * 2, SIZE[1] * 2))
    told = []
    for frame in frames([drives(1, 1.0, x1=85.0, x2=5.0)], 12.0):
        told += large.see(FrameResult(frame.number, frame.time_s, larger(frame)))
    assert [(i.kind.value, i.place.lane) for i in told][:1] == [("wrong_way", "west_0")]


def test_images_that_change_their_size_begin_everything_anew():
    watch, told = IncidentWatch(site(), FPS, SIZE), []
    actors = [stops(1, 1.0, 60.0, 500.0, y=23.5), drives(2, 42.0, x1=85.0, x2=5.0)]
    for frame in frames(actors, 55.0):
        large = frame.time_s >= 40.0
        watch.resize((2 * SIZE[0], 2 * SIZE[1]) if large else SIZE)
        tracks = larger(frame) if large else frame.tracks
        told += watch.see(FrameResult(frame.number, frame.time_s, tracks), {"west_0": True, "west_1": True})
    assert [(i.kind.value, i.open, i.cleared) for i in told[:2]] == [
        ("stopped_vehicle", True, ""), ("stopped_vehicle", False, "the image changed its size")]
    assert told[1].end_s is not None and abs(told[1].end_s - 40.0) < 0.5
    wrong = told[2]
    assert (wrong.kind.value, wrong.place.lane) == ("wrong_way", "west_0"), "on the half that small images had not"
    assert wrong.place.box is not None and wrong.place.box[3] > 1.5 * 20.0 * 10.0


def test_nothing_grows_for_ever():
    watch = IncidentWatch(site(), FPS, SIZE)
    actors = [drives(i, 2.0 * i) for i in range(60)] + [stops(100 + i, 3.0 + 9 * i, 60.0, 9.0 + 9 * i, y=23.5) for i in range(12)]
    for i, actor in enumerate(actors[60:]):
        actor.numbers = [(0.0, 100 + i), (8.0 + 9 * i, 300 + i)]
    run(watch, actors, 150.0)
    run(watch, [], 300.0, from_s=150.0)
    watchers = (*watch._of_boxes, *watch._of_people, *watch._of_each)
    kept = {name: value for w in watchers for name, value in vars(w).items() if isinstance(value, dict)}
    assert not watch._each._by_track and not watch._each.hidden and not watch._each._fresh
    of_lanes = ("_lanes", "_ahead", "_against")
    assert all(set(kept[name]) <= {lane.id for lane in site().lanes} for name in of_lanes if name in kept)
    assert {name: len(value) for name, value in kept.items() if name not in of_lanes} == {
        "_cases": 0, "_box_cases": 0, "_each_cases": 0, "_held": 0, "_at": 0, "_walkers": 0, "_groups": 0}
    assert all(not lane.speeds for w in watch._of_each if hasattr(w, "_lanes") for lane in w._lanes.values())


# To a hundredth of a pixel: on smaller ones the two ways of reckoning may differ.
NUMBERS = st.integers(-500_000, 500_000).map(lambda n: n / 100)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), NUMBERS, NUMBERS, st.floats(0, 900), st.floats(0, 900),
                          st.sampled_from(list(RoadUser)), st.floats(0.0, 4.0)), max_size=25))
def test_whatever_a_tracker_says_nothing_breaks(rows):
    """Boxes outside the image, without area, of any kind, at any moment."""
    watch, now_s = IncidentWatch(site(), FPS, SIZE), 0.0
    for i, (track, x, y, wide, high, kind, step_s) in enumerate(rows):
        now_s += step_s
        seen = SeenTrack(track, kind, 0.5, (x, y, x + wide, y + high), (x + wide / 2, y + high), place_m=(x / 10, y / 10))
        watch.see(FrameResult(i, now_s, (seen,)), {"west_0": i % 3 == 0})
    assert all(not one.open for one in watch.finish())


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=3), NUMBERS, NUMBERS)
def test_inside_a_triangle_is_inside(corners, x, y):
    outline = Outline(corners)
    middle = (sum(c[0] for c in corners) / 3, sum(c[1] for c in corners) / 3)
    area = abs((corners[1][0] - corners[0][0]) * (corners[2][1] - corners[0][1])
               - (corners[2][0] - corners[0][0]) * (corners[1][1] - corners[0][1])) / 2
    if area > 10.0:
        assert outline.inside_px(*middle) > 0
    far = outline.inside_px(x, y)
    signs = [(b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
             for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    if area > 10.0 and min(abs(s) for s in signs) > 1.0:
        assert (far > 0) is (all(s > 0 for s in signs) or all(s < 0 for s in signs))
