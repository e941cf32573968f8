"""Keeps the conversation with one cabinet going, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

import structlog

from controller.daemon.rhythm import Rhythm, reached
from signal_drivers.errors import CabinetError
from signal_drivers.wire.driver import WireDriver
from signal_drivers.wire.garbled import Garbled

log = structlog.get_logger("mourour.keeper")
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0
BEAT_S = 1.0


class Keeper:
    """Connects, polls once a period at its own moment of it, gives the sign of life, delivers what waits; connects anew after a
    trouble, after a wait that grows and is never quite the same, so that cabinets that were lost together do not come back
    together.

    ``phase_s`` is its moment within the period. ``alive`` says whether control still runs: a sign of life is control's, not
    the wire's. Keepers with one ``gate`` open no more connections at a time than it lets through, since handshakes cost more
    than anything that comes after. ``changed`` hears (connected, why) whenever that changes, ``polled`` how long after its
    moment each poll was answered, s.
    """

    def __init__(self, driver: WireDriver, *, period_s: float, phase_s: float, alive: Callable[[], bool],
                 changed: Callable[[WireDriver, bool, str], None], polled: Callable[[WireDriver, float], None], seed: int,
                 gate: asyncio.Semaphore | None = None) -> None:
        self.driver = driver
        self._period_s, self._rhythm, self._alive = period_s, Rhythm(period_s, phase_s), alive
        self._changed, self._polled = changed, polled
        self._dice = random.Random(seed)
        self._gate = gate or asyncio.Semaphore()
        self._wake = asyncio.Event()
        self._beaten_s = float("-inf")
        self.connected = self.ending = False
        self.why = "not connected yet"
        self.delivered = asyncio.Event()

    def deliver(self) -> None:
        """Something waits to be sent; do it now."""
        self.delivered.clear()
        self._wake.set()

    async def run(self) -> None:
        """Until told to end and cancelled: a cancellation alone may be lost in an answer that comes in at that very moment."""
        wait_s = FIRST_WAIT_S
        while not self.ending:
            try:
                async with self._gate:
                    await self.driver.open()
                wait_s = FIRST_WAIT_S
                self._is(True, "")
                await self._converse()
            except (CabinetError, Garbled) as error:
                self._is(False, str(error))
            except Exception as error:
                # Whatever a library comes up with: one cabinet's trouble must not end its polling for good.
                self._is(False, f"{type(error).__name__}: {error}")
                log.exception("keeper.surprised", junction=self.driver.junction.id)
            finally:
                self.delivered.set()
                await self.driver.close()
            await asyncio.sleep(wait_s * self._dice.uniform(0.5, 1.0))
            wait_s = min(LONGEST_WAIT_S, 2 * wait_s)

    def _is(self, connected: bool, why: str) -> None:
        before, self.connected, self.why = self.connected, connected, why
        if before != connected:
            self._changed(self.driver, connected, why)

    async def _converse(self) -> None:
        due = self._rhythm.next_s(time.monotonic())
        while not self.ending:
            if not await reached(due, unless=self._wake):
                self._wake.clear()
                try:
                    await self.driver.deliver()
                finally:
                    self.delivered.set()
                continue
            await self.driver.poll()
            self._polled(self.driver, time.monotonic() - due)
            if time.monotonic() - self._beaten_s >= BEAT_S - self._period_s / 2 and self._alive():
                await self.driver.beat()
                self._beaten_s = time.monotonic()
            due = self._rhythm.next_s(time.monotonic())

    async def farewell(self) -> bool:
        """Give the junction back to its own plan; False where that could not be said, and silence has to say it."""
        try:
            if not self.connected:
                return False
            await self.driver.hand_back()
        except (CabinetError, Garbled):
            return False
        finally:
            self.ending = True
        return True
