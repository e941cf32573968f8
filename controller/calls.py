"""Standing demand of each group: who waits at red, and at the latest since when."""

from __future__ import annotations

from collections.abc import Mapping

from detectors.observation import QUEUE_SPEED_MPS, Frame, Quality
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Head

LOOK_EVERY_S = 10.0
YOUNG_RED_S = 30.0
"""Nobody has waited long behind a red this young, so nobody looks; who is seen after it may have waited since its start."""


class CallRegister:
    """Calls of one junction, looked at every few seconds. A call dates from the last look that did not see it, so that a
    wait is never taken for shorter than it is. A lane nobody can see calls all its groups (a recall), and so is a group
    called that no lane stands for."""

    def __init__(self, junction: Junction, first_look_s: float) -> None:
        self._junction = junction
        self.next_look_s = first_look_s
        self._quiet_s: dict[GroupId, float] = {}
        self._since: dict[GroupId, float] = {}

    def update(self, status: CabinetStatus, frame: Frame, now_s: float) -> Mapping[GroupId, float]:
        """Groups with demand and since when, s. Worth another look from ``next_look_s`` on."""
        self.next_look_s = now_s + LOOK_EVERY_S
        since: dict[GroupId, float] = {}
        waits: dict[str, bool] = {}
        for group, head, red_s in zip(self._junction.groups, status.heads, status.head_since_s, strict=True):
            if head is not Head.RED or now_s - red_s < YOUNG_RED_S:
                continue
            if group.for_pedestrians:
                called = self._people(group.id, frame)
            else:
                lanes = self._junction.lanes_of[group.id]
                called = not lanes or any(self._waits(lane.id, frame, waits) for lane in lanes)
            if called:
                since[group.id] = self._since.get(group.id, max(red_s, self._quiet_s.get(group.id, red_s)))
            else:
                self._quiet_s[group.id] = now_s
        self._since = since
        return since

    def _people(self, group: GroupId, frame: Frame) -> bool:
        try:
            return frame.crossing(self._junction.id, group).waiting > 0
        except KeyError:
            return True

    @staticmethod
    def _waits(lane: str, frame: Frame, known: dict[str, bool]) -> bool:
        if lane not in known:
            try:
                seen = frame.lane(lane)
                known[lane] = seen.quality is Quality.BAD or any(v.speed_mps < QUEUE_SPEED_MPS for v in seen.vehicles)
            except KeyError:
                known[lane] = True
        return known[lane]
