"""The model's transitions are the cabinet's: same stages asked for at the same seconds, same heads, on any junction."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.predictive.arrays import BEGUN, ENDED, NEVER, SHOWS_FROM, Scratch, scratch
from controller.predictive.clearance import begin_transition
from controller.predictive.model import GREEN, RED, STAGE0, YIELDS, Model, build_model
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import Head
from simulation.cabinet.clockwork import Clockwork
from tests.controller.junctions import junctions, network

SHOWN = {Head.GREEN: GREEN, Head.GREEN_YIELD: YIELDS}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(junction=junctions(), wishes=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 15)), min_size=1, max_size=8))
def test_same_heads_as_the_cabinet(junction: Junction, wishes: list[tuple[int, int]]) -> None:
    model, layout = build_model(network(junction), tram_weight=1.0)
    s = scratch(max(1, len(junction.lanes)), len(junction.groups), 8, len(junction.stages))
    clock = Clockwork(junction, 0.0)
    first = int(model.junction[0, STAGE0])
    for g in range(len(junction.groups)):
        s.show[g], s.group[g, BEGUN], s.group[g, ENDED], s.group[g, SHOWS_FROM] = model.green[first, g], 0.0, -NEVER, NEVER
    t = 0
    for number, pause in wishes:
        stage = number % len(junction.stages)
        t += pause
        clock.tick(t)
        before = clock.stage
        if not clock.request(StageRequest(junction.id, layout.stages[0][stage], t + 1, t, t + 5.0), t):
            continue
        if before == layout.stages[0][stage]:
            continue
        settled = begin_transition(model, s, 0, stage, float(t))
        while not clock.settled:
            _advance(model, s, t, first + stage)
            assert [int(x) for x in s.show] == [SHOWN.get(head, RED) for head in clock.heads], (t, wishes)
            assert t < settled + 1e-3, "the model was there first"
            t += 1
            clock.tick(t)
        _advance(model, s, t, first + stage)
        assert t >= settled - 1e-3, "the cabinet was there first"
        assert [int(x) for x in s.show] == [SHOWN.get(head, RED) for head in clock.heads], (t, wishes)


def _advance(model: Model, s: Scratch, second: int, row: int) -> None:
    """What a rollout does each second of a transition."""
    for g in range(s.show.shape[0]):
        if s.group[g, SHOWS_FROM] <= second + 1e-3:
            s.show[g], s.group[g, SHOWS_FROM] = model.green[row, g], NEVER
