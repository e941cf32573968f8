"""Who drives against a lane among its traffic is one box with it: he goes back along the lane that he is followed in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detectors.counting.results import FrameResult, SeenTrack
from detectors.incidents.incident import Incident, IncidentKind
from detectors.incidents.watch import IncidentWatch
from detectors.quality.watch import ViewQuality
from detectors.vision.road_users import RoadUser
from tests.detectors.incidents.street import FPS, SIZE, Actor, frames, site, stops

AGAINST = Actor(1, ((5.0, 80.0, 20.0), (17.0, 8.0, 20.0)))


def told(actors: list[Actor], *, boxes: bool = False, until_s: float = 30.0, moved_until_s: float = 0.0,
         classifies: bool = False) -> list[Incident]:
    """All are followed. Their boxes are one, around them and much of the street; or, with ``boxes``, each its own as well. The
    camera looks elsewhere until ``moved_until_s``."""
    watch, found = IncidentWatch(site(), FPS, SIZE, classifies=classifies), {}
    for result in frames(actors, until_s):
        each = tuple(t._replace(track=-1 - t.track, lane="west_0") for t in result.tracks)
        around = (SeenTrack(0, RoadUser.VEHICLE, 0.9, (10.0, 182.0, 890.0, 218.0), (450.0, 200.0), (45.0, 20.0), lane="west_0"),)
        shown = result.tracks if boxes else around if each else ()
        found.update({i.number: i for i in watch.see(replace(result, tracks=shown, followed={"west_0": each}),
                                                     quality=ViewQuality(moved=result.time_s < moved_until_s))})
    found.update({i.number: i for i in watch.finish()})
    return [one for one in found.values() if one.kind is not IncidentKind.CAMERA_MOVED]


@pytest.mark.parametrize("boxes", [False, True])
def test_he_is_told_once(boxes: bool) -> None:
    (one,) = told([AGAINST], boxes=boxes)
    assert one.kind is IncidentKind.WRONG_WAY and one.place.lane == "west_0"
    assert one.start_s == pytest.approx(5.0, abs=0.5) and one.end_s == pytest.approx(17.0, abs=0.5)


def test_he_is_told_once_where_his_number_changes_on_the_way() -> None:
    (one,) = told([replace(AGAINST, numbers=[(0.0, 1), (12.0, 7)])])
    assert one.kind is IncidentKind.WRONG_WAY and one.end_s == pytest.approx(17.0, abs=0.5)


def test_he_is_there_until_he_is_seen_no_more_though_the_images_edge_cuts_him_off() -> None:
    (one,) = told([Actor(1, ((5.0, 80.0, 20.0), (25.0, 0.5, 20.0)), RoadUser.BUS)], boxes=True, until_s=35.0)
    assert one.kind is IncidentKind.WRONG_WAY and one.end_s == pytest.approx(25.0, abs=0.5)


def test_who_goes_back_a_little_or_slowly_does_not() -> None:
    assert told([Actor(1, ((5.0, 80.0, 20.0), (8.0, 68.0, 20.0), (25.0, 68.0, 20.0)))]) == []
    assert told([Actor(1, ((5.0, 80.0, 20.0), (25.0, 50.0, 20.0)))]) == []
    assert told([Actor(1, ((5.0, 80.0, 20.0), (7.0, 62.0, 20.0), (25.0, 62.0, 20.0)))]) == [], "slid along a queue"


def test_where_everybody_goes_back_the_camera_turns() -> None:
    assert told([Actor(i, ((5.0, 85.0 - 9 * i, 20.0), (9.0, 65.0 - 9 * i, 20.0))) for i in range(4)]) == []


@pytest.mark.parametrize(("moved_until_s", "classifies", "once"), [(10.0, False, False), (10.0, True, True), (0.0, False, True)])
def test_what_a_background_learnt_elsewhere_is_not_judged(moved_until_s: float, classifies: bool, once: bool) -> None:
    late = Actor(1, ((20.0, 80.0, 20.0), (29.0, 26.0, 20.0)))
    found = told([late], boxes=True, moved_until_s=moved_until_s, classifies=classifies)
    assert [one.kind for one in found] == [IncidentKind.WRONG_WAY] * once


@pytest.mark.parametrize("joined", [True, False])
def test_the_first_at_the_line_who_is_one_box_with_somebody_further_on_may_have_to_wait(joined: bool) -> None:
    """Who stands beyond the stop line is in no lane: only the box that both are in tells of him."""
    watch, found = IncidentWatch(site(), FPS, SIZE, classifies=False), {}
    for result in frames([stops(0, 0.0, 86.0, 90.0)], 60.0):
        each = tuple(t._replace(track=-1, lane="west_0") for t in result.tracks)
        ahead_px = 960.0 if joined else 0.0
        boxes = tuple(t._replace(kind=RoadUser.VEHICLE, box=(t.box[0], t.box[1], max(t.box[2], ahead_px), t.box[3]),
                                 foot=(max(t.box[2] - 22.0, ahead_px - 22.0), t.foot[1]),
                                 place_m=(max(t.box[2] - 22.0, ahead_px - 22.0) / 10, 20.0)) for t in result.tracks)
        shown: FrameResult = replace(result, tracks=boxes, followed={"west_0": each})
        found.update({i.number: i for i in watch.see(shown, {"west_0": result.time_s > 15.0})})
    assert [i.kind for i in found.values()] == ([] if joined else [IncidentKind.STOPPED_VEHICLE])
