"""Many junctions for one learner, and what learning on them leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sb3_contrib")

import torch

from signal_drivers.errors import BadInput, ScenarioError
from simulation.learning.apart import WorldApart
from simulation.learning.improve import improve
from simulation.learning.judge import Judge
from simulation.learning.network import PolicyNetwork
from simulation.learning.samples import STAGES
from simulation.learning.vector_env import StreetsVecEnv
from simulation.settings import RunSettings
from tests.simulation.learning.streets import crossroads
from tests.simulation.nets import flows, generate, scenario

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[RunSettings]:
    """A crossroads, and a row of two junctions whose runs are shorter."""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    net = generate(two, "--grid", "--grid.x-number", "2", "--grid.y-number", "1", "--grid.length", "150",
                   "--grid.attach-length", "150", "--no-turnarounds", "true")
    row = scenario(two, net, flows({("left0A0", "B0right0"): 6.0, ("bottom0A0", "A0top0"): 9.0}, 60.0), end_s=60.0)
    return [RunSettings(crossroads(one), "actuated", duration_s=40.0), RunSettings(str(row), "actuated", duration_s=25.0)]


def _driven(runs: list[RunSettings], seconds: int) -> tuple[list[float], int, int]:
    streets, pick = StreetsVecEnv(runs, 3), np.random.default_rng(5)
    streets.reset()
    rewards, ends = [], 0
    for _ in range(seconds):
        masks = streets.action_masks()
        assert masks.any(1).all() and (np.stack(streets.env_method("action_masks")) == masks).all()
        streets.step_async(np.asarray([pick.choice(np.flatnonzero(mask)) for mask in masks]))
        seen, got, over, infos = streets.step_wait()
        assert streets.observation_space.contains({name: part[0] for name, part in seen.items()})
        assert all(info["TimeLimit.truncated"] for info, end in zip(infos, over, strict=True) if end)
        rewards += got.tolist()
        ends += int(over.sum())
    vetoes = streets.vetoes
    streets.close()
    return rewards, ends, vetoes


def test_runs_of_different_lengths_begin_again_and_all_comes_from_the_seed(runs: list[RunSettings]) -> None:
    rewards, ends, vetoes = _driven(runs, 60)
    assert len(rewards) == 60 * 3 and ends == 1 + 2 * 2, "one of 40 s, two junctions twice of 25 s"
    assert vetoes == 0 and min(rewards) < 0
    assert _driven(runs, 60)[0] == rewards


def test_a_junction_hears_of_what_those_beside_it_lose_in_the_units_of_its_run(runs: list[RunSettings]) -> None:
    def rewards(share: float, units: tuple[float, float] = (1.0, 1.0)) -> list[np.ndarray]:
        streets = StreetsVecEnv(runs, 3, neighbour_share=share)
        streets.weigh(np.asarray([9.0, 9.0]))
        streets.weigh(np.asarray(units))
        assert streets.run_of.tolist() == [0, 1, 1]
        streets.reset()
        found = []
        for _ in range(24):
            streets.step_async(np.zeros(3, int))
            found.append(streets.step_wait()[1])
        streets.close()
        return found

    own, shared = np.asarray(rewards(0.0)), np.asarray(rewards(0.5))
    assert own[:, 1:].any()
    assert shared[:, 0] == pytest.approx(own[:, 0]), "it has no neighbour"
    assert shared[:, 1:] == pytest.approx(own[:, 1:] + 0.5 * own[:, :0:-1])
    assert np.asarray(rewards(0.5, (2.0, 4.0))) == pytest.approx(shared / [2.0, 4.0, 4.0])


def test_learning_leaves_nothing_worse_than_it_found(runs: list[RunSettings], tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = PolicyNetwork(8)
    before = {name: part.clone() for name, part in network.state_dict().items()}
    told: list[str] = []
    looks = improve(network, runs[:1], runs[:1], steps=256, looks=2, seed=1, device="cpu", times=2,
                    told=lambda what, share: told.append(what))
    left = {name: part.clone() for name, part in network.state_dict().items()}
    assert len(looks) == 3 and {"worth", "policy, part 2 of 2"} <= set(told)
    with Judge(runs[:1], 1, times=2) as judge:
        lost = judge.losses(network)
        assert lost.shape == (2,) and lost[0] != lost[1], "a run with another seed is another run"
        network.load_state_dict(before)
        assert float((lost / judge.losses(network)).mean()) == pytest.approx(min(looks))
    same = all(torch.equal(part, before[name]) for name, part in left.items())
    assert looks[0] == 1.0 and same == (min(looks) == 1.0)


def test_improvement_interrupted_after_a_look_goes_on_as_if_it_had_not_been(runs: list[RunSettings], tmp_path: Path) -> None:
    def learnt(looks: int, kept: Path | None) -> tuple[list[float], dict[str, torch.Tensor]]:
        torch.manual_seed(1)
        network = PolicyNetwork(8)
        return improve(network, runs[:1], runs[1:], steps=256 * looks, looks=looks, seed=4, device="cpu", goes_on_from=kept,
                       told=lambda what, share: None), network.state_dict()

    whole, weights = learnt(2, None)
    first, _ = learnt(1, tmp_path / "improve.pt")
    assert first == whole[:2]
    again, same = learnt(2, tmp_path / "improve.pt")
    assert again == whole and all(torch.equal(same[name], part) for name, part in weights.items())


def test_streets_without_a_choice_are_refused(tmp_path: Path) -> None:
    net = generate(tmp_path, "--grid", "--grid.x-number", "3", "--grid.y-number", "1", "--grid.length", "150",
                   "--no-turnarounds", "true")
    only = scenario(tmp_path, net, flows({("A0B0", "B0C0"): 9.0}, 30.0), end_s=30.0)
    with pytest.raises(BadInput, match="no junction"):
        StreetsVecEnv([RunSettings(str(only), "actuated")])
    assert STAGES > 1


def test_a_street_that_cannot_be_leaves_none_of_the_others_running(runs: list[RunSettings]) -> None:
    begun: list[WorldApart] = []

    def world(settings: RunSettings) -> WorldApart:
        begun.append(WorldApart(settings))
        return begun[-1]

    with pytest.raises(ScenarioError, match="nowhere"):
        StreetsVecEnv([runs[0], RunSettings("nowhere", "actuated"), runs[1]], worlds=world)
    assert len(begun) == 2 and not any(one.running for one in begun)
