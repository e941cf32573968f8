"""A lane that counts nothing beside busy ones is not believed, however well the camera sees."""

from __future__ import annotations

from detectors.camera.site import CameraLane, CameraSite, ImageSize
from detectors.counting.line import Direction
from detectors.counting.plausibly import PlausibleLanes
from detectors.counting.results import CountEvent, FrameResult
from detectors.observation import LaneObservation, Quality
from detectors.vision.road_users import RoadUser

LANES = ("a", "b", "c")
SITE = CameraSite(image=ImageSize(width=300, height=200), lanes=tuple(
    CameraLane(id=name, area=((100 * i, 0), (100 * i + 99, 0), (100 * i + 99, 150)), stop_line=((100 * i, 150), (100 * i + 99, 150)))
    for i, name in enumerate(LANES)))


def result(time_s: float, counted: str | None, quality: Quality = Quality.GOOD) -> FrameResult:
    events = () if counted is None else (
        CountEvent(0, time_s, counted, counted, Direction.LEFT_TO_RIGHT, RoadUser.CAR, 1),)
    reason = "" if quality is Quality.GOOD else "dark"
    lanes = {name: LaneObservation(name, time_s, 100.0, (), 0, 0.0, 0.0, {}, quality, reason) for name in LANES}
    return FrameResult(int(time_s), time_s, (), events, lanes)


def run(silent_from_s: float, until_s: int, quality: Quality = Quality.GOOD) -> FrameResult:
    watch = PlausibleLanes(SITE)
    for t in range(until_s):
        lane = LANES[t // 4 % 3] if t % 4 == 0 else None
        seen = watch.see(result(float(t), None if lane == "b" and t >= silent_from_s else lane, quality))
    return seen


def test_three_busy_lanes_are_believed() -> None:
    assert {lane.quality for lane in run(1e9, 1800).lanes.values()} == {Quality.GOOD}


def test_a_lane_gone_silent_beside_busy_ones_is_not() -> None:
    lanes = run(600.0, 1800).lanes
    assert lanes["b"].quality is Quality.BAD and "neighbours counted" in lanes["b"].reason
    assert lanes["a"].quality is lanes["c"].quality is Quality.GOOD


def test_a_fault_of_the_view_is_not_made_better() -> None:
    lanes = run(600.0, 1800, Quality.BAD).lanes
    assert {lane.quality for lane in lanes.values()} == {Quality.BAD} and lanes["b"].reason == "dark"
