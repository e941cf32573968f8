"""One post's planning, once a second: look, predict, search, tell the neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np


from controller.estimate import look as look_at
from controller.estimate import look_out, people_waiting
from controller.network import Network
from controller.predictive.compiled import compiled
from controller.predictive import links, sight
from controller.predictive.model import *
from controller.predictive.model import build_model
from controller.predictive.rollout import *
from controller.predictive.search import Choice, decide, may_change
from controller.strategy import Decision, Tick, may_leave
from detectors.observation import Frame
from signal_drivers.status import CabinetStatus, Head

if TYPE_CHECKING:
    from controller.strategies.predictive import PredictiveSettings

ROOM_M = 7.5
SHOWS = {Head.GREEN: 1, Head.GREEN_YIELD: 2}
PEOPLE_MEMORY_S = 600.0


class Planner:
    """Holds the model, what was learnt, and everybody's plan."""

    def __init__(self, network: Network, settings: PredictiveSettings) -> None:
        self.settings, self.network = settings, network
        self.model, self.layout = build_model(network, tram_weight=settings.tram)
        m, layout, h = self.model, self.layout, settings.horizon_s
        lanes, junctions, exits = len(layout.lanes), len(layout.junctions), len(layout.exits)
        groups = m.green.shape[1]
        flow = np.full(lanes, settings.flow_vph / 3600.0, np.float32)
        self.sight = sight.first_sight(m, layout, flow)
        self.links = links.build_links(network, m, layout)
        self.free_mps = np.asarray([lane.speed_mps for _, lane in layout.lanes], np.float32)
        self.range_m = np.full(lanes, 100.0, np.float32)
        self.lane_junction = np.asarray([j for j, _ in layout.lanes], np.int32)
        zeros = np.zeros
        self.now = Now(zeros(junctions, np.int32), zeros((junctions, groups, 5), np.float32), zeros((lanes, h), np.float32),
                       zeros((lanes, h + 1), np.float32), zeros((lanes, 3), np.float32), zeros((len(layout.entries), 2), np.float32), zeros((exits, 2), np.float32))
        self.now.group[:, :, GREEN_S], self.now.group[:, :, ENDED_S], self.now.group[:, :, PEOPLE_VPS] = -1.0, NEVER, 0.01
        self.now.lane[:, LOST_VEH] = settings.lost_veh
        self.now.exit[:, ROOM_VEH] = NEVER
        self.show = zeros((junctions, groups), np.uint8)
        self.since_s = zeros((junctions, groups), np.float32)
        self.weights = Weights(settings.stop_s, settings.person, settings.fairness, settings.after_s, settings.gap_s,
                               settings.yellow_s, settings.look_s, settings.keep)
        most_lanes = int(np.diff(m.junction[:, LANE0]).max(initial=1))
        most_exits = int(np.diff(m.junction[:, EXIT0]).max(initial=1))
        most_stages = int(np.diff(m.junction[:, STAGE0]).max(initial=1))
        self.scratch = scratch(most_lanes, groups, max(1, most_exits))
        self.choice = Choice(np.full(junctions, -1, np.int32), zeros(junctions, np.float32), zeros(junctions, np.float32),
                             np.full((junctions, most_stages), np.nan, np.float32),
                             np.full((junctions, most_stages), np.nan, np.float32))
        self.plans = np.full((junctions, 4), -1, np.int32)
        self.planned = zeros((exits, h), np.float32)
        self.exit_full = zeros(exits, np.uint8)
        self._entered = np.full(exits, -1.0)
        self._inside = np.full(exits, -1.0)
        self._people_before = zeros((junctions, groups), np.float32)
        self._heads: list[tuple[float, ...] | None] = [None] * junctions
        self._last_s: float | None = None
        self._number = {j: i for i, j in enumerate(layout.junctions)}
        self._crossings = [(i, g, name) for i in range(junctions) for g, name in enumerate(layout.groups[i])
                           if m.group[i, g, KIND_OF] == PEOPLE]

    def decide(self, tick: Tick) -> Sequence[Decision]:
        elapsed_s = 1.0 if self._last_s is None else max(0.1, tick.now_s - self._last_s)
        self._last_s = tick.now_s
        self._read_statuses(tick)
        self._read_exits(tick.frame, elapsed_s)
        self._read_people(tick.frame, elapsed_s)
        self._read_lanes(tick.frame, elapsed_s)
        may = [self._number[j] for j, status in tick.statuses.items() if self._ready(j, status)]
        active = np.asarray(may, np.int32)
        _forward(self.planned, elapsed_s)
        links.expect(self.links, self.planned, self.sight.rate_vps, self.free_mps, self.range_m, self.seen, self.settings.usual,
                     self.settings.shared, self.now.arrivals, self.now.total)
        self.choice.stage[:] = -1
        search_all(self.model, self.now, self.weights, self.scratch, active, self.settings.margin, self.choice, self.plans,
                   self.planned, int(tick.now_s))
        decisions = []
        for i in may:
            if self.choice.stage[i] >= 0:
                j = self.layout.junctions[i]
                stage = self.layout.stages[i][self.choice.stage[i]]
                if may_leave(self.network.junctions[j], tick.statuses[j], tick.now_s, stage):
                    decisions.append(Decision(j, stage, f"saves {self.choice.saves[i]:.0f} vehicle seconds"))
        return decisions

    def _ready(self, j: str, status: CabinetStatus) -> bool:
        i = self._number[j]  # type: ignore[index]
        return status.stage in self.layout.stage_index[i] and len(status.heads) == len(self.layout.groups[i])

    def _read_statuses(self, tick: Tick) -> None:
        now_s, m, n = tick.now_s, self.model, self.now
        self.since_s += 0.0
        for j, status in tick.statuses.items():
            i = self._number[j]
            if not self._ready(j, status):
                continue
            n.stage[i] = self.layout.stage_index[i][status.stage]
            yellow_s = float(m.site[i, YELLOW_S])
            for g, (head, since) in enumerate(zip(status.heads, status.head_since_s, strict=True)):
                age = max(0.0, now_s - since)
                shown = SHOWS.get(head, 0)
                self.show[i, g], self.since_s[i, g] = shown, age
                n.group[i, g, GREEN_S] = age if shown else -1.0
                n.group[i, g, ENDED_S] = 0.0 if shown else age + (yellow_s if m.group[i, g, KIND_OF] != PEOPLE else 0.0)
                called = status.call_since_s.get(self.layout.groups[i][g])
                n.group[i, g, RED_S] = 0.0 if shown or called is None else max(0.0, now_s - max(called, since))

    def _read_lanes(self, frame: Frame, elapsed_s: float) -> None:
        begin, distance, speed, passed = [0], [], [], []
        for _, lane in self.layout.lanes:
            seen = look_at(frame, lane.id)
            if seen is None:
                passed.append(-1.0)
            else:
                passed.append(float(sum(seen.passed.values())))
                for v in seen.vehicles:
                    if 0.0 <= v.distance_m < 1000.0:
                        distance.append(v.distance_m)
                        speed.append(v.speed_mps if 0.0 <= v.speed_mps < 60.0 else 0.0)
            begin.append(len(distance))
        went = np.asarray(passed, np.float32)
        self.seen = (went >= 0).astype(np.uint8)
        sight.look(self.model, self.sight, np.asarray(begin, np.int32), np.asarray(distance, np.float32),
                   np.asarray(speed, np.float32), went, self.free_mps, self.range_m, self.show, self.since_s, self.lane_junction,
                   self.exit_full, self.now.arrivals, elapsed_s)
        self.now.lane[:, FLOW_VPS] = self.sight.flow_vps
        self.now.entry[:, SHARE], self.now.entry[:, HEAD] = self.sight.share, self.sight.head

    def _read_exits(self, frame: Frame, elapsed_s: float) -> None:
        entered = np.full(len(self.layout.exits), -1.0, np.float32)
        for x, lanes in enumerate(self.layout.exit_lanes):
            room, queued, inside, total = 0.0, False, 0, 0
            for lane in lanes:
                seen = look_out(frame, lane)
                if seen is None or not seen.free_m >= 0:
                    room, total = 1e3, -1
                    continue
                inside += seen.vehicles
                room += seen.free_m / ROOM_M
                queued = queued or (seen.queue_veh > 0 and seen.free_m < seen.range_m - 1.0)
                if total >= 0:
                    total = total + seen.entered if seen.entered is not None else -1
            self.now.exit[x, ROOM_VEH] = room if queued else NEVER
            self.exit_full[x] = 1 if queued and room < len(lanes) else 0
            if total >= 0 and self._entered[x] >= 0:
                came = max(0.0, total - self._entered[x])
                entered[x] = came
                left = came - (inside - self._inside[x])
                self.now.exit[x, DRAIN_VPS] += min(1.0, elapsed_s / 20.0) * (max(0.0, left) / elapsed_s - self.now.exit[x, DRAIN_VPS])
            self._entered[x], self._inside[x] = total, inside
        links.note(self.links, entered, elapsed_s)

    def _read_people(self, frame: Frame, elapsed_s: float) -> None:
        n = self.now
        for i, g, name in self._crossings:
            waiting = float(min(people_waiting(frame, self.layout.junctions[i], name), 200))
            came = max(0.0, waiting - self._people_before[i, g])
            if not self.show[i, g]:
                n.group[i, g, PEOPLE_VPS] += min(1.0, elapsed_s / PEOPLE_MEMORY_S) * (came / elapsed_s - n.group[i, g, PEOPLE_VPS])
            self._people_before[i, g] = waiting
            n.group[i, g, PEOPLE_N] = waiting


@compiled
def _forward(planned: Array, elapsed_s: float) -> None:
    """Plans made a while ago, seen from now."""
    shift = max(0, int(elapsed_s + 0.5))
    exits, horizon = planned.shape
    for x in range(exits):
        for t in range(horizon):
            planned[x, t] = planned[x, t + shift] if t + shift < horizon else 0.0


@compiled
def search_all(m: Model, n: Now, w: Weights, s: Scratch, active: Array, margin: float, out: Choice, plans: Array,
               planned: Array, second: int) -> None:
    for i in range(active.shape[0]):
        j = active[i]
        if second % 3 != j % 3 and not may_change(m, n, j):
            # Nothing can be done now; the plan of a moment ago is good enough for the neighbours.
            continue
        decide(m, n, w, s, j, margin, out, plans[j], planned[m.junction[j, EXIT0]:m.junction[j + 1, EXIT0]])
