"""Parts of one vehicle are counted once; two vehicles close together are two."""

from __future__ import annotations

import pytest

from detectors.counting.doubles import Doubles
from detectors.counting.line import CountLine, Crossing, Direction, LineWatch, Point

FPS = 25.0
LINE = CountLine(0, 200, 639, 200)
Track = list[tuple[float, float, float, float]]
"""Middle, width and height, image by image."""


def counted(*tracks: Track, ended: tuple[int, ...] = ()) -> list[int]:
    """Who of the tracks is counted; those in ``ended`` are gone after their last image."""
    last: dict[int, Point] = {}
    doubles = Doubles(LINE, lambda track: last.get(track))
    watches = [LineWatch(LINE) for _ in tracks]
    found = []
    for image in range(max(map(len, tracks))):
        told: list[tuple[int, Crossing]] = []
        for i, track in enumerate(tracks):
            if image < len(track):
                last[i] = Point(image, *track[image])
                crossing = watches[i].see(last[i])
                if crossing is not None:
                    told.append((i, crossing))
            elif i in ended:
                last.pop(i, None)
        found += [i for i, crossing in told if not doubles.is_part(crossing, crossing.frame / FPS, i)]
    return found


def drive(x: float, begin_y: float, width: float, height: float, *, images: int = 60, pace: float = 6.0) -> Track:
    return [(x, begin_y - pace * i, width, height) for i in range(images)]


def test_a_bonnet_and_a_boot_are_one_car() -> None:
    front, rear = drive(300, 320, 50, 20), drive(302, 360, 46, 20, images=35)
    # Soon the front's box is the whole car's.
    front = front[:25] + [(x, y + 20, w, 60) for x, y, w, _ in front[25:]]
    assert counted(front, rear, ended=(1,)) == [0]


def test_two_cars_behind_one_another_are_two() -> None:
    assert counted(drive(300, 320, 50, 40), drive(302, 410, 50, 40)) == [0, 1]


def test_two_cars_side_by_side_are_two() -> None:
    assert sorted(counted(drive(300, 320, 50, 40), drive(345, 330, 50, 40))) == [0, 1]


def test_who_was_one_box_at_the_line_and_comes_apart_is_two() -> None:
    both = drive(300, 330, 110, 60, images=25) + [(265 - 2 * i, 180 - 6 * i, 50, 40) for i in range(35)]
    other = [(340 + 2 * i, 225 - 6 * i, 50, 40) for i in range(30)]
    late = [(340.0, 400.0 - 6 * i, 50.0, 40.0) for i in range(25)]
    assert sorted(counted(both, late + other)) == [0, 1]


@pytest.mark.parametrize("direction", list(Direction))
def test_one_who_comes_alone_is_no_part_of_himself(direction: Direction) -> None:
    doubles = Doubles(LINE, lambda track: None)
    crossing = Crossing(10.0, direction, 300, 200, 300, 50, 40, 6)
    assert not doubles.is_part(crossing, 0.4, 1)
    assert not doubles.is_part(crossing, 0.5, 1)
    assert doubles.is_part(crossing, 0.5, 2)
    assert not doubles.is_part(crossing, 1.5, 3)
