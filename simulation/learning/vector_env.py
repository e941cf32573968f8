"""All junctions of several running scenarios as one vectorised environment of Stable-Baselines3: one policy, many junctions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env.base_vec_env import VecEnv

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import padded
from controller.predictive.model import Array
from signal_drivers.errors import BadInput
from simulation.learning.apart import Apart, WorldApart
from simulation.learning.engine import Worlds
from simulation.learning.samples import GROUPS, STAGES
from simulation.learning.spaces import HIGHEST, observation_space
from simulation.learning.world import Moment, action_mask
from simulation.settings import RunSettings

SEEDS = 1_000_000


class StreetsVecEnv(VecEnv):
    """A step is a second in all of them. An environment is a junction of one of ``runs``, each of which has a process to itself
    (``worlds`` makes it); junctions with one stage have nothing to choose and are left out. While a junction's change is under
    way its only choice is the stage it is in. A run that ends begins again with another seed.

    A junction's reward is its own (:class:`simulation.learning.reward.Reward`) and ``neighbour_share`` of the mean of those it
    has roads to or from, so that who sends vehicles into a full street hears of it. :meth:`weigh` has each run's divided.

    Raises :class:`BadInput` where no junction is left, and for a junction larger than there is room for (:data:`GROUPS`,
    :data:`STAGES`).
    """

    render_mode: str | None = None

    def __init__(self, runs: Sequence[RunSettings], seed: int = 0, worlds: Worlds = WorldApart, *,
                 neighbour_share: float = 0.0) -> None:
        self._mine: list[list[int]] = []
        self._weights: list[Array] = []
        self._neighbour_share = neighbour_share
        self._worlds = _begun(runs, worlds)
        try:
            for settings, world in zip(runs, self._worlds, strict=True):
                self._take(settings.scenario, world)
        except BaseException:
            self.close()
            raise
        count = sum(len(mine) for mine in self._mine)
        if not count:
            raise BadInput("there is no junction to learn at", where=", ".join(r.scenario for r in runs),
                           mend="name scenarios with junctions of two stages at least")
        self._units = np.ones(len(self._worlds), np.float32)
        self._random = np.random.default_rng(seed)
        self._moments: list[Moment] = []
        self._masks = np.zeros((count, STAGES), bool)
        super().__init__(count, observation_space(GROUPS, STAGES), gymnasium.spaces.Discrete(STAGES))

    def _take(self, scenario: str, world: Apart) -> None:
        if world.shape.most_groups > GROUPS or world.shape.most_stages > STAGES:
            raise BadInput(f"a junction has more than {GROUPS} signal groups or {STAGES} stages", where=scenario,
                           mend="learn on another scenario")
        self._mine.append([j for j, stages in enumerate(world.shape.stages) if stages > 1])
        weights = np.eye(len(world.junctions), dtype=np.float32)
        for j, near in enumerate(world.shape.neighbours):
            weights[j, list(near)] = self._neighbour_share / max(1, len(near))
        self._weights.append(weights)

    def reset(self) -> dict[str, Array]:  # type: ignore[override]
        for world in self._worlds:
            world.send("reset", self._seed())
        self._moments = [world.receive() for world in self._worlds]
        # Which stage shows whom green never changes: given room once, not each second.
        rows = [padded(m.seen, GROUPS, STAGES) for m in self._moments]
        self._statics = {name: np.concatenate([getattr(r, name)[mine] for r, mine in zip(rows, self._mine, strict=True)])
                         for name in ("green", "yields")}
        return self._shown()

    def begin_with(self, seed: int) -> None:
        """Every run's seed from the next reset on comes from this one."""
        self._random = np.random.default_rng(seed)

    def weigh(self, units: Array) -> None:
        """``units`` (runs): from the next step on the rewards of each are in so many of what they were in."""
        for weights, was, unit in zip(self._weights, self._units, units, strict=True):
            weights *= was / unit
        self._units = np.array(units, np.float32)

    def _seed(self) -> int:
        return int(self._random.integers(SEEDS))

    def step_async(self, actions: Array) -> None:
        first = 0
        for world, mine in zip(self._worlds, self._mine, strict=True):
            wanted = np.full(len(world.junctions), -1)
            wanted[mine] = actions[first:first + len(mine)]
            world.send("step", wanted)
            first += len(mine)

    def step_wait(self) -> tuple[dict[str, Array], Array, Array, list[dict[str, Any]]]:  # type: ignore[override]
        self._moments = [world.receive() for world in self._worlds]
        rewards = np.concatenate([(weights @ m.reward)[mine] for m, mine, weights
                                  in zip(self._moments, self._mine, self._weights, strict=True)])
        over = np.concatenate([np.full(len(mine), m.over) for m, mine in zip(self._moments, self._mine, strict=True)])
        seen, infos = self._shown(), [dict[str, Any]() for _ in range(self.num_envs)]
        if over.any():
            for n in np.flatnonzero(over):
                infos[n] = {"terminal_observation": {name: part[n].copy() for name, part in seen.items()},
                            "TimeLimit.truncated": True}
            for k, (world, moment) in enumerate(zip(self._worlds, self._moments, strict=True)):
                if moment.over:
                    self._moments[k] = world.reset(self._seed())
            seen = self._shown()
        return seen, rewards.astype(np.float32), over, infos

    def _shown(self) -> dict[str, Array]:
        groups = np.zeros((self.num_envs, GROUPS, GROUP_FEATURES), np.float32)
        stages = np.zeros((self.num_envs, STAGES, STAGE_FEATURES), np.float32)
        self._masks, first = np.zeros((self.num_envs, STAGES), bool), 0
        for moment, mine in zip(self._moments, self._mine, strict=True):
            own, (most_groups, most_stages) = slice(first, first + len(mine)), moment.seen.green.shape[:0:-1]
            np.clip(moment.seen.groups[mine], 0.0, HIGHEST, out=groups[own, :most_groups])
            np.clip(moment.seen.stages[mine], 0.0, HIGHEST, out=stages[own, :most_stages])
            for n, j in enumerate(mine, start=first):
                self._masks[n, :most_stages] = action_mask(moment, j)
            first += len(mine)
        return {"groups": groups, "stages": stages, **self._statics, "allowed": self._masks.astype(np.float32)}

    @property
    def run_of(self) -> Array:
        """(environments) the number of the run each belongs to."""
        return np.repeat(np.arange(len(self._mine)), [len(mine) for mine in self._mine])

    @property
    def vetoes(self) -> int:
        """Of the guard, in the runs that are under way."""
        return sum(moment.vetoes for moment in self._moments)

    def action_masks(self) -> Array:
        """(environments, stages)"""
        return self._masks

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        if method_name != "action_masks":
            raise AttributeError(method_name)
        return [self._masks[n] for n in self._get_indices(indices)]

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Of each environment; all share what there is."""
        return [getattr(self, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise AttributeError(attr_name)

    def env_is_wrapped(self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Any = None) -> list[bool]:
        return [False for _ in self._get_indices(indices)]

    def close(self) -> None:
        for world in self._worlds:
            world.close()


def _begun(runs: Sequence[RunSettings], worlds: Worlds) -> list[Apart]:
    """A world for each, all begun at a time: each takes seconds, most of them spent waiting for its process. Where one cannot
    be, none is left."""
    with ThreadPoolExecutor(max(1, len(runs))) as pool:
        waited_for = [pool.submit(worlds, settings) for settings in runs]
    failed = next((error for one in waited_for if (error := one.exception()) is not None), None)
    if failed is None:
        return [one.result() for one in waited_for]
    for one in waited_for:
        if one.exception() is None:
            one.result().close()
    raise failed
