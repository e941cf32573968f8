"""A tram that is due makes the stages that let it go likelier, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from controller.learned.account import Weighed, groups_that_moved
from controller.learned.columns import ARRIVALS, UPTO_S
from controller.learned.policy import NEVER
from controller.learned.trams import DUE_S, LIKELY
from controller.strategies.learned import Learned
from controller.strategy import Tick
from signal_drivers.junction import Junction
from tests.controller.frames import SaidFrame, car
from tests.controller.junctions import even_flows, network
from tests.controller.test_explain import settled
from tests.controller.tram_crossing import TRAM_LANE, tram_crossing

NOW_S = 1030.0


def decided(lane: str | None, tram: float, *, blind: bool = False) -> tuple[Learned, Junction]:
    """With one vehicle in ``lane``, 30 m before its line, unless that is ``blind``."""
    junction = tram_crossing()
    street = network(junction, flows_vph=even_flows(junction, 300.0))
    made = Learned(tram=tram)
    made.start(street)
    statuses = {j: settled(facts, NOW_S) for j, facts in street.junctions.items()}
    made.decide(Tick(NOW_S, SaidFrame(NOW_S, {lane: None if blind else [car(30.0)]} if lane is not None else {}), statuses))
    return made, junction


def weighed(made: Learned) -> Weighed:
    assert made._weighed is not None
    return made._weighed


@pytest.mark.parametrize(("lane", "due"), [(TRAM_LANE, True), ("m_0", False), (None, False)])
def test_a_stage_that_lets_a_tram_go_is_liked_better_while_one_is_due(lane: str | None, due: bool) -> None:
    (without, junction), (with_bonus, _) = decided(lane, 0.0), decided(lane, 3.0)
    stages, before, after = without.observer.layout.stages[0], weighed(without).scores[0], weighed(with_bonus).scores[0]
    lets = {s.id for s in junction.stages if "tram" in s.green}
    allowed = before > NEVER
    assert {stages[p] for p in np.flatnonzero(allowed)} & lets and {stages[p] for p in np.flatnonzero(allowed)} - lets
    for p in np.flatnonzero(allowed):
        assert after[p] - before[p] == pytest.approx(3.0 if due and stages[p] in lets else 0.0, abs=1e-4)
    assert np.array_equal(before[~allowed], after[~allowed])


def test_in_a_lane_that_nobody_sees_a_tram_is_no_reason() -> None:
    """There one is to be expected at any time."""
    (without, _), (with_bonus, _) = decided(TRAM_LANE, 0.0, blind=True), decided(TRAM_LANE, 3.0, blind=True)
    assert np.array_equal(weighed(without).scores, weighed(with_bonus).scores)
    seen = weighed(with_bonus).seen.groups[0]
    tram = with_bonus.observer.layout.groups[0].index("tram")
    assert not weighed(with_bonus).watched[0, tram]
    assert seen[tram, ARRIVALS + UPTO_S.index(DUE_S)] >= np.log1p(LIKELY), "or it says nothing"


def test_the_account_knows_of_the_bonus() -> None:
    """Why a stage that does not let the tram go was less likely."""
    made, junction = decided(TRAM_LANE, 3.0)
    stages, groups = made.observer.layout.stages[0], made.observer.layout.groups[0]
    other = next(p for p, score in enumerate(weighed(made).scores[0])
                 if score > NEVER and "tram" not in next(s for s in junction.stages if s.id == stages[p]).green)
    of = weighed(made)
    without, told = (dict(groups_that_moved(made.policy, of.seen, 0, other, tram, of.watched)) for tram in (0.0, 3.0))
    tram = groups.index("tram")
    assert told[tram] < without.get(tram, 0.0) - 1.0
