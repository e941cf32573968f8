"""The environments keep what their own libraries' checkers ask, and the guard refuses nothing that they allow."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("gymnasium")
pytest.importorskip("pettingzoo")

import gymnasium
from gymnasium.utils.env_checker import check_env
from pettingzoo.test import parallel_api_test, parallel_seed_test
from stable_baselines3.common.env_checker import check_env as check_env_of_sb3

from signal_drivers.errors import BadInput
from simulation.learning.junction_env import JunctionEnv
from simulation.learning.nets import random_net
from simulation.learning.network_env import NetworkEnv
from tests.simulation.learning.streets import crossroads

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> str:
    return crossroads(tmp_path_factory.mktemp("street"))


def test_one_junction_passes_the_checkers(street: str) -> None:
    env: Any = gymnasium.make("simulation.learning.junction_env:mourour/Junction-v1", scenario=street, duration_s=60).unwrapped
    assert isinstance(env, JunctionEnv)
    with warnings.catch_warnings():
        # Both advise flat observations; ours are tables, for a network of its own.
        warnings.filterwarnings("ignore", message=".*(unconventional shape|not within the observation space).*")
        warnings.filterwarnings("ignore", message=".*environment spec.*")
        check_env(env, skip_render_check=True)
        check_env_of_sb3(env)
    env.close()


def test_all_junctions_pass_the_checkers(street: str) -> None:
    env = NetworkEnv(street, duration_s=40)
    parallel_api_test(env, num_cycles=30)
    env.close()
    parallel_seed_test(lambda: NetworkEnv(street, duration_s=20), num_cycles=15)


def _played(street: str, seed: int) -> list[tuple[float, int, bool]]:
    env = JunctionEnv(street, duration_s=120)
    pick, told = np.random.default_rng(seed), list[tuple[float, int, bool]]()
    _, info = env.reset(seed=seed)
    over = False
    while not over:
        allowed = np.flatnonzero(env.action_masks())
        assert (env.action_masks() == info["action_mask"]).all()
        action = np.int64(pick.choice(allowed))
        _, reward, ended, over, info = env.step(action)
        assert not ended, "traffic goes on"
        told.append((reward, int(action), over))
    assert info["vetoes"] == 0, "what the mask allows, the guard allows"
    env.close()
    return told


def test_the_same_seed_is_the_same_episode_and_another_is_another(street: str) -> None:
    first = _played(street, 3)
    assert len(first) > 40 and sum(reward for reward, *_ in first) < 0
    assert len({action for _, action, _ in first}) > 1, "stages were changed"
    assert _played(street, 3) == first
    assert _played(street, 4) != first


def test_many_junctions_with_people_wanting_anything_allowed_meet_no_veto(tmp_path: Path) -> None:
    env = NetworkEnv(str(random_net(tmp_path, 6, 90.0)), duration_s=90)
    pick = np.random.default_rng(1)
    seen, infos = env.reset(seed=1)
    changes = 0
    while env.agents:
        last = infos
        assert all(env.observation_space(name).contains(seen[name]) for name in env.agents)
        wanted: dict[str, Any] = {name: int(pick.choice(np.flatnonzero(infos[name]["action_mask"]))) for name in env.agents}
        changes += sum(seen[name]["stages"][stage, 0] < 0.5 for name, stage in wanted.items())
        seen, _, _, _, infos = env.step(wanted)
    assert changes > 50 and all(info["vetoes"] == 0 for info in last.values())
    env.close()


def test_a_junction_that_is_not_there(street: str) -> None:
    with pytest.raises(BadInput, match="no junction is called 'nowhere'"):
        JunctionEnv(street, "nowhere")
