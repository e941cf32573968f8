"""Small changes of a set of plans, for the search: an offset, the offsets of all that follow, seconds from stage to stage."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from controller.network import Network
from controller.plans.cycles import least_s
from signal_drivers.ids import JunctionId
from signal_drivers.plan import Plan, Split

Plans = Mapping[JunctionId, Plan]


@dataclass(frozen=True)
class Move:
    """``seconds`` more offset for each of ``junctions``; or, with ``stages`` (from, to), so many seconds of one junction's stage
    given to another of its stages."""

    junctions: tuple[JunctionId, ...]
    seconds: float
    stages: tuple[int, int] | None = None

    def reversed(self) -> Move:
        return replace(self, seconds=-self.seconds)

    def applied(self, plans: Plans, network: Network) -> dict[JunctionId, Plan]:
        """New plans; seconds that a stage cannot spare stay where they are."""
        changed = dict(plans)
        for j in self.junctions:
            plan = plans[j]
            changed[j] = (replace(plan, offset_s=(plan.offset_s + self.seconds) % plan.cycle_s) if self.stages is None
                          else self._split(plan, network))
        return changed

    def _split(self, plan: Plan, network: Network) -> Plan:
        assert self.stages is not None
        giver, taker = self.stages if self.seconds > 0 else self.stages[::-1]
        junction = network.junctions[plan.junction]
        durations = list(plan.durations_s())
        least = least_s(junction, [junction.stage[s.stage] for s in plan.splits])
        seconds = max(0.0, min(abs(self.seconds), math.floor(durations[giver] - least[giver] + 1e-6)))
        durations[giver] -= seconds
        durations[taker] += seconds
        starts = [0.0, *accumulate(durations)]
        splits = tuple(Split(s.stage, t) for s, t in zip(plan.splits, starts, strict=False))
        return replace(plan, splits=splits)


def random_move(plans: Plans, network: Network, weight: Mapping[JunctionId, float], step_s: float, dice: random.Random,
                followers: Mapping[JunctionId, Sequence[JunctionId]]) -> Move:
    """A move at a junction drawn by ``weight`` (its queue): the search goes where people stand. ``followers``: those after it on
    its corridor; a junction outside any has none and its offset means nothing."""
    names = [j for j, p in plans.items() if len(p.splits) > 1] or list(plans)
    j = dice.choices(names, [1.0 + max(0.0, weight.get(j, 0.0)) for j in names])[0]
    kind = dice.choice(("split", "offset", "follow") if j in followers else ("split",))
    seconds = step_s * dice.choice((1, -1))
    stages = len(plans[j].splits)
    if kind == "split" and stages > 1:
        giver, taker = dice.sample(range(stages), 2)
        return Move((j,), seconds, (giver, taker))
    return Move((j, *followers.get(j, ())) if kind == "follow" else (j,), seconds)


def followers_of(network: Network) -> dict[JunctionId, tuple[JunctionId, ...]]:
    """Junctions after each one on the first corridor that has it."""
    found: dict[JunctionId, tuple[JunctionId, ...]] = {}
    for corridor in network.corridors:
        for i, j in enumerate(corridor.junctions):
            found.setdefault(j, corridor.junctions[i + 1:])
    return found
