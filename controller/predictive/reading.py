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
# Who crosses in the yellow was let go by the green before it.
SHOWS = {Head.GREEN: 1, Head.GREEN_YIELD: 2, Head.AMBER: ENDING}
PEOPLE_MEMORY_S = 600.0
DRAIN_MEMORY_S = 20.0
FIRST_PEOPLE_VPS = 0.01
MOST_PEOPLE = 200
FARTHEST_M, FASTEST_MPS = 1000.0, 60.0


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
        if 0.0 <= v.distance_m < FARTHEST_M:
            yield v.distance_m, v.speed_mps if 0.0 <= v.speed_mps < FASTEST_MPS else 0.0


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
        self._exit_lanes = np.asarray([len(row) for row in layout.exit_lanes], float)
        self._people = np.zeros((junctions, groups), np.float32)
        self._number = {j: i for i, j in enumerate(layout.junctions)}
        places = [(i, g) for i in range(junctions) for g in range(len(layout.groups[i])) if model.group[i, g, KIND_OF] == PEOPLE]
        self._crossings = [(layout.junctions[i], layout.groups[i][g]) for i, g in places]
        self._crossing_at = np.asarray(places, np.int64).reshape(-1, 2).T
        # Heads change seldom: kept as arrays as long as a cabinet says the same.
        self._told: list[tuple[object, object, object]] = [(None, None, None)] * junctions
        self._head_since_s = np.zeros((junctions, groups))
        self._called_s = np.full((junctions, groups), np.nan)
        # A red head has shown yellow before: its green ended that much earlier.
        self._yellow_s = np.where(model.group[:, :, KIND_OF] != PEOPLE, model.site[:, YELLOW_S, None], 0.0).astype(float)

    def read(self, tick: Tick, elapsed_s: float) -> list[int]:
        """Takes in one tick; returns the numbers of the junctions whose stage is known and may change."""
        # Heads are read in a transition too: a lane that has turned red meanwhile does not discharge slowly, it stands.
        heard = [i for j, status in tick.changing.items() if (i := self._heads(j, status)) is not None]
        ready = []
        for j, status in tick.statuses.items():
            i = self._heads(j, status)
            if i is None:
                continue
            heard.append(i)
            stage = self.layout.stage_index[i].get(status.stage) if status.stage is not None else None
            if stage is not None:
                self.now.stage[i] = stage
                ready.append(i)
        self._ages(np.asarray(heard, np.int64), tick.now_s)
        self._exits(tick.frame, elapsed_s)
        self._crossing_people(tick.frame, elapsed_s)
        self._lanes(tick.frame, elapsed_s)
        return ready

    def _heads(self, j: JunctionId, status: CabinetStatus) -> int | None:
        """The number of a junction that can be understood; its heads are taken over."""
        i = self._number.get(j)
        if i is None or len(status.heads) != len(self.layout.groups[i]):
            return None
        heads, since_s, calls = self._told[i]
        if heads is status.heads and since_s is status.head_since_s and calls == status.call_since_s:
            return i
        self._told[i] = (status.heads, status.head_since_s, dict(status.call_since_s))
        count = len(status.heads)
        self._show[i, :count] = [SHOWS.get(head, 0) for head in status.heads]
        self._head_since_s[i, :count] = status.head_since_s
        called = status.call_since_s
        self._called_s[i, :count] = [called.get(g, np.nan) for g in self.layout.groups[i]] if called else np.nan
        return i

    def _ages(self, heard: Array, now_s: float) -> None:
        show, since_s = self._show[heard], self._head_since_s[heard]
        age_s = np.fmax(0.0, now_s - since_s)
        green = (show == 1) | (show == 2)
        self._since_s[heard] = age_s
        rows = self.now.group
        rows[heard, :, GREEN_S] = np.where(green, age_s, -1.0)
        rows[heard, :, ENDED_S] = np.where(green, 0.0, age_s + np.where(show == ENDING, 0.0, self._yellow_s[heard]))
        wait_s = np.fmax(0.0, now_s - np.fmax(self._called_s[heard], since_s))
        rows[heard, :, RED_S] = np.where(green | np.isnan(self._called_s[heard]), 0.0, wait_s)

    def _lanes(self, frame: Frame, elapsed_s: float) -> None:
        begin, distances_m, speeds_mps, passed = [0], list[float](), list[float](), []
        for _, lane in self.layout.lanes:
            seen = look(frame, lane.id)
            if seen is None:
                passed.append(-1.0)
            else:
                passed.append(float(sum(seen.passed.values())))
                if seen.vehicles:
                    distances_m += [v.distance_m for v in seen.vehicles]
                    speeds_mps += [v.speed_mps for v in seen.vehicles]
            begin.append(len(distances_m))
        went = np.asarray(passed, np.float32)
        self.seen = (went >= 0).astype(np.uint8)
        first, distance_m, speed_mps = _believed(np.asarray(begin), np.asarray(distances_m, float), np.asarray(speeds_mps, float))
        sight.look(self.model, self.sight, first, distance_m, speed_mps, went, self.free_mps, self.range_m, self._show,
                   self._since_s, self._lane_junction, self.exit_full, self.now.arrivals, elapsed_s)
        self.now.lane[:, FLOW_VPS], self.now.lane[:, LOST_VEH] = self.sight.flow_vps, self.sight.lost_veh
        self.now.entry[:, SHARE], self.now.entry[:, HEAD] = self.sight.share, self.sight.head

    def _exits(self, frame: Frame, elapsed_s: float) -> None:
        rows = []
        for lanes in self.layout.exit_lanes:
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
            rows.append((room_veh, queued, inside, total))
        if not rows:
            return
        room, queue, within, entered = np.asarray(rows, float).T
        exits = self.now.exit
        exits[:, ROOM_VEH] = np.where(queue > 0, room, NEVER)
        self.exit_full[:] = (queue > 0) & (room < self._exit_lanes)
        counted = (entered >= 0) & (self._entered >= 0)
        came = np.maximum(0.0, entered - self._entered)
        self.came[:] = np.where(counted, came, -1.0)
        left_vps = np.maximum(0.0, came - (within - self._inside)) / elapsed_s
        gain = min(1.0, elapsed_s / DRAIN_MEMORY_S)
        exits[:, DRAIN_VPS] += np.where(counted, gain * (left_vps - exits[:, DRAIN_VPS]), 0.0).astype(np.float32)
        self._entered, self._inside = entered, within

    def _crossing_people(self, frame: Frame, elapsed_s: float) -> None:
        if not self._crossings:
            return
        waiting = np.asarray([min(people_waiting(frame, j, name), MOST_PEOPLE) for j, name in self._crossings], np.float32)
        i, g = self._crossing_at
        rows = self.now.group
        red = (self._show[i, g] == 0) | (self._show[i, g] == ENDING)
        came_vps = np.maximum(np.float32(0.0), waiting - self._people[i, g]) / np.float32(elapsed_s)
        gain = np.float32(min(1.0, elapsed_s / PEOPLE_MEMORY_S))
        rows[i, g, PEOPLE_VPS] += np.where(red, gain * (came_vps - rows[i, g, PEOPLE_VPS]), np.float32(0.0))
        self._people[i, g] = rows[i, g, PEOPLE_N] = waiting


def _believed(begin: Array, distance_m: Array, speed_mps: Array) -> tuple[Array, Array, Array]:
    """What :func:`believable` lets through, for all lanes at once; ``begin`` as in :func:`sight.look`."""
    near = (distance_m >= 0.0) & (distance_m < FARTHEST_M)
    speed_mps = np.where((speed_mps >= 0.0) & (speed_mps < FASTEST_MPS), speed_mps, 0.0)
    kept = np.concatenate(([0], np.cumsum(near)))
    return kept[begin].astype(np.int32), distance_m[near].astype(np.float32), speed_mps[near].astype(np.float32)
