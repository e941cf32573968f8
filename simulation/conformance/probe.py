"""One cabinet under test: what behaviours have it told, what they have done to it, and how it is left."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from random import Random

from signal_drivers.errors import CabinetError
from signal_drivers.ids import StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import Mode
from signal_drivers.wire.command import HurryCall, StageCall, Wanted
from signal_drivers.wire.garbled import Garbled
from signal_drivers.wire.report import Answer
from simulation.conformance.expect import Expect
from simulation.conformance.hands import UNDO, Act, Hands
from simulation.conformance.look import Look, changes
from simulation.conformance.observer import Observer, TestableLink
from simulation.conformance.pace import Pace
from simulation.conformance.verdict import Failed, NotTried

LIFE_MS = 5000


class Probe(Observer):
    """Everything a behaviour needs. ``hands`` None leaves out what only hands can do; ``seed`` draws the tour."""

    def __init__(self, junction: Junction, link: TestableLink, pace: Pace, expect: Expect, *, hands: Hands | None = None,
                 seed: int = 1) -> None:
        super().__init__(junction, link, pace, expect)
        self.hands, self.random = hands, Random(seed)
        self._undone: list[Act] = []

    # What it is told.

    def uptime_ms(self) -> int:
        """The unit's uptime now, by its last report."""
        return self.last.report.uptime_ms + round((self.pace.now_s() - self.last.got_s) * 1000)

    async def ask(self, number: int | StageId, *, sequence: int | None = None, force: int | None = None, ahead_ms: int = 0,
                  life_ms: int = LIFE_MS) -> Look:
        """Call a stage, and look until it is echoed or should have been. ``ahead_ms`` shifts when it claims to be from."""
        stage = self.number[number] if isinstance(number, str) else number
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        issued_ms = max(0, self.uptime_ms() + ahead_ms)
        if force is None:
            await self.link.stage_call(StageCall(sequence, stage, issued_ms, life_ms))
        else:
            await self.link.force_call(sequence, force, issued_ms, life_ms)
        await self.watch(self.expect.answer_s,
                         lambda look: (look.report.sequence_echo, look.report.stage_echo) == (sequence, stage))
        return self.last

    async def go(self, target: Stage, expected: str = "") -> Look:
        """Call a stage and watch until the heads show it. Raises :class:`Failed`."""
        expected = expected or f"request for {target.id} taken and its heads shown within {self.change_s():g} s"
        asked = await self.ask(target.id)
        if asked.report.answer is not Answer.TAKEN:
            raise Failed(expected, f"answer {name(asked.report.answer)}, {self.told()}")
        found = await self.watch(self.change_s(), self.shows(target))
        if found is None:
            raise Failed(expected, f"{self.told()} after {self.change_s():g} s")
        return found

    async def refused(self, number: int | StageId, wanted: Sequence[Answer], what: str, **call: int) -> str:
        """Call a stage in a way that must be refused, and see that no head follows. What was seen; raises :class:`Failed`."""
        before, begun_s = self.last.heads, self.pace.now_s()
        expected = f"{what} refused ({' or '.join(map(name, wanted))}), no head changes"
        asked = await self.ask(number, **call)
        answer = asked.report.answer
        moved = asked if asked.heads != before else await self.watch(1.5, lambda look: look.heads != before)
        if moved is not None:
            raise Failed(expected, f"answer {name(answer)}, and after {moved.got_s - begun_s:.1f} s "
                                   f"{changes(self.junction, before, moved.heads)}")
        if answer not in wanted:
            raise Failed(expected, f"answer {name(answer)}, no head changed within 1.5 s")
        return f"answer {name(answer)}, heads unchanged for 1.5 s"

    async def hurry(self, stage: int, life_ms: int, level: int = 5, sequence: int | None = None) -> Look:
        """Make a hurry call, and look until it is echoed or should have been."""
        whole = await self.look(whole=True)
        number = whole.report.hurry_echo + 1 if sequence is None else sequence
        await self.link.hurry_call(HurryCall(number, stage, level, self.uptime_ms(), life_ms))
        return await self.whole_until(lambda look: look.report.hurry_echo >= number)

    async def whole_until(self, until: Callable[[Look], bool]) -> Look:
        """Whole reports until something shows, or should have."""
        end_s = self.pace.now_s() + self.expect.answer_s
        while True:
            look = await self.look(whole=True)
            if until(look) or self.pace.now_s() >= end_s:
                return look
            await self.pace.sleep(self.expect.every_s)

    # What hands do.

    async def act(self, act: Act) -> None:
        """Have it done, looking on meanwhile. Raises :class:`NotTried` where nobody is there to do it."""
        if self.hands is None:
            raise NotTried(f"needs hands: {act}. Run again with --by-hand at the cabinet, or --bench for an emulator")
        if act in UNDO:
            self._undone.append(UNDO[act])
        doing = asyncio.ensure_future(self.hands.do(act))
        try:
            while not doing.done():
                await self.watch(0.0, lossy=True)
                await asyncio.wait([doing], timeout=self.expect.every_s)
        finally:
            doing.cancel()
        doing.result()
        if act in self._undone:
            self._undone.remove(act)

    async def undo(self) -> None:
        """Have put right what behaviours left undone."""
        while self._undone and self.hands is not None:
            await self.hands.do(self._undone.pop())

    async def leave(self, *, anew: bool = False) -> str:
        """End what stands, hand the junction back and disconnect; how it was left. ``anew`` connects again first: a question that
        was broken off may still be answered on the old connection. Never raises a cabinet's error."""
        try:
            if anew and self.looks:
                await self.reopen()
            commanded = self.beat_s > -math.inf
            # First the junction, since hands may take their time; again after them, since before they may have been in the way.
            back = commanded and await self._hand_back()
            if self._undone or (commanded and not back):
                await self.undo()
                back = commanded and (await self._hand_back() or (await self.reopen() and await self._hand_back()))
            if not commanded:
                return "nothing was commanded"
            if not back:
                return (f"it could not be handed back over the wire; it runs its local plan {self.expect.heartbeat_limit_s:g} s "
                        "after the last heartbeat by itself")
            return f"handed back: {self.told()}"
        finally:
            await self.link.close()

    async def _hand_back(self) -> bool:
        self.wanted, self.plan, self.still, self.beats = Wanted.LOCAL, 0, False, False
        try:
            whole = await self.look(whole=True)
            if whole.report.hurry_stage:
                await self.hurry(0, 0)
            await self.beat()
            return await self.watch(self.expect.answer_s, lambda look: look.report.mode is not Mode.CENTRAL) is not None
        except (CabinetError, Garbled):
            return False



def name(answer: Answer) -> str:
    return answer.name.lower().replace("_", " ")
