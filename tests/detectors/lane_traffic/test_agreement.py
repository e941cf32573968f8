"""Metres that do not fit the road are noticed: never silent zeros."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint
from detectors.counting.session import Session
from detectors.lane_traffic.agreement import DOUBT, FOLLOWED_SHARE, LEAST_BOXES, OVER_S, Agreement
from detectors.lane_traffic.vehicle import FASTEST_MPS
from detectors.observation import Quality
from detectors.video.source import Source
from detectors.vision.pick import detector_for


@given(st.lists(st.tuples(st.floats(0, 1000), st.booleans())))
def test_doubt_is_of_the_last_minutes_alone(noted: list[tuple[float, bool]]) -> None:
    agreement = Agreement()
    for time_s, box in sorted(noted):
        (agreement.box if box else agreement.followed)(time_s)
    recent = [box for time_s, box in noted if time_s > 1000.0 - OVER_S]
    boxes, followed = sum(recent), len(recent) - sum(recent)
    assert agreement.doubt(1000.0) == (DOUBT if boxes >= LEAST_BOXES and followed < FOLLOWED_SHARE * boxes else "")


def test_time_that_goes_back_begins_anew() -> None:
    agreement = Agreement()
    for i in range(LEAST_BOXES):
        agreement.box(100.0 + i)
    assert agreement.doubt(110.0) == DOUBT
    agreement.box(5.0)
    assert agreement.doubt(6.0) == ""


@pytest.mark.parametrize(("far_m", "quality"), [(40.0, Quality.GOOD), (60.0, Quality.DEGRADED)])
def test_a_lane_whose_length_was_measured_wrong_is_counted_all_the_same(shared_dir: Path, far_m: float, quality: Quality) -> None:
    """A motorway lane from a bridge, some 27 m long where it is drawn; 14 drive along it. Were it 40 m, they would drive at
    41 m/s; were it 60, faster than anybody does."""
    clip = shared_dir / "video" / "clips" / "saoyan_test.mp4"
    if not clip.exists():
        pytest.skip(f"no real clip at {clip}")
    assert FASTEST_MPS > 41.0
    corners = ((133.0, 340.0), (290.0, 340.0), (303.0, 110.0), (251.0, 110.0))
    metres = ((0.0, 0.0), (3.7, 0.0), (3.7, far_m), (0.0, far_m))
    lane = CameraLane(id="A", area=corners, stop_line=(corners[3], corners[2]))
    road = Homography(points=tuple(KnownPoint(px=px, m=m) for px, m in zip(corners, metres, strict=True)))
    site = CameraSite(image=ImageSize(width=640, height=360), lanes=(lane,), homography=road)
    with Source(str(clip)) as source:
        session = Session(source, detector_for(None, None, fps=source.facts.fps), site=site)
        *_, last = session
    assert last.result is not None
    seen = last.result.lanes["A"]
    assert seen.quality is quality and (seen.reason == DOUBT) == (quality is Quality.DEGRADED)
    assert session.counted >= (10 if quality is Quality.GOOD else 4)
