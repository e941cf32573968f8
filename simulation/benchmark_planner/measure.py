"""Run the control loop over the synthetic city and time every second of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from controller.loop import ControlLoop
from controller.network import Network
from controller.registry import names, strategy
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.guard import Verdict
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus
from simulation.benchmark_planner.city import city
from simulation.benchmark_planner.world import World
from simulation.cabinet.clockwork import Clockwork
from simulation.process_memory import memory_mb

PREFERRED, REFERENCE = "predictive", "actuated"
GROWTH = (10, 50, 200, 500, 1000, 2000)
LEAST_TICKS, FULL_TICKS_UP_TO = 60, 200
"""Cities beyond this many junctions are timed for fewer seconds in proportion, but never for fewer than the first."""
WARM_UP_TICKS = 60
"""Queues build up and every junction has changed a stage a few times before anything counts."""
FLAT_SHARE, FLAT_MB = 0.02, 2.0


@dataclass(frozen=True, slots=True)
class PlannerFigures:
    """Times of one strategy on one city. ``tick`` is the whole second of control (calls, decision, fairness, variants, guard),
    ``decide`` the strategy alone, ``feed`` making the observations, which happens before and is in neither. Memory is the
    whole process's, the synthetic traffic included."""

    strategy: str
    junctions: int
    lanes: int
    ticks: int
    seed: int
    vehicles: float
    served: int
    stage_changes: int
    vetoes: int
    violations: int
    tick_mean_ms: float
    tick_p50_ms: float
    tick_p99_ms: float
    tick_max_ms: float
    decide_mean_ms: float
    decide_p50_ms: float
    decide_p99_ms: float
    tick_mean_us_per_junction: float
    tick_p50_us_per_junction: float
    tick_p99_us_per_junction: float
    feed_mean_ms: float
    memory_start_mb: float
    memory_end_mb: float

    @property
    def memory_flat(self) -> bool:
        """Whether memory grew by no more than what an allocator breathes."""
        return self.memory_end_mb - self.memory_start_mb <= max(FLAT_MB, FLAT_SHARE * self.memory_start_mb)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"memory_flat": self.memory_flat}


def preferred() -> str:
    """The strategy that is measured unless another is named."""
    return PREFERRED if PREFERRED in names() else REFERENCE


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measured(strategies: Sequence[str], junctions: Sequence[int], ticks: int, seed: int,
             told: Callable[[str, int], None] | None = None) -> list[PlannerFigures]:
    """Figures of every strategy on every city, one after the other, each in a process of its own. ``told`` hears what is next.
    Of several cities the large ones are timed for fewer seconds.

    Raises :class:`UnknownStrategy` for a name nobody registered.
    """
    context = multiprocessing.get_context("spawn")
    found = []
    for count in junctions:
        for name in strategies:
            if told is not None:
                told(name, count)
            with context.Pool(1) as pool:
                found.append(pool.apply(measure, (name, count, ticks if len(junctions) == 1 else ticks_for(count, ticks), seed)))
    return found


