"""Looks at one cabinet in a steady rhythm, keeps the sign of life going meanwhile, and knows where it stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from signal_drivers.errors import CabinetError
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import Mode, ModeSource
from signal_drivers.wire.command import Standing, Wanted
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.link import Link
from signal_drivers.wire.report import Identity
from simulation.conformance.expect import Expect
from simulation.conformance.judge import HeadJudge
from simulation.conformance.look import Look, heads_of, picture
from simulation.conformance.pace import Pace
from simulation.conformance.verdict import Failed, NotTried

BEAT_S = 1.0
U16 = 0x10000
SEQUENCE_AHEAD = 100
"""First sequence beyond the one echoed: whoever spoke before may have used higher ones than the last."""


class TestableLink(Link, Protocol):
    """A link that can also say what no centre should."""

    async def force_call(self, sequence: int, force: int, issued_ms: int, life_ms: int) -> None:
        """A stage call with any force bits."""


class Observer:
    """``wanted``, ``plan`` and ``ages_ms`` go out with each heartbeat while ``beats``; a ``still`` heartbeat comes with the same
    counter every time."""

    def __init__(self, junction: Junction, link: TestableLink, pace: Pace, expect: Expect) -> None:
        self.junction, self.link, self.pace, self.expect = junction, link, pace, expect
        self.looks: list[Look] = []
        self.judge = HeadJudge(junction, expect)
        self.identity: Identity | None = None
        self.number = {s.id: n for n, s in enumerate(junction.stages, 1)}
        self.beats, self.still, self.wanted, self.plan = False, False, Wanted.LOCAL, 0
        self.ages_ms: tuple[int | None, ...] = (None,) * len(junction.groups)
        self.excused = False
        self.sequence = self.heartbeat = 0
        self.beat_s = -math.inf
        """When the last heartbeat with a new counter was sent."""
        self._spoke_s = -math.inf
        self._life = 0

    @property
    def last(self) -> Look:
        return self.looks[-1]

    async def open(self) -> Identity:
        """Connect anew and look. Raises what the link raises."""
        self.identity = await self.link.open()
        first = not self.looks
        look = await self.look()
        if first:
            self.heartbeat, self.sequence = look.report.heartbeat_echo, look.report.sequence_echo + SEQUENCE_AHEAD
        return self.identity

    async def look(self, *, whole: bool = False) -> Look:
        """Ask for a report and judge its heads."""
        asked_s = self.pace.now_s()
        report = await self.link.report(whole=whole)
        if len(report.heads) != len(self.junction.groups):
            raise Garbled(f"{len(report.heads)} heads for {len(self.junction.groups)} signal groups")
        if self.looks and report.uptime_ms < self.last.report.uptime_ms:
            self._life += 1
        look = Look(asked_s, self.pace.now_s(), report, self._life, self.excused)
        self.looks.append(look)
        self.judge.take(look)
        return look

    async def beat(self) -> None:
        """A heartbeat now, with standing orders."""
        if not self.still:
            self.heartbeat = (self.heartbeat + 1) % U16
            self.beat_s = self.pace.now_s()
        self._spoke_s = self.pace.now_s()
        await self.link.standing(Standing(self.heartbeat, self.wanted, self.plan, self.ages_ms))

    async def watch(self, seconds: float, until: Callable[[Look], bool] | None = None, *, lossy: bool = False) -> Look | None:
        """Look for ``seconds``, or ``until`` something shows: that look, else None. ``lossy`` connects again after a lost
        connection instead of raising."""
        end_s = self.pace.now_s() + seconds
        while True:
            due_s = self.pace.now_s() + self.expect.every_s
            try:
                if self.beats and self.pace.now_s() - self._spoke_s >= BEAT_S:
                    await self.beat()
                look = await self.look()
                if until is not None and until(look):
                    return look
            except (CabinetError, Garbled):
                if not lossy:
                    raise
                await self.reopen()
            if self.pace.now_s() >= end_s - 1e-9:
                return None
            await self.pace.sleep(due_s - self.pace.now_s())

    async def reopen(self) -> bool:
        """Connect again; False where nobody answers yet."""
        try:
            await self.open()
        except (CabinetError, Garbled):
            return False
        return True

    # Where it stands.

    def shows(self, stage: Stage) -> Callable[[Look], bool]:
        """Whether the heads show a stage."""
        wanted = heads_of(self.junction, stage)
        return lambda look: look.heads == wanted

    def shown(self) -> Stage | None:
        """The stage the heads show."""
        return next((s for s in self.junction.stages if heads_of(self.junction, s) == self.last.heads), None)

    def served(self, target: Stage | None = None) -> bool:
        """Whether every green that would end has been seen for its minimum and the tolerance; all greens without a target."""
        for i, group in enumerate(self.junction.groups):
            since = self.judge.green_since(i)
            if since is not None and (target is None or group.id not in target.green):
                if self.last.asked_s - since.by_s < group.min_green_s + self.expect.tolerance_s:
                    return False
        return True

    @staticmethod
    def central(look: Look) -> bool:
        return look.report.mode is Mode.CENTRAL and look.report.source is ModeSource.CENTRE

    def told(self) -> str:
        """Mode, source and what the heads show, for people."""
        r = self.last.report
        return f"{r.mode} by {r.source}, heads show {picture(self.junction, r.heads)}"

    def change_s(self) -> float:
        """Longest that any change of stage may take."""
        return max([self.junction.yellow_s, *(s for _, s in self.junction.intergreens.items())]) + 2.0

    async def ready(self) -> Stage:
        """Command the junction and wait until its heads show a stage whose minimum greens have run: that stage. Raises
        :class:`Failed` where it does not come to that."""
        self.beats, self.still, self.wanted, self.plan = True, False, Wanted.CENTRAL, 0
        limit_s = self.expect.start_up_limit_s + self.change_s() + max(g.min_green_s for g in self.junction.groups)
        found = await self.watch(limit_s, lambda look: self.central(look) and self.shown() is not None and self.served(),
                                 lossy=True)
        stage = self.shown()
        if found is None or stage is None:
            raise Failed(f"central by centre and a stage on the heads within {limit_s:g} s of the heartbeat", self.told())
        return stage

    def other(self, stage: Stage, *without: Stage) -> Stage:
        """The stage soonest reached and left from ``stage`` that ends some of its greens and begins others. Raises
        :class:`NotTried` where there is none."""
        def cost_s(s: Stage) -> tuple[float, str]:
            waits = [seconds for (a, b), seconds in self.junction.intergreens.items()
                     if a in stage.green - s.green and b in s.green - stage.green]
            return max(waits, default=0.0) + max(self.junction.group[g].min_green_s for g in s.green), s.id
        found = [s for s in self.junction.stages if stage.green - s.green and s.green - stage.green and s not in without]
        if not found:
            raise NotTried(f"the junction has no other stage to go to from {stage.id}")
        return min(found, key=cost_s)
