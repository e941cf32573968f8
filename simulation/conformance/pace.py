"""Time as the suite knows it, so that tests can run it in steps."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Pace(Protocol):
    """Seconds on a clock that only rises. A real cabinet keeps real time; an emulator may be stepped by whoever sleeps."""

    def now_s(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class RealPace:
    """Real time, from 0 when made."""

    def __init__(self) -> None:
        self._begun_s = time.monotonic()

    def now_s(self) -> float:
        return time.monotonic() - self._begun_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
