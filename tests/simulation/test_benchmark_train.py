"""The training benchmark measures what it says."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

pytest.importorskip("onnxruntime")

from signal_drivers.errors import BadInput
from simulation.benchmark_train import INFERENCE_JUNCTIONS, as_plain, check, measure


@pytest.mark.integration
def test_ours_and_theirs_on_the_same_net() -> None:
    assert find_spec("sumo_rl"), "it comes with the dev extra"
    told: list[str] = []
    rows, asked = measure(4, 60.0, 1, 1, told.append)
    assert [row.what for row in rows] == ["mourour", "sumo-rl", "sumo-rl"] and told[-1] == "inference"
    ours, second, five = rows
    assert ours.junctions == second.junctions == five.junctions >= 4
    assert 0 < ours.decisions <= ours.junctions * ours.simulated_s, "who is in a transition does not decide"
    assert second.decisions == pytest.approx(second.junctions * second.simulated_s, rel=0.05)
    assert five.decisions == pytest.approx(five.junctions * five.simulated_s / 5, rel=0.1)
    assert all(one.junctions == INFERENCE_JUNCTIONS and 0 < one.p50_s <= one.worst_s for one in asked)
    plain = as_plain(rows, asked)
    assert json.loads(json.dumps(plain)) == plain and plain["sumo_rl"]


@pytest.mark.parametrize(("junctions", "workers"), [(3, 1), (16, 0)])
def test_too_little_is_refused(junctions: int, workers: int) -> None:
    with pytest.raises(BadInput, match="at least"):
        check(junctions, workers)
