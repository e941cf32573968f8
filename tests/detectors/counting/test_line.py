"""Lines: who crosses is counted once, in the right direction; who trembles, parks, or is hidden for a while is not."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.line import CountLine, Crossing, Direction, LineWatch, Point
from detectors.counting.path import Path
from detectors.errors import CameraError

ACROSS = CountLine(0, 200, 639, 200)
"""Walked from the left of the image to its right: the upper half is on the walker's left."""


def seen(watch: LineWatch, places: list[tuple[float, float]], *, width: float = 60, height: float = 40) -> list[Crossing]:
    found = (watch.see(Point(i, x, y, width, height)) for i, (x, y) in enumerate(places))
    return [crossing for crossing in found if crossing is not None]


def straight(begin: tuple[float, float], end: tuple[float, float], images: int = 40) -> list[tuple[float, float]]:
    return [(begin[0] + (end[0] - begin[0]) * i / (images - 1), begin[1] + (end[1] - begin[1]) * i / (images - 1))
            for i in range(images)]


def test_who_goes_up_the_image_crosses_from_the_walkers_right_to_the_left() -> None:
    [crossing] = seen(LineWatch(ACROSS), straight((300, 300), (300, 100)))
    assert crossing.direction is Direction.RIGHT_TO_LEFT
    assert crossing.frame == pytest.approx(19.5)
    assert crossing.y == pytest.approx(200)


def test_a_line_walked_the_other_way_turns_the_direction_round() -> None:
    [crossing] = seen(LineWatch(CountLine(639, 200, 0, 200)), straight((300, 300), (300, 100)))
    assert crossing.direction is Direction.LEFT_TO_RIGHT


@given(angle=st.floats(0, 2 * math.pi), x=st.floats(150, 490), y=st.floats(120, 240), pace=st.integers(8, 120),
       width=st.floats(8, 120), height=st.floats(8, 120))
def test_whoever_drives_straight_over_a_line_is_counted_once_whatever_the_angle(
        angle: float, x: float, y: float, pace: int, width: float, height: float) -> None:
    line = CountLine(x - 400 * math.cos(angle), y - 400 * math.sin(angle), x + 400 * math.cos(angle), y + 400 * math.sin(angle))
    across = (-math.sin(angle) * 260, math.cos(angle) * 260)
    found = seen(LineWatch(line), straight((x - across[0], y - across[1]), (x + across[0], y + across[1]), pace),
                 width=width, height=height)
    # The left hand of the walker is at minus the normal, because the image's y points down.
    assert [c.direction for c in found] == [Direction.LEFT_TO_RIGHT]
    assert line.side_px(found[0].x, found[0].y) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("on_road", "counted"), [(True, 1), (False, 0)])
def test_seen_from_the_side_a_bus_drives_in_the_lane_that_its_wheels_are_in(on_road: bool, counted: int) -> None:
    """Its middle is up where the next lane is."""
    lane = CountLine(300, 200, 300, 230)
    found = seen(LineWatch(lane, on_road=on_road), straight((50, 150), (600, 150)), width=160, height=120)
    assert len(found) == counted
    if found:
        assert found[0].along_px == pytest.approx(10.0, abs=1.0)


@given(seed=st.integers(0, 1000), tremble=st.floats(0, 6), stops=st.integers(1, 20))
def test_a_car_that_stops_and_goes_on_the_line_is_counted_once(seed: int, tremble: float, stops: int) -> None:
    dice = random.Random(seed)
    places: list[tuple[float, float]] = []
    y = 300.0
    while y > 100:
        y -= 200 / stops / 10
        places += [(300 + dice.gauss(0, tremble), y + dice.gauss(0, tremble)) for _ in range(3)]
    assert len(seen(LineWatch(ACROSS), places)) == 1


@given(seed=st.integers(0, 1000), y=st.floats(150, 250))
def test_a_parked_car_whose_box_trembles_is_never_counted(seed: int, y: float) -> None:
    dice = random.Random(seed)
    watch = LineWatch(ACROSS)
    for i in range(300):
        # Its box grows and shrinks as people walk by in front of it, too.
        height = 40 * dice.uniform(0.75, 1.0)
        assert watch.see(Point(i, 300 + dice.gauss(0, 1.5), y + dice.gauss(0, 1.5) - (40 - height) / 2, 60, height)) is None


def test_who_turns_round_beyond_the_line_is_counted_once_each_way() -> None:
    there, back = straight((300, 300), (300, 100)), straight((300, 100), (300, 300))
    assert [c.direction for c in seen(LineWatch(ACROSS), there + back + there + back)] == [Direction.RIGHT_TO_LEFT,
                                                                                           Direction.LEFT_TO_RIGHT]


