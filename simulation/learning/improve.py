"""Beyond the teacher: maskable PPO from the imitated policy on, kept only as long as it gets better where it does not learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from sb3_contrib import MaskablePPO
from stable_baselines3.common.callbacks import BaseCallback

from simulation.learning.network import PolicyNetwork
from simulation.learning.ppo_policy import JunctionPolicy
from simulation.learning.samples import STAGES
from simulation.learning.vector_env import StreetsVecEnv
from simulation.settings import RunSettings

DISCOUNT, TRACE = 0.98, 0.95
"""A second fifty seconds ahead weighs a third."""
ROLLOUT_S, BATCH, PASSES = 128, 2048, 3
RATE, CLIP, ENTROPY, MOST_KL = 1e-4, 0.1, 0.002, 0.01
"""Small steps: the policy is good already."""
WARM_UP = 6
"""Rollouts in which the value alone learns: from nothing it knows nothing, and would drive the policy off."""
PATIENCE = 4
"""Looks without a better one until it ends."""

Told = Callable[[str, float], None]


def improve(network: PolicyNetwork, width: int, runs: Sequence[RunSettings], held_back: Sequence[RunSettings], *, steps: int,
            looks: int, seed: int, device: str, log: Path | None, told: Told) -> list[float]:
    """Trains ``network`` in place for ``steps`` junction seconds on ``runs``; ``looks`` times in between its mean reward on
    ``held_back`` is taken, and the best of them is what is left, the beginning among them. Returns those means, first to last.
    """
    torch.set_num_threads(1)
    best, found = {k: v.clone() for k, v in network.state_dict().items()}, [judged(network, held_back, seed)]
    streets = StreetsVecEnv(runs, seed)
    try:
        model = MaskablePPO(JunctionPolicy, streets, n_steps=ROLLOUT_S, batch_size=BATCH, n_epochs=PASSES, gamma=DISCOUNT,
                            gae_lambda=TRACE, learning_rate=RATE, clip_range=CLIP, ent_coef=ENTROPY, target_kl=MOST_KL, seed=seed,
                            device=device, policy_kwargs={"width": width}, tensorboard_log=str(log) if log else None)
        inner = model.policy.network
        inner.load_state_dict(network.state_dict())
        _only_the_value(inner, True)
        model.learn(WARM_UP * ROLLOUT_S * streets.num_envs, callback=_Hearing(told, "value"), reset_num_timesteps=True)
        _only_the_value(inner, False)
        worse = 0
        for look in range(looks):
            model.learn(steps // looks, callback=_Hearing(told, f"policy, part {look + 1} of {looks}"), reset_num_timesteps=False)
            found.append(judged(inner, held_back, seed))
            told(f"held back: {found[-1]:.4f} of {found[0]:.4f}", 1.0)
            worse = worse + 1 if found[-1] <= max(found[:-1]) else 0
            if not worse:
                best = {k: v.detach().cpu().clone() for k, v in inner.state_dict().items()}
            if worse >= PATIENCE:
                break
    finally:
        streets.close()
    network.load_state_dict(best)
    return found


def _only_the_value(network: PolicyNetwork, alone: bool) -> None:
    for name, weight in network.named_parameters():
        weight.requires_grad_(not alone or name.startswith("worth"))


@torch.no_grad()
def judged(network: PolicyNetwork, runs: Sequence[RunSettings], seed: int) -> float:
    """Mean reward of a junction second under the policy's first choice, run by run with the same seeds each time."""
    sums, seconds = 0.0, 0
    for k, settings in enumerate(runs):
        streets = StreetsVecEnv([settings], seed + k)
        try:
            seen, over = streets.reset(), False
            while not over:
                inputs = [torch.from_numpy(seen[name]) for name in ("groups", "stages", "green", "yields", "allowed")]
                wanted = network(*inputs)[0].argmax(1).numpy()
                assert wanted.max() < STAGES
                streets.step_async(wanted)
                seen, rewards, ended, _ = streets.step_wait()
                sums, seconds, over = sums + float(rewards.sum()), seconds + len(rewards), bool(np.all(ended))
        finally:
            streets.close()
    return sums / max(1, seconds)


class _Hearing(BaseCallback):
    def __init__(self, told: Told, what: str) -> None:
        super().__init__()
        self._told, self._what, self._begun = told, what, 0

    def _on_training_start(self) -> None:
        self._begun = self.num_timesteps

    def _on_step(self) -> bool:
        whole = self.locals["total_timesteps"] - self._begun
        self._told(self._what, min(1.0, (self.num_timesteps - self._begun) / max(1, whole)))
        return True
