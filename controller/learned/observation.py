"""What the learnt policy sees: a junction as a set of signal groups and a set of stages, whatever their number and order.

Everything comes from the state estimate that ``predictive`` plans with (cameras, counts, reported heads), never from the
simulation. A policy's file names the version of this observation; with any other it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from controller.estimate import standing_inside
from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.features import fill
from controller.network import Network
from controller.predictive import links, sight
from controller.predictive.model import GREEN, STAGE0, YIELDS, Array, build_model
from controller.predictive.reading import Reader, empty_now
from controller.strategy import Tick

VERSION = 1
HORIZON_S = 60
FLOW_VPH, LOST_VEH, USUAL, TRAM_WEIGHT = 1900.0, 0.5, 0.6, 40.0
"""As ``predictive`` takes them before anything was learnt."""


class Seen(NamedTuple):
    """One moment of J junctions with at most G groups and P stages; float32, 0 where a junction has fewer.

    ``groups`` (J, G, :data:`GROUP_FEATURES`), ``stages`` (J, P, :data:`STAGE_FEATURES`); ``green`` and ``yields`` (J, P, G), 1
    where a stage shows a group protected, or yielding, green; ``allowed`` (J, P), 1 for what may be asked for now, the present
    stage always, none where a junction is not to be asked.
    """

    groups: Array
    stages: Array
    green: Array
    yields: Array
    allowed: Array


class Observer:
    """Keeps the state estimate of a network and shows it as :class:`Seen`."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.model, self.layout = build_model(network, tram_weight=TRAM_WEIGHT)
        m, layout = self.model, self.layout
        lanes, junctions = len(layout.lanes), len(layout.junctions)
        self.sight = sight.first_sight(m, layout, np.full(lanes, FLOW_VPH / 3600.0, np.float32), LOST_VEH)
        self.links = links.build_links(network, m, layout)
        self.now = empty_now(m, layout, HORIZON_S, LOST_VEH)
        self.reader = Reader(m, layout, self.now, self.sight)
        self.most_groups = m.green.shape[1]
        self.most_stages = max((b - a for a, b in pairwise(m.junction[:, STAGE0])), default=1)
        self._nothing_planned = np.zeros((len(layout.exits), HORIZON_S), np.float32)
        self._green = np.zeros((junctions, self.most_stages, self.most_groups), np.float32)
        self._yields = np.zeros_like(self._green)
        for j, (first, last) in enumerate(pairwise(m.junction[:, STAGE0])):
            self._green[j, :last - first] = m.green[first:last] == GREEN
            self._yields[j, :last - first] = m.green[first:last] == YIELDS
        self.inside = np.zeros(junctions, np.float32)
        """Vehicles that stand in the conflict area."""
        self._last_s: float | None = None
        # (N, 3) junction, group and lane.
        self._lanes_of_groups = np.array([(j, g, layout.lane_index[name, lane.id]) for j, name in enumerate(layout.junctions)
                                          for g, group in enumerate(layout.groups[j])
                                          for lane in network.junctions[name].lanes_of[group]], np.intp).reshape(-1, 3)

    def watched(self) -> Array:
        """(J, G) whether somebody watches a lane of that group just now."""
        found = np.zeros((len(self.layout.junctions), self.most_groups), bool)
        j, g, lane = self._lanes_of_groups.T
        seen = self.reader.seen[lane] > 0
        found[j[seen], g[seen]] = True
        return found

    def statics(self) -> tuple[Array, Array]:
        """:attr:`Seen.green` and :attr:`Seen.yields`, which never change."""
        return self._green, self._yields

    def look(self, tick: Tick) -> tuple[list[int], Seen]:
        """Takes in one tick: the numbers of the junctions that may be asked now, and what is seen of all. The arrays are new
        each time, but for ``green`` and ``yields``."""
        elapsed_s = 1.0 if self._last_s is None else min(max(0.1, tick.now_s - self._last_s), 60.0)
        self._last_s = tick.now_s
        ready = self.reader.read(tick, elapsed_s)
        for i in ready:
            self.inside[i] = standing_inside(tick.frame, self.layout.junctions[i])
        links.note(self.links, self.reader.came, elapsed_s)
        links.expect(self.links, self._nothing_planned, self.sight.rate_vps, self.reader.free_mps, self.reader.range_m,
                     self.reader.seen, USUAL, 0.0, 0.0, self.now.arrivals, self.now.total)
        return ready, self._shown(ready)

    def _shown(self, ready: Sequence[int]) -> Seen:
        junctions = len(self.layout.junctions)
        groups = np.zeros((junctions, self.most_groups, GROUP_FEATURES), np.float32)
        stages = np.zeros((junctions, self.most_stages, STAGE_FEATURES), np.float32)
        allowed = np.zeros((junctions, self.most_stages), np.float32)
        fill(self.model, self.now, np.asarray(ready, np.int32), self.inside, groups, stages, allowed)
        return Seen(groups, stages, self._green, self._yields, allowed)


def padded(seen: Seen, groups: int, stages: int) -> Seen:
    """``seen`` with room for so many groups and stages."""
    g, p = groups - seen.groups.shape[1], stages - seen.stages.shape[1]
    if g < 0 or p < 0:
        raise ValueError(f"a junction has {seen.groups.shape[1]} groups and {seen.stages.shape[1]} stages; "
                         f"there is room for {groups} and {stages}")
    return Seen(np.pad(seen.groups, ((0, 0), (0, g), (0, 0))), np.pad(seen.stages, ((0, 0), (0, p), (0, 0))),
                np.pad(seen.green, ((0, 0), (0, p), (0, g))), np.pad(seen.yields, ((0, 0), (0, p), (0, g))),
                np.pad(seen.allowed, ((0, 0), (0, p))))
