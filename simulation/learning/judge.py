"""What a policy is worth where it does not learn: whole runs by its first choices, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

import numpy as np
import torch

from controller.learned.observation import Seen
from controller.predictive.model import Array
from simulation.learning.apart import WorldApart
from simulation.learning.engine import Worlds
from simulation.learning.network import PolicyNetwork
from simulation.learning.vector_env import StreetsVecEnv
from simulation.settings import RunSettings

SEEDS_APART = 10_000


class Judge:
    """Keeps the simulations of ``runs`` (their processes) from one judgement to the next; each is made ``times`` times, with a
    seed of its own. Use as a context manager."""

    def __init__(self, runs: Sequence[RunSettings], seed: int, worlds: Worlds = WorldApart, *, times: int = 1) -> None:
        self._streets, self._runs = StreetsVecEnv(runs, seed, worlds), len(runs)
        self._seeds = [seed + SEEDS_APART * i for i in range(times)]

    def losses(self, network: PolicyNetwork) -> Array:
        """(times * runs) what a second at a junction loses in the mean, in the reward's units, its own alone; 0 where there is
        nothing to choose. ``network`` may be on any device."""
        return np.concatenate([self._losses(network, seed) for seed in self._seeds])

    @torch.no_grad()
    def _losses(self, network: PolicyNetwork, seed: int) -> Array:
        streets, device = self._streets, next(network.parameters()).device
        streets.begin_with(seed)
        seen, running = streets.reset(), np.ones(streets.num_envs, bool)
        lost, seconds = np.zeros(streets.num_envs), np.zeros(streets.num_envs)
        while running.any():
            wanted = network(*(torch.from_numpy(seen[name]).to(device) for name in Seen._fields)).argmax(1).cpu().numpy()
            streets.step_async(wanted)
            seen, rewards, ended, _ = streets.step_wait()
            lost[running] -= rewards[running]
            seconds[running] += 1
            # A run that is over has begun again: of each only the first counts.
            running &= ~ended
        of_runs, long = (np.bincount(streets.run_of, what, self._runs) for what in (lost, seconds))
        return np.asarray(of_runs / np.maximum(1.0, long))

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._streets.close()
