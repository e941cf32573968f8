"""The pupil learns what it is shown, the same way each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from controller.learned.observation import Seen
from controller.learned.policy import Policy
from signal_drivers.errors import BadInput
from simulation.learning.export import export
from simulation.learning.imitation import agreement, imitate, tensors
from simulation.learning.network import PolicyNetwork
from simulation.learning.samples import GROUPS, STAGES, Samples, joined, load, shapes


def longest_queue(count: int, seed: int) -> Samples:
    """Three groups, a stage each; the teacher always wants the stage whose group has most vehicles."""
    pick = np.random.default_rng(seed)
    groups = np.zeros((count, *shapes()["groups"]), np.float16)
    stages = np.zeros((count, *shapes()["stages"]), np.float16)
    groups[:, :3, 0] = 1.0
    groups[:, :3, 12] = pick.random((count, 3)) * 3
    here = pick.integers(0, 3, count)
    stages[np.arange(count), here, 0] = 1.0
    allowed = np.zeros((count, STAGES), bool)
    allowed[:, :3] = True
    green = np.zeros((1, STAGES, GROUPS), bool)
    green[0, range(3), range(3)] = True
    wish = groups[:, :3, 12].argmax(1)
    cost = np.full((count, STAGES), np.nan, np.float32)
    return Samples(groups, stages, allowed, np.zeros(count, np.int32), green, np.zeros_like(green), wish.astype(np.int16), cost)


def test_it_learns_whom_to_let_go_and_the_same_seed_gives_the_same_network() -> None:
    rows, back = longest_queue(2500, 1), longest_queue(500, 2)
    first, second, other = PolicyNetwork(16), PolicyNetwork(16), PolicyNetwork(16)
    for network in (second, other):
        network.load_state_dict(first.state_dict())
    before = agreement(first, back, "cpu")[0]
    for network, seed in ((first, 3), (second, 3), (other, 4)):
        imitate(network, rows, back, epochs=4, seed=seed, batch=128, rate=3e-3)
    agreed, changes = agreement(first, back, "cpu")
    assert agreed > 0.9 > before and changes > 0.85
    same = [torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True)]
    assert all(same)
    assert not all(torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))


def test_costs_teach_what_the_wish_alone_does_not() -> None:
    """Where the teacher reckons the second stage nearly as good, it becomes likelier than the third."""
    rows = longest_queue(2000, 1)
    cost = rows.cost.copy()
    cost[:, :3] = [0.0, 1.0, 40.0]
    rows = replace(rows, wish=np.zeros(len(rows), np.int16), cost=cost)
    network = PolicyNetwork(16)
    # The stages must differ for it to tell them apart.
    rows.stages[:, range(3), [3, 5, 7]] = 1.0
    imitate(network, rows, rows, epochs=6, seed=1, batch=128, rate=3e-3)
    scores = network(*tensors(rows, np.arange(200), "cpu")).detach().numpy().mean(0)
    assert scores[0] > scores[1] > scores[2] + 1.0


def test_the_file_scores_as_the_network_does(tmp_path: Path) -> None:
    network, rows = PolicyNetwork(16), longest_queue(20, 5)
    export(network, tmp_path / "p.onnx", {"seeds": [1]})
    policy = Policy(tmp_path / "p.onnx")
    assert policy.card == {"seeds": [1]}
    inputs = tensors(rows, np.arange(20), "cpu")
    theirs = policy.scores(Seen(*(part.numpy() for part in inputs)))
    mine = network(*inputs).detach().numpy()
    assert theirs[:, :3] == pytest.approx(mine[:, :3], abs=1e-4)
    assert (theirs[:, 3:] < -1e8).all()


def test_samples_come_back_as_they_were_kept(tmp_path: Path) -> None:
    rows = longest_queue(30, 1)
    rows.save(tmp_path / "rows.npz")
    back = load(tmp_path / "rows.npz")
    twice = joined([back, rows])
    assert len(twice) == 60 and (twice.junction[30:] == 1).all()
    for name in shapes():
        assert (getattr(back, name) == getattr(rows, name)).all()
    (tmp_path / "cut.npz").write_bytes((tmp_path / "rows.npz").read_bytes()[:500])
    for name in ("cut.npz", "nowhere.npz"):
        with pytest.raises(BadInput, match="samples"):
            load(tmp_path / name)
