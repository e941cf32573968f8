"""How soon the signals of a post can show a movement green, in the middle of a change as well."""

from __future__ import annotations

from collections.abc import Mapping

from controller.preemption.change_times import ChangeTimes
from controller.preemption.route import SignalAhead
from controller.preemption.stage_choice import best_stage
from controller.strategy import Tick
from signal_drivers.ids import JunctionId, StageId


class Soonest:
    """:meth:`see` every tick first: a cabinet that changes says where to, and not where from or since when."""

    def __init__(self, times: Mapping[JunctionId, ChangeTimes]) -> None:
        self._times = times
        self._settled: dict[JunctionId, StageId] = {}
        self._changing: dict[JunctionId, tuple[StageId, float]] = {}
        """Where to, and since when."""

    def see(self, tick: Tick) -> None:
        for j, status in tick.statuses.items():
            if status.stage is not None:
                self._settled[j] = status.stage
                self._changing.pop(j, None)
        for j, status in tick.changing.items():
            known = self._changing.get(j)
            if status.target is not None and (known is None or known[0] != status.target):
                self._changing[j] = status.target, tick.now_s

    def green_s(self, signal: SignalAhead, tick: Tick) -> float:
        """Seconds until the movement could be green; 0 where it is, and where nothing is known of the junction."""
        times, status = self._times.get(signal.junction), tick.statuses.get(signal.junction)
        if times is None:
            return 0.0
        if status is None or status.stage not in times.junction.stage:
            return self._after_change_s(signal, times, tick)
        stage = best_stage(times, status, signal.groups, tick.frame, tick.now_s)
        return times.to_green_s(status, signal.groups, stage, tick.now_s) if stage is not None else 0.0

    def _after_change_s(self, signal: SignalAhead, times: ChangeTimes, tick: Tick) -> float:
        junction, (target, since_s) = times.junction, self._changing.get(signal.junction, (None, 0.0))
        before = self._settled.get(signal.junction)
        if target is None or target not in junction.stage:
            return 0.0
        coming = signal.groups <= junction.stage[target].green
        if before is None or before not in junction.stage:
            return junction.yellow_s if coming else 2 * junction.yellow_s
        gone_s = tick.now_s - since_s
        if coming:
            return max(0.0, times.starts_s(before, target, signal.groups) - gone_s)
        fresh = junction.stage[target].green - junction.stage[before].green
        runs_s = max((junction.group[g].min_green_s for g in fresh), default=0.0)
        serving = [s for s in junction.stages if not signal.groups.isdisjoint(s.green)]
        back_s = min((times.starts_s(target, s.id, signal.groups) for s in serving), default=0.0)
        return max(0.0, times.whole_s(before, target) - gone_s) + runs_s + back_s
