"""An hour of street time under random faults: does anything leak, is any event lost, does any head ever show what it must not?"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from dataclasses import dataclass, replace
from typing import Any

from controller.archive.query import Search, find
from controller.daemon.archiving import Archiving
from controller.daemon.clock import PostClock
from controller.daemon.post import Post
from signal_drivers.errors import CabinetError
from signal_drivers.wire.garbled import Garbled
from simulation.benchmark_cabinets.stand import Stand, run_here
from simulation.process_memory import memory_mb

WARM_UP_S = 600
LOOK_EVERY_S = 60
FAULTS = {"hang": 0.15, "refuse": 0.2, "garble": 0.2, "wrong-echo": 0.1, "stuck-stage": 0.1, "manual": 0.05, "flashing": 0.05,
          "mains": 0.05, "conflict-green": 0.03, "reboot": 0.04, "clock-jump": 0.03}
"""Share of each among the faults that come."""
FAULT_EVERY_S = 12.0
LAST_S = (3.0, 40.0)
RESET_AFTER_S = 90.0
TIMEOUT_S = 0.25
"""Of each question: street time stands still while a hung cabinet is waited for, so it need not be long."""


@dataclass(frozen=True)
class Soak:
    """``memory_mb`` after the warm-up and at the end; ``events`` handed to the archive and ``found`` in it afterwards."""

    cabinets: int
    street_s: int
    wall_s: float
    faults: int
    memory_begin_mb: float
    memory_end_mb: float
    events: int
    found: int
    requests: int
    violations: int
    central_share: float
    """of cabinets and seconds, under the centre"""

    @property
    def growth(self) -> float:
        return self.memory_end_mb / self.memory_begin_mb - 1


class SteppedClock(PostClock):
    """A post's clock that stands still unless it is moved."""

    def __init__(self, now_s: float) -> None:
        super().__init__()
        self.stepped_s = now_s

    def calendar_s(self) -> float:
        return self.stepped_s

    def now_s(self) -> float:
        return self.stepped_s


def soak(stand: Stand, *, street_s: int, seed: int, told: Any = None) -> Soak:
    """Step a fleet and its post through ``street_s`` seconds, as fast as they go. ``told`` hears the second now and then."""
    return run_here(stand, _soak(stand, street_s, seed, told))


async def _soak(stand: Stand, street_s: int, seed: int, told: Any) -> Soak:
    begun, clock, dice = time.monotonic(), SteppedClock(0.0), random.Random(seed)
    site = stand.site(period_s=1.0, strategy="actuated", seed=seed)
    ladder = site.said.ladder.model_copy(update={"down_after_s": 10.0, "up_after_s": 30.0})
    site = replace(site, said=site.said.model_copy(update={"ladder": ladder}))
    folder = stand.folder / "soak"
    archiving = Archiving(folder, "soak", {j: site.network.junctions[j] for j in site.cabinets}, 0.0)
    post = Post(site, clock=clock, recorder=archiving, timeout_s=TIMEOUT_S)
    street = _Street(stand, post, clock, dice)
    memory = central = 0.0
    for second in range(1, street_s + 1):
        await street.step(float(second))
        central += sum(d.read().mode.value == "central" for d in post.drivers.values())
        if second % LOOK_EVERY_S == 0:
            await asyncio.to_thread(archiving.archive.tick)
            if told is not None:
                told(second)
        if second == min(WARM_UP_S, street_s // 2):
            # What the first fold loads for good (Parquet's machinery, 50 MB) is there before growth is counted.
            await asyncio.to_thread(archiving.archive.fold)
            gc.collect()
            memory = memory_mb()
    gc.collect()
    end_mb = memory_mb()
    for driver in post.drivers.values():
        await driver.close()
    archiving.close()
    rows = len(find(folder, Search(limit=10**9)))
    judged = sum(guard.requests for guard in post.loop.guards.values())
    return Soak(len(post.drivers), street_s, time.monotonic() - begun, street.faults, memory, end_mb, archiving.events, rows,
                judged, len(await stand.violations()), central / (street_s * len(post.drivers)))


class _Street:
    """The lockstep: cabinets' time, connections, faults, one tick of the post."""

    def __init__(self, stand: Stand, post: Post, clock: SteppedClock, dice: random.Random) -> None:
        self._stand, self._post, self._clock, self._dice = stand, post, clock, dice
        self._names = list(post.drivers)
        self._open: set[str] = set()
        self._again_s = dict.fromkeys(self._names, 0.0)
        self._ends: list[tuple[float, str, str]] = []
        self._next_s = FAULT_EVERY_S
        self.faults = 0

    async def step(self, now_s: float) -> None:
        self._clock.stepped_s = now_s
        await self._fault(now_s)
        await self._stand.fleet.everywhere(do="advance", now_s=now_s)
        await asyncio.gather(*(self._listen(j, now_s) for j in self._names))
        self._post.tick()
        await asyncio.gather(*(self._speak(j, now_s) for j in self._names if j in self._open))

    async def _listen(self, name: Any, now_s: float) -> None:
        driver = self._post.drivers[name]
        try:
            if name not in self._open:
                if now_s < self._again_s[name]:
                    return
                await driver.open()
                self._open.add(name)
                return
            await driver.poll()
        except (CabinetError, Garbled):
            await self._lost(name, now_s)

    async def _speak(self, name: Any, now_s: float) -> None:
        try:
            await self._post.drivers[name].flush()
        except (CabinetError, Garbled):
            await self._lost(name, now_s)

    async def _lost(self, name: Any, now_s: float) -> None:
        self._open.discard(name)
        self._again_s[name] = now_s + self._dice.uniform(1.0, 5.0)
        await self._post.drivers[name].close()

    async def _fault(self, now_s: float) -> None:
        for end in [e for e in self._ends if e[0] <= now_s]:
            self._ends.remove(end)
            await self._stand.inject(end[1], 0.0 if end[1] == "clock-jump" else False, [end[2]])
            if end[1] in ("conflict-green", "mains"):
                await self._stand.inject("reset", True, [end[2]])
        if now_s < self._next_s:
            return
        self._next_s = now_s + self._dice.expovariate(1 / FAULT_EVERY_S)
        fault = self._dice.choices(list(FAULTS), list(FAULTS.values()))[0]
        name = str(self._dice.choice(self._names))
        self.faults += 1
        await self._stand.inject(fault, self._dice.choice((-30.0, 40.0)) if fault == "clock-jump" else True, [name])
        if fault not in ("reboot", "clock-jump"):
            last_s = RESET_AFTER_S if fault == "conflict-green" else self._dice.uniform(*LAST_S)
            self._ends.append((now_s + last_s, fault, name))
