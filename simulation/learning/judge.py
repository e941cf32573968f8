"""What a policy is worth where it does not learn: whole runs by its first choices, the same ones each time."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

import numpy as np
import torch

from controller.learned.observation import Seen
from simulation.learning.apart import WorldApart
from simulation.learning.engine import Worlds
from simulation.learning.network import PolicyNetwork
from simulation.learning.vector_env import StreetsVecEnv
from simulation.settings import RunSettings


class Judge:
    """Keeps the simulations of ``runs`` (their processes) from one judgement to the next. Use as a context manager."""

    def __init__(self, runs: Sequence[RunSettings], seed: int, worlds: Worlds = WorldApart) -> None:
        self._streets, self._seed = StreetsVecEnv(runs, seed, worlds), seed

    @torch.no_grad()
    def reward(self, network: PolicyNetwork) -> float:
        """Mean of a junction second. ``network`` may be on any device."""
        streets, device = self._streets, next(network.parameters()).device
        streets.begin_with(self._seed)
        seen, running, total, seconds = streets.reset(), np.ones(streets.num_envs, bool), 0.0, 0
        while running.any():
            wanted = network(*(torch.from_numpy(seen[name]).to(device) for name in Seen._fields)).argmax(1).cpu().numpy()
            streets.step_async(wanted)
            seen, rewards, ended, _ = streets.step_wait()
            total, seconds = total + float(rewards[running].sum()), seconds + int(running.sum())
            # A run that is over has begun again: of each only the first counts.
            running &= ~ended
        return total / seconds

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._streets.close()
