"""One post's planning, once a second: look, predict, search, tell the neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from controller.estimate import standing_inside
from controller.network import Network
from controller.predictive import links, sight
from controller.predictive.arrays import Now, Scratch, Weights, scratch
from controller.predictive.clearance import lets_in
from controller.predictive.compiled import compiled
from controller.predictive.model import EXIT0, LANE0, STAGE0, Array, Model, build_model
from controller.predictive.reading import Reader, empty_now
from controller.predictive.search import Choice, decide, may_change
from controller.strategy import Decision, Tick, may_leave

if TYPE_CHECKING:
    from controller.strategies.predictive import PredictiveSettings

HOLD_S = 2
"""Those who stand inside are given this long before it is looked again."""
SOON_S = 10
"""A junction whose best plan changes later than this is planned again every other second."""
REPLAN_EVERY_S = 3
"""A junction that can change nothing now is planned again this often, for its neighbours' sake."""


class Planner:
    """Holds the model, what was learnt (``sight``), the belief about now, and everybody's plan: ``plans[j]`` as (second,
    stage), ``planned[x, t]`` the vehicles it lets into exit road x in second t from now."""

    def __init__(self, network: Network, settings: PredictiveSettings, every_second: bool = False) -> None:
        """``every_second``: whoever may change is searched each second, for who wants to know what each would cost."""
        self.settings, self.network, self._every_second = settings, network, every_second
        self.model, self.layout = build_model(network, tram_weight=settings.tram)
        m, layout, h = self.model, self.layout, settings.horizon_s
        lanes, junctions, exits, groups = len(layout.lanes), len(layout.junctions), len(layout.exits), m.green.shape[1]
        self.sight = sight.first_sight(m, layout, np.full(lanes, settings.flow_vph / 3600.0, np.float32),
                                       settings.lost_veh)
        self.links = links.build_links(network, m, layout)
        self.now = empty_now(m, layout, h, settings.lost_veh)
        self.reader = Reader(m, layout, self.now, self.sight)
        self.weights = Weights(settings.stop_s, settings.person, settings.fairness, settings.impatience, settings.after_s,
                               settings.gap_s, settings.yellow_s, settings.look_s, settings.keep)

        def most(column: int) -> int:
            return int(np.diff(m.junction[:, column]).max(initial=1))

        self.scratch = scratch(most(LANE0), groups, most(EXIT0), most(STAGE0))
        self.choice = Choice(np.full(junctions, -1, np.int32), np.zeros(junctions, np.float32), np.zeros(junctions, np.float32),
                             np.full((junctions, most(STAGE0)), np.nan, np.float32),
                             np.full((junctions, most(STAGE0)), np.nan, np.float32))
        self.plans = np.full((junctions, 2), -1, np.int32)
        self.planned = np.zeros((exits, h), np.float32)
        self.held_s = np.zeros(junctions, np.float32)
        """For how long a junction has kept others out because vehicles stand inside."""
        self.caught = np.zeros(junctions, np.int32)
        """How many stood inside when a change was kept back in this tick."""
        self._last_s: float | None = None

    def decide(self, tick: Tick) -> Sequence[Decision]:
        """Changes of stage that are worth it now."""
        elapsed_s = 1.0 if self._last_s is None else min(max(0.1, tick.now_s - self._last_s), 60.0)
        self._last_s = tick.now_s
        ready = self.reader.read(tick, elapsed_s)
        links.note(self.links, self.reader.came, elapsed_s)
        forward(self.planned, elapsed_s)
        links.expect(self.links, self.planned, self.sight.rate_vps, self.reader.free_mps, self.reader.range_m, self.reader.seen,
                     self.settings.usual, self.settings.shared, self.settings.between, self.now.arrivals, self.now.total)
        self.choice.stage[:] = -1
        search_all(self.model, self.now, self.weights, self.scratch, np.asarray(ready, np.int32), self.settings.margin,
                   self.choice, self.plans, self.planned, int(tick.now_s), self._every_second)
        for i in self._crowded(tick, elapsed_s):
            self.now.hold_s[i] = HOLD_S
            self.choice.stage[i] = -1
            search_one(self.model, self.now, self.weights, self.scratch, i, self.settings.margin, self.choice, self.plans,
                       self.planned)
            self.now.hold_s[i] = 0.0
        decisions = []
        for i in ready:
            if self.choice.stage[i] >= 0:
                j = self.layout.junctions[i]
                stage = self.layout.stages[i][self.choice.stage[i]]
                # Single precision may have rounded an age up.
                if may_leave(self.network.junctions[j], tick.statuses[j], tick.now_s, stage):
                    decisions.append(Decision(j, stage, self.reason(i)))
        # Only a junction that could change puts a change off: one in transition does not.
        waits = np.zeros(len(self.layout.junctions), bool)
        waits[ready] = (self.choice.stage[ready] < 0) & (self.plans[ready, 1] >= 0)
        self.now.put_off_s[:] = np.where(waits, self.now.put_off_s + elapsed_s, 0.0)
        return decisions

    def _crowded(self, tick: Tick, elapsed_s: float) -> list[int]:
        """Junctions about to let others in across those who still stand inside. A camera may see ghosts, and a full exit keeps
        people inside whatever the signals do: after some seconds the change is made all the same."""
        self.caught[:] = 0
        for i in np.flatnonzero(self.choice.stage >= 0):
            if self.held_s[i] < self.settings.clear_s and lets_in(self.model, self.now, int(i), int(self.choice.stage[i])):
                inside = standing_inside(tick.frame, self.layout.junctions[i])
                self.caught[i] = inside if inside >= self.settings.clear_veh else 0
            self.held_s[i] = self.held_s[i] + elapsed_s if self.caught[i] else 0.0
        return [int(i) for i in np.flatnonzero(self.caught)]

    def reason(self, i: int) -> str:
        """Why junction ``i`` changes now."""
        at_s, then = self.plans[i]
        if self.caught[i]:
            return f"lets out {self.caught[i]} vehicles that stand inside the junction"
        if self.choice.stage[i] == then:
            if self.choice.saves[i] < 0:
                return f"was put off until it costs {-self.choice.saves[i]:.0f} vehicle seconds more than waiting on"
            return f"saves {self.choice.saves[i]:.0f} vehicle seconds"
        return f"clears for {self.layout.stages[i][then]} in {at_s} s"


@compiled
def forward(planned: Array, elapsed_s: float) -> None:
    """Plans made a while ago, seen from now."""
    shift = max(0, int(elapsed_s + 0.5))
    exits, horizon = planned.shape
    for x in range(exits):
        for t in range(horizon):
            planned[x, t] = planned[x, t + shift] if t + shift < horizon else 0.0


@compiled
def search_one(m: Model, n: Now, w: Weights, s: Scratch, j: int, margin: float, out: Choice, plans: Array,
               planned: Array) -> None:
    decide(m, n, w, s, j, margin, out, plans[j], planned[m.junction[j, EXIT0]:m.junction[j + 1, EXIT0]])


@compiled
def search_all(m: Model, n: Now, w: Weights, s: Scratch, ready: Array, margin: float, out: Choice, plans: Array, planned: Array,
               second: int, every_second: bool) -> None:
    """Search every junction of ``ready``; one that can change nothing now, or (unless ``every_second``) had better not for a
    while, only when it is its turn."""
    for i in range(ready.shape[0]):
        j = ready[i]
        if (j + second) % REPLAN_EVERY_S == 0 or (may_change(m, n, j) and (
                every_second or plans[j, 0] <= SOON_S or (j + second) % 2 == 0)):
            search_one(m, n, w, s, j, margin, out, plans, planned)
