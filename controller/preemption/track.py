"""What is known of one emergency's vehicle: where it was last heard of, and where it is thought to be now."""

from __future__ import annotations

from dataclasses import dataclass, field

from controller.preemption.emergency import Emergency, Lifecycle
from controller.preemption.route import Route
from controller.preemption.settings import PreemptionSettings

STANDING_MPS = 1.0


@dataclass(slots=True)
class Track:
    """``heard_s`` is the time of the last position; ``stood_since_s`` since when it has not moved, None while it drives;
    ``held_up_s`` when something of traffic last held it. ``lost``: it is off its way, and no other is known."""

    emergency: Emergency
    since_s: float
    state: Lifecycle = Lifecycle.RECEIVED
    why: str = ""
    at_m: float = 0.0
    speed_mps: float = 0.0
    heard_s: float = float("-inf")
    stood_s: float | None = None
    """As it was last told."""
    stood_since_s: float | None = None
    held_up_s: float = float("-inf")
    at_scene: bool = False
    lost: bool = False
    missed: bool = False
    """It did not set off when it was to."""
    route: Route = field(init=False)

    def __post_init__(self) -> None:
        self.route = self.emergency.route

    @property
    def unheard(self) -> bool:
        """True until there is a position on its present way."""
        return self.heard_s == float("-inf")

    @property
    def departs_s(self) -> float | None:
        """When it is thought to set off; None once it is heard of, where nobody said, and where it did not."""
        expected = self.unheard and not self.missed and self.route is self.emergency.route
        return self.emergency.departs_s if expected else None

    def place_m(self, now_s: float, settings: PreemptionSettings) -> float:
        """Metres along the way now. Nobody is thought to drive on for longer than a position is good for: a vehicle that was
        lost must not clear its own way by being forgotten."""
        if self.unheard:
            return self.emergency.starts_m if self.route is self.emergency.route else 0.0
        age_s = min(max(0.0, now_s - self.heard_s), settings.stale_s)
        return min(self.at_m + self.speed_mps * age_s, self.route.length_m)

    def heard(self, at_m: float, speed_mps: float, time_s: float, *, stood_s: float | None = None, lost: bool = False) -> None:
        """Take in a position. One older than the last is no news and changes nothing. ``stood_s``: for so long it has stood, by
        whoever follows it; where that is None its speed says whether it stands."""
        if time_s < self.heard_s:
            return
        self.stood_s, self.lost, self.missed = stood_s, lost, False
        moved = speed_mps >= STANDING_MPS if stood_s is None else stood_s <= 0.0
        if moved:
            self.stood_since_s, self.at_scene = None, False
        elif stood_s is not None:
            self.stood_since_s = time_s - stood_s
        elif self.stood_since_s is None:
            self.stood_since_s = time_s
        self.at_m, self.speed_mps, self.heard_s = at_m, speed_mps, time_s

    def stands_free_s(self, now_s: float) -> float:
        """For how long it has stood and nothing has held it."""
        return 0.0 if self.stood_since_s is None else now_s - max(self.stood_since_s, self.held_up_s)

    def look(self, now_s: float, settings: PreemptionSettings) -> None:
        """Bring the state up to date with the clock. What is over stays over."""
        if self.state.over:
            return
        silent_s = now_s - self.heard_s
        if now_s >= self.emergency.expires_s:
            self._end(Lifecycle.TIMEOUT, "expired before a position came" if self.unheard else "expired")
        elif self.unheard:
            self._await(now_s, settings)
        elif not self.route.signals_beyond(self.at_m):
            self._end(Lifecycle.COMPLETED, "the last signal is behind it")
        elif silent_s > settings.lost_s:
            self._end(Lifecycle.TIMEOUT, f"no position for {silent_s:.0f} s")
        elif silent_s > settings.stale_s:
            self.state, self.why = Lifecycle.STALE, f"no position for {silent_s:.0f} s"
        elif self.state is Lifecycle.STALE:
            self.state, self.why = Lifecycle.RECEIVED, "positions come again"

    def _await(self, now_s: float, settings: PreemptionSettings) -> None:
        """Crews are late: one that does not set off when it was to is waited for, and when that has been long enough nothing is
        held for it before it is heard of."""
        departs_s = self.departs_s
        if departs_s is None:
            return
        late_s = now_s - departs_s
        if late_s > settings.lost_s:
            self.missed = True
            self.state, self.why = Lifecycle.RECEIVED, f"it should have departed {late_s:.0f} s ago: waiting for a position"
        elif late_s > settings.stale_s:
            self.state, self.why = Lifecycle.STALE, f"it should have departed {late_s:.0f} s ago"

    def _end(self, state: Lifecycle, why: str) -> None:
        self.state, self.why = state, why
