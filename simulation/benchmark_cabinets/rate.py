"""How fast: cabinets polled, decided for and commanded every period; and whether one bad one holds up the others."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from controller.daemon.post import Post
from signal_drivers.ids import JunctionId
from simulation.benchmark_cabinets.stand import Stand, Stopwatch, all_central, driven, run_here
from simulation.metrics import percentile

SETTLE_S = 10.0
ROUNDS = 5
"""Calm and trouble take turns this often, so that whatever else the machine does falls on both."""
RECOVERS_S = 10.0
"""From the end of trouble until calm is measured again: the broken one has its connection back by then."""
FAULTS: dict[str, Any] = {"hang": True, "refuse": True, "garble": True, "delay": 0.8}


@dataclass(frozen=True)
class Rate:
    """Latencies in ms, from a tick's moment to its last command acknowledged; ``late`` of polls, after their own moment to their
    answer. ``cpu`` is the share of one core that the daemon alone took. ``busiest`` is the most requests of one tick."""

    cabinets: int
    protocol: str
    period_s: float
    ticks: int
    missed: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    poll_p50_ms: float
    poll_p99_ms: float
    cpu: float
    requests: float
    busiest: float
    violations: int


def rate(stand: Stand, *, protocol: str, period_s: float, seconds: float, strategy: str, seed: int) -> Rate:
    """Run the post for ``seconds`` of real time once all its cabinets are under it."""
    return run_here(stand, _rate(stand, protocol, period_s, seconds, strategy, seed))


async def _rate(stand: Stand, protocol: str, period_s: float, seconds: float, strategy: str, seed: int) -> Rate:
    post = Post(stand.site(period_s=period_s, strategy=strategy, seed=seed))
    watch = Stopwatch(post)
    async with driven(post):
        await all_central(post)
        await asyncio.sleep(SETTLE_S)
        watch.restart()
        before = _missed(post), time.process_time(), time.monotonic()
        await asyncio.sleep(seconds)
        cpu = (time.process_time() - before[1]) / (time.monotonic() - before[2])
        asked = watch.asked
        ticks, late = watch.ticks_s, [s for row in watch.polls_s.values() for s in row]
        return Rate(len(post.keepers), protocol, period_s, len(ticks), int(_missed(post) - before[0]),
                    1000 * percentile(ticks, 50), 1000 * percentile(ticks, 99), 1000 * max(ticks, default=float("nan")),
                    1000 * percentile(late, 50), 1000 * percentile(late, 99), cpu, asked[-1] - asked[0],
                    max((b - a for a, b in pairwise(asked)), default=0.0), len(await stand.violations()))


def _missed(post: Post) -> float:
    return next(iter(post.metrics.missed.collect())).samples[0].value


@dataclass(frozen=True)
class Isolation:
    """Lateness of the other cabinets' polls while one is broken, against the calm around it, p99 in ms over ``polls`` each."""

    fault: str
    cabinet: str
    calm_ms: float
    troubled_ms: float
    polls: int

    @property
    def worse(self) -> float:
        return self.troubled_ms / self.calm_ms - 1


def isolation(stand: Stand, *, seconds: float, seed: int) -> list[Isolation]:
    """Break one cabinet in each way in turn, ``seconds`` of calm and of trouble for each, in :data:`ROUNDS` turns."""
    return run_here(stand, _isolation(stand, seconds, seed))


async def _isolation(stand: Stand, seconds: float, seed: int) -> list[Isolation]:
    post = Post(stand.site(period_s=1.0, strategy="actuated", seed=seed))
    watch, rows = Stopwatch(post), []
    async with driven(post):
        await all_central(post)
        await asyncio.sleep(SETTLE_S)
        for i, (fault, value) in enumerate(FAULTS.items()):
            victim = stand.specs[i % len(stand.specs)].junction.id
            calm, troubled = list[float](), list[float]()
            for _ in range(ROUNDS):
                calm += await _others(watch, victim, seconds / ROUNDS)
                await stand.inject(fault, value, [victim])
                troubled += await _others(watch, victim, seconds / ROUNDS)
                await stand.inject(fault, 0.0 if fault == "delay" else False, [victim])
                await asyncio.sleep(RECOVERS_S)
            await all_central(post)
            rows.append(Isolation(fault, victim, 1000 * percentile(calm, 99), 1000 * percentile(troubled, 99), len(troubled)))
    return rows


async def _others(watch: Stopwatch, victim: JunctionId, seconds: float) -> list[float]:
    """Lateness, s, of every poll of the other cabinets in the next ``seconds``."""
    watch.restart()
    await asyncio.sleep(seconds)
    return [s for j, row in watch.polls_s.items() if j != victim for s in row]
