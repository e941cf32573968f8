"""A learnt policy runs the signals; where it cannot, the planner it learnt from does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog
from pydantic import BaseModel, ConfigDict, Field

from controller.explain import Explanation
from controller.learned.account import Weighed, account
from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.deadline import InTime
from controller.learned.familiar import Familiar
from controller.learned.observation import Observer, Seen
from controller.learned.policy import NEVER, Policy
from controller.learned.smoothing import Smoothing
from controller.learned.trams import with_trams
from controller.network import Network
from controller.predictive.clearance import lets_in, protects
from controller.strategies.predictive import Predictive
from controller.strategy import Decision, Handovers, Strategy, Tick, may_leave
from signal_drivers.ids import JunctionId

DEFAULT = Path(__file__).parent.parent / "learned" / "default.onnx"
HANDOVER_S = 60.0
"""After an error the planner has the junctions for so long; the policy then gets another try."""
log = structlog.get_logger("mourour.learned")


class LearnedSettings(BaseModel):
    """``model`` is a policy's file, the one that comes with the package where none is named. ``margin`` is by how much the score
    of another stage must be above that of the present one (in log odds): without one, stages that are as good as each other
    alternate, and each change leaves somebody inside. Scores are smoothed over the seconds in which a stage runs, with
    ``half_life_s``. A stage that lets a tram go that is due is liked better by ``tram`` (log odds). Others wait for ``clear_s``
    while ``clear_veh`` vehicles or more stand inside the junction. Without an answer within ``deadline_s`` the planner decides;
    None waits for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())
    model: Path = DEFAULT
    margin: float = Field(0.5, ge=-5, le=5)
    half_life_s: float = Field(1.0, ge=0, le=10)
    tram: float = Field(3.0, ge=0, le=20)
    clear_veh: int = Field(1, ge=1)
    clear_s: float = Field(10.0, ge=0)
    deadline_s: float | None = Field(None, gt=0, le=1)


