"""Judgements that do not flap: each level is entered and left only when the signs have said so for a while."""

from __future__ import annotations

import math

from detectors.observation import Quality

ENTER = {Quality.DEGRADED: 0.5, Quality.BAD: 1.0}
LEAVE = {Quality.DEGRADED: 0.35, Quality.BAD: 0.85}


class Held:
    """One sign's level. A severity of 0.5 or more for ``after_s`` is DEGRADED, one of 1 BAD; it is over when the severity has
    stayed below 0.35, or 0.85, for ``clear_s``."""

    def __init__(self, after_s: float, clear_s: float) -> None:
        self.after_s, self.clear_s = after_s, clear_s
        self._stands = {Quality.DEGRADED: False, Quality.BAD: False}
        self._since_s = {Quality.DEGRADED: math.inf, Quality.BAD: math.inf}

    @property
    def level(self) -> Quality:
        return Quality.BAD if self._stands[Quality.BAD] else Quality.DEGRADED if self._stands[Quality.DEGRADED] else Quality.GOOD

    def see(self, severity: float, time_s: float) -> Quality:
        for level, stands in self._stands.items():
            changes = severity < LEAVE[level] if stands else severity >= ENTER[level]
            if not changes:
                self._since_s[level] = math.inf
                continue
            self._since_s[level] = min(self._since_s[level], time_s)
            if time_s - self._since_s[level] >= (self.clear_s if stands else self.after_s):
                self._stands[level] = not stands
                self._since_s[level] = math.inf
        return self.level
