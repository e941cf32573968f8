"""A post's clock: seconds since the local midnight before it started, which is what plans by time of day count in."""

from __future__ import annotations

import datetime
import time
from zoneinfo import ZoneInfo

CASABLANCA = ZoneInfo("Africa/Casablanca")


class PostClock:
    """Runs evenly, whatever is done to the computer's clock meanwhile. ``weekday`` is that of its midnight, 0 for Monday.

    Morocco's clock changes with Ramadan: a post that runs over such a night follows its plans by the old hour until it is
    started anew.
    """

    def __init__(self, zone: datetime.tzinfo = CASABLANCA) -> None:
        now = datetime.datetime.now(zone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.midnight_s = midnight.timestamp()
        self.weekday = midnight.weekday()
        self._ahead_s = time.time() - time.monotonic()

    def calendar_s(self) -> float:
        """Seconds since 1970."""
        return time.monotonic() + self._ahead_s

    def now_s(self) -> float:
        return self.calendar_s() - self.midnight_s
