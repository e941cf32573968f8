"""All junctions of a scenario as a PettingZoo parallel environment: each is an agent."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from pettingzoo import ParallelEnv

from controller.predictive.model import Array
from simulation.learning.apart import WorldApart
from simulation.learning.spaces import observation, observation_space
from simulation.learning.world import Moment, action_mask
from simulation.settings import RunSettings


class NetworkEnv(ParallelEnv[str, dict[str, Array], int]):
    """A step is a second. Each agent names a stage: its present one to stay; while its change is under way it has no other
    choice. ``infos[agent]["action_mask"]`` says what may be asked for. An episode is a run, and ends by truncation."""

    metadata = {"name": "mourour_network_v1", "render_modes": [], "is_parallelizable": True}  # noqa: RUF012 (PettingZoo's form)

    def __init__(self, scenario: str, *, duration_s: float | None = None, detectors: str = "perfect") -> None:
        self._world = WorldApart(RunSettings(scenario, "actuated", duration_s=duration_s, detectors=detectors))
        self.possible_agents = [str(name) for name in self._world.junctions]
        self.agents: list[str] = []
        self._number = {str(name): i for i, name in enumerate(self.possible_agents)}
        shape = self._world.shape
        space = observation_space(shape.most_groups, shape.most_stages)
        self.observation_spaces = dict.fromkeys(self.possible_agents, space)
        self.action_spaces = {name: gymnasium.spaces.Discrete(shape.stages[i]) for name, i in self._number.items()}
        self._random = np.random.default_rng()

    def observation_space(self, agent: str) -> gymnasium.spaces.Space[Any]:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gymnasium.spaces.Space[Any]:
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None
              ) -> tuple[dict[str, dict[str, Array]], dict[str, dict[str, Any]]]:
        if seed is not None:
            self._random = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        return self._shown(self._world.reset(int(self._random.integers(2**31 - 1))))

    def step(self, actions: dict[str, int]) -> tuple[
            dict[str, dict[str, Array]], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        moment = self._world.step(np.asarray([int(actions.get(name, -1)) for name in self.possible_agents]))
        seen, infos = self._shown(moment)
        rewards = {name: float(moment.reward[i]) for name, i in self._number.items()}
        over = dict.fromkeys(self.possible_agents, moment.over)
        if moment.over:
            self.agents = []
        return seen, rewards, dict.fromkeys(self.possible_agents, False), over, infos

    def _shown(self, moment: Moment) -> tuple[dict[str, dict[str, Array]], dict[str, dict[str, Any]]]:
        masks = {name: action_mask(moment, i) for name, i in self._number.items()}
        shown = {name: observation(moment.seen, i, masks[name]) for name, i in self._number.items()}
        return shown, {name: {"action_mask": mask[:self.action_spaces[name].n].astype(np.int8), "vetoes": moment.vetoes}
                       for name, mask in masks.items()}

    def close(self) -> None:
        self._world.close()
