"""One second's whim changes no stage; what lasts does, and a junction that was not asked begins anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("onnxruntime")

from controller.learned.observation import Seen
from controller.learned.policy import NEVER
from controller.learned.smoothing import LONGEST_S, Smoothing
from controller.network import Network
from controller.strategies.learned import Learned
from controller.strategy import Tick
from tests.controller.frames import SaidFrame
from tests.controller.junctions import full_crossroads
from tests.controller.test_explain import settled


def test_what_was_thought_a_half_life_ago_weighs_as_much_as_all_since() -> None:
    smoothing = Smoothing(2.0)
    assert smoothing.see(np.array([[8.0, 0.0]]), [0], 10.0).tolist() == [[8.0, 0.0]]
    smoothing.see(np.array([[0.0, 8.0]]), [0], 11.0)
    assert smoothing.see(np.array([[0.0, 8.0]]), [0], 12.0) == pytest.approx(np.array([[4.0, 4.0]]))


def test_junctions_are_smoothed_by_themselves_and_begin_anew_after_a_gap() -> None:
    smoothing = Smoothing(1.0)
    smoothing.see(np.array([[4.0], [40.0]]), [3, 7], 0.0)
    assert smoothing.see(np.array([[0.0]]), [7], 1.0).tolist() == [[20.0]]
    assert smoothing.see(np.array([[0.0]]), [3], 1.0 + LONGEST_S).tolist() == [[0.0]]
    assert smoothing.see(np.array([[6.0]]), [7], -5.0).tolist() == [[6.0]], "time went back"


@given(before=st.floats(-50, 50), now=st.floats(-50, 50), half_life_s=st.floats(0, 10), which=st.integers(0, 2))
def test_between_what_was_and_what_is_and_what_may_not_be_asked_for_stays_so(before: float, now: float, half_life_s: float,
                                                                            which: int) -> None:
    smoothing = Smoothing(half_life_s)
    smoothing.see(np.array([[NEVER if which == 1 else before]]), [0], 0.0)
    told = float(smoothing.see(np.array([[NEVER if which == 2 else now]]), [0], 1.0)[0, 0])
    if which == 2:
        assert told == NEVER
    elif which == 1 or half_life_s == 0.0:
        assert told == now
    else:
        assert min(before, now) - 1e-9 <= told <= max(before, now) + 1e-9


@pytest.mark.parametrize(("half_life_s", "lasts", "changes"), [(1.0, 1, False), (0.0, 1, True), (1.0, 5, True)])
def test_a_whim_changes_nothing_and_a_wish_does(half_life_s: float, lasts: int, changes: bool) -> None:
    junction = full_crossroads()
    street = Network({junction.id: junction})
    made = Learned(half_life_s=half_life_s)
    made.start(street)
    here, there = (made.observer.layout.stage_index[0][name] for name in ("A", "C"))
    second = 0

    def scores(seen: Seen) -> np.ndarray:
        wished = there if second >= 10 else here
        return np.where(seen.allowed > 0, 2.0 * (np.arange(seen.allowed.shape[1]) == wished), NEVER)

    made.policy.scores = scores  # type: ignore[method-assign]
    asked = []
    for second in range(10 + lasts):
        tick = Tick(1030.0 + second, SaidFrame(1030.0 + second), {junction.id: settled(junction)})
        asked += made.decide(tick)
    assert [d.stage for d in asked][:1] == (["C"] if changes else [])
