"""One event of the log."""

from __future__ import annotations

import math
from dataclasses import dataclass

from signal_drivers.errors import InvalidValue

LARGEST = 2**15 - 1
"""Codes and parameters are read into 16 bits."""
LONGEST = 2000
"""Characters of detail; what is longer is cut."""
LATEST_S = 32503680000.0
"""The year 3000: a time after it is none."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happened at ``time_s`` (seconds since 1970 UTC) at junction number ``device``.

    ``parameter`` is what the code says it is: a phase, a channel, a plan. Raises :class:`InvalidValue` for numbers that do not
    fit: time 0 to the year 3000, device 0 to 2**31 - 1, code and parameter 0 to 32767.
    """

    time_s: float
    device: int
    code: int
    parameter: int = 0
    detail: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time_s) and 0 <= self.time_s < LATEST_S):
            raise InvalidValue(f"time_s is {self.time_s!r}, must be within 0..{LATEST_S:.0f}", where="event")
        for name, value, most in (("device", self.device, 2**31 - 1), ("code", self.code, LARGEST),
                                  ("parameter", self.parameter, LARGEST)):
            if not 0 <= value <= most:
                raise InvalidValue(f"{name} is {value!r}, must be within 0..{most}", where="event")
        if len(self.detail) > LONGEST:
            object.__setattr__(self, "detail", self.detail[:LONGEST])

    @property
    def time_ms(self) -> int:
        return round(self.time_s * 1000)
