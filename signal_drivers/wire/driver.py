"""A cabinet at the other end of a wire, as the control loop knows it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from signal_drivers.errors import WrongCabinet
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import NO_CALLS, CabinetStatus, Fault, Head, Mode, ModeSource
from signal_drivers.wire.checksum import MAP_VERSION, checksum
from signal_drivers.wire.command import ClockCall, StageCall, Standing, Wanted
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.link import Link
from signal_drivers.wire.report import Answer, DetectorReport, Identity, Report
from signal_drivers.wire.uptime import Uptime

U16, U32 = 0x10000, 0x100000000
NEVER_S = float("-inf")
WHOLE_EVERY = 60
"""Reports between two that ask for what changes seldom as well."""
ECHO_WITHIN_MS = 500
"""A report that a cabinet published by itself may be from just before it was asked; one younger than this must have the echo."""
CLOCK_OFF_S = 2.0
"""A calendar clock further off than this is a fault: plans would run out of step with the neighbours."""


class WireDriver:
    """One cabinet over one :class:`Link`. :meth:`poll` and :meth:`flush` talk to it; :meth:`read`, :meth:`send` and
    :meth:`demand` never wait for anything.

    It commands nothing before the cabinet has said that it runs the junction's own configuration, and nothing while its
    reports make no sense: then the heartbeat stops as well, and the cabinet is on its local plan within its limit. ``now_s`` is
    asked for the time; give it the simulation's clock and the driver lives in simulated time. ``calendar_s`` is asked for
    seconds since 1970 where that is another clock; ``keeps_clock`` sets the cabinet's from it where it is off.
    """

    def __init__(self, junction: Junction, link: Link, now_s: Callable[[], float], *, keeps_clock: bool = False,
                 calendar_s: Callable[[], float] | None = None) -> None:
        self._junction, self.link, self._now_s = junction, link, now_s
        self._calendar_s = calendar_s or now_s
        self._talk = asyncio.Lock()
        self._keeps_clock = keeps_clock
        self._stages: tuple[StageId, ...] = tuple(s.id for s in junction.stages)
        self._number = {s: n for n, s in enumerate(self._stages, 1)}
        self._checksum = checksum(junction)
        self._uptime = Uptime()
        self._report: Report | None = None
        self._status = unheard(junction)
        self._calls: Mapping[GroupId, float] = NO_CALLS
        self._calls_told = True
        self._pending: StageRequest | None = None
        self._asked: tuple[int, int] | None = None
        self._asked_ms = 0
        self._reports = 0
        self._heartbeat = 0
        self._clock_sequence = 0
        self._clock_off = False
        self.wanted = Wanted.CENTRAL
        self.plan = 0
        """Plan of the cabinet's own that is to run while central; 0 leaves the stages to requests."""
        self.detectors: tuple[DetectorReport, ...] = ()
        self.answer = Answer.NONE
        """What became of the last stage request the cabinet has answered."""

    @property
    def junction(self) -> Junction:
        return self._junction

    @property
    def report(self) -> Report | None:
        """The last report as it came, None before the first."""
        return self._report

    def read(self) -> CabinetStatus:
        """The last report that made sense; a status nobody accepts as fresh before the first."""
        return self._status

    def send(self, request: StageRequest) -> bool:
        """Have the request sent with the next :meth:`flush`; False where the cabinet would refuse it unread."""
        if self._report is None or self._status.mode is not Mode.CENTRAL or request.stage not in self._number:
            return False
        self._pending = request
        return True

    def demand(self, call_since_s: Mapping[GroupId, float]) -> None:
        """Tell the cabinet with the next :meth:`flush`. Until it has confirmed them, :meth:`read` has them already."""
        self._calls, self._calls_told = dict(call_since_s), False
        self._status = replace(self._status, call_since_s=self._calls)

    async def open(self) -> None:
        """Connect and take up the conversation. Raises :class:`WrongCabinet` before anything is commanded."""
        async with self._talk:
            who = await self.link.open()
            self._check(who)
            self._pending = self._asked = None
            self._reports = 0
            await self._poll()
        assert self._report is not None
        # Whoever spoke before us left these behind; ours go on from there.
        self._heartbeat = self._report.heartbeat_echo
        self._clock_sequence = self._report.clock_echo

    def _check(self, who: Identity) -> None:
        where = self.link.where
        if who.map_version != MAP_VERSION:
            raise WrongCabinet(f"speaks version {who.map_version} of the map, this is version {MAP_VERSION}", where=where,
                               mend="bring both to one version")
        here = self._junction
        if who.checksum != self._checksum:
            other = "" if who.name == here.id[:len(who.name)] and who.name else f"it says it is {who.name!r}; "
            raise WrongCabinet(f"its configuration has checksum {who.checksum:08x}, ours of {here.label} has "
                               f"{self._checksum:08x}", where=where, mend=f"{other}load the same junction file on both sides")

    def renew(self) -> None:
        """Take in what a cabinet that sends by itself has sent since the last poll; waits for nothing. What makes no sense is
        left for the next poll to find."""
        if self._talk.locked() or self._report is None:
            return
        with contextlib.suppress(Garbled):
            report = self.link.latest()
            if report is not None and report.uptime_ms > self._report.uptime_ms:
                self._take(report, self._now_s())

    async def poll(self) -> CabinetStatus:
        """Ask for a report and take it in. Raises :class:`Garbled` for one that contradicts itself or what was asked."""
        async with self._talk:
            return await self._poll()

    async def _poll(self) -> CabinetStatus:
        whole = self._reports % WHOLE_EVERY == 0
        report = await self.link.report(whole=whole)
        self._take(report, self._now_s())
        self._reports += 1
        if whole and self._keeps_clock and self._clock_off:
            self._clock_sequence = (self._clock_sequence + 1) % U32
            await self.link.clock_call(ClockCall(self._clock_sequence, round(self._calendar_s() * 1000)))
            self._reports = 0
        return self._status

    def _take(self, report: Report, now_s: float) -> None:
        for number in (report.stage, report.target):
            if number > len(self._stages):
                raise Garbled(f"stage {number} of {len(self._stages)}")
        if report.target == 0 or len(report.heads) != len(self._junction.groups):
            raise Garbled(f"target {report.target}, {len(report.heads)} heads of {len(self._junction.groups)} groups")
        before = self._report
        fresh = self._uptime.heard(report.uptime_ms, now_s) and before is not None
        if not fresh:
            # Another life of the unit: what was asked in the last one is void.
            self._pending = self._asked = None
        late = report.uptime_ms > self._asked_ms + ECHO_WITHIN_MS
        if self._asked is not None and late and (report.sequence_echo, report.stage_echo) != self._asked:
            raise Garbled(f"echoes request {report.sequence_echo} for stage {report.stage_echo}, was asked {self._asked[0]} for "
                          f"stage {self._asked[1]}")
        if fresh and before is not None and report.counter == before.counter and report.uptime_ms > before.uptime_ms:
            raise Garbled(f"report {report.counter} came twice with other times")
        if report.detectors:
            self.detectors = report.detectors
        self._report, self.answer = report, report.answer
        self._status = self._translate(report, now_s)

    def _translate(self, report: Report, now_s: float) -> CabinetStatus:
        ours, groups = self._uptime.ours_s, self._junction.groups
        calls: Mapping[GroupId, float] = self._calls
        if self._calls_told:
            calls = {g.id: ours(ms) for g, ms in zip(groups, report.call_since_ms, strict=True) if ms is not None}
        faults = report.faults
        if report.clock_ms:
            self._clock_off = abs(report.clock_ms / 1000 - self._calendar_s()) > CLOCK_OFF_S
        if self._clock_off:
            faults |= {Fault.CLOCK}
        return CabinetStatus(
            self._junction.id, ours(report.uptime_ms), self._stages[report.stage - 1] if report.stage else None,
            self._stages[report.target - 1], ours(report.stage_since_ms), self._same_heads(report.heads),
            tuple(ours(ms) for ms in report.head_since_ms), report.sequence_echo, calls, report.mode, report.source, faults,
            ours(0))

    def _same_heads(self, heads: tuple[Head, ...]) -> tuple[Head, ...]:
        """The loop looks at heads only where they are another object than before."""
        return self._status.heads if heads == self._status.heads else heads

    async def flush(self) -> None:
        """Give the sign of life and send the request that waits."""
        await self.beat()
        await self.deliver()

    async def beat(self) -> None:
        """Give the sign of life, with standing demand."""
        if self._report is None:
            return
        async with self._talk:
            await self._beat()

    async def _beat(self) -> None:
        now_s = self._now_s()
        self._heartbeat = (self._heartbeat + 1) % U16
        ages = tuple(None if (since := self._calls.get(g.id)) is None else max(0, round((now_s - since) * 1000))
                     for g in self._junction.groups)
        await self.link.standing(Standing(self._heartbeat, self.wanted, self.plan, ages))
        self._calls_told = True

    @property
    def waiting(self) -> bool:
        """True while a request waits to be sent."""
        return self._pending is not None

    async def deliver(self) -> None:
        """Send the request that waits. One that cannot be sent is dropped: the strategy thinks anew with the next report."""
        if self._pending is None:
            return
        async with self._talk:
            request, self._pending = self._pending, None
            # Whoever had the wire before us may have found that the cabinet is not what it was.
            if request is None or self._report is None:
                return
            number = self._number[request.stage]
            await self.link.stage_call(StageCall(request.sequence, number, self._uptime.theirs_ms(request.issued_s),
                                                 round((request.expires_s - request.issued_s) * 1000)))
            self._asked, self._asked_ms = (request.sequence, number), self._uptime.theirs_ms(self._now_s())

    async def hand_back(self) -> None:
        """Give the junction back to its local plan at once, instead of letting it find out."""
        self.wanted, self._pending = Wanted.LOCAL, None
        await self.beat()

    async def close(self) -> None:
        self._pending = self._asked = None
        await self.link.close()


def unheard(junction: Junction) -> CabinetStatus:
    """The status of a cabinet that has not said anything yet: no clock is that old, so nobody takes it for fresh."""
    n = len(junction.groups)
    return CabinetStatus(junction.id, NEVER_S, None, junction.stages[0].id, NEVER_S, (Head.DARK,) * n, (NEVER_S,) * n,
                         mode=Mode.DARK, mode_source=ModeSource.START_UP)
