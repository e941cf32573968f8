"""The account of one decision, read out of the planner's arrays after it has decided."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from controller.estimate import look
from controller.explain import Alternative, Explanation, LaneSight, full_exits, people_seen, seen_lane
from controller.predictive.reading import believable
from controller.predictive.sight import reach_s
from controller.strategy import Tick
from signal_drivers.ids import JunctionId, StageId

if TYPE_CHECKING:
    from controller.predictive.arrays import Now
    from controller.predictive.model import Layout
    from controller.predictive.planner import Planner
    from controller.predictive.reading import Reader
    from controller.predictive.sight import Sight

NEAR_S, FAR_S = 10, 30
IMPOSSIBLE_VEH_S = 1e20
"""Costs from here on stand for a plan that cannot be."""


def account(planner: Planner, tick: Tick, junction: JunctionId) -> Explanation | None:
    """What ``planner`` saw of ``junction`` in ``tick``, weighed and chose; None where it could choose nothing (a transition, a
    cabinet that is not ours, a junction it does not know). To be called after it has decided. Where no change was possible the
    planner may have left the weighing of a moment ago as it was."""
    layout, choice = planner.layout, planner.choice
    status = tick.statuses.get(junction)
    if status is None or junction not in layout.junctions:
        return None
    i = layout.junctions.index(junction)
    if status.stage not in layout.stage_index[i] or status.stage is None:
        return None
    stages = layout.stages[i]
    chosen = stages[choice.stage[i]] if choice.stage[i] >= 0 else None
    found = [Alternative(stage, float(choice.cost[i, p]), float(choice.at_s[i, p])) for p, stage in enumerate(stages)
             if stage != status.stage and math.isfinite(choice.cost[i, p]) and choice.cost[i, p] < IMPOSSIBLE_VEH_S]
    stay = float(choice.cost_stay[i])
    facts = planner.network.junctions[junction]
    return Explanation(
        junction, tick.now_s, status.stage, max(0.0, tick.now_s - status.stage_since_s), chosen,
        _reason(planner, i, chosen, found), float(choice.saves[i]) if chosen is not None else None,
        stay if stay < IMPOSSIBLE_VEH_S else None, tuple(sorted(found, key=lambda a: (a.cost_veh_s, a.at_s))),
        tuple(believed_lane(planner, tick, layout.lane_index[junction, lane.id]) for lane in facts.lanes),
        full_exits(facts, tick.frame), people_seen(facts, tick.frame))


def _reason(planner: Planner, i: int, chosen: StageId | None, found: list[Alternative]) -> str:
    if chosen is None and planner.caught[i]:
        return f"stays: {planner.caught[i]} vehicles stand inside the junction, nobody is let in across them"
    told = planner.caught[i] or planner.choice.saves[i] <= 0
    if chosen is not None and (told or planner.layout.stages[i][planner.plans[i][1]] != chosen):
        return f"changing to {chosen} now: {planner.reason(i)}"
    if chosen is not None:
        return f"changing to {chosen} now saves {planner.choice.saves[i]:.0f} vehicle seconds over every plan that waits"
    if not found:
        return "stays: no other stage would serve anybody"
    at_s, stage = int(planner.plans[i][0]), int(planner.plans[i][1])
    if stage >= 0:
        return f"stays: the cheapest plan changes to {planner.layout.stages[i][stage]} in {at_s} s"
    return "stays: no change pays within the horizon"


class Belief(Protocol):
    """Who keeps the state estimate: the planner, or an observer."""

    layout: Layout
    now: Now
    sight: Sight
    reader: Reader


def believed_lane(belief: Belief, tick: Tick, k: int) -> LaneSight:
    """Lane number ``k`` as it was seen, and what is believed of it."""
    arrivals, layout, sight = belief.now.arrivals, belief.layout, belief.sight
    lane = layout.lanes[k][1]
    seen = look(tick.frame, lane.id)
    near = far = 0
    for distance_m, speed_mps in believable(seen) if seen is not None else ():
        at_s = reach_s(distance_m, speed_mps, float(belief.reader.free_mps[k]))
        near, far = near + (at_s < NEAR_S), far + (at_s < FAR_S)
    entries = {g: layout.entry_index[k, g] for g in lane.groups if (k, g) in layout.entry_index}
    shared = len(entries) > 1
    known = shared and bool(sight.known[k])
    return replace(
        seen_lane(tick.frame, lane.id),
        # What the cameras see is in the arrivals too: what is left is expected from elsewhere.
        expected_10_veh=max(0.0, float(arrivals[k, :NEAR_S].sum()) - near),
        expected_30_veh=max(0.0, float(arrivals[k, :FAR_S].sum()) - far),
        flow_vph=float(sight.flow_vps[k]) * 3600.0,
        shares=tuple((g, float(sight.share[e])) for g, e in entries.items()) if shared else (),
        head=tuple((g, float(sight.head[e])) for g, e in entries.items()) if known else ())