def ticks_for(junctions: int, ticks: int) -> int:
    """Seconds that are timed where several cities are: a city ten times as large gives as many decisions in a tenth."""
    return min(ticks, max(LEAST_TICKS, ticks * FULL_TICKS_UP_TO // junctions))


def measure(name: str, junctions: int, ticks: int, seed: int) -> PlannerFigures:
    """One strategy on one city, in this process. The same seed gives the same traffic and, under the same decisions, the same
    queues; times are the machine's."""
    plan = city(junctions)
    timed = _Timed(strategy(name))
    cabinets = {j: Clockwork(junction, 0.0) for j, junction in plan.network.junctions.items()}
    world = World(plan, cabinets, seed)
    drivers = {j: _Cabinet(cabinet) for j, cabinet in cabinets.items()}
    changes = _Changes()
    loop = ControlLoop(plan.network, timed, world, drivers, seed=seed, listener=changes)
    # Filled now: zeros take memory only when written to, which would pass for growth.
    tick_s, decide_s, feed_s, vehicles = (np.full(ticks, 0.0) for _ in range(4))
    start_mb = 0.0
    for second in range(-WARM_UP_TICKS, ticks):
        now_s = float(second + WARM_UP_TICKS + 1)
        for driver in drivers.values():
            driver.advance(now_s)
        world.step(now_s)
        begun = time.perf_counter()
        world.look(now_s)
        seen = time.perf_counter()
        loop.tick(now_s)
        ended = time.perf_counter()
        if second < 0:
            if second == -1:
                gc.collect()
                gc.freeze()
                start_mb = memory_mb()
            continue
        tick_s[second], decide_s[second], feed_s[second] = ended - seen, timed.last_s, seen - begun
        vehicles[second] = world.vehicles
    gc.collect()
    return _figures(name, plan.network, seed, world, changes, loop, tick_s, decide_s, feed_s, vehicles, start_mb)


def _figures(name: str, network: Network, seed: int, world: World, changes: _Changes, loop: ControlLoop, tick_s: np.ndarray,
             decide_s: np.ndarray, feed_s: np.ndarray, vehicles: np.ndarray, start_mb: float) -> PlannerFigures:
    count = len(network.junctions)

    def at(row: np.ndarray, q: float) -> float:
        return float(np.percentile(row, q)) * 1e3

    return PlannerFigures(
        strategy=name, junctions=count, lanes=sum(len(j.lanes) for j in network.junctions.values()), ticks=len(tick_s), seed=seed,
        vehicles=float(vehicles.mean()), served=world.served, stage_changes=changes.accepted, vetoes=changes.refused,
        violations=sum(guard.violations_seen for guard in loop.guards.values()),
        tick_mean_ms=float(tick_s.mean()) * 1e3, tick_p50_ms=at(tick_s, 50), tick_p99_ms=at(tick_s, 99),
        tick_max_ms=at(tick_s, 100),
        decide_mean_ms=float(decide_s.mean()) * 1e3, decide_p50_ms=at(decide_s, 50), decide_p99_ms=at(decide_s, 99),
        tick_mean_us_per_junction=float(tick_s.mean()) * 1e6 / count, tick_p50_us_per_junction=at(tick_s, 50) * 1e3 / count,
        tick_p99_us_per_junction=at(tick_s, 99) * 1e3 / count, feed_mean_ms=float(feed_s.mean()) * 1e3,
        memory_start_mb=start_mb, memory_end_mb=memory_mb())


class _Timed(Strategy):
    """A strategy with a stop-watch; everything else is its own."""

    def __init__(self, inner: Strategy) -> None:
        self._inner = inner
        self.last_s = 0.0
        # The loop asks the strategy itself, so what its class says has to be said here too.
        self.__dict__.update(keeps_max_red=inner.keeps_max_red, needs_counts=inner.needs_counts, name=inner.name,
                             plans_variants=inner.plans_variants)

    def start(self, network: Network, seed: int = 0) -> None:
        self._inner.start(network, seed)

    def decide(self, tick: Tick) -> Sequence[Decision]:
        begun = time.perf_counter()
        decisions = self._inner.decide(tick)
        self.last_s = time.perf_counter() - begun
        return decisions


class _Changes:
    """Counts what the guard said."""

    def __init__(self) -> None:
        self.accepted = self.refused = 0

    def __call__(self, now_s: float, decision: Decision, verdict: Verdict) -> None:
        if verdict.accepted:
            self.accepted += 1
        else:
            self.refused += 1


class _Cabinet:
    """The clockwork behind the driver's protocol."""

    def __init__(self, clock: Clockwork) -> None:
        self._clock, self._now_s = clock, 0.0

    @property
    def junction(self) -> Junction:
        return self._clock.junction

    def read(self) -> CabinetStatus:
        return self._clock.status(self._now_s)

    def send(self, request: StageRequest) -> bool:
        return self._clock.request(request, self._now_s)

    def demand(self, call_since_s: Mapping[GroupId, float]) -> None:
        self._clock.calls = call_since_s

    def advance(self, now_s: float) -> None:
        self._now_s = now_s
        self._clock.tick(now_s)
