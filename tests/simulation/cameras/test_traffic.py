"""Between two steps everybody is where SUMO's own motion would have them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import body
from simulation.cameras.traffic import At, Moment, Traffic


def traffic(*names: str) -> Traffic:
    found = Traffic(object(), (), (), 1)
    found._bodies = {name: body(RoadUser.CAR, 4.4, 1.8, 1.5, name, 1) for name in names}
    return found


def at(x: float, speed: float, heading: float = 0.0, y: float = 0.0) -> dict[str, At]:
    return {"a": At(x, y, heading, speed)}


@given(st.floats(0, 20), st.floats(-4.5, 2.6))
def test_half_a_step_is_half_a_step_of_even_acceleration(speed: float, faster: float) -> None:
    after = max(0.0, speed + faster)
    way = (speed + after) / 2
    (placed,) = traffic("a").between(Moment(10, at(5, speed)), Moment(11, at(5 + way, after)), 10.5)
    expected = 5 + speed * 0.5 + (after - speed) * 0.125
    assert placed.x_m == pytest.approx(expected if way >= 0.05 else 5 + way / 2, abs=1e-9)
    assert placed.brakes is (after - speed < -1.0 or after < 0.3)


def test_at_a_step_everybody_is_where_sumo_has_them() -> None:
    before, after = Moment(0, at(0, 3, 3.1)), Moment(1, at(4, 5, -3.1, y=0.4))
    for time_s, x, y in ((0.0, 0.0, 0.0), (1.0, 4.0, 0.4)):
        (placed,) = traffic("a").between(before, after, time_s)
        assert (placed.x_m, placed.y_m) == pytest.approx((x, y))
    (half,) = traffic("a").between(before, after, 0.5)
    assert abs(math.remainder(half.heading_rad - math.pi, 2 * math.pi)) < 0.05  # turned the short way round


def test_who_appears_or_is_put_elsewhere_is_not_seen_flying() -> None:
    one: dict[str, Any] = at(0, 10)
    assert traffic("a").between(Moment(0, {}), Moment(1, one), 0.5) == []
    assert len(traffic("a").between(Moment(0, {}), Moment(1, one), 1.0)) == 1
    assert traffic("a").between(Moment(0, at(0, 10)), Moment(1, at(500, 10)), 0.5) == []
