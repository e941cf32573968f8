"""What can hardly be meant is said, and what is drawn as it should be is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.camera.doubts import doubts
from detectors.camera.fit import ground_of
from detectors.camera.quality import doubtful, judge
from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint, LaneRole, Pixel
from tests.detectors.camera.pinhole import Pinhole

CAMERA = Pinhole()
MARKS = ((-4.0, 20.0), (4.0, 20.0), (4.0, 60.0), (-4.0, 60.0))


def site(near_m: float = 20.0, far_m: float = 60.0, *, wide_m: float = 3.5, stop_m: float | None = None, times: float = 1.0,
         along: float = 1.0, role: LaneRole = LaneRole.APPROACH, turned: int = 0, reverse: bool = False) -> CameraSite:
    """One lane; metres are told ``times`` too large, and ``along`` times more of those along the road."""
    def px(x_m: float, y_m: float) -> Pixel:
        return CAMERA.pixel(x_m, y_m)

    left, right = -wide_m / 2, wide_m / 2
    area = [px(left, near_m), px(right, near_m), px(right, far_m), px(left, far_m)]
    area = (area[turned:] + area[:turned])[::-1 if reverse else 1]
    stop_m = near_m if stop_m is None else stop_m
    lane = CameraLane(id="N1", area=tuple(area), stop_line=(px(left, stop_m), px(right, stop_m)), role=role)
    points = tuple(KnownPoint(px=px(x, y), m=(times * x, times * along * y)) for x, y in MARKS)
    image = ImageSize(width=CAMERA.width, height=CAMERA.height)
    return CameraSite(image=image, lanes=(lane,), homography=Homography(points=points))


@given(st.integers(0, 3), st.booleans(), st.sampled_from([20.0, 60.0]), st.floats(2.0, 8.0), st.sampled_from(LaneRole))
def test_a_lane_as_it_should_be(turned: int, reverse: bool, stop_m: float, wide_m: float, role: LaneRole) -> None:
    good = site(turned=turned, reverse=reverse, stop_m=stop_m, wide_m=wide_m, role=role)
    assert doubts(good, ground_of(good)) == () == doubts(good, None)


@pytest.mark.parametrize(("odd", "said"), [
    (site(times=10.0), "no lane is as wide as the stop line of lane N1 (35.0 m)"),
    (site(times=3.281), "no lane is as wide as the stop line of lane N1 (11.5 m)"),
    (site(times=0.3048), "no lane is as wide as the stop line of lane N1 (1.1 m)"),
    (site(times=10.0), "the road plane tells no camera between 2.5 and 60 m high"),
    (site(20.0, 26.0), "too little is drawn of lane N1 (6.0 m)"),
    (site(stop_m=30.0), "the stop line runs through the middle of lane N1")])
def test_what_can_hardly_be_meant(odd: CameraSite, said: str) -> None:
    told = doubts(odd, ground_of(odd))
    assert [words for words in told if words.startswith(said)], told
    assert set(told) <= set(judge(odd).warnings)


def test_without_metres_a_stop_line_in_the_middle_is_said_still() -> None:
    odd = site(stop_m=30.0).model_copy(update={"homography": None})
    assert len(doubts(odd, None)) == 1 and set(doubts(odd, None)) <= set(judge(odd).warnings)


def test_boxes_need_no_long_lane() -> None:
    """Looking straight down, the road plane tells no lens and nobody is followed."""
    lane = CameraLane(id="N1", area=((0, 0), (200, 0), (200, 400), (0, 400)), stop_line=((0, 400), (200, 400)))
    plane = tuple(KnownPoint(px=(x, y), m=(x / 60, y / 60)) for x, y in ((0, 0), (700, 0), (700, 400), (0, 400)))
    above = CameraSite(image=ImageSize(width=768, height=432), lanes=(lane,), homography=Homography(points=plane))
    said, = doubts(above, ground_of(above))
    assert said.startswith("the road plane tells no camera")


def test_of_an_exit_little_may_be_drawn() -> None:
    little = site(20.0, 26.0, role=LaneRole.EXIT)
    assert doubts(little, ground_of(little)) == ()


@given(st.integers(0, 5), st.sampled_from([-6.0, 5.0, 8.0]))
def test_points_that_contradict_each_other_are_said_when_it_is_counted_with_too(which: int, off_m: float) -> None:
    marks = [(x, y) for y in (20.0, 35.0, 60.0) for x in (-4.0, 4.0)]
    good = site()
    right = [KnownPoint(px=CAMERA.pixel(x, y), m=(x, y)) for x, y in marks]
    (x, y), px = marks[which], right[which].px
    mistyped = [*right[:which], KnownPoint(px=px, m=(x, y + off_m)), *right[which + 1:]]
    for points, said in ((right, False), (mistyped, True)):
        told = doubtful(good.model_copy(update={"homography": Homography(points=tuple(points))}))
        assert ("off in the mean" in " ".join(told)) == said


@given(st.floats(-1.0, 1.0), st.booleans())
def test_a_lane_under_one_named_before_it_is_said_and_a_neighbour_is_not(over: float, with_metres: bool) -> None:
    one = site(wide_m=4.0)

    def beside(x_m: float) -> CameraLane:
        corners = tuple(CAMERA.pixel(x, y) for x, y in ((x_m, 20.0), (x_m + 4.0, 20.0), (x_m + 4.0, 60.0), (x_m, 60.0)))
        return one.lanes[0].model_copy(update={"id": "N2", "area": corners, "stop_line": corners[:2]})

    # The first lane lies from -2 to 2 m.
    for x_m, said in ((2.0 + 0.6 * over, False), (0.6 * over, True)):
        two = one.model_copy(update={"lanes": (*one.lanes, beside(x_m))})
        told = " ".join(doubts(two, ground_of(two) if with_metres else None))
        assert ("over a part of lane N2" in told) == said, told
