"""What each lane asks of the stages that release it, and what they give: degree of saturation, from the camera alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
"""Degree of saturation reported at most for a lane whose exit is full: more green would not help it."""


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
    exits: tuple[LaneId, ...]

    def capacity_veh(self, durations: Sequence[float]) -> float:
        """Passenger cars that a cycle's green can release."""
        return max(0.5, self.share * max(0.0, sum(durations[i] for i in self.stages) - self.late_s) / HEADWAY_S)


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
            found.append(Run(lane.id, i, row[-1], tuple(row), late_s, share, releases[0].exits))
    return tuple(found)


def passed_pcu(seen: LaneObservation) -> float:
    """Passenger cars counted over the stop line since the detector was started."""
    return sum(n * WEIGHT.get(kind, 1.0) for kind, n in seen.passed.items())


def queued_pcu(seen: LaneObservation) -> float:
    return sum(WEIGHT.get(v.kind, 1.0) for v in seen.vehicles[:seen.queue_veh])


class DemandMeter:
    """Passenger cars a cycle that each run would have to release: those it did, and the queue that it left."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = tuple(runs)
        self._begun: dict[int, float] = {}
        self.demand_veh: dict[int, float] = {}
        """By number of the run; a run that was never seen has none."""

    def stage_begins(self, index: int, frame: Frame) -> None:
        """Count from here for the greens that begin with stage ``index``."""
        for k, run in enumerate(self.runs):
            if run.first == index:
                seen = look(frame, run.lane)
                if seen is None:
                    self._begun.pop(k, None)
                else:
                    self._begun[k] = passed_pcu(seen)

    def stage_ends(self, index: int, frame: Frame) -> None:
        """Take in what the greens that end with stage ``index`` did."""
        for k, run in enumerate(self.runs):
            if run.last == index:
                now = self._so_far(k, run, frame)
                if now is not None:
                    before = self.demand_veh.get(k)
                    self.demand_veh[k] = now if before is None else MEMORY * before + (1 - MEMORY) * now
                self._begun.pop(k, None)

    def _so_far(self, k: int, run: Run, frame: Frame) -> float | None:
        seen = look(frame, run.lane)
        if seen is None or k not in self._begun:
            return None
        # A detector that was started anew counts from nought.
        return max(0.0, passed_pcu(seen) - self._begun[k]) + queued_pcu(seen)

    def saturation(self, numbers: Sequence[int], durations: Sequence[float], frame: Frame) -> float | None:
        """Largest degree of saturation of the runs in ``numbers`` for ``durations``; None where none was ever seen. What is seen
        right now counts as much as what was counted before."""
        worst: float | None = None
        for k in numbers:
            run, known = self.runs[k], self.demand_veh.get(k)
            seen = look(frame, run.lane)
            now = None if seen is None else (self._so_far(k, run, frame) if k in self._begun else
                                             max(queued_pcu(seen), known or 0.0))
            told = [d for d in (known, now) if d is not None]
            if not told:
                continue
            x = sum(told) / len(told) / run.capacity_veh(durations)
            if x > BLOCKED and exits_full(frame, run.exits):
                x = BLOCKED
            worst = x if worst is None else max(worst, x)
        return worst


def boundaries(runs: Sequence[Run], count: int) -> Mapping[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """For each stage: the runs that end with it, and those that begin with the next; the rest do not care when it changes."""
    return {i: (tuple(k for k, r in enumerate(runs) if r.last == i),
                tuple(k for k, r in enumerate(runs) if r.first == (i + 1) % count)) for i in range(count)}
