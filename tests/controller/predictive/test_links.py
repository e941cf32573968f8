"""Who comes from a neighbour: those who left, those who will by its plan, and as many as usual where the plan is not trusted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from controller.predictive.links import PAST_S, PLANS_HOLD_S, Links, expect

HORIZON_S, TRAVEL_S, USUAL_VPS = 60, 20.0, 0.2


def arrivals(planned: dict[int, float], *, shared: float, between: float, left: dict[int, float] | None = None) -> np.ndarray:
    """(60) vehicles a second on one lane that is fed by one road, 20 s long; cameras see its last 5 s."""
    past, plans = np.zeros((1, PAST_S), np.float32), np.zeros((1, HORIZON_S), np.float32)
    for s, vehicles in (left or {}).items():
        past[0, s] = vehicles
    for t, vehicles in planned.items():
        plans[0, t] = vehicles
    links = Links(np.zeros(1, np.int32), np.array([TRAVEL_S], np.float32), np.array([0, 1], np.int32), np.zeros(1, np.int32),
                  past, np.array([USUAL_VPS], np.float32))
    found, running = np.zeros((1, HORIZON_S), np.float32), np.zeros((1, HORIZON_S + 1), np.float32)
    one = np.ones(1, np.float32)
    expect(links, plans, USUAL_VPS * one, 10.0 * one, 50.0 * one, np.ones(1, np.int32), 0.6, shared, between, found, running)
    assert running[0, -1] == pytest.approx(found.sum(), abs=1e-3)
    return found[0]


def test_without_plans_as_many_as_usual_come_once_those_who_would_be_seen_leaving_have_come() -> None:
    found = arrivals({}, shared=0.0, between=0.6)
    assert found[:20].sum() == 0.0 and found[20:] == pytest.approx(0.6 * USUAL_VPS)
    assert arrivals({}, shared=0.0, between=0.0).sum() == 0.0


def test_a_plan_for_now_is_believed_and_one_for_later_hardly() -> None:
    for at_s in (0, 4, 16, 30):
        found = arrivals({at_s: 5.0}, shared=1.0, between=0.0)
        assert found.sum() == pytest.approx(5.0 * math.exp(-at_s / PLANS_HOLD_S), rel=1e-3)
        assert found[:at_s + 20].sum() == 0.0 and found[at_s + 20:at_s + 25].sum() == pytest.approx(found.sum())


def test_what_a_plan_is_not_believed_of_comes_at_the_usual_rate() -> None:
    found = arrivals({}, shared=1.0, between=1.0)
    trust = np.exp(-np.arange(40) / PLANS_HOLD_S)
    assert found[20:] == pytest.approx(USUAL_VPS * (1.0 - trust), abs=1e-6)


def test_who_has_left_comes_whatever_is_planned() -> None:
    for shared, between in ((1.0, 0.0), (0.0, 0.0)):
        found = arrivals({}, shared=shared, between=between, left={5: 3.0})
        assert found[:15].sum() == 0.0 and found[15:20].sum() == pytest.approx(3.0)
