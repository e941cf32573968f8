"""Hurry-call stages (FR: phases d'urgence): one approach alone, so that nobody an emergency stands behind has to give way.

Where a left turn filters in every stage of a programme, an ambulance waits for a gap with everybody else however long its green
is. Controllers answer a hurry call with all movements of one approach and all others red.
"""

from __future__ import annotations

from collections.abc import Sequence

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, StageId
from signal_drivers.stages import Stage
from simulation.netmodel.grouping import LinkGroup
from simulation.netmodel.overlaps import approaches
from simulation.netmodel.stagesets import stage_name


def hurry_stages(stages: Sequence[Stage], groups: Sequence[LinkGroup]) -> tuple[Stage, ...]:
    """A stage for every approach whose vehicles no stage of ``stages`` lets go all together without giving way to anybody. With
    them run vehicles who meet nobody, so that nothing of a joined junction that they meet next stands red; never people or trams.
    None for a junction of one stage."""
    if len(stages) < 2:
        return ()
    by_id = {g.id: g for g in groups}
    found: list[Stage] = []
    for names in approaches(frozenset(by_id), by_id):
        approach = [g for g in groups if g.id in names]
        if any(a.conflicts_with(b) for a in approach for b in approach if a is not b) \
                or any(names <= s.green and not any(_gives_way(g, s, by_id) for g in names) for s in stages):
            continue
        chosen = list(approach)
        for g in sorted(groups, key=lambda g: (-len(g.links), g.id)):
            if g.kind is GroupKind.VEHICLE and g not in chosen and not any(g.conflicts_with(c) for c in chosen):
                chosen.append(g)
        green = frozenset(g.id for g in chosen)
        if all(green != s.green for s in found):
            name = f"H{len(found) + 1}"
            found.append(Stage(StageId(name), green, name=stage_name(f"{name} hurry call", approach), hurry=True))
    return tuple(found)


def _gives_way(g: GroupId, stage: Stage, by_id: dict[GroupId, LinkGroup]) -> bool:
    return g in stage.yielding and any(by_id[g].conflicts_with(by_id[other]) for other in stage.green if other != g)
