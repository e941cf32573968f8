"""Ways drawn out beyond the image's edge: where somebody came in, though nobody knew him yet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.line import CountLine, Direction, LineWatch, Point
from detectors.counting.path import LATE_S, Path

WIDTH, HEIGHT, FPS = 640, 360, 30.0
WIDE, LONG = 80.0, 60.0


def came_in(gap_px: float, step_px: float, *, edge: str = "lower", images: int = 30) -> list[Point]:
    """The points of somebody who is found ``gap_px`` from an edge and drives away from it."""
    path, points = Path(WIDTH, HEIGHT, FPS), list[Point]()
    for i in range(images):
        away = gap_px + step_px * i
        if edge == "lower":
            box = (300.0, HEIGHT - away - LONG, 300.0 + WIDE, HEIGHT - away)
        elif edge == "upper":
            box = (300.0, away, 300.0 + WIDE, away + LONG)
        else:
            left = away if edge == "left" else WIDTH - away - WIDE
            box = (left, 150.0, left + WIDE, 150.0 + LONG)
        points += path.add(float(i), box)
    return points


@given(st.sampled_from(["lower", "upper", "left", "right"]), st.floats(4.0, 20.0), st.floats(0.0, 0.9))
def test_who_drives_fast_came_in_over_the_edge_though_found_late(edge: str, step_px: float, share: float) -> None:
    gap_px = share * LATE_S * FPS * step_px
    first = came_in(gap_px, step_px, edge=edge)[0]
    across, size, half = (first.y, HEIGHT, LONG / 2) if edge in ("lower", "upper") else (first.x, WIDTH, WIDE / 2)
    beyond_px = across + half - size if edge in ("lower", "right") else half - across
    # The whole of it was outside, or nearly so: the size of a box is the mean of its sides.
    assert first.frame < 0 and beyond_px > 0.8 * half


@given(st.sampled_from(["lower", "upper", "left", "right"]), st.floats(1.0, 5.0))
def test_who_is_found_well_within_the_image_came_from_nowhere(edge: str, step_px: float) -> None:
    assert came_in(20.0 + 2 * LATE_S * FPS * step_px, step_px, edge=edge)[0].frame == 0.0


@pytest.mark.parametrize("line_y", [340.0, 320.0, 300.0])
def test_a_line_between_the_edge_and_where_somebody_was_found_has_seen_him_pass_once(line_y: float) -> None:
    watch = LineWatch(CountLine(0.0, line_y, WIDTH - 1.0, line_y))
    crossings = [crossing for point in came_in(70.0, 16.0, images=15) if (crossing := watch.see(point)) is not None]
    assert [crossing.direction for crossing in crossings] == [Direction.RIGHT_TO_LEFT]


@pytest.mark.parametrize("drives", [True, False])
def test_who_leaves_draws_his_rear_after_him_and_what_only_grows_to_the_edge_does_not_leave(drives: bool) -> None:
    """A parking mark before the right edge grew downwards as the light changed, and was a car that left by the lower edge."""
    path = Path(WIDTH, HEIGHT, FPS)
    for i in range(8):
        top = 300.0 + (6.0 * i if drives else 0.0)
        path.add(float(i), (300.0, top, 340.0, min(HEIGHT - 1.0, 318.0 + 6.0 * i)))
    after = path.end()
    assert len(after) == drives
    assert all(point.y > HEIGHT for point in after)
