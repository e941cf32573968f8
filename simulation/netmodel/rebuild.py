"""A stage set built from the conflicts alone, for junctions whose programme cannot be used."""

from __future__ import annotations

import math
from collections.abc import Sequence

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, StageId
from signal_drivers.lanes import Turn
from signal_drivers.stages import Stage
from simulation.netmodel.grouping import LinkGroup
from simulation.netmodel.stagesets import has_conflict, stage_name

PERMISSIVE_LANES = 2
"""A left turn filters through at most this many opposing lanes; beyond, it gets its own green."""


def rebuilt_stages(groups: Sequence[LinkGroup]) -> list[Stage]:
    """A stage set that serves every group, from the conflicts alone.

    Greedy cover: each round starts with the largest group not served yet, through traffic first, and adds in this order the
    like movement of the opposite road and what leads out of a joined junction, people, other movements of either road, and
    whoever else fits. Left turns filter through at most two opposing lanes; those that cannot get their own stage, opposite
    ones together. Groups that share a lane run together or not at all, since its first driver would block the others.
    """
    stages = _covering(groups, permissive=True)
    if len(stages) == 1 and has_conflict(groups, stages[0]):
        # Yielding alone would leave one stage for ever, which is no signal control: give each its own time.
        stages = _covering(groups, permissive=False)
    return _without_spare(stages)


def _covering(groups: Sequence[LinkGroup], *, permissive: bool) -> list[Stage]:
    bundle_of = _bundles(groups, permissive)
    unserved = sorted(groups, key=lambda g: (g.kind is GroupKind.PEDESTRIAN, _left(g), -_lanes(g), g.id))
    stages: list[Stage] = []
    while unserved:
        seed = unserved[0]
        chosen, yielding = list[LinkGroup](), set[GroupId]()
        onward = _onward(seed, groups)
        for g in (seed, *sorted(groups, key=lambda g: _preference(seed, g, unserved, onward))):
            more = _all_join(bundle_of[g.id], chosen, permissive) if g not in chosen else None
            if more is not None:
                chosen += bundle_of[g.id]
                yielding |= more
        unserved = [g for g in unserved if g not in chosen]
        name = f"S{len(stages) + 1}"
        stages.append(Stage(StageId(name), frozenset(g.id for g in chosen), frozenset(yielding), name=stage_name(name, chosen)))
    return stages


def _bundles(groups: Sequence[LinkGroup], permissive: bool) -> dict[GroupId, tuple[LinkGroup, ...]]:
    """Groups that share a lane with each group, itself first. One that cannot run beside its lane's others stays alone."""
    bundle_of: dict[GroupId, tuple[LinkGroup, ...]] = {}
    for g in groups:
        bundle, todo = [g], [g]
        while todo and g.kind is not GroupKind.PEDESTRIAN:
            lanes = {link.from_lane for link in todo.pop().links}
            more = [o for o in groups if o not in bundle and any(link.from_lane in lanes for link in o.links)]
            bundle += more
            todo += more
        bundle_of[g.id] = tuple(bundle) if _all_join(bundle, [], permissive) is not None else (g,)
    return bundle_of


def _all_join(bundle: Sequence[LinkGroup], chosen: Sequence[LinkGroup], permissive: bool) -> set[GroupId] | None:
    """Ids that must yield if all of ``bundle`` join, or None if they cannot."""
    yielding, among = set[GroupId](), list(chosen)
    for g in bundle:
        more = _joins(g, among, permissive)
        if more is None:
            return None
        yielding |= more
        among.append(g)
    return yielding


def _onward(seed: LinkGroup, groups: Sequence[LinkGroup]) -> set[GroupId]:
    """Groups that the seed's traffic meets next inside a joined junction: red there, it would stand on the junction."""
    found, roads = set[GroupId](), {link.to_lane.rsplit("_", 1)[0] for link in seed.links}
    while True:
        new = [g for g in groups if g.id not in found and not _left(g) and g.edges & roads and g is not seed]
        if not new:
            return found
        found |= {g.id for g in new}
        roads |= {link.to_lane.rsplit("_", 1)[0] for g in new for link in g.links}


def _without_spare(stages: list[Stage]) -> list[Stage]:
    """Drop stages whose every group has a green at least as good elsewhere."""
    for stage in list(stages):
        others = [s for s in stages if s is not stage]
        if others and all(any(g in s.green and (g not in s.yielding or g in stage.yielding) for s in others)
                          for g in stage.green):
            stages.remove(stage)
    return stages


def _left(g: LinkGroup) -> bool:
    return all(link.turn in (Turn.LEFT, Turn.U_TURN) for link in g.links)


def _lanes(g: LinkGroup) -> int:
    return len({link.from_lane for link in g.links})


def _preference(seed: LinkGroup, g: LinkGroup, unserved: Sequence[LinkGroup], onward: set[GroupId]) -> tuple[int, int, str]:
    angle = abs(math.remainder(seed.links[0].heading_rad - g.links[0].heading_rad, 2 * math.pi))
    same, opposite = bool(g.edges & seed.edges), angle > math.radians(135)
    people = g.kind is GroupKind.PEDESTRIAN
    if (opposite and not people and _left(g) == _left(seed)) or g.id in onward:
        rank = 0
    elif people or g.kind is GroupKind.TRAM:
        rank = 1
    elif same and _left(g) == _left(seed):
        rank = 2
    elif not _left(g) or (same or opposite):
        rank = 3
    else:
        rank = 4
    return (rank if g in unserved else rank + 5, -_lanes(g), g.id)


def _joins(g: LinkGroup, chosen: Sequence[LinkGroup], permissive: bool) -> set[GroupId] | None:
    """Ids that must yield if ``g`` joins, or None if it cannot."""
    yielding: set[GroupId] = set()
    for other in chosen:
        if not g.conflicts_with(other):
            continue
        for yielder, first in ((g, other), (other, g)):
            few = first.kind is GroupKind.PEDESTRIAN or _lanes(first) <= PERMISSIVE_LANES
            if permissive and few and yielder.may_yield_to(first):
                yielding.add(yielder.id)
                break
        else:
            return None
    return yielding
