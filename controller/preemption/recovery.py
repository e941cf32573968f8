"""What a junction does when an emergency has passed, before its strategy has it back alone.

``resume`` gives it back at once. ``owed`` first serves whoever was kept waiting longest, once. Which is better is measured, see
docs/preemption.md.
"""

from __future__ import annotations

from typing import Protocol

from controller.strategy import Decision, Tick, may_leave
from signal_drivers.errors import BadInput
from signal_drivers.ids import GroupId, JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Head

OWED_S = 20.0
"""Who has waited less than this at red is owed nothing."""
PATIENCE_S = 45.0
"""A debt that could not be paid within this time is dropped: the strategy sees the queue as well."""


class Recovery(Protocol):
    """``busy`` has the junctions that recover."""

    busy: dict[JunctionId, float]

    def begin(self, junction: JunctionId, held_since_s: float, now_s: float) -> None: ...

    def apply(self, junction: Junction, status: CabinetStatus, tick: Tick, kept: dict[JunctionId, Decision]) -> None: ...


class Resume:
    """The strategy goes on as if nothing had been."""

    def __init__(self) -> None:
        self.busy: dict[JunctionId, float] = {}

    def begin(self, junction: JunctionId, held_since_s: float, now_s: float) -> None:
        pass

    def apply(self, junction: Junction, status: CabinetStatus, tick: Tick, kept: dict[JunctionId, Decision]) -> None:
        pass


class Owed:
    """The group that has called longest is served next, for its minimum green at least."""

    def __init__(self) -> None:
        self.busy: dict[JunctionId, float] = {}
        self._owed: dict[JunctionId, GroupId] = {}

    def begin(self, junction: JunctionId, held_since_s: float, now_s: float) -> None:
        self.busy[junction] = now_s
        self._owed.pop(junction, None)

    def apply(self, junction: Junction, status: CabinetStatus, tick: Tick, kept: dict[JunctionId, Decision]) -> None:
        j = junction.id
        if j not in self._owed:
            longest = _longest_waiting(junction, status, tick.now_s)
            if longest is None:
                del self.busy[j]
                return
            self._owed[j] = longest
        group = self._owed[j]
        if tick.now_s - self.busy[j] > PATIENCE_S or status.heads[junction.index[group]].is_green:
            del self.busy[j], self._owed[j]
            return
        stages = junction.without_hurry.stages_serving(group)
        wanted = kept.get(j)
        if wanted is not None and any(s.id == wanted.stage for s in stages):
            return
        called = status.call_since_s.keys()
        best = max(stages, key=lambda s: (len(s.green & called), -len(s.green), s.id))
        kept.pop(j, None)
        if may_leave(junction, status, tick.now_s, best.id):
            kept[j] = Decision(j, best.id, "owed after an emergency")


def _longest_waiting(junction: Junction, status: CabinetStatus, now_s: float) -> GroupId | None:
    waits = [(now_s - max(since, status.head_since_s[junction.index[g]]), g) for g, since in status.call_since_s.items()
             if g in junction.index and status.heads[junction.index[g]] is Head.RED]
    longest_s, group = max(waits, default=(0.0, None), key=lambda row: (row[0], row[1] or ""))
    return group if longest_s >= OWED_S else None


RECOVERIES: dict[str, type[Resume] | type[Owed]] = {"resume": Resume, "owed": Owed}


def recovery_named(name: str) -> Recovery:
    """Raises :class:`BadInput` for one that is not there."""
    if name not in RECOVERIES:
        raise BadInput(f"there is no recovery {name!r}", where="pre-emption", mend=f"one of {', '.join(RECOVERIES)}")
    return RECOVERIES[name]()
