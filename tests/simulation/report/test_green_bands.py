"""Green bands on corridors small enough to draw on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.report.green_bands import band_share, corridor_bands, intersection, longest_stretch
from tests.simulation.report.records import corridor, track

WINDOW = (0.0, 120.0)


def test_two_junctions_by_hand() -> None:
    # 200 m at 10 m/s are 20 s. First green 10-40 and 70-100; second 40-60 and 90-130, that is 20-40 and 70-110 seen
    # from the first: bands 20-40 and 70-100.
    signals = [track("J0", [(10, 40), (70, 100)], 200), track("J1", [(40, 60), (90, 130)], 200)]
    bands = corridor_bands(corridor([0.0, 200.0]), signals, WINDOW, forward=True)
    assert [(b.start_s, b.end_s) for b in bands] == [(20.0, 40.0), (70.0, 100.0)]
    assert bands[0].travel_s == 20.0
    assert (bands[0].from_m, bands[0].to_m) == (0.0, 200.0)
    assert band_share(bands, WINDOW) == pytest.approx(50 / 120)


def test_back_starts_at_the_far_end() -> None:
    # Back: second green 40-60, 90-130; first seen from the second is 20 s earlier: 50-80. Common: 50-60.
    signals = [track("J0", [(10, 40), (70, 100)], 200), track("J1", [(40, 60), (90, 130)], 200)]
    bands = corridor_bands(corridor([0.0, 200.0]), signals, WINDOW, forward=False)
    assert [(b.start_s, b.end_s, b.from_m, b.to_m) for b in bands] == [(50.0, 60.0, 200.0, 0.0)]


def test_a_vehicle_at_corridor_speed_meets_green_through_the_whole_band() -> None:
    greens = {"J0": [(0, 25), (60, 95)], "J1": [(30, 62), (90, 140)], "J2": [(45, 80), (120, 170)]}
    road = corridor([0.0, 250.0, 400.0], speed_mps=12.5)
    bands = corridor_bands(road, [track(j, spans, 300) for j, spans in greens.items()], (0.0, 200.0), forward=True)
    assert bands
    for band in bands:
        for start in (band.start_s, (band.start_s + band.end_s) / 2, band.end_s):
            for junction, position in zip(road.junctions, road.position_m, strict=True):
                at = start + position / 12.5
                assert any(a <= at <= b for a, b in greens[junction])


def test_a_band_too_narrow_for_a_second_vehicle_is_no_band() -> None:
    signals = [track("J0", [(10, 40)], 200), track("J1", [(20, 31.5)], 200)]
    assert corridor_bands(corridor([0.0, 200.0]), signals, WINDOW, forward=True) == []
    assert len(corridor_bands(corridor([0.0, 200.0]), signals, WINDOW, forward=True, min_width_s=1.0)) == 1


def test_a_junction_without_a_through_group_holds_nobody_up() -> None:
    road = corridor([0.0, 100.0, 200.0])
    road.forward_groups[1] = ""
    signals = [track("J0", [(10, 40)], 200), track("J1", [], 200), track("J2", [(30, 60)], 200)]
    assert [(b.start_s, b.end_s) for b in corridor_bands(road, signals, WINDOW, forward=True)] == [(10.0, 40.0)]


def test_no_band_for_one_junction_or_none() -> None:
    assert corridor_bands(corridor([0.0]), [track("J0", [(10, 40)], 200)], WINDOW, forward=True) == []
    assert corridor_bands(corridor([]), [], WINDOW, forward=True) == []
    assert longest_stretch(corridor([0.0]), [track("J0", [(10, 40)], 200)], WINDOW, forward=True) is None


def test_the_longest_stretch_leaves_out_the_junction_that_breaks_the_band() -> None:
    signals = [track("J0", [(0, 60)], 300), track("J1", [(10, 70)], 300), track("J2", [], 300)]
    found = longest_stretch(corridor([0.0, 100.0, 200.0]), signals, WINDOW, forward=True)
    assert found is not None and not found.whole
    assert (found.first_name, found.last_name) == ("Name of J0", "Name of J1")
    assert found.share == pytest.approx(0.5)


def test_a_way_back_over_part_of_the_corridor_is_not_the_whole_of_it() -> None:
    row = corridor([0.0, 100.0, 200.0])
    row.forward_groups[2] = ""
    signals = [track(j, [(0, 300)], 300) for j in ("J0", "J1", "J2")]
    found = longest_stretch(row, signals, WINDOW, forward=True)
    assert found is not None and not found.whole
    assert (found.first_name, found.last_name) == ("Name of J0", "Name of J1")


def test_bands_that_began_before_the_window_still_cross_it() -> None:
    signals = [track("J0", [(30, 60), (90, 120)], 300), track("J1", [(50, 80), (110, 140)], 300)]
    found = longest_stretch(corridor([0.0, 200.0]), signals, (55.0, 115.0), forward=True)
    assert found is not None and found.whole
    assert [(b.start_s, b.end_s) for b in found.bands] == [(35.0, 60.0), (90.0, 115.0)]
    assert found.share == pytest.approx((5 + 25) / 60)


SPANS = st.lists(st.floats(0, 100), max_size=12, unique=True).map(
    lambda cuts: list(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)))


@given(SPANS, SPANS, st.floats(0, 100))
def test_intersection_is_what_both_have(left: list[tuple[float, float]], right: list[tuple[float, float]], at: float) -> None:
    def within(spans: list[tuple[float, float]]) -> bool:
        return any(a < at < b for a, b in spans)

    assert within(intersection(left, right)) == (within(left) and within(right))
