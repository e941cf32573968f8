"""What a run says of decisions that were not its strategy's own."""

from __future__ import annotations

import pytest

from controller.strategy import Handovers
from signal_drivers.ids import JunctionId
from simulation.outcome import handover_notes
from simulation.run import run
from simulation.settings import RunSettings


def test_nothing_is_said_where_the_policy_decided_all() -> None:
    assert handover_notes(None) == [] == handover_notes(Handovers(0, 0, {}))
    assert handover_notes(Handovers(100, 0, {})) == []


def test_share_places_and_failures_are_told() -> None:
    said, = handover_notes(Handovers(1000, 60, {JunctionId("a"): 20, JunctionId("b"): 40}))
    assert said == ("The planner stood in for the policy in 12.0 % of the junction seconds: it knows nothing like what it saw at "
                    "b (40 s), a (20 s); it failed for 60 s.")


@pytest.mark.parametrize("strategy", ["learned", "predictive"])
def test_a_run_has_them_where_somebody_stands_in(strategy: str) -> None:
    if strategy == "learned":
        pytest.importorskip("onnxruntime")
    said = run(RunSettings("mohammed-v", strategy, 1, 60.0, detail=False)).result
    assert ("handovers" in said) == (strategy == "learned")
    if strategy == "learned":
        assert said["handovers"]["junction_s"] > 60 and said["handovers"]["failed_s"] == 0
