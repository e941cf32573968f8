"""What each lane asks of the stages that release it, and what they give: degree of saturation, from the camera alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.cycle.delay import delay_veh_s
from controller.estimate import HEADWAY_S, exits_full, look, stage_views
from detectors.observation import Frame, LaneObservation, VehicleClass
from signal_drivers.ids import LaneId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.transitions import green_starts

WEIGHT = {VehicleClass.MOTORCYCLE: 0.4, VehicleClass.BICYCLE: 0.2, VehicleClass.BUS: 2.0, VehicleClass.TRUCK: 2.0,
          VehicleClass.TRAM: 0.0}
"""Passenger-car equivalents of those that are not 1 (usual values; motorcycles filter). Trams have signals of their own."""
MEMORY = 0.6
"""Weight of what was known before when a cycle adds its own count."""
BLOCKED = 0.8
"""Degree of saturation at most assumed of a lane whose exit is full: more green would not help it."""
STANDING_PCU = 3.0
"""With so many left at the end of green, it was used to its end."""
LEAST_RATE, MOST_RATE = 0.4, 1.6
"""Bounds of a measured saturation flow over the one assumed."""


@dataclass(frozen=True, slots=True)
class Run:
    """A lane's green through consecutive stages ``first`` to ``last`` (cyclic), ``late_s`` after the first one's request;
    ``share`` of a saturation flow that the lane can use of it."""

    lane: LaneId
    first: int
    last: int
    stages: tuple[int, ...]
    late_s: float
    share: float
    speed_mps: float
    exits: tuple[LaneId, ...]

    def green_s(self, durations: Sequence[float]) -> float:
        """Effective green of a cycle, s: what starting costs is gained in the yellow."""
        return max(1.0, sum(durations[i] for i in self.stages) - self.late_s)


def runs_of(junction: Junction, stages: Sequence[Stage]) -> tuple[Run, ...]:
    """Every lane's greens; lanes that are always released, or never, have none."""
    views, found = stage_views(junction), []
    by_stage = [{r.lane: r for r in views[s.id].releases} for s in stages]
    for lane in junction.lanes:
        on = [lane.id in row for row in by_stage]
        for i in (i for i in range(len(stages)) if on[i] and not on[i - 1]):
            row = [i]
            while on[(row[-1] + 1) % len(stages)] and len(row) < len(stages):
                row.append((row[-1] + 1) % len(stages))
            releases = [by_stage[k][lane.id] for k in row]
            starts = green_starts(junction, stages[i - 1], stages[i])
            late_s = max((starts.get(g, 0.0) for g in releases[0].groups), default=0.0)
            share = max(0.05, sum(r.share for r in releases) / len(releases))
            found.append(Run(lane.id, i, row[-1], tuple(row), late_s, share, lane.speed_mps, releases[0].exits))
    return tuple(found)


def passed_pcu(seen: LaneObservation) -> float:
    """Passenger cars counted over the stop line since the detector was started."""
    return sum(n * WEIGHT.get(kind, 1.0) for kind, n in seen.passed.items())


def within_pcu(seen: LaneObservation, reach_m: float) -> float:
    """Passenger cars seen within ``reach_m`` of the stop line."""
    return sum(WEIGHT.get(v.kind, 1.0) for v in seen.vehicles if v.distance_m <= reach_m)


class DemandMeter:
    """Passenger cars a cycle that each run would have to release: those it did, and the queue that it left. What a green gives
    is measured too: where a queue stood to its end, what passed is what can pass."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = tuple(runs)
        self._begun: dict[int, tuple[float, float]] = {}
        self.demand_veh: dict[int, float] = {}
        """By number of the run; a run that was never seen has none."""
        self.rate_vps = [run.share / HEADWAY_S for run in runs]
        """Passenger cars a second of effective green, by number of the run."""

    def stage_begins(self, index: int, frame: Frame) -> None:
        """Count from here for the greens that begin with stage ``index``."""
        for k, run in enumerate(self.runs):
            if run.first == index:
                seen = look(frame, run.lane)
                if seen is None:
                    self._begun.pop(k, None)
                else:
                    self._begun[k] = (passed_pcu(seen), frame.time_s)

    def stage_ends(self, index: int, frame: Frame) -> None:
        """Take in what the greens that end with stage ``index`` did."""
        for k, run in enumerate(self.runs):
            begun = self._begun.pop(k, None) if run.last == index else None
            seen = look(frame, run.lane) if begun is not None else None
            if begun is None or seen is None:
                continue
            # A detector that was started anew counts from nought.
            passed, queue = max(0.0, passed_pcu(seen) - begun[0]), within_pcu(seen, seen.queue_m)
            before = self.demand_veh.get(k, passed + queue)
            self.demand_veh[k] = MEMORY * before + (1 - MEMORY) * (passed + queue)
            green_s = frame.time_s - begun[1] - run.late_s
            if queue >= STANDING_PCU and green_s > 5.0:
                told = min(max(passed / green_s, LEAST_RATE * run.share / HEADWAY_S), MOST_RATE * run.share / HEADWAY_S)
                self.rate_vps[k] = MEMORY * self.rate_vps[k] + (1 - MEMORY) * told

    def capacity_veh(self, k: int, durations: Sequence[float]) -> float:
        """Passenger cars that the green of run ``k`` can release in a cycle of ``durations``."""
        return max(0.5, self.rate_vps[k] * self.runs[k].green_s(durations))

    def demand_now_veh(self, k: int, frame: Frame, left_s: float) -> float | None:
        """Passenger cars of this cycle, as far as can be said ``left_s`` before its green ends or, where it has not begun,
        begins; counted as much as those of the cycles before. None for a lane that was never seen."""
        run, known = self.runs[k], self.demand_veh.get(k)
        seen = look(frame, run.lane)
        if seen is None:
            return known
        reach_m = max(seen.queue_m, run.speed_mps * left_s)
        begun = self._begun.get(k)
        now = within_pcu(seen, reach_m) + (max(0.0, passed_pcu(seen) - begun[0]) if begun is not None else 0.0)
        if known is None:
            return now
        # Who will come during a green that has yet to begin is not in view: the queue can only say that there are more.
        return (known + now) / 2 if begun is not None else max(known, (known + now) / 2)

    def saturation(self, k: int, durations: Sequence[float]) -> float | None:
        """Degree of saturation of run ``k`` over the last cycles; None before it was seen."""
        known = self.demand_veh.get(k)
        return None if known is None else known / self.capacity_veh(k, durations)

    def delay_veh_s(self, k: int, durations: Sequence[float], demand_veh: float, frame: Frame | None = None) -> float:
        """Delay an hour that ``durations`` cost ``demand_veh`` a cycle on run ``k``. A lane whose exit is full in ``frame`` is
        not helped by green: its demand counts for no more than it can release now."""
        run, cycle_s = self.runs[k], sum(durations)
        if frame is not None and exits_full(frame, run.exits):
            demand_veh = min(demand_veh, BLOCKED * self.capacity_veh(k, durations))
        return delay_veh_s(demand_veh, self.capacity_veh(k, durations), run.green_s(durations) / cycle_s, cycle_s)


def boundaries(runs: Sequence[Run], count: int) -> Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """For each stage: the runs that end with it, and those that begin with the next; the rest do not care when it changes."""
    return {i: (tuple(k for k, r in enumerate(runs) if r.last == i),
                tuple(k for k, r in enumerate(runs) if r.first == (i + 1) % count)) for i in range(count)}
