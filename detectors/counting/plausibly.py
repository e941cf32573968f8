"""Lanes' observations with what their counts are worth: a view may be good and a lane still count nothing."""

from __future__ import annotations

from dataclasses import replace

from detectors.camera.site import CameraSite, LaneRole
from detectors.counting.results import FrameResult
from detectors.observation import LaneObservation, Quality
from detectors.quality.plausible import CountPlausibility, Plausibility

JUDGE_EVERY_S = 5.0


class PlausibleLanes:
    """Of one camera: the lanes of its approach are each other's neighbours."""

    def __init__(self, site: CameraSite) -> None:
        lanes = [lane.id for lane in site.lanes if lane.role is LaneRole.APPROACH]
        self._counts = CountPlausibility({lane: [other for other in lanes if other != lane] for lane in lanes})
        self._known = frozenset(lanes)
        self._judged: dict[str, Plausibility] = {}
        self._next_s = float("-inf")

    def see(self, result: FrameResult) -> FrameResult:
        """``result``, its lanes no better than their counts."""
        for event in result.events:
            if event.lane in self._known and event.line == event.lane:
                # Told some images after it happened, so that moments never fall.
                self._counts.counted(event.lane, result.time_s)
        if result.time_s >= self._next_s:
            self._next_s = result.time_s + JUDGE_EVERY_S
            self._judged = {lane: self._counts.judge(lane, result.time_s) for lane in self._known}
        doubtful = {lane: said for lane, said in self._judged.items() if said.quality is not Quality.GOOD}
        if not doubtful:
            return result
        return replace(result, lanes={lane: _worse(seen, doubtful.get(lane)) for lane, seen in result.lanes.items()})


def _worse(seen: LaneObservation, said: Plausibility | None) -> LaneObservation:
    if said is None or said.quality.level <= seen.quality.level:
        return seen
    return seen._replace(quality=said.quality, reason=said.reason)
