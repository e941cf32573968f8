"""Figures of runs held against criteria, criterion by criterion. Posts do it again with what was signed: a certificate says what
was measured, and who relies on it says what is enough."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.validation.criteria import Criteria, Criterion


@dataclass(frozen=True, slots=True)
class Figures:
    """One run, of what is to be proved or of the ``reference``: ``figures`` by name as docs/metrics.md has them."""

    scenario: str
    seed: int
    reference: bool
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion in one scenario. ``figure`` and ``limit`` are those of the seed that comes closest to failing, or of the mean
    (``seed`` None); NaN where there is none."""

    criterion: Criterion
    scenario: str
    passed: bool
    figure: float
    limit: float
    seed: int | None = None
    why: str = ""


def judge(criteria: Criteria, runs: Sequence[Figures]) -> list[Judged]:
    """Every criterion in every scenario of ``runs``, in their order. The reference's runs must be among them: where they are not,
    what is compared with them fails."""
    found = []
    for scenario in dict.fromkeys(r.scenario for r in runs):
        own, reference = ({r.seed: r.figures for r in runs if r.scenario == scenario and r.reference is which}
                          for which in (False, True))
        found += [_judge(c, scenario, own, reference) for c in criteria.criteria]
    return found


def _judge(c: Criterion, scenario: str, own: Mapping[int, Mapping[str, float]],
           reference: Mapping[int, Mapping[str, float]]) -> Judged:
    seeds = [s for s, figures in own.items() if c.figure in figures]
    if len(seeds) < len(own) or not own:
        if c.where_any and own and not seeds:
            return Judged(c, scenario, True, math.nan, math.nan, why="nobody")
        if not c.where_any or not own:
            return Judged(c, scenario, False, math.nan, math.nan, why="no such figure")
    if c.reference_percent is not None and any(c.figure not in reference.get(s, {}) for s in seeds):
        return Judged(c, scenario, False, math.nan, math.nan, why="the reference has no such figure")
    rows = [(own[s][c.figure], _limit(c, reference.get(s, {})), s) for s in seeds]
    if c.over == "mean":
        figure, limit = (sum(r[i] for r in rows) / len(rows) for i in (0, 1))
        return Judged(c, scenario, figure <= limit, figure, limit)
    figure, limit, seed = max(rows, key=lambda r: r[0] - r[1])
    return Judged(c, scenario, all(f <= most for f, most, _ in rows), figure, limit, seed)


def _limit(c: Criterion, reference: Mapping[str, float]) -> float:
    if c.reference_percent is None:
        assert c.at_most is not None
        return c.at_most
    return reference[c.figure] * (1 + c.reference_percent / 100) + c.plus
