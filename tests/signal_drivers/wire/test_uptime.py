"""A cabinet's uptime on our clock: never in the future, never dragged along by a cabinet that stands still."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.wire.uptime import DRIFT, Uptime


def test_the_fastest_report_says_best_how_far_the_clocks_are_apart() -> None:
    up = Uptime()
    for uptime_ms, now_s in ((1000, 101.5), (2000, 102.1), (3000, 103.4)):
        assert up.heard(uptime_ms, now_s)
    assert 100.1 <= up.ours_s(0) <= 100.1 + 2 * DRIFT


def test_a_cabinet_that_stands_still_grows_old() -> None:
    up = Uptime()
    up.heard(5000, 105.0)
    for second in range(60):
        up.heard(5000, 105.0 + second)
    assert 164.0 - up.ours_s(5000) > 58.9


def test_one_that_starts_anew_is_a_new_acquaintance() -> None:
    up = Uptime()
    assert up.heard(500_000, 600.0)
    assert not up.heard(1_000, 700.0)
    assert up.restarts == 1 and up.ours_s(0) == 699.0
    assert up.heard(2_000, 701.0)


def test_there_and_back() -> None:
    up = Uptime()
    up.heard(0, 1_800_000_000.25)
    assert up.theirs_ms(1_800_000_010.5) == 10_250


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.floats(0.1, 30.0)), min_size=1, max_size=50), st.floats(-5e-5, 5e-5))
def test_whatever_the_delays_a_report_is_never_from_the_future_and_age_is_told_too_young_by_the_shortest_delay_at_most(
        rows: list[tuple[float, float]], drift: float) -> None:
    up, true_s = Uptime(), 0.0
    for delay_s, gap_s in rows:
        true_s += gap_s
        uptime_ms = round(true_s * (1 + drift) * 1000)
        now_s = 1000.0 + true_s + delay_s
        up.heard(uptime_ms, now_s)
        assert up.ours_s(uptime_ms) <= now_s + 1e-6
    shortest = min(delay for delay, _ in rows)
    assert now_s - up.ours_s(uptime_ms) <= max(delay for delay, _ in rows) + 1e-3
    assert now_s - up.ours_s(uptime_ms) >= delay_s - shortest - 2 * DRIFT * sum(g for _, g in rows) - 3e-3
