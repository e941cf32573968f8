"""How long junctions are held for emergencies, and how long their queues take to become what they were before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.estimate import look
from controller.preemption.manager import PreemptionManager
from controller.strategy import Decision, Tick
from detectors.observation import Frame
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from simulation.metrics import mean, percentile

CALM_S = 5.0
"""Queues are down when they have been for so long: one that empties for a moment in between is not over."""
LONGEST_S = 600.0


@dataclass(slots=True)
class _Spell:
    before_veh: int
    taken_s: float
    released_s: float | None = None
    down_since_s: float | None = None


class RecoveryWatch:
    """Between control and a manager. A junction has recovered when as few vehicles stand before it, on all its lanes, as when it
    was taken; one that is taken again before that has still to recover from the first time."""

    def __init__(self, manager: PreemptionManager, junctions: Mapping[JunctionId, Junction]) -> None:
        self._manager, self._junctions = manager, junctions
        self._spells: dict[JunctionId, _Spell] = {}
        self._held_s: list[float] = []
        self._recovery_s: list[float] = []

    def apply(self, tick: Tick, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """What :meth:`PreemptionManager.apply` says."""
        changed = self._manager.apply(tick, decisions)
        held = self._manager.held()
        for j in held:
            spell = self._spells.setdefault(j, _Spell(standing_veh(self._junctions[j], tick.frame), tick.now_s))
            if spell.released_s is not None:
                spell.taken_s, spell.released_s, spell.down_since_s = tick.now_s, None, None
        for j in list(self._spells.keys() - held.keys()):
            self._look(j, self._spells[j], tick)
        return changed

    def _look(self, j: JunctionId, spell: _Spell, tick: Tick) -> None:
        if spell.released_s is None:
            spell.released_s = tick.now_s
            self._held_s.append(tick.now_s - spell.taken_s)
        if standing_veh(self._junctions[j], tick.frame) > spell.before_veh:
            spell.down_since_s = None
        elif spell.down_since_s is None:
            spell.down_since_s = tick.now_s
        over = spell.down_since_s is not None and tick.now_s - spell.down_since_s >= CALM_S
        if over or tick.now_s - spell.released_s >= LONGEST_S:
            self._recovery_s.append((spell.down_since_s if spell.down_since_s is not None else tick.now_s) - spell.released_s)
            del self._spells[j]

    def figures(self) -> dict[str, float | int | None]:
        """``holds``, ``held_s`` each in the mean, ``recovery_s`` from then on in the mean and ``recovery_p95_s``, None where
        nothing was held; those that did not recover within :data:`LONGEST_S` count as that, those under way at the end not."""
        took_s = self._recovery_s
        return {"holds": len(self._held_s), "held_s": round(mean(self._held_s), 1) if self._held_s else None,
                "recovery_s": round(mean(took_s), 1) if took_s else None,
                "recovery_p95_s": round(percentile(took_s, 95), 1) if took_s else None}


def standing_veh(junction: Junction, frame: Frame) -> int:
    """Vehicles that stand before the junction, as its cameras see them."""
    return sum(seen.queue_veh for lane in junction.lanes if (seen := look(frame, lane.id)) is not None)
