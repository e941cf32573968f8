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
    route: Route = field(init=False)

    def __post_init__(self) -> None:
        self.route = self.emergency.route

    @property
    def unheard(self) -> bool:
        """True until there is a position on its present way."""
        return self.heard_s == float("-inf")

    @property
    def departs_s(self) -> float | None:
        """When it is thought to set off; None once it is heard of, and where nobody said."""
        return self.emergency.departs_s if self.unheard and self.route is self.emergency.route else None

    def place_m(self, now_s: float, settings: PreemptionSettings) -> float:
        """Metres along the way now. Nobody is thought to drive on for longer than a position is good for: a vehicle that was
        lost must not clear its own way by being forgotten."""
        if self.unheard:
            return 0.0
        age_s = min(max(0.0, now_s - self.heard_s), settings.stale_s)
        return min(self.at_m + self.speed_mps * age_s, self.route.length_m)

    def heard(self, at_m: float, speed_mps: float, time_s: float, *, stood_s: float | None = None, lost: bool = False) -> None:
        """Take in a position. One older than the last is no news and changes nothing. ``stood_s``: for so long it has stood, by
        whoever follows it; where that is None its speed says whether it stands."""
        if time_s < self.heard_s:
            return
        self.stood_s, self.lost = stood_s, lost
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
        departs_s = self.departs_s
        silent_s = now_s - (self.heard_s if departs_s is None else departs_s)
        if now_s >= self.emergency.expires_s:
            self._end(Lifecycle.TIMEOUT, "expired before a position came" if self.unheard else "expired")
        elif self.unheard and departs_s is None:
            return
        elif not self.route.signals_beyond(self.at_m):
            self._end(Lifecycle.COMPLETED, "the last signal is behind it")
        elif silent_s > settings.lost_s:
            self._end(Lifecycle.TIMEOUT, f"{self._silence} for {silent_s:.0f} s")
        elif silent_s > settings.stale_s:
            self.state, self.why = Lifecycle.STALE, f"{self._silence} for {silent_s:.0f} s"
        elif self.state is Lifecycle.STALE:
            self.state, self.why = Lifecycle.RECEIVED, "positions come again"

    @property
    def _silence(self) -> str:
        return "no position" if not self.unheard else "it should have departed and was not heard of"

    def _end(self, state: Lifecycle, why: str) -> None:
        self.state, self.why = state, why
