"""The account of what a policy wanted: how likely each stage was to it, and which inputs moved it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from controller.explain import Alternative, Explanation, full_exits, people_seen
from controller.learned.columns import DEMAND, IS_TRAM, IS_VEHICLE
from controller.learned.observation import Observer, Seen
from controller.learned.policy import NEVER, Policy
from controller.learned.trams import with_trams
from controller.predictive.account import believed_lane
from controller.predictive.model import Array
from controller.strategy import Tick
from signal_drivers.ids import JunctionId, StageId

TOLD = 3
"""So many signal groups are named."""


class Weighed(NamedTuple):
    """What the last decision was made from; ``scores[k]`` of junction ``ready[k]``, ``watched`` (J, G) groups of which somebody
    sees a lane, ``chosen`` stages by junction."""

    tick: Tick
    ready: list[int]
    seen: Seen
    scores: Array
    watched: Array
    chosen: dict[JunctionId, StageId]


def account(policy: Policy, observer: Observer, weighed: Weighed, junction: JunctionId, tram: float) -> Explanation | None:
    """None where the policy was not asked about ``junction``. ``tram`` is what was added for trams."""
    layout, tick = observer.layout, weighed.tick
    status = tick.statuses.get(junction)
    if status is None or status.stage is None or junction not in layout.junctions:
        return None
    i = layout.junctions.index(junction)
    if i not in weighed.ready:
        return None
    stages = layout.stages[i]
    likely = probabilities(weighed.scores[weighed.ready.index(i)][:len(stages)])
    chosen = weighed.chosen.get(junction)
    here = layout.stage_index[i][status.stage]
    order = [int(p) for p in np.argsort(-likely, kind="stable") if likely[p] > 0.0]
    moved = groups_that_moved(policy, weighed.seen, i, layout.stage_index[i].get(chosen, here) if chosen else here, tram,
                              weighed.watched)
    said = ", ".join(f"{stages[p]} {100 * likely[p]:.0f} %" for p in order[:TOLD])
    names = ", ".join(f"{layout.groups[i][g]} ({change:+.1f})" for g, change in moved)
    facts = observer.network.junctions[junction]
    return Explanation(
        junction, tick.now_s, status.stage, max(0.0, tick.now_s - status.stage_since_s), chosen,
        f"{f'changing to {chosen}' if chosen else 'stays'}: {said}" + (f"; moved by {names}" if names else ""),
        alternatives=tuple(Alternative(stages[p], float("nan"), 0.0, float(likely[p])) for p in order if p != here),
        lanes=tuple(believed_lane(observer, tick, layout.lane_index[junction, lane.id]) for lane in facts.lanes),
        full_exits=full_exits(facts, tick.frame), people=people_seen(facts, tick.frame))


def probabilities(scores: Array) -> Array:
    """Softmax; 0 for what was not allowed."""
    scaled = np.where(scores > NEVER, np.exp(np.asarray(scores, float) - scores.max()), 0.0)
    return np.asarray(scaled / scaled.sum())


def groups_that_moved(policy: Policy, seen: Seen, i: int, stage: int, tram: float, watched: Array) -> list[tuple[int, float]]:
    """The signal groups without whose demand ``stage`` would have been wished for least, or most: (group, by how much the log of
    its probability falls when nobody comes for that group). Occlusion: Zeiler & Fergus, ECCV 2014."""
    present = np.flatnonzero(seen.groups[i, :, IS_VEHICLE:IS_TRAM + 1].sum(1) > 0)
    if not len(present):
        return []
    many = len(present) + 1
    rows = Seen(*(np.repeat(part[i:i + 1], many, axis=0) for part in seen))
    for k, g in enumerate(present):
        rows.groups[k + 1, g, list(DEMAND)] = 0.0
    scores = with_trams(policy.scores(rows), rows, range(many), tram, np.repeat(watched[i:i + 1], many, axis=0))
    likely = [np.log(max(probabilities(row)[stage], 1e-9)) for row in scores]
    changes = [(int(g), float(likely[0] - likely[k + 1])) for k, g in enumerate(present)]
    return sorted((c for c in changes if abs(c[1]) >= 0.05), key=lambda c: -abs(c[1]))[:TOLD]