class Learned(Strategy):
    """Each second, for every junction that may change, the stage the policy likes best."""

    name = "learned"
    summary = "a policy learnt from the planner and in simulation; the planner stands in where it fails"
    needs_counts = True
    plans_variants = True
    takes_deadline = True

    def __init__(self, **settings: object) -> None:
        self.settings = LearnedSettings(**settings)  # type: ignore[arg-type]
        self.policy = Policy(self.settings.model)
        self.model_file = self.settings.model

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        # By its name each time: what is asked may be exchanged.
        self._in_time = InTime(lambda seen: self.policy.scores(seen), self.settings.deadline_s)
        self._stand_in = Predictive()
        self._stand_in.start(network, seed)
        self.observer = Observer(network)
        self._handed_over_until_s = float("-inf")
        self._weighed: Weighed | None = None
        self._familiar = Familiar(self.policy.card, len(network.junctions), GROUP_FEATURES, STAGE_FEATURES)
        self._told: set[JunctionId] = set()
        self._smoothing = Smoothing(self.settings.half_life_s)
        self._held_s = np.zeros(len(network.junctions))
        self._asked = self._failed = 0
        self._strange: Counter[JunctionId] = Counter()

    def decide(self, tick: Tick) -> Sequence[Decision]:
        ready, seen = self.observer.look(tick)
        self._weighed = None
        self._asked += len(ready)
        if tick.now_s < self._handed_over_until_s:
            return self._handed_over(tick, ready)
        if not ready:
            return ()
        try:
            scores = self._in_time.ask(seen)[ready]
            if not np.isfinite(scores).all():
                raise ValueError("a score is not a number")
        except Exception as error:  # whatever the runtime raises, or where it stalls, signals go on
            self._tell("policy.failed", error=str(error).splitlines()[0] if str(error) else type(error).__name__,
                       for_s=HANDOVER_S)
            self._handed_over_until_s = tick.now_s + HANDOVER_S
            return self._handed_over(tick, ready)
        watched = self.observer.watched()
        scores = self._smoothing.see(with_trams(scores, seen, ready, self.settings.tram, watched), ready, tick.now_s)
        decisions = self._chosen(tick, ready, scores)
        strangers = self._strangers(tick, ready, seen)
        if strangers:
            self._strange.update(strangers)
            decisions = [d for d in decisions if d.junction not in strangers]
            decisions += [d for d in self._stand_in.decide(tick) if d.junction in strangers]
            ready, scores = self._others(ready, scores, strangers)
        self._weighed = Weighed(tick, ready, seen, scores, watched, {d.junction: d.stage for d in decisions})
        return decisions

    def _handed_over(self, tick: Tick, ready: list[int]) -> Sequence[Decision]:
        """All of this second is the planner's."""
        self._failed += len(ready)
        return self._stand_in.decide(tick)

    def _chosen(self, tick: Tick, ready: list[int], scores: np.ndarray) -> list[Decision]:
        layout, decisions = self.observer.layout, []
        best = scores.argmax(1)
        for row, i in enumerate(ready):
            here, wanted = int(self.observer.now.stage[i]), int(best[row])
            gain = float(scores[row, wanted] - scores[row, here])
            if wanted == here or gain <= self.settings.margin:
                continue
            if self._crowded(i, wanted):
                way_out = self._way_out(i, scores[row])
                if way_out is None:
                    continue
                wanted, gain = way_out, float(scores[row, way_out] - scores[row, here])
            j: JunctionId = layout.junctions[i]
            stage = layout.stages[i][wanted]
            # Single precision may have rounded an age up.
            if may_leave(self.network.junctions[j], tick.statuses[j], tick.now_s, stage):
                decisions.append(Decision(j, stage, f"preferred by {gain:.1f} (log odds)"))
        return decisions

    def _crowded(self, i: int, wanted: int) -> bool:
        """Whether the change waits because it would let others in across vehicles that still stand inside the junction. A camera
        may see ghosts, and a full exit keeps people inside whatever the signals do: not for ever."""
        holds = (self.observer.inside[i] >= self.settings.clear_veh and self._held_s[i] < self.settings.clear_s
                 and lets_in(self.observer.model, self.observer.now, i, wanted))
        self._held_s[i] = self._held_s[i] + 1 if holds else 0
        return bool(holds)

    def _way_out(self, i: int, scores: np.ndarray) -> int | None:
        """The stage, of those that may be asked for now and protect who waits inside for a gap, that the policy likes best."""
        model, now = self.observer.model, self.observer.now
        found = [p for p in range(len(self.observer.layout.stages[i])) if scores[p] > NEVER and protects(model, now, i, p)]
        return max(found, key=lambda p: (float(scores[p]), -p), default=None)

    def _tell(self, event: str, **what: object) -> None:
        """Into the log of a post. Where nobody has set one up, structlog would write to standard output, which is a result's."""
        if structlog.is_configured():
            log.warning(event, stand_in=self._stand_in.name, **what)

    def _strangers(self, tick: Tick, ready: list[int], seen: Seen) -> set[JunctionId]:
        """Junctions that look like nothing the policy knows; told once each time they become so."""
        found = {self.observer.layout.junctions[i] for i in self._familiar.strangers(seen, ready, tick.now_s)}
        for junction in sorted(found - self._told):
            self._tell("policy.stranger", junction=junction)
        away = {j for j in self._told if j in tick.statuses and j not in found}
        self._told = (self._told - away) | found
        return found

    def _others(self, ready: list[int], scores: np.ndarray, strangers: set[JunctionId]) -> tuple[list[int], np.ndarray]:
        """Without the strangers: the policy has no account to give of them."""
        kept = [row for row, i in enumerate(ready) if self.observer.layout.junctions[i] not in strangers]
        return [ready[row] for row in kept], scores[kept]

    def handovers(self) -> Handovers:
        return Handovers(self._asked, self._failed, dict(sorted(self._strange.items())))

    def explain(self, junction: JunctionId) -> Explanation | None:
        if self._weighed is None:
            return None
        return account(self.policy, self.observer, self._weighed, junction, self.settings.tram)
