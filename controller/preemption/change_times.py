"""How soon a junction can show a movement green, minimum greens and intergreens of what runs now included."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from controller.strategy import leave_at_s
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus
from signal_drivers.transitions import green_starts, transition_s

TICK_S = 1.0
"""Control runs once a second: a change may begin that much late."""


class ChangeTimes:
    """Times of one junction, kept once worked out."""

    def __init__(self, junction: Junction) -> None:
        self.junction = junction
        self._starts = cache(lambda a, b: green_starts(junction, junction.stage[a], junction.stage[b]))
        self._cleared_s = cache(lambda a, b: _cleared(junction, junction.stage[a], junction.stage[b]))
        self._whole_s = cache(lambda a, b: 0.0 if a == b else transition_s(junction, junction.stage[a], junction.stage[b]))

    def whole_s(self, before: StageId, after: StageId) -> float:
        """Seconds from leaving one stage until all of the other is green."""
        return self._whole_s(before, after)

    def starts_s(self, before: StageId, after: StageId, groups: Iterable[GroupId]) -> float:
        """Seconds from leaving one stage until all of ``groups`` are green that the other serves and the one does not."""
        starts = self._starts(before, after) if before != after else {}
        return max((starts.get(g, 0.0) for g in groups), default=0.0)

    def to_green_s(self, status: CabinetStatus, groups: Iterable[GroupId], target: Stage, now_s: float) -> float:
        """Seconds from now until all of ``groups`` that ``target`` serves are green, and people whom they let pass are over, if
        the cabinet is asked for it as soon as the minimum greens let it. ``status`` must be settled in a stage."""
        assert status.stage is not None
        if status.stage == target.id:
            return 0.0
        starts, cleared = self._starts(status.stage, target.id), self._cleared_s(status.stage, target.id)
        return leave_at_s(self.junction, status, target, now_s) - now_s + max(
            (max(starts.get(g, 0.0), cleared.get(g, 0.0)) for g in groups), default=0.0)

    def by_way_of_s(self, status: CabinetStatus, between: StageId, groups: Iterable[GroupId], target: Stage,
                    now_s: float) -> float:
        """The same where ``between`` is run first, for no longer than it must."""
        assert status.stage is not None
        stage = self.junction.stage[between]
        into_s = leave_at_s(self.junction, status, stage, now_s) - now_s + self._whole_s(status.stage, between)
        fresh = stage.green - target.green - self.junction.stage[status.stage].green
        run_s = max((self.junction.group[g].min_green_s for g in fresh), default=0.0)
        return into_s + run_s + TICK_S + self.starts_s(between, target.id, groups)


def _cleared(junction: Junction, before: Stage, after: Stage) -> dict[GroupId, float]:
    """For groups that stay green from one stage to the other: seconds until whoever they had to let pass has gone."""
    ending, conflict = before.green - after.green, junction.intergreens
    return {g: max((conflict.between(e, g) for e in ending if conflict.conflict(e, g)), default=0.0)
            for g in before.green & after.green}
