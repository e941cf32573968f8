"""What is wrong at a junction now, as reasons to step down."""

from __future__ import annotations

from collections.abc import Container, Mapping

from controller.daemon.feed import troubled_approaches
from controller.ladder import Rung
from detectors.observation import Frame
from signal_drivers.guard import HARMLESS_FAULTS, SafetyGuard, Verdict
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Mode

NOT_HEARD, NO_VIEW, RESTING = "cabinet not heard", "too few approaches seen well", "the strategy failed"
REFUSED, STUCK, CONFLICT = "the guard refuses again and again", "a transition does not end", "conflicting greens were seen"
AT_ONCE = frozenset({RESTING, STUCK, CONFLICT})
FAULTY = "a fault of the cabinet blocks every request"
REFUSALS, TOO_MANY_REFUSALS = 5, 60
"""Vetoes in a row that are no accident any more, and those that plans have not ended either."""
LONGEST_TRANSITION_S = 90.0
STALE_S, LOOK_EVERY_S = 5.0, 4.0


class Watch:
    """Keeps count for one post; :meth:`hear` is told every verdict. ``filmed`` are junctions that cameras watch."""

    def __init__(self, bad_approaches: float, filmed: Container[JunctionId] = ()) -> None:
        self._bad_approaches, self._filmed = bad_approaches, filmed
        self._refused: dict[JunctionId, int] = {}
        self._changing_since_s: dict[JunctionId, float] = {}
        self._views: dict[JunctionId, tuple[float, float]] = {}

    def hear(self, junction: JunctionId, verdict: Verdict) -> None:
        self._refused[junction] = 0 if verdict.accepted else self._refused.get(junction, 0) + 1

    def reasons(self, junction: Junction, status: CabinetStatus, guard: SafetyGuard, frame: Frame, resting: bool,
                now_s: float) -> Mapping[str, Rung]:
        """Reasons that stand now, each with the rung it calls for."""
        found: dict[str, Rung] = {}
        if guard.latched is not None:
            found[CONFLICT] = Rung.FLASHING
        if not now_s - status.reported_s <= STALE_S:
            found[NOT_HEARD] = Rung.LOCAL
            self._changing_since_s.pop(junction.id, None)
            return found
        if status.stage is None:
            since_s = self._changing_since_s.setdefault(junction.id, now_s)
            if now_s - since_s > LONGEST_TRANSITION_S and status.mode is Mode.CENTRAL:
                found[STUCK] = Rung.LOCAL
        else:
            self._changing_since_s.pop(junction.id, None)
        if resting:
            found[RESTING] = Rung.PLANS
        refused = self._refused.get(junction.id, 0)
        if refused >= REFUSALS:
            found[REFUSED] = Rung.PLANS if refused < TOO_MANY_REFUSALS else Rung.LOCAL
        if status.mode is Mode.CENTRAL and status.faults - HARMLESS_FAULTS:
            found[FAULTY] = Rung.LOCAL
        if (junction.detectors or junction.id in self._filmed) and self._troubled(junction, frame, now_s) >= self._bad_approaches:
            found[NO_VIEW] = Rung.PLANS
        return found

    def _troubled(self, junction: Junction, frame: Frame, now_s: float) -> float:
        """Share of approaches without a good view, looked at every few seconds: a step takes longer than that anyway."""
        until_s, share = self._views.get(junction.id, (now_s, 0.0))
        if now_s >= until_s:
            share = troubled_approaches(junction, frame)
            # Junctions that were first looked at together do not stay together.
            self._views[junction.id] = now_s + LOOK_EVERY_S + len(self._views) % 3, share
        return share
