"""Single looks at a cabinet, and what its heads show in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from signal_drivers.groups import GroupKind
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import Head
from signal_drivers.wire.report import Report

FLASHING, ALL_RED, DARK = "flashing", "all red", "dark"
MAY_BE_DARK = frozenset({GroupKind.PEDESTRIAN, GroupKind.TRAM})
"""Heads without a flashing amber: out of service they go out."""


@dataclass(frozen=True, slots=True)
class Look:
    """A report asked for at ``asked_s`` that had come by ``got_s``: what it tells was so at some moment between. ``life`` counts
    how often the unit has begun anew; ``excused`` marks looks while somebody showed what must not be, on purpose."""

    asked_s: float
    got_s: float
    report: Report
    life: int
    excused: bool = False

    @property
    def heads(self) -> tuple[Head, ...]:
        return self.report.heads


def heads_of(junction: Junction, stage: Stage) -> tuple[Head, ...]:
    """What the heads show in a stage."""
    return tuple(Head.RED if g.id not in stage.green else Head.GREEN_YIELD if g.id in stage.yielding else Head.GREEN
                 for g in junction.groups)


def changes(junction: Junction, before: Sequence[Head], after: Sequence[Head]) -> str:
    """The groups that show something else, for people."""
    told = [f"{g.id} {a.name.lower()} -> {b.name.lower()}" for g, a, b in zip(junction.groups, before, after, strict=True)
            if a is not b]
    return ", ".join(told) or "no head changed"


def picture(junction: Junction, heads: Sequence[Head]) -> str:
    """In a word: a stage, flashing, all red, dark, or what they show."""
    if all(h is Head.DARK for h in heads):
        return DARK
    if all(h is Head.RED for h in heads):
        return ALL_RED
    if all(h is Head.FLASHING_AMBER or (h is Head.DARK and g.kind in MAY_BE_DARK)
           for g, h in zip(junction.groups, heads, strict=True)):
        return FLASHING
    for stage in junction.stages:
        if heads_of(junction, stage) == tuple(heads):
            return f"stage {stage.id}"
    lit = [f"{g.id} {h.name.lower()}" for g, h in zip(junction.groups, heads, strict=True) if h is not Head.RED]
    return ", ".join(lit)


@dataclass(frozen=True, slots=True)
class Spell:
    """Looks in a row that show one picture. It lasted ``longest_s`` at most: from the last look before to the first after."""

    picture: str
    looks: int
    longest_s: float


def spells(junction: Junction, looks: Sequence[Look]) -> list[Spell]:
    """The pictures in the order they were seen; the first and last lasted longer than was watched."""
    found: list[Spell] = []
    rows = [list(row) for _, row in groupby(looks, key=lambda look: look.heads)]
    for i, row in enumerate(rows):
        begun_s = rows[i - 1][-1].asked_s if i else row[0].asked_s
        ended_s = rows[i + 1][0].got_s if i + 1 < len(rows) else row[-1].got_s
        found.append(Spell(picture(junction, row[0].heads), len(row), ended_s - begun_s))
    return found
