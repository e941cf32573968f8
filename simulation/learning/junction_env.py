"""One junction of a scenario as a Gymnasium environment; the others are run by a strategy of the house."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from controller.predictive.model import Array
from signal_drivers.errors import BadInput
from simulation.learning.apart import WorldApart
from simulation.learning.spaces import observation, observation_space
from simulation.learning.world import Moment, action_mask
from simulation.settings import RunSettings


class JunctionEnv(gymnasium.Env[dict[str, Array], np.int64]):
    """Each step is a decision: the stage to run next, the present one to stay for a second. While a change is under way time
    passes by itself, its seconds' rewards are added up. An episode is a run, and ends by truncation: traffic goes on.

    ``junction`` is an id of the scenario, its first one where none is given; ``others`` the strategy of the rest. The
    simulation has a process of its own. Raises :class:`BadInput` for a scenario, junction or strategy that is not there.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(self, scenario: str, junction: str | None = None, *, others: str = "actuated", duration_s: float | None = None,
                 detectors: str = "perfect") -> None:
        settings = RunSettings(scenario, others, duration_s=duration_s, detectors=detectors)
        self._world = WorldApart(settings)
        names = [str(name) for name in self._world.junctions]
        if junction is not None and junction not in names:
            self._world.close()
            raise BadInput(f"no junction is called {junction!r}", where=scenario, mend=f"one of {', '.join(names)}")
        self.number = names.index(junction) if junction is not None else 0
        self._world.leave([name for i, name in enumerate(self._world.junctions) if i != self.number])
        self._stages = self._world.shape.stages[self.number]
        self.observation_space = observation_space(self._world.shape.most_groups, self._world.shape.most_stages)
        self.action_space = gymnasium.spaces.Discrete(self._stages)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[dict[str, Array], dict[str, Any]]:
        super().reset(seed=seed)
        moment, _ = self._until_ready(self._world.reset(int(self.np_random.integers(2**31 - 1))))
        return self._shown(moment), self._info(moment)

    def step(self, action: np.int64) -> tuple[dict[str, Array], float, bool, bool, dict[str, Any]]:
        moment, reward = self._until_ready(self._second(int(action)))
        return self._shown(moment), reward, False, moment.over, self._info(moment)

    def action_masks(self) -> Array:
        """(stages) True for what may be asked for now; as sb3-contrib's maskable PPO calls it."""
        return self._mask[:self._stages]

    def _second(self, wanted: int) -> Moment:
        stages = np.full(len(self._world.junctions), -1)
        stages[self.number] = wanted
        return self._world.step(stages)

    def _until_ready(self, moment: Moment) -> tuple[Moment, float]:
        reward = float(moment.reward[self.number])
        while self.number not in moment.ready and not moment.over:
            moment = self._second(-1)
            reward += float(moment.reward[self.number])
        return moment, reward

    def _shown(self, moment: Moment) -> dict[str, Array]:
        self._mask = action_mask(moment, self.number)
        return observation(moment.seen, self.number, self._mask)

    def _info(self, moment: Moment) -> dict[str, Any]:
        return {"action_mask": self._mask[:self._stages].copy(), "time_s": moment.time_s, "vetoes": moment.vetoes}

    def close(self) -> None:
        self._world.close()


gymnasium.register("mourour/Junction-v1", entry_point="simulation.learning.junction_env:JunctionEnv")
