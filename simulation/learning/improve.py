"""Beyond the teacher: maskable PPO from the imitated policy on, kept only as long as it gets better where it does not learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sb3_contrib import MaskablePPO
from stable_baselines3.common.callbacks import BaseCallback
from torch import Tensor

from controller.predictive.model import Array
from simulation.learning.apart import WorldApart
from simulation.learning.engine import Worlds
from simulation.learning.judge import Judge
from simulation.learning.kept import keep, kept, unusable
from simulation.learning.network import PolicyNetwork
from simulation.learning.ppo_policy import JunctionPolicy
from simulation.learning.vector_env import StreetsVecEnv
from simulation.settings import RunSettings

DISCOUNT, TRACE = 0.98, 0.95
"""A second fifty seconds ahead weighs a third."""
ROLLOUT_S, BATCH, PASSES = 128, 2048, 3
RATE, CLIP, ENTROPY, MOST_KL = 2e-4, 0.1, 0.0005, 0.01
"""Small steps: the policy is good already."""
LAST_STEPS = 1 / 3
"""Over this share of the looks, the last, the steps get smaller down to none: what chance pushes to and fro settles."""
WARM_UP, WARM_PASSES, WARM_RATE = 6, 8, 1e-3
"""Rollouts in which the critic alone learns: from nothing it knows nothing, and would drive the policy off."""
SHARPER = 2.0
"""Scores are multiplied by this before the policy acts by chance. What is a little likely each second is very likely within
ten, so that an imitated policy drawn from changes stages far too soon; its first choices are the same."""
LEAST_UNIT = 0.05
"""A run in which next to nothing is lost is not blown up beyond this."""
LEAST_LOSS = 1e-3
"""Less than this is as good as nothing lost."""
PATIENCE = 4
"""Looks without a better one until it ends."""

Told = Callable[[str, float], None]


@dataclass
class _Progress:
    """What is kept between two looks: what the runs held back lost at each, the best weights, how many looks were no better."""

    losses: list[list[float]] = field(default_factory=list)
    learnt_on: list[float] = field(default_factory=list)
    """What the runs it learns on lost in the beginning."""
    best: dict[str, Tensor] = field(default_factory=dict)
    worse: int = 0
    model: dict[str, Any] = field(default_factory=dict)

    def against_beginning(self) -> list[float]:
        """Of each look, in the mean of all runs: a street that is quiet counts as much as one that is full, and one that locks up
        is not outweighed by many that are a little better."""
        first = np.maximum(self.losses[0], LEAST_LOSS)
        return [float(np.mean(np.maximum(losses, LEAST_LOSS) / first)) for losses in self.losses]

    def over(self, looks: int) -> bool:
        return len(self.losses) > looks or self.worse >= PATIENCE

    def looked(self, losses: Array, network: PolicyNetwork) -> None:
        self.losses.append([float(loss) for loss in losses])
        *before, now = self.against_beginning()
        better = not before or now < min(before)
        self.worse = 0 if better else self.worse + 1
        if better:
            self.best = {name: part.detach().cpu().clone() for name, part in network.state_dict().items()}


def improve(network: PolicyNetwork, runs: Sequence[RunSettings], held_back: Sequence[RunSettings], *, steps: int,
            looks: int, seed: int, device: str, told: Told, neighbour_share: float = 0.0, times: int = 1, sharp: bool = False,
            log: Path | None = None, goes_on_from: Path | None = None, worlds: Worlds = WorldApart) -> list[float]:
    """Trains ``network`` in place for ``steps`` junction seconds on ``runs``; ``looks`` times in between what each of
    ``held_back``, made ``times`` times, loses is compared with what it lost in the beginning, and the best of them is what is
    left, the beginning among them. Returns the means of these ratios, first (1) to last. ``sharp`` where ``network`` has learnt
    by chance before.

    Everything random of a part between two looks comes from ``seed`` and its number, so that with ``goes_on_from``, a file, what
    was interrupted goes on from the last look as if it had not been.
    """
    torch.set_num_threads(1)
    progress = _begun(goes_on_from) if goes_on_from is not None and goes_on_from.exists() else _Progress()
    if progress.over(looks):
        network.load_state_dict(progress.best)
        return progress.against_beginning()
    # What it begins with is the best there was, one that has learnt on where it goes on: looked at before it is made sharper.
    if not progress.learnt_on:
        with Judge(runs, seed, worlds) as judge:
            progress.learnt_on = np.maximum(judge.losses(network), LEAST_UNIT).tolist()
    with Judge(held_back, seed, worlds, times=times) as judge:
        if not progress.losses:
            progress.looked(judge.losses(network), network)
        streets = StreetsVecEnv(runs, seed, worlds, neighbour_share=neighbour_share)
        # As it is judged: a tenth less lost on a quiet street is worth as much as a tenth less on a full one.
        streets.weigh(np.asarray(progress.learnt_on))
        try:
            model = MaskablePPO(JunctionPolicy, streets, n_steps=ROLLOUT_S, batch_size=BATCH, n_epochs=PASSES, gamma=DISCOUNT,
                                gae_lambda=TRACE, learning_rate=RATE, clip_range=CLIP, ent_coef=ENTROPY, target_kl=MOST_KL,
                                seed=seed, device=device, policy_kwargs={"width": network.width},
                                tensorboard_log=str(log) if log else None)
            if progress.model:
                _load(model, progress.model)
            else:
                model.policy.network.load_state_dict(network.state_dict())
                if not sharp:
                    _sharpen(model.policy.network)
                _learn_the_worth(model, told)
            while not progress.over(looks):
                look = len(progress.losses)
                _by_share(model, look - 1, looks, steps // looks)
                _part(model, look, seed, steps // looks, f"policy, part {look} of {looks}", told)
                progress.looked(judge.losses(model.policy.network), model.policy.network)
                told(f"held back: {100 * progress.against_beginning()[-1] - 100:+.1f} % lost", 1.0)
                if goes_on_from is not None:
                    progress.model = _state(model)
                    keep(goes_on_from, vars(progress))
        finally:
            streets.close()
    network.load_state_dict(progress.best)
    return progress.against_beginning()


def _begun(file: Path) -> _Progress:
    """Raises :class:`BadInput`."""
    try:
        return _Progress(**kept(file))
    except TypeError as error:
        raise unusable(file, str(error)) from None


def _part(model: MaskablePPO, number: int, seed: int, steps: int, what: str, told: Told) -> None:
    """Learns for ``steps``, from a fresh beginning of all runs; number 0 is the warm-up."""
    streets = model.get_env()
    assert isinstance(streets, StreetsVecEnv)
    streets.begin_with(seed + number)
    torch.manual_seed(seed + number)
    # So that the runs begin anew without the count of steps.
    model._last_obs = None
    model.learn(steps, callback=_Hearing(told, what), reset_num_timesteps=number == 0)


def _learn_the_worth(model: MaskablePPO, told: Told) -> None:
    _only_the_worth(model, True)
    _part(model, 0, int(model.seed or 0), WARM_UP * ROLLOUT_S * model.n_envs, "worth", told)
    _only_the_worth(model, False)


def _only_the_worth(model: MaskablePPO, alone: bool) -> None:
    for weight in model.policy.network.parameters():
        weight.requires_grad_(not alone)
    model.n_epochs = WARM_PASSES if alone else PASSES
    if alone:
        # Each part that follows sets its own.
        model.lr_schedule = lambda _: WARM_RATE


def step_share(done: float) -> float:
    """Of the largest step where ``done`` (0 to 1) of all parts is behind."""
    return min(1.0, max(0.0, (1 - done) / LAST_STEPS))


def _by_share(model: MaskablePPO, behind: int, parts: int, part_steps: int) -> None:
    """For the part to come, with ``behind`` others of ``parts`` behind. SB3 tells a schedule of all steps ever, not of this
    part's, and asks when a rollout is over: what counts is where it began."""
    begun = model.num_timesteps + model.n_steps * model.n_envs
    model.lr_schedule = lambda _: RATE * step_share((behind + (model.num_timesteps - begun) / part_steps) / parts)


def _sharpen(network: PolicyNetwork) -> None:
    with torch.no_grad():
        for part in network.stage[-1].parameters():
            part.mul_(SHARPER)


def _state(model: MaskablePPO) -> dict[str, Any]:
    return {"policy": model.policy.state_dict(), "optimizer": model.policy.optimizer.state_dict(), "steps": model.num_timesteps}


def _load(model: MaskablePPO, state: dict[str, Any]) -> None:
    model.policy.load_state_dict(state["policy"])
    model.policy.optimizer.load_state_dict(state["optimizer"])
    model.num_timesteps = state["steps"]


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
