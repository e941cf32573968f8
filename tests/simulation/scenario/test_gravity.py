"""The balancing of zone totals, over many random sets of zones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.scenario.gravity import spread

ZONES = "abcdef"
vph = st.floats(min_value=10, max_value=2000)


@given(st.lists(vph, min_size=4, max_size=6), st.lists(vph, min_size=6, max_size=6), st.floats(200, 5000))
def test_origins_hold_and_all_trips_arrive(out: list[float], into: list[float], scale_m: float) -> None:
    out_of = dict(zip(ZONES, out, strict=False))
    lengths = {(i, j): 300.0 * abs(ZONES.index(i) - ZONES.index(j)) for i in out_of for j in ZONES if i != j}
    trips = spread(out_of, dict(zip(ZONES, into, strict=True)), lengths, scale_m)
    for zone, total in out_of.items():
        assert sum(v for (i, _), v in trips.items() if i == zone) == pytest.approx(total)
    assert all(v >= 0 for v in trips.values())
    assert all(i != j for i, j in trips)


def test_balanced_columns_hold_too() -> None:
    lengths = {(i, j): 500.0 for i in "abc" for j in "abc" if i != j}
    trips = spread({"a": 100, "b": 120, "c": 140}, {"a": 130, "b": 120, "c": 110}, lengths, 1000)
    for zone, total in {"a": 130, "b": 120, "c": 110}.items():
        assert sum(v for (_, j), v in trips.items() if j == zone) == pytest.approx(total, rel=1e-3)


def test_near_is_likelier_than_far() -> None:
    trips = spread({"a": 100}, {"b": 50, "c": 50, "d": 0}, {("a", "b"): 100, ("a", "c"): 3000, ("a", "d"): 10}, 1000)
    assert set(trips) == {("a", "b"), ("a", "c")}
    assert spread({"a": 0}, {"b": 5}, {("a", "b"): 1}, 1000) == {}
