"""Takes notes while a simulation runs: queues, signal heads, trajectories along corridors."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from signal_drivers.ids import JunctionId
from simulation.netmodel.derive import SignalNet
from simulation.netmodel.network import CorridorRoads, edge_starts, free_speed_mps, stop_positions, through_group
from simulation.record import CorridorTrack, SignalTrack, Trajectory
from simulation.sumo.feed import CLASSES
from simulation.waits import WaitWatch

QUEUE_EVERY_S = 15.0
TRACK_EVERY_S = 2.0
TRACK_WINDOW_S = 900.0


class Recorder:
    """``note`` is called once a second, after control. ``detail`` False keeps queues and waits only."""

    def __init__(self, api: Any, signals: SignalNet, corridors: Sequence[CorridorRoads], begin_s: float, end_s: float,
                 *, detail: bool = True) -> None:
        self._api, self._signals, self._detail = api, signals, detail
        self._waits = WaitWatch(api, signals)
        self.waits: dict[str, float] = {}
        """Longest called red and longest halt, s; known once the run has finished."""
        self.queue_times_s: list[float] = []
        self.queue_veh: list[float] = []
        self.running_veh: list[float] = []
        self.queue_by_junction: dict[str, list[float]] = {j: [] for j in signals.junctions}
        self._lanes = {j: sorted({p.lane for pieces in s.approach.values() for p in pieces})
                       for j, s in signals.junctions.items()}
        self.signals = [_signal_track(signals, j) for j in signals.junctions] if detail else []
        self._positions = [_group_positions(signals, j) for j in signals.junctions] if detail else []
        middle = begin_s + max(0.0, (end_s - begin_s - TRACK_WINDOW_S) / 2)
        self._until_s = min(end_s, middle + TRACK_WINDOW_S)
        self._followers = [_Follower(signals, c) for c in corridors] if detail else []
        self._next_queue_s, self._next_track_s = begin_s, middle

    @property
    def corridors(self) -> list[CorridorTrack]:
        return [f.finish() for f in self._followers]

    def finish(self, now_s: float) -> None:
        """Called once, at the end of the run: waits that still last are closed."""
        self.waits = self._waits.finish(now_s)

    def note(self, now_s: float) -> None:
        if now_s >= self._next_queue_s:
            self._next_queue_s = now_s + QUEUE_EVERY_S
            self._queues(now_s)
        self._waits.note(now_s)
        if not self._detail:
            return
        self._heads(now_s)
        if self._next_track_s <= now_s <= self._until_s:
            self._next_track_s = now_s + TRACK_EVERY_S
            for follower in self._followers:
                follower.note(self._api, now_s)

    def _queues(self, now_s: float) -> None:
        halting = self._api.lane.getLastStepHaltingNumber
        total = 0.0
        for j, lanes in self._lanes.items():
            queued = float(sum(halting(lane) for lane in lanes))
            self.queue_by_junction[j].append(queued)
            total += queued
        self.queue_times_s.append(now_s)
        self.queue_veh.append(total)
        self.running_veh.append(float(self._api.vehicle.getIDCount()))

    def _heads(self, now_s: float) -> None:
        state_of = self._api.trafficlight.getRedYellowGreenState
        for track, positions, sumo in zip(self.signals, self._positions, self._signals.junctions.values(), strict=True):
            state = state_of(sumo.tls)
            letters = "".join([state[p] if p < len(state) else "r" for p in positions])
            if not track.states or track.states[-1] != letters:
                track.times_s.append(now_s)
                track.states.append(letters)
                track.stages.append(_stage_named(sumo.junction.stages, track.groups, letters))


def _stage_named(stages: Sequence[Any], groups: Sequence[str], letters: str) -> str:
    if "y" in letters:
        return ""
    green = {g for g, letter in zip(groups, letters, strict=True) if letter in "Gg"}
    return next((s.id for s in stages if s.green == green), "")


def _signal_track(signals: SignalNet, j: JunctionId) -> SignalTrack:
    junction = signals.junctions[j].junction
    return SignalTrack(j, junction.name or j, [g.id for g in junction.groups], [g.kind.value for g in junction.groups])


def _group_positions(signals: SignalNet, j: JunctionId) -> list[int]:
    return [min(g.indices) for g in signals.junctions[j].groups]


class _Follower:
    """Follows vehicles along one corridor, both ways, on one distance axis: that of the forward direction."""

    def __init__(self, signals: SignalNet, roads: CorridorRoads) -> None:
        net = signals.net
        on_it = [signals.junctions[JunctionId(j)] for j in roads.junctions if JunctionId(j) in signals.junctions]
        ahead, behind = stop_positions(net, on_it, roads.forward), stop_positions(net, on_it, roads.back)
        total = sum(net.getEdge(e).getLength() for e in roads.forward)
        kept = [(s, p) for s, p in zip(on_it, ahead, strict=True) if p is not None]
        self.track = CorridorTrack(
            roads.name, [s.junction.id for s, _ in kept], [s.junction.name or s.junction.id for s, _ in kept],
            [p for _, p in kept], [through_group(net, s, roads.forward) or "" for s, _ in kept],
            [through_group(net, s, roads.back) or "" for s, _ in kept], free_speed_mps(net, roads.forward))
        self._edges: dict[str, tuple[bool, float]] = {}
        for forward, edges in ((True, roads.forward), (False, roads.back)):
            for e, at in edge_starts(net, edges).items():
                self._edges.setdefault(e, (forward, at))
        back_m = sum(net.getEdge(e).getLength() for e in roads.back)
        anchors = sorted((q, p) for p, q in zip(ahead, behind, strict=True) if p is not None and q is not None)
        self._anchors = [(0.0, total), *anchors, (max(back_m, 1e-9), 0.0)]
        self._open: dict[tuple[str, bool], Trajectory] = {}

    def _forward_axis(self, at_m: float) -> float:
        """Metres along the way back, put on the forward axis so that stop lines of a junction lie together."""
        i = min(max(1, bisect_left(self._anchors, (at_m, -1e18))), len(self._anchors) - 1)
        (x0, y0), (x1, y1) = self._anchors[i - 1], self._anchors[i]
        share = (at_m - x0) / (x1 - x0) if x1 > x0 else 0.0
        return y0 + (y1 - y0) * min(max(share, 0.0), 1.0)

    def note(self, api: Any, now_s: float) -> None:
        for edge, (forward, start) in self._edges.items():
            for v in api.edge.getLastStepVehicleIDs(edge):
                at = start + api.vehicle.getLanePosition(v)
                key = (v, forward)
                if key not in self._open:
                    kind = CLASSES.get(api.vehicle.getVehicleClass(v))
                    self._open[key] = Trajectory(v, kind.value if kind else "car", forward)
                row = self._open[key]
                row.times_s.append(now_s)
                row.position_m.append(round(at if forward else self._forward_axis(at), 1))

    def finish(self) -> CorridorTrack:
        self.track.trajectories = [t for t in self._open.values() if len(t.times_s) > 1]
        return self.track
