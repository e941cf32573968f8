"""A cabinet's uptime put on the clock of whoever listens to it."""

from __future__ import annotations

DRIFT = 1e-4
"""Quartz in a street cabinet drifts by some 50 parts in a million; twice that is let through."""


class Uptime:
    """Follows the difference between our clock and a cabinet's uptime.

    Whatever lies between only ever delays a report, so the smallest difference seen is the truest; it may grow with the drift of
    two clocks and no faster, so that a cabinet that stands still grows old instead of dragging our idea of its clock along.
    """

    def __init__(self) -> None:
        self._ahead_s: float | None = None
        self._seen_s = 0.0
        self._last_ms = 0
        self.restarts = 0
        """How often the uptime began anew."""

    def heard(self, uptime_ms: int, now_s: float) -> bool:
        """A report of ``uptime_ms`` arrived at ``now_s``; False where it shows that the cabinet restarted since the last."""
        restarted = self._ahead_s is not None and uptime_ms < self._last_ms
        found = now_s - uptime_ms / 1000
        if self._ahead_s is None or restarted:
            self._ahead_s = found
        else:
            self._ahead_s = min(self._ahead_s + DRIFT * max(0.0, now_s - self._seen_s), found)
        self._seen_s, self._last_ms = now_s, uptime_ms
        self.restarts += restarted
        return not restarted

    def ours_s(self, uptime_ms: int) -> float:
        """A moment of its uptime on our clock, s. Nothing must have been asked before the first report."""
        assert self._ahead_s is not None
        return uptime_ms / 1000 + self._ahead_s

    def theirs_ms(self, now_s: float) -> int:
        """A moment of our clock in its uptime, ms."""
        assert self._ahead_s is not None
        return round((now_s - self._ahead_s) * 1000)
