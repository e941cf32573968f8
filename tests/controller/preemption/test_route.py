"""Metres and seconds along a way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.preemption.route import Piece, Route, SignalAhead
from signal_drivers.errors import InvalidValue
from signal_drivers.ids import GroupId, JunctionId, LaneId

pieces = st.lists(st.builds(Piece, st.floats(0.1, 500), st.floats(1, 30)), min_size=1, max_size=8)


def signal(at_m: float) -> SignalAhead:
    return SignalAhead(JunctionId("J"), frozenset({GroupId("g")}), (LaneId("l"),), at_m, at_m + 10)


@given(pieces, st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_times_add_up_and_never_run_backwards(row: list[Piece], shares: list[float]) -> None:
    route = Route(tuple(row))
    a, b, c = sorted(s * route.length_m for s in shares)
    assert route.free_s(a, c) == pytest.approx(route.free_s(a, b) + route.free_s(b, c), abs=1e-6)
    assert route.free_s(c, a) == pytest.approx(0.0, abs=1e-6)
    assert route.free_s(0, route.length_m) == pytest.approx(sum(p.length_m / p.speed_mps for p in row))


def test_signals_beyond_are_those_whose_junction_is_not_left() -> None:
    route = Route((Piece(500, 10),), (signal(100), signal(300)))
    assert [s.stop_line_m for s in route.signals_beyond(105)] == [100, 300]
    assert [s.stop_line_m for s in route.signals_beyond(110)] == [300]


@pytest.mark.parametrize(("row", "lines", "said"), [
    ([], [], "no length"), ([Piece(0.0, 10)], [], "0.0 m"), ([Piece(10, 0.0)], [], "0.0 m/s"),
    ([Piece(10, float("nan"))], [], "nan"),
    ([Piece(500, 10)], [300, 100], "300, 100"), ([Piece(500, 10)], [501], "501")])
def test_what_is_no_way_is_refused(row: list[Piece], lines: list[float], said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        Route(tuple(row), tuple(signal(at) for at in lines))
