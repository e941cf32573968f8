"""A computed plan made better in simulation: a seeded pattern search, and a judgement on seeds it has not seen.

A move is tried both ways, each in a simulation of its own; the better one stays if it lowers the mean delay, and is then
repeated as long as it helps (pattern search, Hooke and Jeeves 1961, on coordinates drawn at random). All runs of the search
have one seed, so that plans are compared under the same traffic; a plan fitted to that one evening may be no better on
another, and so it is kept only if it is better in the mean over other seeds.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId
from simulation.batch import run_all
from simulation.planning.moves import Move, Plans, followers_of, random_move
from simulation.planning.periods import Period
from simulation.record import RunRecord
from simulation.settings import RunSettings

LEAST_BUDGET = 4
FIRST_STEP_S, SECOND_STEP_S = 8.0, 4.0
MOST_DRAWS = 50


@dataclass(frozen=True)
class Refined:
    """``plans``: those to run. ``searched_s``: delay before and after on the search's seed; ``before_s`` and ``after_s`` by
    check seed, empty where the search found nothing to check. ``kept``: the found plans were better there."""

    plans: Plans
    runs: int
    seed: int
    searched_s: tuple[float, float]
    before_s: dict[int, float]
    after_s: dict[int, float]
    kept: bool

    @property
    def delay_before_s(self) -> float:
        """Mean strict delay, s/veh, of the computed plan: over the check seeds, or on the search's where there were none."""
        return sum(self.before_s.values()) / len(self.before_s) if self.before_s else self.searched_s[0]

    @property
    def delay_after_s(self) -> float:
        """The same of the plan that is kept."""
        return sum(self.after_s.values()) / len(self.after_s) if self.kept else self.delay_before_s


def check_budget(budget: int) -> None:
    """Raise :class:`BadInput` for a budget too small to search and check."""
    if budget and budget < LEAST_BUDGET:
        raise BadInput(f"{budget} runs are too few to search and to check on another seed", where="--budget",
                       mend=f"give {LEAST_BUDGET} or more for each period, or 0 for no simulation")


def check_seeds(seed: int, budget: int) -> list[int]:
    """Seeds of the judgement: one to three, as the budget allows."""
    return [(seed + k) % 2**31 for k in range(1, 1 + (3 if budget >= 16 else 2 if budget >= 8 else 1))]


def refine(period: Period, plans: Plans, settings: RunSettings, budget: int, *, workers: int = 1,
           told: Callable[[int], None] = lambda runs: None) -> Refined:
    """Refine ``plans`` with at most ``budget`` runs of ``settings`` (whose seed is the search's). ``told`` counts them."""
    check_budget(budget)
    search = _Search(period, settings, workers, told)
    others = check_seeds(settings.seed, budget)
    best, record = plans, search.run([plans])[0]
    begun = delay = _delay(record)
    dice, left = random.Random(f"{settings.seed}/{period.name}"), budget - 2 * len(others)
    followers = followers_of(period.network)
    again: Move | None = None
    while search.runs < left:
        step_s = FIRST_STEP_S if search.runs < left / 2 else SECOND_STEP_S
        queues = {JunctionId(j): sum(q) / max(1, len(q)) for j, q in record.queue_by_junction.items()}
        tried = [again] if again else _both_ways(best, period, queues, step_s, dice, followers)
        tried = [m for m in tried if m.applied(best, period.network) != best][:left - search.runs]
        if not tried:
            if again is None:
                break
            again = None
            continue
        candidates: list[Plans] = [m.applied(best, period.network) for m in tried]
        records = search.run(candidates)
        i = min(range(len(records)), key=lambda k: _delay(records[k]))
        again = tried[i] if _delay(records[i]) < delay else None
        if again is not None:
            best, record, delay = candidates[i], records[i], _delay(records[i])
    if best == plans:
        return Refined(plans, search.runs, settings.seed, (begun, delay), {}, {}, False)
    found = search.run([p for _ in others for p in (plans, best)], [s for s in others for _ in range(2)])
    before = {s: _delay(r) for s, r in zip(others, found[::2], strict=True)}
    after = {s: _delay(r) for s, r in zip(others, found[1::2], strict=True)}
    kept = sum(after.values()) < sum(before.values())
    return Refined(best if kept else plans, search.runs, settings.seed, (begun, delay), before, after, kept)


def _both_ways(plans: Plans, period: Period, queues: dict[JunctionId, float], step_s: float, dice: random.Random,
               followers: dict[JunctionId, tuple[JunctionId, ...]]) -> list[Move]:
    for _ in range(MOST_DRAWS):
        move = random_move(plans, period.network, queues, step_s, dice, followers)
        if any(m.applied(plans, period.network) != plans for m in (move, move.reversed())):
            return [move, move.reversed()]
    return []


def _delay(record: RunRecord) -> float:
    return float(record.result["delay_s"]["mean"] or 0.0)


@dataclass
class _Search:
    """Runs plans, each in a process of its own, and counts."""

    period: Period
    settings: RunSettings
    workers: int
    told: Callable[[int], None]
    runs: int = 0

    def run(self, candidates: list[Plans], seeds: list[int] | None = None) -> list[RunRecord]:
        jobs = [replace(self.settings, scenario=self.period.spec, strategy="fixed", detail=False, out=None,
                        seed=seeds[i] if seeds else self.settings.seed, settings={"plans": dict(plans)})
                for i, plans in enumerate(candidates)]

        def finished(record: RunRecord) -> None:
            self.runs += 1
            self.told(self.runs)

        return run_all(jobs, workers=self.workers, finished=finished)
