"""From statuses and observations to arrays: what Python has to touch each second, once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from controller.estimate import look, look_out, people_waiting
from controller.predictive import sight
from controller.predictive.arrays import (
    DRAIN_VPS,
    ENDED_S,
    FLOW_VPS,
    GREEN_S,
    HEAD,
    LOST_VEH,
    NEVER,
    PEOPLE_N,
    PEOPLE_VPS,
    RED_S,
    ROOM_VEH,
    SHARE,
    Now,
)
from controller.predictive.model import KIND_OF, PEOPLE, YELLOW_S, Array, Layout, Model
from controller.predictive.sight import ENDING
from controller.strategy import Tick
from detectors.observation import Frame, LaneObservation
from signal_drivers.ids import JunctionId
from signal_drivers.status import CabinetStatus, Head

ROOM_M = 7.5
"""Metres of road that one more standing vehicle takes."""
RANGE_M = 100.0
TRAM_MPS = 30 / 3.6
SHOWS = {Head.GREEN: 1, Head.GREEN_YIELD: 2}
PEOPLE_MEMORY_S = 600.0
DRAIN_MEMORY_S = 20.0
FIRST_PEOPLE_VPS = 0.01
MOST_PEOPLE = 200


def empty_now(model: Model, layout: Layout, horizon_s: int, lost_veh: float) -> Now:
    """A belief before anything was seen."""
    junctions, lanes, exits, groups = len(layout.junctions), len(layout.lanes), len(layout.exits), model.green.shape[1]

    def zeros(*shape: int) -> Array:
        return np.zeros(shape, np.float32)

    now = Now(np.zeros(junctions, np.int32), zeros(junctions), zeros(junctions), zeros(junctions, groups, 5),
              zeros(lanes, horizon_s), zeros(lanes, horizon_s + 1), zeros(lanes, 2),
              zeros(len(layout.entries), 2), zeros(exits, 2))
    now.group[:, :, GREEN_S], now.group[:, :, ENDED_S], now.group[:, :, PEOPLE_VPS] = -1.0, NEVER, FIRST_PEOPLE_VPS
    now.lane[:, LOST_VEH] = lost_veh
    now.exit[:, ROOM_VEH] = NEVER
    return now


def believable(seen: LaneObservation) -> Iterator[tuple[float, float]]:
    """(distance, m; speed, m/s) of the vehicles in view that can be where they are said to be."""
    for v in seen.vehicles:
        # Written so that what is no number falls out.
        if 0.0 <= v.distance_m < 1000.0:
            yield v.distance_m, v.speed_mps if 0.0 <= v.speed_mps < 60.0 else 0.0


class Reader:
    """Keeps ``now`` and ``sight`` up to date. ``seen[l]`` is 1 for a lane somebody watches, ``came[x]`` the vehicles that
    entered exit road x since the last look (-1 where nobody counts), ``exit_full[x]`` 1 where it has no room."""

    def __init__(self, model: Model, layout: Layout, now: Now, memory: sight.Sight) -> None:
        self.model, self.layout, self.now, self.sight = model, layout, now, memory
        lanes, junctions, exits, groups = len(layout.lanes), len(layout.junctions), len(layout.exits), model.green.shape[1]
        # Trams do not run at the road's limit; believed to, they would be expected too early.
        self.free_mps = np.asarray([min(lane.speed_mps, TRAM_MPS) if model.weight[i] != 1.0 else lane.speed_mps
                                    for i, (_, lane) in enumerate(layout.lanes)], np.float32)
        self.range_m = np.full(lanes, RANGE_M, np.float32)
        self.seen = np.zeros(lanes, np.uint8)
        self.came = np.full(exits, -1.0, np.float32)
        self.exit_full = np.zeros(exits, np.uint8)
        self._lane_junction = np.asarray([j for j, _ in layout.lanes], np.int32)
        self._show = np.zeros((junctions, groups), np.uint8)
        self._since_s = np.zeros((junctions, groups), np.float32)
        self._entered, self._inside = np.full(exits, -1.0), np.full(exits, -1.0)
        self._people = np.zeros((junctions, groups), np.float32)
        self._number = {j: i for i, j in enumerate(layout.junctions)}
        self._crossings = [(i, g, name) for i in range(junctions) for g, name in enumerate(layout.groups[i])
                           if model.group[i, g, KIND_OF] == PEOPLE]

    def read(self, tick: Tick, elapsed_s: float) -> list[int]:
        """Takes in one tick; returns the numbers of the junctions whose stage is known and may change."""
        for j, status in tick.changing.items():
            self._status(j, status, tick.now_s)
        ready = [i for j, status in tick.statuses.items() if (i := self._status(j, status, tick.now_s)) is not None]
        self._exits(tick.frame, elapsed_s)
        self._crossing_people(tick.frame, elapsed_s)
        self._lanes(tick.frame, elapsed_s)
        return ready

    def _status(self, j: JunctionId, status: CabinetStatus, now_s: float) -> int | None:
        i = self._number.get(j)
        if i is None or len(status.heads) != len(self.layout.groups[i]):
            return None
        rows, kinds, yellow_s = self.now.group[i], self.model.group[i, :, KIND_OF], float(self.model.site[i, YELLOW_S])
        for g, (head, since) in enumerate(zip(status.heads, status.head_since_s, strict=True)):
            age_s = max(0.0, now_s - since)
            shown = SHOWS.get(head, 0)
            # Who crosses in the yellow was let go by the green before it.
            self._show[i, g], self._since_s[i, g] = shown if head is not Head.AMBER else ENDING, age_s
            rows[g, GREEN_S] = age_s if shown else -1.0
            # A red head has shown yellow before: its green ended that much earlier.
            rows[g, ENDED_S] = 0.0 if shown else age_s + (yellow_s if head is not Head.AMBER and kinds[g] != PEOPLE else 0.0)
            called = status.call_since_s.get(self.layout.groups[i][g])
            rows[g, RED_S] = 0.0 if shown or called is None else max(0.0, now_s - max(called, since))
        # Heads are read in a transition too: a lane that has turned red meanwhile does not discharge slowly, it stands.
        if status.stage not in self.layout.stage_index[i]:
            return None
        self.now.stage[i] = self.layout.stage_index[i][status.stage]
        return i

    def _lanes(self, frame: Frame, elapsed_s: float) -> None:
        begin, distance_m, speed_mps, passed = [0], [], [], []
        for _, lane in self.layout.lanes:
            seen = look(frame, lane.id)
            if seen is None:
                passed.append(-1.0)
            else:
                passed.append(float(sum(seen.passed.values())))
                for at_m, going_mps in believable(seen):
                    distance_m.append(at_m)
                    speed_mps.append(going_mps)
            begin.append(len(distance_m))
        went = np.asarray(passed, np.float32)
        self.seen = (went >= 0).astype(np.uint8)
        sight.look(self.model, self.sight, np.asarray(begin, np.int32), np.asarray(distance_m, np.float32),
                   np.asarray(speed_mps, np.float32), went, self.free_mps, self.range_m, self._show, self._since_s,
                   self._lane_junction, self.exit_full, self.now.arrivals, elapsed_s)
        self.now.lane[:, FLOW_VPS], self.now.lane[:, LOST_VEH] = self.sight.flow_vps, self.sight.lost_veh
        self.now.entry[:, SHARE], self.now.entry[:, HEAD] = self.sight.share, self.sight.head

    def _exits(self, frame: Frame, elapsed_s: float) -> None:
        exits = self.now.exit
        for x, lanes in enumerate(self.layout.exit_lanes):
            room_veh, queued, inside, total = 0.0, False, 0, 0
            for lane in lanes:
                seen = look_out(frame, lane)
                if seen is None or not seen.free_m >= 0:
                    room_veh, total = NEVER, -1
                    continue
                inside += seen.vehicles
                room_veh += seen.free_m / ROOM_M
                queued = queued or (seen.queue_veh > 0 and seen.free_m < seen.range_m - 1.0)
                if total >= 0:
                    total = total + seen.entered if seen.entered is not None else -1
            exits[x, ROOM_VEH] = room_veh if queued else NEVER
            self.exit_full[x] = 1 if queued and room_veh < len(lanes) else 0
            self.came[x] = -1.0
            if total >= 0 and self._entered[x] >= 0:
                self.came[x] = came = max(0.0, total - self._entered[x])
                left_vps = max(0.0, came - (inside - self._inside[x])) / elapsed_s
                exits[x, DRAIN_VPS] += min(1.0, elapsed_s / DRAIN_MEMORY_S) * (left_vps - exits[x, DRAIN_VPS])
            self._entered[x], self._inside[x] = total, inside

    def _crossing_people(self, frame: Frame, elapsed_s: float) -> None:
        for i, g, name in self._crossings:
            row = self.now.group[i, g]
            waiting = float(min(people_waiting(frame, self.layout.junctions[i], name), MOST_PEOPLE))
            if self._show[i, g] in (0, ENDING):
                came_vps = max(0.0, waiting - self._people[i, g]) / elapsed_s
                row[PEOPLE_VPS] += min(1.0, elapsed_s / PEOPLE_MEMORY_S) * (came_vps - row[PEOPLE_VPS])
            self._people[i, g] = row[PEOPLE_N] = waiting
