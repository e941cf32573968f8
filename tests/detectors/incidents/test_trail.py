"""Whether somebody was ever seen to drive, far from the camera, where metres are few pixels."""

from __future__ import annotations

import pytest

from detectors.counting.results import SeenTrack
from detectors.incidents.limits import IncidentLimits
from detectors.incidents.trail import Trail, sample_of
from detectors.vision.road_users import RoadUser

ROW_M = 1.8
"""A row of the masks there, of which each is two of the image."""


def seen(track: int, away_m: float) -> SeenTrack:
    foot_px = 160.0 - 2.0 * away_m / ROW_M
    box = (300.0, foot_px - 14.0, 317.0, foot_px)
    return SeenTrack(track, RoadUser.VEHICLE, 0.8, box, ((box[0] + box[2]) / 2, box[3]), (away_m, 0.0), unsure_m=ROW_M)


def trail_of(track: int, come_m: float) -> Trail:
    """Drives in from 62 m and stands, having come so far."""
    first, limits = seen(track, 62.0), IncidentLimits()
    trail = Trail.begun(1, first, sample_of(0.0, first, cut=False))
    for number in range(1, 30):
        now = seen(track, 62.0 - min(come_m, 1.5 * number))
        trail.see(now, sample_of(0.2 * number, now, cut=False), limits)
    return trail


@pytest.mark.parametrize(("track", "come_m", "moved"), [(-3, 7.5, True), (-3, 6.0, False), (3, 7.5, False), (3, 20.0, True)])
def test_who_is_followed_has_driven_who_came_farther_than_his_place_can_be_wrong_by(track: int, come_m: float,
                                                                                    moved: bool) -> None:
    """7.5 m are eight pixels there, half of its box; of who is followed it is known to 2.7 m where he is."""
    trail = trail_of(track, come_m)
    assert trail.moved is moved and trail.stands()
