"""When in the cycle vehicles come, and what another offset would make of it (SCOOT's cyclic flow profile)."""

from __future__ import annotations

from collections.abc import Sequence

from controller.estimate import HEADWAY_S, look
from detectors.observation import Frame
from signal_drivers.ids import LaneId

MEMORY = 0.8
"""Weight of the profile so far when a cycle adds its own."""


class ArrivalProfile:
    """Vehicles coming into view on one lane by second of the corridor's clock, smoothed over cycles."""

    def __init__(self, lane: LaneId, speed_mps: float) -> None:
        self.lane, self._speed_mps = lane, max(speed_mps, 1.0)
        self.mean: list[float] = []
        self.lead_s = 0.0
        """Seconds from coming into view to the stop line, at the lane's speed."""
        self.cycles = 0
        """How many of the present length were taken in."""
        self._counts: dict[int, float] = {}
        self._before: float | None = None

    def note(self, frame: Frame, second: float) -> None:
        """Once a second, ``second`` into the clock's cycle. Came into view: more in view than before, and those that left it."""
        seen = look(frame, self.lane)
        if seen is None:
            self._before = None
            return
        now = float(len(seen.vehicles) + sum(seen.passed.values()))
        self.lead_s = min(seen.range_m, 200.0) / self._speed_mps
        if self._before is not None:
            bin_ = max(0, int(second))
            self._counts[bin_] = self._counts.get(bin_, 0.0) + now - self._before
        self._before = now

    def cycle_ends(self, cycle_s: float) -> None:
        """Take a cycle's counts in."""
        length = max(1, round(cycle_s))
        fresh = [0.0] * length
        for bin_, count in self._counts.items():
            fresh[bin_ % length] += count
        self._counts.clear()
        if len(self.mean) != length:
            # Another cycle: platoons come at other seconds of it, and what was learned is worth little.
            self.mean, self.cycles = fresh, 1
            return
        self.cycles += 1
        self.mean = [MEMORY * m + (1 - MEMORY) * f for m, f in zip(self.mean, fresh, strict=True)]

    def delay_veh_s(self, green: Sequence[bool], shift_s: int, share: float) -> float:
        """Vehicle-seconds in queue in one cycle if the green came ``shift_s`` later: a vertical queue that fills by the profile
        and empties at ``share`` of saturation flow. 0 before anything was learned."""
        length = len(self.mean)
        if length == 0 or length != len(green):
            return 0.0
        lead, rate = round(self.lead_s), share / HEADWAY_S
        queue = total = 0.0
        for second in range(2 * length):
            queue += max(0.0, self.mean[(second - lead) % length])
            if green[(second - shift_s) % length]:
                queue = max(0.0, queue - rate)
            if second >= length:
                total += queue
        return total
