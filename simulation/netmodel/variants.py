"""Variants of stages: without the trams when none comes, without the long crossings when nobody waits at them."""

from __future__ import annotations

from collections.abc import Sequence

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.stages import Stage

LONG_CROSSING_S = 8.0
"""Crossings whose minimum green is longer than this run on demand: shorter ones fit into any vehicle green."""


def with_variants(stages: Sequence[Stage], groups: Sequence[SignalGroup], intergreens: Intergreens) -> tuple[Stage, ...]:
    """``stages``, each followed by its variants. Only groups that conflict with something are worth leaving out, a stage
    always keeps somebody green, and what no other stage shows is not repeated."""
    kinds = {g.id: g for g in groups}
    found: list[Stage] = []
    shown = {s.green for s in stages}
    for stage in stages:
        found.append(stage)
        trams = _leavable(stage, kinds, intergreens, trams=True)
        people = _leavable(stage, kinds, intergreens, trams=False)
        for suffix, left_out in (("-t", trams), ("-p", people), ("-tp", trams | people)):
            green = stage.green - left_out
            if left_out and green and green not in shown and (suffix != "-tp" or (trams and people)):
                shown.add(green)
                found.append(Stage(StageId(f"{stage.id}{suffix}"), green, stage.yielding - left_out,
                                   name=f"{stage.label} without {_what(suffix)}", variant_of=stage.id, overlap=stage.overlap))
    return tuple(found)


def _what(suffix: str) -> str:
    return {"-t": "trams", "-p": "long crossings", "-tp": "trams and long crossings"}[suffix]


def _leavable(stage: Stage, kinds: dict[GroupId, SignalGroup], intergreens: Intergreens, *, trams: bool) -> frozenset[GroupId]:
    def fits(group: SignalGroup) -> bool:
        if trams:
            return group.kind is GroupKind.TRAM
        return group.for_pedestrians and group.min_green_s > LONG_CROSSING_S

    return frozenset(g for g in stage.green if fits(kinds[g]) and intergreens.after(g))