def test_a_number_that_is_handed_on_to_who_comes_the_other_way_counts_him() -> None:
    """Two meet just beyond the line and are one box for a moment; the number goes back, at an even pace."""
    there, back = straight((300, 300), (300, 150)), straight((300, 150), (300, 240), images=12)
    assert [c.direction for c in seen(LineWatch(ACROSS), there + back)] == [Direction.RIGHT_TO_LEFT, Direction.LEFT_TO_RIGHT]
    # What comes back in leaps is another splinter of the one that has gone.
    leaps = [(300.0, y) for y in (150, 152, 190, 191, 214, 216, 239, 240)]
    assert [c.direction for c in seen(LineWatch(ACROSS), there + leaps)] == [Direction.RIGHT_TO_LEFT]


def test_who_comes_up_to_the_line_and_goes_back_is_not_counted() -> None:
    there = straight((300, 300), (300, 206))
    assert seen(LineWatch(ACROSS), there + there[::-1]) == []


def test_who_passes_beside_the_line_is_not_counted() -> None:
    assert seen(LineWatch(CountLine(0, 200, 250, 200)), straight((300, 300), (300, 100))) == []
    assert len(seen(LineWatch(CountLine(0, 200, 285, 200)), straight((300, 300), (300, 100)))) == 1


def test_who_is_found_late_with_the_rear_before_the_line_still_is_counted() -> None:
    assert len(seen(LineWatch(ACROSS), straight((300, 190), (300, 100)))) == 1
    assert seen(LineWatch(ACROSS), straight((300, 170), (300, 60))) == []


def test_splinters_under_one_number_that_end_up_beyond_the_line_are_nobody() -> None:
    # A piece of somebody who drives up, then one of what is left below the line, as seen at 352 × 288.
    pieces = [(105, 169, 12, 13), (103, 172, 7, 7), (103, 170, 12, 12), (102, 175, 17, 19), (102, 177, 15, 18),
              (102, 177, 14, 18), (94, 184, 14, 16), (90, 185, 13, 15), (89, 185, 13, 15), (89, 185, 13, 14), (89, 185, 13, 14)]
    watch = LineWatch(CountLine(0, 176, 351, 176))
    assert all(watch.see(Point(15 + i, *piece)) is None for i, piece in enumerate(pieces))


def test_a_short_way_is_enough_where_the_steps_are_alike() -> None:
    places = [(300.0, 235.0 - 14 * i) for i in range(7)]
    assert len(seen(LineWatch(ACROSS), places, width=80, height=90)) == 1


def test_images_that_are_lost_make_no_steps_unlike() -> None:
    """Who was not found in four images drove on meanwhile: of his step an image's share counts."""
    watch = LineWatch(CountLine(100, 0, 100, 200))
    places = [(0, 90.0), (1, 94.0), (6, 114.0), (7, 118.0), (8, 122.0), (9, 126.0)]
    told = [watch.see(Point(frame, x, 100.0, 40.0, 40.0)) for frame, x in places]
    assert [one.direction for one in told if one is not None] == [Direction.RIGHT_TO_LEFT]


@pytest.mark.parametrize("points", [(5, 5, 5, 5), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)])
def test_a_line_that_is_none_is_refused_in_one_line(points: tuple[float, float, float, float]) -> None:
    with pytest.raises(CameraError, match="line"):
        CountLine(*points)


def boxes(y: float, *, size: float = 60, image: int = 360) -> tuple[float, float, float, float]:
    """What a detector sees of a vehicle whose middle is at ``y``: its box, cut off at the image's edges."""
    return 300, max(0, y - size / 2), 300 + size, min(image, y + size / 2)


@pytest.mark.parametrize(("line_y", "begin", "end"), [(345, 400, 100), (355, 400, 100), (12, 300, -40), (3, 300, -40),
                                                    (352, 60, 400)])
def test_lines_near_the_edge_count_who_comes_in_or_leaves_there(line_y: float, begin: float, end: float) -> None:
    path, watch = Path(640, 360, 30.0), LineWatch(CountLine(0, line_y, 639, line_y))
    found = []
    for i, (_, y) in enumerate(straight((0, begin), (0, end), 60)):
        box = boxes(y)
        if box[3] - box[1] > 8:
            found += [c for p in path.add(i, box) if (c := watch.see(p)) is not None]
    found += [c for p in path.end() if (c := watch.see(p)) is not None]
    assert [c.direction for c in found] == [Direction.RIGHT_TO_LEFT if begin > end else Direction.LEFT_TO_RIGHT]


def test_who_stands_at_the_edge_has_not_left_by_it() -> None:
    path, watch = Path(640, 360, 30.0), LineWatch(CountLine(0, 345, 639, 345))
    points = [p for i in range(200) for p in path.add(i, (300, 310, 360, 360))]
    assert all(watch.see(p) is None for p in points + path.end())
