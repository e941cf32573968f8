"""Stages of a junction, read from the net's programme where that is usable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, StageId
from signal_drivers.lanes import Turn
from signal_drivers.stages import Stage
from simulation.netmodel.grouping import LinkGroup
from simulation.netmodel.links import Link

TOO_MANY_PHASES = 16
TOO_MANY_STAGES = 7
"""A programme is a joined junction's tangle when it has both: many phases alone may be the yellows and all-reds of six."""


class Unusable(Exception):
    """The programme cannot be run as stages; the text says why."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a SUMO programme."""

    state: str
    duration_s: float


def columns_of(phases: Sequence[Phase], indices: Sequence[int]) -> dict[int, str]:
    """Letters of each link index over the programme. Raises :class:`Unusable` for a state string that is too short."""
    if not phases:
        raise Unusable("the net has no programme for it")
    width = min(len(p.state) for p in phases)
    if width <= max(indices):
        raise Unusable(f"its states have {width} letters for {max(indices) + 1} links")
    return {i: "".join(p.state[i] for p in phases) for i in indices}


def running_phases(phases: Sequence[Phase], links: Sequence[Link]) -> list[Phase]:
    """Phases that are stages, in programme order: some green, no yellow, and not merely the tail of the phase before in
    which only pedestrians have already ended."""
    pedestrian = {link.index for link in links if link.pedestrian}
    used = {link.index for link in links}
    kept: list[Phase] = []
    before: frozenset[int] = frozenset()
    for phase in phases:
        green = frozenset(i for i in used if phase.state[i] in "Gg")
        moving = any(phase.state[i] in "yYu" for i in used)
        tail = bool(before) and green < before and (before - green) <= pedestrian
        if green and not moving and not tail:
            kept.append(phase)
        before = frozenset() if moving else green
    return kept


def stages_from_programme(phases: Sequence[Phase], groups: Sequence[LinkGroup]) -> tuple[list[Stage], list[str]]:
    """Stages and notes. Raises :class:`Unusable` where the programme is one all-green phase, leaves a movement without
    green, has 16 phases or more for seven stages or more, or makes traffic yield where nobody expects to."""
    notes: list[str] = []
    links = [link for g in groups for link in g.links]
    if any(p.state[link.index] in "oO" for p in phases for link in links):
        raise Unusable("its programme switches heads off")
    running = running_phases(phases, links)
    stages: list[Stage] = []
    for phase in running:
        stage = _stage(phase, groups, f"S{len(stages) + 1}", notes)
        if all(stage.green != s.green or stage.yielding != s.yielding for s in stages):
            stages.append(stage)
    if not stages:
        raise Unusable("its programme has no green phase")
    if len(stages) == 1 and has_conflict(groups, stages[0]):
        raise Unusable("its programme is one phase that shows conflicting groups green for ever")
    if len(phases) >= TOO_MANY_PHASES and len(stages) >= TOO_MANY_STAGES:
        raise Unusable(f"its programme has {len(phases)} phases")
    missing = [g for g in groups if not any(g.id in s.green for s in stages)]
    if missing:
        raise Unusable(f"its programme never gives {missing[0].group.label} a green of its own")
    return stages, notes


def _stage(phase: Phase, groups: Sequence[LinkGroup], name: str, notes: list[str]) -> Stage:
    green = [g for g in groups if all(phase.state[i] in "Gg" for i in g.indices)]
    yielding = {g.id for g in green if any(phase.state[i] == "g" for i in g.indices)}
    for a, b in combinations(green, 2):
        if not a.conflicts_with(b):
            continue
        if a.id not in yielding and b.id not in yielding:
            yielder = a if a.may_yield_to(b) else b if b.may_yield_to(a) else None
            if yielder is None:
                raise Unusable(f"its programme shows conflicting {a.group.label} and {b.group.label} green at once")
            yielding.add(yielder.id)
            notes.append(f"{yielder.group.label} shows yielding green beside {(b if yielder is a else a).group.label}")
        _check_yielding(a, b, yielding)
    return Stage(StageId(name), frozenset(g.id for g in green), frozenset(yielding), name=stage_name(name, green))


def _check_yielding(a: LinkGroup, b: LinkGroup, yielding: set[GroupId]) -> None:
    if GroupKind.TRAM in (a.kind, b.kind):
        raise Unusable(f"its programme lets {a.group.label} and {b.group.label} meet on the tram's track")
    for p, q in a.meeting_pairs(b):
        straight = [link.turn is Turn.THROUGH for link in (p, q)]
        if all(straight) and not _merge(p, q):
            raise Unusable(f"its programme shows crossing roads green at once ({a.group.label}, {b.group.label})")
    if all(g.kind is not GroupKind.PEDESTRIAN for g in (a, b)):
        return
    vehicle = b if a.kind is GroupKind.PEDESTRIAN else a
    if vehicle.id not in yielding:
        raise Unusable(f"its programme sends {vehicle.group.label} over people on green")
    if any(link.turn is Turn.THROUGH for link, _ in vehicle.meeting_pairs(a if vehicle is b else b)):
        raise Unusable(f"its programme sends through traffic {vehicle.group.label} over people on green")


def _merge(p: Link, q: Link) -> bool:
    return p.to_lane == q.to_lane


def stage_name(stage: str, green: Sequence[LinkGroup]) -> str:
    parts = [g.group.label.removeprefix(f"{g.id} ") for g in green if g.kind is not GroupKind.PEDESTRIAN]
    return f"{stage} " + (", ".join(dict.fromkeys(parts)) or "pedestrians")


def has_conflict(groups: Sequence[LinkGroup], stage: Stage) -> bool:
    """True when two of the stage's groups meet, yielding or not."""
    green = [g for g in groups if g.id in stage.green]
    return any(a.conflicts_with(b) for a, b in combinations(green, 2))
