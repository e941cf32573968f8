"""Who looks like nothing that was learnt on is left to the planner, after some seconds and for a while."""

from __future__ import annotations

import numpy as np
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from controller.learned.familiar import BEYOND, CALM_S, LEAST, STRANGE_S, Familiar, ranges
from controller.learned.observation import Seen

pytest.importorskip("onnxruntime")

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.network import Network
from controller.strategies.learned import Learned
from controller.strategies.predictive import Predictive
from controller.strategy import Handovers, Tick
from tests.controller.frames import SaidFrame, queue
from tests.controller.junctions import full_crossroads
from tests.controller.test_explain import settled

CARD = {"ranges": {"groups": [[0.0, 0.0], [1.0, 4.0]], "stages": [[0.0], [0.0]]}}


def _seen(value: float, junctions: int = 2) -> Seen:
    """The second junction's second group has ``value`` as its second input."""
    groups, stages = np.zeros((junctions, 3, 2), np.float32), np.zeros((junctions, 4, 1), np.float32)
    groups[1, 1, 1] = value
    nothing = np.zeros((junctions, 4, 3), np.float32)
    return Seen(groups, stages, nothing, nothing, np.ones((junctions, 4), np.float32))


def test_a_stranger_for_some_seconds_on_end_and_until_it_has_been_calm() -> None:
    watch = Familiar(CARD, 2, 2, 1)
    for second in range(STRANGE_S - 1):
        assert watch.strangers(_seen(99.0), [0, 1], float(second)) == []
    assert watch.strangers(_seen(1.0), [0, 1], 9.0) == [], "a moment of calm: it begins anew"
    for second in range(STRANGE_S):
        found = watch.strangers(_seen(99.0), [0, 1], 10.0 + second)
    assert found == [1]
    last_s = 10.0 + STRANGE_S - 1
    assert watch.strangers(_seen(1.0), [0, 1], last_s + CALM_S - 1) == [1]
    assert watch.strangers(_seen(1.0), [0, 1], last_s + CALM_S) == []


@given(value=st.floats(-100, 100, width=32))
def test_the_limits_are_those_of_the_card_and_some_room(value: float) -> None:
    watch = Familiar(CARD, 2, 2, 1)
    for second in range(STRANGE_S):
        found = watch.strangers(_seen(value), [0, 1], float(second))
    assert (found == [1]) == (not -BEYOND * 4.0 <= value <= 4.0 + BEYOND * 4.0)
    assert LEAST > 0


def test_ranges_are_of_what_was_learnt_on() -> None:
    rows = np.arange(24, dtype=np.float16).reshape(4, 3, 2)
    said = ranges(rows, rows[:, :, :1])
    assert said == {"groups": [[0.0, 1.0], [22.0, 23.0]], "stages": [[0.0], [22.0]]}


def test_no_ranges_no_strangers_and_other_shapes_are_refused() -> None:
    assert Familiar({}, 2, 2, 1).strangers(_seen(1e6), [0, 1], 0.0) == []
    with pytest.raises(ValueError, match="groups are not of 5 inputs"):
        Familiar(CARD, 2, 5, 1)


def test_a_strange_junction_is_the_planners(capsys: pytest.CaptureFixture[str]) -> None:
    # As where nobody has set logging up, whatever ran before.
    structlog.reset_defaults()
    junction = full_crossroads()
    street = Network({junction.id: junction})
    made, planner = Learned(), Predictive()
    # Everything is outside of this.
    nowhere = {name: [[-9.0] * n, [-8.0] * n] for name, n in (("groups", GROUP_FEATURES), ("stages", STAGE_FEATURES))}
    made.policy.card = {"ranges": nowhere}
    made.start(street)
    planner.start(street)
    for second in range(40):
        now_s = 1030.0 + second
        tick = Tick(now_s, SaidFrame(now_s, {"n_0": queue(8)}), {junction.id: settled(junction)})
        decisions = list(made.decide(tick))
        if second >= STRANGE_S - 1:
            assert decisions == list(planner.decide(tick))
            assert made.explain(junction.id) is None
    assert capsys.readouterr().out == "", "standard output is a result's"
    assert made.handovers() == Handovers(asked=40, failed=0, strange={junction.id: 40 - STRANGE_S + 1})
