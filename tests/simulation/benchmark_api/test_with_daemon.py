"""The daemon's ticks as they are read from its own metrics: of one turn alone, whatever came before it."""

from __future__ import annotations

import math
import random

import pytest

from controller.daemon.metrics import Metrics
from simulation.benchmark_api.with_daemon import Ticks, between, quantile, reading, rows
from simulation.benchmark_api.with_daemon import WithDaemon as Found


def test_a_turn_is_what_came_between_two_readings() -> None:
    metrics, dice = Metrics(), random.Random(1)
    for _ in range(50):
        metrics.tick_s.observe(0.8)
    metrics.missed.inc(3)
    before = reading(metrics.text().decode(), 100.0)
    took = sorted(dice.expovariate(100.0) for _ in range(1000))
    for one in took:
        metrics.tick_s.observe(one)
    metrics.missed.inc(2)
    turn = between(before, reading(metrics.text().decode(), 160.0), loaded=True)
    assert (turn.loaded, turn.seconds, turn.ticks, turn.missed) == (True, 60.0, 1000, 2)
    # As exact as the buckets are narrow.
    assert turn.p50_s == pytest.approx(took[500], rel=0.1) and turn.p99_s == pytest.approx(took[990], rel=0.35)
    assert rows(Found(4, [turn], []))[0][:3] == ("with load", "1000", "2")


def test_quantiles_at_the_ends() -> None:
    assert math.isnan(quantile({}, 0.5)) and math.isnan(quantile({1.0: 0.0, math.inf: 0.0}, 0.5))
    assert quantile({1.0: 0.0, 2.0: 10.0, math.inf: 10.0}, 0.5) == 1.5
    assert quantile({1.0: 0.0, 2.0: 0.0, math.inf: 10.0}, 0.99) == 2.0, "no more than that is known"
    same = reading(Metrics().text().decode(), 1.0)
    empty = between(same, same, loaded=False)
    assert isinstance(empty, Ticks) and empty.ticks == 0 and math.isnan(empty.p99_s)
