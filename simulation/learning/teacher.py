"""The planner as a teacher: a run in which each decision is seen as the policy sees it, with what the planner would do."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from controller.learned.observation import Observer, Seen
from controller.learned.policy import Policy
from controller.predictive.model import STAGE0, Array
from controller.predictive.planner import Planner
from controller.strategies.predictive import Predictive
from controller.strategy import Decision
from simulation.learning.samples import GROUPS, STAGES, Samples
from simulation.learning.street import LearningStreet

Pupil = Callable[[Seen, list[int]], Array]
"""The stage wanted for each of the junctions that may be asked; -1 for none."""
WAIT_S = 60.0
"""Rows before that second of a run are left out: streets begin empty."""
KEEP_STAY = 0.25
"""Of the seconds in which the teacher holds a stage nobody needs to leave, so many are kept."""


def lesson(street: LearningStreet, seed: int, pupil: Pupil | None = None, pupil_share: float = 0.0) -> Samples:
    """One run to its end. ``pupil`` decides in so many of the minutes, drawn from ``seed``, junction by junction; the rows are
    the teacher's in any case (DAgger: Ross, Gordon & Bagnell 2011)."""
    pick = np.random.default_rng(seed)
    observer, planner = Observer(street.network), Planner(street.network, Predictive().settings, every_second=True)
    fits = _fits(observer)
    layout, junctions = observer.layout, len(observer.layout.junctions)
    rows: list[tuple[Array, Array, Array, int, int, Array]] = []
    led = np.zeros(junctions, bool)
    begun_s = street.tick.now_s
    while True:
        tick = street.tick
        if int(tick.now_s - begun_s) % 60 == 0:
            led = pick.random(junctions) < pupil_share
        ready, seen = observer.look(tick)
        taught = {d.junction: d for d in planner.decide(tick)}
        wishes = pupil(seen, ready) if pupil is not None and led.any() else None
        decisions = []
        for k, i in enumerate(ready):
            j = layout.junctions[i]
            wish = layout.stage_index[i][taught[j].stage] if j in taught else int(observer.now.stage[i])
            if fits[i] and seen.allowed[i].sum() > 1 and tick.now_s - begun_s >= WAIT_S and (
                    wish != observer.now.stage[i] or pick.random() < KEEP_STAY):
                rows.append((seen.groups[i], seen.stages[i], seen.allowed[i], i, wish, _costs(planner, i)))
            if wishes is None or not led[i]:
                if j in taught:
                    decisions.append(taught[j])
            elif wishes[k] >= 0 and wishes[k] != observer.now.stage[i]:
                decisions.append(Decision(j, layout.stages[i][wishes[k]], "the pupil's"))
        if street.over:
            return _samples(observer, rows)
        street.act(decisions)


def _fits(observer: Observer) -> list[bool]:
    stages = [last - first for first, last in pairwise(observer.model.junction[:, STAGE0])]
    return [count <= STAGES and len(groups) <= GROUPS for count, groups in zip(stages, observer.layout.groups, strict=True)]


def _costs(planner: Planner, i: int) -> Array:
    """What the planner reckoned in this second, over the least of it; NaN where it looked at nothing."""
    cost = np.full(STAGES, np.nan, np.float32)
    found = planner.choice.cost[i][:STAGES].copy()
    here = int(planner.now.stage[i])
    if here < len(found):
        found[here] = planner.choice.cost_stay[i]
    cost[:len(found)] = np.where(found < 1e29, found, np.nan)
    return cost - np.nanmin(cost) if np.isfinite(cost).any() else cost


def _samples(observer: Observer, rows: list[tuple[Array, Array, Array, int, int, Array]]) -> Samples:
    most_g, most_p = min(observer.most_groups, GROUPS), min(observer.most_stages, STAGES)
    groups = np.zeros((len(rows), GROUPS, rows[0][0].shape[1] if rows else 0), np.float16)
    stages = np.zeros((len(rows), STAGES, rows[0][1].shape[1] if rows else 0), np.float16)
    allowed = np.zeros((len(rows), STAGES), bool)
    for n, (g, p, a, *_) in enumerate(rows):
        groups[n, :most_g], stages[n, :most_p], allowed[n, :most_p] = g[:most_g], p[:most_p], a[:most_p] > 0
    statics = observer.statics()
    green, yields = (np.zeros((len(statics[0]), STAGES, GROUPS), bool) for _ in range(2))
    green[:, :most_p, :most_g], yields[:, :most_p, :most_g] = (s[:, :most_p, :most_g] > 0 for s in statics)
    return Samples(groups, stages, allowed, np.asarray([r[3] for r in rows], np.int32), green, yields,
                   np.asarray([r[4] for r in rows], np.int16), np.asarray([r[5] for r in rows], np.float32).reshape(-1, STAGES))


def pupil_of(policy: Policy) -> Pupil:
    """What ``policy`` likes best."""
    return lambda seen, ready: policy.scores(seen)[ready].argmax(1)
