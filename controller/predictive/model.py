"""Junctions as flat arrays, so that a compiled kernel can play thousands of plans a second.

Everything here is fixed once the network is known. Indices of groups, stages and exits are local to their junction; lanes,
entries (a lane under one of its groups) and exits are numbered through the whole post and found by ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from controller.estimate import group_weight, turns_of
from controller.network import Network
from signal_drivers.groups import GroupKind
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Turn
from signal_drivers.transitions import transition_s

Array = npt.NDArray[Any]

RED, GREEN, YIELDS = 0, 1, 2
VEHICLE, PEOPLE, TRAM = 0, 1, 2


# Columns of the arrays below.
LANE0, STAGE0, EXIT0, GROUPS = 0, 1, 2, 3
ENTRY0 = 0
GROUP, EXIT, FOE0 = 0, 1, 2
FOE_LANE, FOE_ENTRY = 0, 1
MIN_GREEN_S, KIND_OF = 0, 1
YELLOW_S, MAX_RED_S = 0, 1
SETTLE_S, LEAST_S = 0, 1


class Model(NamedTuple):
    """Shapes: J junctions, L lanes, E entries, F foes, S stages, G the most groups a junction has. Few wide arrays rather than
    many narrow ones: each array costs the compiler seven arguments a call.

    ``junction[j]``: first lane, first stage, first exit, number of groups; row J closes the ranges. ``lane[l]``: first entry.
    ``entry[e]``: local group, local exit (-1 without one), first foe. ``foe[f]``: lane and entry that a yielding entry gives
    way to. ``green[s, g]``: RED, GREEN or YIELDS. ``variant_of[s]``: local full stage. ``intergreen[j, a, b]``: s from the end
    of a to the start of b, -1 without conflict. ``group[j, g]``: minimum green (s), kind. ``site[j]``: yellow, maximum red (s).
    ``weight[l]``: what a second of one vehicle's delay counts. ``drop[s, t]``: the part of stage s to end in before a change to
    t, so that the long clearance of people and trams runs beside the green that stays (-1: none is worth it); ``lead_s[s, t]``
    the seconds that saves. ``change[s, t]``: seconds from leaving s, nothing else pending, to all of t being green, and the
    longest minimum green of what t adds (-1 where it adds nothing).
    """

    junction: Array
    lane: Array
    entry: Array
    foe: Array
    green: Array
    variant_of: Array
    intergreen: Array
    group: Array
    site: Array
    weight: Array
    drop: Array
    lead_s: Array
    change: Array


class Layout(NamedTuple):
    """Names behind the indices of :class:`Model`."""

    junctions: tuple[JunctionId, ...]
    lanes: tuple[tuple[int, Lane], ...]
    lane_index: dict[tuple[JunctionId, LaneId], int]
    entries: tuple[tuple[int, GroupId], ...]
    entry_index: dict[tuple[int, GroupId], int]
    stages: tuple[tuple[StageId, ...], ...]
    stage_index: tuple[dict[StageId, int], ...]
    groups: tuple[tuple[GroupId, ...], ...]
    exits: tuple[str, ...]
    """one row an exit road of a junction"""
    exit_lanes: tuple[tuple[LaneId, ...], ...]
    prior_share: Array
    """Share of a lane's vehicles that each entry serves, before anything was learnt."""


KIND = {GroupKind.PEDESTRIAN: PEOPLE, GroupKind.TRAM: TRAM}


def road_of(lane: LaneId) -> str:
    """Lanes of one road share a name up to the last underscore; a lane without one is a road of its own."""
    return lane.rsplit("_", 1)[0]


def build_model(network: Network, *, tram_weight: float) -> tuple[Model, Layout]:
    """Flat arrays of ``network`` and the names behind them."""
    count = max((len(j.groups) for j in network.junctions.values()), default=1)
    rows = _Rows(count)
    for number, junction in enumerate(network.junctions.values()):
        rows.add(number, junction, tram_weight)
    return rows.finish(network.junctions)


