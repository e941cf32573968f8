"""Overlap stages: one approach of a stage together with what it may run beside in another.

Where two opposite left turns have a stage of their own, the busier approach may keep its through green beside its own left turn
while the other side waits, as dual-ring controllers do (NCHRP Report 812, Signal Timing Manual, 2nd ed., 2015, chapter 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from string import ascii_lowercase

from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, StageId
from signal_drivers.stages import Stage
from simulation.netmodel.grouping import LinkGroup
from simulation.netmodel.stagesets import stage_name

MOST_PARTS = 3
"""Stages whose vehicles come from more approaches than this are left as they are."""
MOST_OVERLAPS = 8
"""A junction gets no more than this: those that show most, since each is one more to be weighed every second."""

Part = frozenset[GroupId]


def overlaps(stages: Sequence[Stage], groups: Sequence[LinkGroup]) -> tuple[Stage, ...]:
    """Stages that join what two of ``stages`` share with some approaches of each: nobody is shown green beside whom no programme
    stage shows him, unless their paths never meet. Groups of one approach stay together, since they may share lanes. Trams run
    in the programme's own stages only."""
    by_id = {g.id: g for g in groups}
    shown = {s.green for s in stages}
    found: list[Stage] = []
    for a, b in combinations(stages, 2):
        letters = iter(ascii_lowercase)
        for vehicles in _joined(a, b, by_id):
            if (green := _with_people(vehicles, a, b, by_id)) not in shown:
                shown.add(green)
                found.append(_stage(StageId(f"{a.id}+{b.id}{next(letters)}"), green, a, b, by_id))
    kept = sorted(found, key=lambda stage: -len(stage.green))[:MOST_OVERLAPS]
    return tuple(stage for stage in found if stage in kept)


def _joined(a: Stage, b: Stage, by_id: Mapping[GroupId, LinkGroup]) -> Iterator[frozenset[GroupId]]:
    ours, theirs = approaches(a.green - b.green, by_id), approaches(b.green - a.green, by_id)
    both = frozenset(g for g in a.green & b.green if by_id[g].kind is not GroupKind.PEDESTRIAN)
    if not ours or not theirs or len(ours) > MOST_PARTS or len(theirs) > MOST_PARTS:
        return
    for size in range(1, len(ours) + 1):
        for some in combinations(ours, size):
            fit = [p for p in theirs if all(_apart(p, q, by_id) for q in some)]
            if not fit or set(some) != {q for q in ours if all(_apart(p, q, by_id) for p in fit)}:
                continue
            yield both.union(*some, *fit)


def approaches(green: frozenset[GroupId], by_id: Mapping[GroupId, LinkGroup]) -> list[Part]:
    """The vehicles among ``green``, by the road they come from."""
    rows: dict[frozenset[str], set[GroupId]] = {}
    for g in sorted(green):
        if by_id[g].kind is GroupKind.VEHICLE:
            rows.setdefault(by_id[g].edges, set()).add(g)
    return [frozenset(row) for row in rows.values()]


def _apart(p: Part, q: Part, by_id: Mapping[GroupId, LinkGroup]) -> bool:
    return not any(by_id[g].conflicts_with(by_id[h]) for g in p for h in q)


def _with_people(vehicles: frozenset[GroupId], a: Stage, b: Stage, by_id: Mapping[GroupId, LinkGroup]) -> frozenset[GroupId]:
    people = (g for g in a.green | b.green if by_id[g].kind is GroupKind.PEDESTRIAN)
    return vehicles | {g for g in people if all(_beside(g, h, (a, b), by_id) for h in vehicles)}


def _stage(name: StageId, green: frozenset[GroupId], a: Stage, b: Stage, by_id: Mapping[GroupId, LinkGroup]) -> Stage:
    yielding = frozenset(g for g in green & (a.yielding | b.yielding)
                         if any(by_id[g].conflicts_with(by_id[h]) for h in green if h != g))
    return Stage(name, green, yielding, name=stage_name(name, [by_id[g] for g in sorted(green)]), overlap=True)


def _beside(people: GroupId, other: GroupId, stages: Sequence[Stage], by_id: Mapping[GroupId, LinkGroup]) -> bool:
    return (not by_id[people].conflicts_with(by_id[other])
            or any(people in s.green and other in s.green and other in s.yielding for s in stages))
