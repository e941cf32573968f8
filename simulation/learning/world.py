"""A network to act in, second by second: observations, what may be asked, rewards. Gymnasium's and the other environments are
views of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from controller.asking import Asking
from controller.learned.observation import Observer, Seen
from controller.predictive.model import Array
from controller.registry import strategy as make_strategy
from controller.strategy import Decision
from signal_drivers.ids import JunctionId
from simulation.learning.reward import Reward
from simulation.learning.street import LearningStreet
from simulation.netmodel.network import build_network
from simulation.prepare import Prepared, prepare
from simulation.settings import RunSettings


class Moment(NamedTuple):
    """``ready`` are the numbers of the junctions whose action counts now, ``present`` (J) the stages they are in; ``reward`` (J)
    of the second that led here; ``over`` once the run is at its end."""

    seen: Seen
    ready: list[int]
    present: Array
    reward: Array
    over: bool
    time_s: float
    vetoes: int
    """How often the guard has said no since the run began."""


class Shape(NamedTuple):
    """Of a network: stages of each junction and the numbers of those with a road to it or from it; rows of groups and of stages
    in the observations."""

    stages: tuple[int, ...]
    neighbours: tuple[tuple[int, ...], ...]
    most_groups: int
    most_stages: int


class Acted(Protocol):
    """A :class:`World`, here or in a process of its own."""

    junctions: tuple[JunctionId, ...]
    shape: Shape

    def leave(self, junctions: Collection[JunctionId]) -> None: ...

    def reset(self, seed: int) -> Moment: ...

    def step(self, wanted: Array) -> Moment: ...

    def close(self) -> None: ...


class World:
    """Runs of one scenario, one after the other: :meth:`reset` begins one with its seed, :meth:`step` takes a stage for each
    junction (by number; the present one to stay) and brings the next second. libsumo allows one run at a time in a process.
    """

    def __init__(self, settings: RunSettings, ready: Prepared | None = None) -> None:
        self._settings, self._others = settings, frozenset[JunctionId]()
        self._ready = ready or prepare(settings)
        self.junctions: tuple[JunctionId, ...] = tuple(self._ready.signals.junctions)
        facts = [s.junction.without_hurry for s in self._ready.signals.junctions.values()]
        self.shape = Shape(tuple(len(j.stages) for j in facts), self._neighbours(), max(len(j.groups) for j in facts),
                           max(len(j.stages) for j in facts))
        self._street: LearningStreet | None = None

    def _neighbours(self) -> tuple[tuple[int, ...], ...]:
        number = {junction: j for j, junction in enumerate(self.junctions)}
        near: list[set[int]] = [set() for _ in self.junctions]
        for link in build_network(self._ready.signals, (), {}).links:
            one, other = number[link.upstream], number[link.downstream]
            if one != other:
                near[one].add(other)
                near[other].add(one)
        return tuple(tuple(sorted(those)) for those in near)

    def leave(self, junctions: Collection[JunctionId]) -> None:
        """From the next run on these are left to the strategy of the settings."""
        self._others = frozenset(junctions)

    def reset(self, seed: int) -> Moment:
        self.close()
        street = LearningStreet(replace(self._settings, seed=seed), self._ready).__enter__()
        self._street, self._observer = street, Observer(street.network)
        self._asked = Asking(make_strategy(self._settings.strategy), street.network, seed) if self._others else None
        self._reward = Reward(street.sumo.api, self._ready.signals)
        return self._moment(np.zeros(len(self.junctions), np.float32))

    def step(self, wanted: Array) -> Moment:
        """``wanted`` (J) local numbers of stages; what is not allowed, and whose junction is not ready, changes nothing.

        Raises :class:`RuntimeError` before :meth:`reset` and after the end.
        """
        if self._street is None or self._last.over:
            raise RuntimeError("there is no run to go on with: reset first")
        layout, here, decisions = self._observer.layout, self._observer.now.stage, list[Decision]()
        if self._asked is not None:
            decisions += [d for d in self._asked.decide(self._street.tick) if d.junction in self._others]
        for i in self._last.ready:
            stage = int(wanted[i])
            mine = layout.junctions[i] not in self._others
            if mine and stage != here[i] and 0 <= stage < len(layout.stages[i]) and self._last.seen.allowed[i, stage] > 0:
                decisions.append(Decision(layout.junctions[i], layout.stages[i][stage]))
        self._street.act(decisions)
        return self._moment(self._reward.look())

    def _moment(self, reward: Array) -> Moment:
        assert self._street is not None
        ready, seen = self._observer.look(self._street.tick)
        self._last = Moment(seen, ready, self._observer.now.stage.copy(), reward, self._street.over, self._street.tick.now_s,
                            self._street.vetoes)
        return self._last

    def close(self) -> None:
        if self._street is not None:
            self._street.__exit__(None, None, None)
            self._street = None


def action_mask(moment: Moment, j: int) -> Array:
    """(P) True for what junction ``j`` may ask for; the present stage always, so that there is always something."""
    mask = moment.seen.allowed[j] > 0
    mask[moment.present[j]] = True
    return np.asarray(mask, bool)