class _Rows:
    def __init__(self, groups: int) -> None:
        self.most = groups
        self.lane0, self.stage0, self.exit0, self.entry0, self.foe0 = [0], [0], [0], [0], [0]
        self.group_count: list[int] = []
        self.entry_group: list[int] = []
        self.entry_exit: list[int] = []
        self.share: list[float] = []
        self.foes: list[int] = []
        self.foe_entries: list[int] = []
        self.green: list[list[int]] = []
        self.variant_of: list[int] = []
        self.intergreen: list[Array] = []
        self.min_green: list[list[float]] = []
        self.kind: list[list[int]] = []
        self.yellow: list[float] = []
        self.max_red: list[float] = []
        self.weight: list[float] = []
        self.lanes: list[tuple[int, Lane]] = []
        self.lane_index: dict[tuple[JunctionId, LaneId], int] = {}
        self.entries: list[tuple[int, GroupId]] = []
        self.entry_index: dict[tuple[int, GroupId], int] = {}
        self.stages: list[tuple[StageId, ...]] = []
        self.groups: list[tuple[GroupId, ...]] = []
        self.exits: list[str] = []
        self.exit_lanes: list[tuple[LaneId, ...]] = []

    def add(self, number: int, junction: Junction, tram_weight: float) -> None:
        ids = [g.id for g in junction.groups]
        self.group_count.append(len(ids))
        self.groups.append(tuple(ids))
        pad = self.most - len(ids)
        self.min_green.append([g.min_green_s for g in junction.groups] + [0.0] * pad)
        self.kind.append([KIND.get(g.kind, VEHICLE) for g in junction.groups] + [VEHICLE] * pad)
        self.yellow.append(junction.yellow_s)
        self.max_red.append(junction.max_red_s)
        table = np.full((self.most, self.most), -1.0, np.float32)
        for (a, b), seconds in junction.intergreens.items():
            table[junction.index[a], junction.index[b]] = seconds
        self.intergreen.append(table)
        stages = [s.id for s in junction.stages]
        self.stages.append(tuple(stages))
        for s in junction.stages:
            self.green.append([(YIELDS if g in s.yielding else GREEN) if g in s.green else RED for g in ids] + [RED] * pad)
            self.variant_of.append(stages.index(s.base))
        self.stage0.append(len(self.green))
        first_lane, first_exit = len(self.lanes), len(self.exits)
        for lane in junction.lanes:
            self._lane(number, junction, lane, first_exit, tram_weight)
        self.lane0.append(len(self.lanes))
        self.exit0.append(len(self.exits))
        self._foes(junction, first_lane)

    def _lane(self, number: int, junction: Junction, lane: Lane, first_exit: int, tram_weight: float) -> None:
        self.lane_index[junction.id, lane.id] = len(self.lanes)
        vehicles = [g for g in lane.groups if not junction.group[g].for_pedestrians]
        weights = {g: group_weight(junction, lane, g) for g in vehicles}
        tram = bool(vehicles) and all(junction.group[g].kind is GroupKind.TRAM for g in vehicles)
        self.weight.append(tram_weight if tram else 1.0)
        for g in vehicles:
            self.entry_index[len(self.lanes), g] = len(self.entry_group)
            self.entries.append((len(self.lanes), g))
            self.entry_group.append(junction.index[g])
            self.entry_exit.append(self._exit(junction, lane, g, first_exit))
            self.share.append(weights[g] / sum(weights.values()))
        self.lanes.append((number, lane))
        self.entry0.append(len(self.entry_group))

    def _exit(self, junction: Junction, lane: Lane, group: GroupId, first: int) -> int:
        """Local index of the exit road that ``group`` leads to from ``lane`` (the first, where there are several)."""
        lanes = junction.exits_of.get((lane.id, group), ())
        if not lanes:
            return -1
        road = road_of(lanes[0])
        for i in range(first, len(self.exits)):
            if self.exits[i] == road:
                self.exit_lanes[i] = tuple(dict.fromkeys([*self.exit_lanes[i], *(x for x in lanes if road_of(x) == road)]))
                return i - first
        self.exits.append(road)
        self.exit_lanes.append(tuple(x for x in lanes if road_of(x) == road))
        return len(self.exits) - 1 - first

    def _foes(self, junction: Junction, first_lane: int) -> None:
        """For each entry, the entries of other approaches that it gives way to where it yields."""
        for i in range(first_lane, len(self.lanes)):
            lane = self.lanes[i][1]
            for e in range(self.entry0[i], self.entry0[i + 1]):
                group = junction.groups[self.entry_group[e]].id
                mine = max((_PRIORITY[t] for t in turns_of(junction, lane, group)), default=0)
                for k in range(first_lane, len(self.lanes)):
                    other = self.lanes[k][1]
                    if other.approach == lane.approach:
                        continue
                    for f in range(self.entry0[k], self.entry0[k + 1]):
                        foe = junction.groups[self.entry_group[f]].id
                        theirs = max((_PRIORITY[t] for t in turns_of(junction, other, foe)), default=0)
                        if junction.intergreens.conflict(group, foe) and theirs <= mine:
                            self.foes.append(k)
                            self.foe_entries.append(f)
                self.foe0.append(len(self.foes))

    def _settle_s(self, junctions: Sequence[Junction]) -> Array:
        """For every change of stage: seconds until all of the second one is green."""
        most = max((b - a for a, b in pairwise(self.stage0)), default=1)
        settle = np.full((len(self.green), most), -1.0)
        for junction, first in zip(junctions, self.stage0, strict=False):
            for s, before in enumerate(junction.stages):
                settle[first + s, :len(junction.stages)] = [transition_s(junction, before, after) for after in junction.stages]
        return settle

    def _drops(self, junctions: Sequence[Junction], settle_s: Array) -> tuple[Array, Array]:
        """For every change of stage: what to end beforehand, and the seconds saved."""
        drop, lead = np.full(settle_s.shape, -1, np.int32), np.zeros(settle_s.shape, np.float32)
        for junction, first in zip(junctions, self.stage0, strict=False):
            stages = junction.stages
            for s, before in enumerate(stages):
                parts = [d for d, part in enumerate(stages) if d != s and part.base == before.base and part.green <= before.green]
                for t, after in enumerate(stages):
                    if not parts or t == s or after.green <= before.green:
                        continue
                    whole_s = settle_s[first + s, t]
                    # What the target shows as well need not end; among equals the part that keeps most.
                    saved, _, best = max((whole_s - settle_s[first + d, t], len(stages[d].green), d)
                                         for d in parts)
                    if saved > 0.5:
                        drop[first + s, t], lead[first + s, t] = best, saved
        return drop, lead

    def _changes(self, junctions: Sequence[Junction], settle_s: Array) -> Array:
        change = np.full((*settle_s.shape, 2), -1.0, np.float32)
        change[:, :, SETTLE_S] = settle_s
        for junction, first in zip(junctions, self.stage0, strict=False):
            for s, before in enumerate(junction.stages):
                for t, after in enumerate(junction.stages):
                    gained = after.green - before.green
                    change[first + s, t, LEAST_S] = max((junction.group[g].min_green_s for g in gained), default=-1.0)
        return change

    def finish(self, junctions: Mapping[JunctionId, Junction]) -> tuple[Model, Layout]:
        def ints(row: list[int]) -> Array:
            return np.asarray(row, np.int32)

        def reals(row: list[Any]) -> Array:
            return np.asarray(row, np.float32)

        count, rows = len(junctions), list(junctions.values())
        settle_s = self._settle_s(rows)
        tables = np.stack(self.intergreen) if self.intergreen else np.zeros((0, self.most, self.most), np.float32)
        model = Model(
            np.stack([ints(self.lane0), ints(self.stage0), ints(self.exit0), ints([*self.group_count, 0])], axis=1),
            ints(self.entry0).reshape(-1, 1),
            np.stack([ints([*self.entry_group, 0]), ints([*self.entry_exit, -1]), ints(self.foe0)], axis=1),
            np.stack([ints([*self.foes, 0]), ints([*self.foe_entries, 0])], axis=1),
            np.asarray(self.green, np.uint8).reshape(-1, self.most), ints(self.variant_of), tables,
            np.stack([reals(self.min_green).reshape(count, self.most), reals(self.kind).reshape(count, self.most)], axis=2),
            np.stack([reals(self.yellow), reals(self.max_red)], axis=1), reals(self.weight),
            *self._drops(rows, settle_s), self._changes(rows, settle_s))
        layout = Layout(tuple(junctions), tuple(self.lanes), self.lane_index, tuple(self.entries), self.entry_index,
                        tuple(self.stages), tuple({s: i for i, s in enumerate(row)} for row in self.stages),
                        tuple(self.groups), tuple(self.exits), tuple(self.exit_lanes), reals(self.share))
        return model, layout


# Who gives way to whom where both are green: lower goes first.
_PRIORITY = {Turn.CROSSING: 0, Turn.THROUGH: 0, Turn.RIGHT: 1, Turn.LEFT: 2, Turn.U_TURN: 3}
