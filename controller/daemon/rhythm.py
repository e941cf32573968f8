"""Moments one period apart, each met once."""

from __future__ import annotations

import asyncio
import math
import time


class Rhythm:
    """The moments ``phase_s + n * period_s`` of the monotonic clock.

    An event loop's own time is a millisecond coarse and as old as its last round, so that a timer may ring before its moment.
    Who then asks for the next moment must not be given the same one again: all that is done once a period would be done twice.
    """

    def __init__(self, period_s: float, phase_s: float = 0.0) -> None:
        self._period_s, self._phase_s = period_s, phase_s
        self._count: int | None = None

    def next_s(self, now_s: float) -> float:
        """The first moment after ``now_s`` and after the one given before; those that lie between are left out."""
        passed = math.floor((now_s - self._phase_s) / self._period_s)
        self._count = (passed if self._count is None else max(passed, self._count)) + 1
        return self._phase_s + self._count * self._period_s


async def reached(moment_s: float, unless: asyncio.Event) -> bool:
    """Wait until the monotonic clock has reached ``moment_s``, never less; False as soon as ``unless`` is set."""
    while (left_s := moment_s - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left_s):
                await unless.wait()
            return False
        except TimeoutError:
            continue
    return not unless.is_set()
