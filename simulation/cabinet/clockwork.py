"""A virtual cabinet's clockwork: stages, intergreens and minimum greens, as a controller runs them by itself."""

from __future__ import annotations

from collections.abc import Mapping

from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.stages import Stage
from signal_drivers.status import NO_CALLS, CabinetStatus, Head
from signal_drivers.transitions import green_starts

EPS = 1e-6


class Clockwork:
    """Runs one junction's heads. It is told stages; every lamp change is its own doing.

    Groups that leave green show yellow (pedestrians go red at once); groups that gain green start when their intergreens
    have run. The cabinet refuses what its own minimum greens forbid, whatever the guard thought.
    """

    def __init__(self, junction: Junction, now_s: float, first: StageId | None = None) -> None:
        self.junction = junction
        stage = junction.stage[first] if first else junction.stages[0]
        self._stage: Stage | None = stage
        self._target = stage
        self.stage_since_s = now_s
        self.heads = [self._final(g.id, stage) for g in junction.groups]
        self.head_since_s = [now_s] * len(self.heads)
        self._ended_s: dict[GroupId, float] = {}
        self._starts: dict[GroupId, float] = {}
        self._yellow_until: dict[GroupId, float] = {}
        self._echo = 0
        self._same_stage = False
        self._shown: tuple[tuple[Head, ...], tuple[float, ...]] | None = None
        self.calls: Mapping[GroupId, float] = NO_CALLS

    @staticmethod
    def _final(group: GroupId, stage: Stage) -> Head:
        if group not in stage.green:
            return Head.RED
        return Head.GREEN_YIELD if group in stage.yielding else Head.GREEN

    @property
    def settled(self) -> bool:
        return self._stage is not None

    @property
    def stage(self) -> StageId | None:
        return self._stage.id if self._stage else None

    def status(self, now_s: float) -> CabinetStatus:
        if self._shown is None:
            self._shown = (tuple(self.heads), tuple(self.head_since_s))
        heads, since = self._shown
        return CabinetStatus(self.junction.id, now_s, self._stage.id if self._stage else None, self._target.id,
                             self.stage_since_s, heads, since, self._echo, self.calls)

    def request(self, request: StageRequest, now_s: float) -> bool:
        """Start the transition to the requested stage. False when refused: in transition, or a minimum green still runs."""
        target = self.junction.stage.get(request.stage)
        if self._stage is None or target is None:
            return False
        for i, group in enumerate(self.junction.groups):
            if (self.heads[i].is_green and group.id not in target.green
                    and not now_s - self.head_since_s[i] >= group.min_green_s - EPS):
                return False
        self._echo = request.sequence
        if target.id != self._stage.id:
            self._leave(self._stage, target, now_s)
        return True

    def _set(self, index: int, head: Head, now_s: float) -> None:
        was = self.heads[index]
        self.heads[index] = head
        self._shown = None
        # A green that stops or starts yielding is still the same green: its age counts for the minimum.
        if was.is_green != head.is_green or not head.is_green:
            self.head_since_s[index] = now_s

    def _leave(self, before: Stage, target: Stage, now_s: float) -> None:
        index = self.junction.index
        ago = {g: now_s - t for g, t in self._ended_s.items()}
        self._starts = {g: now_s + wait for g, wait in
                        green_starts(self.junction, before, target, ended_ago_s=ago).items()}
        for g in before.green - target.green:
            pedestrian = self.junction.group[g].for_pedestrians
            self._set(index[g], Head.RED if pedestrian or self.junction.yellow_s <= 0 else Head.AMBER, now_s)
            self._ended_s[g] = now_s
            if not pedestrian:
                self._yellow_until[g] = now_s + self.junction.yellow_s
        for g in target.yielding & before.protected():
            self._set(index[g], Head.GREEN_YIELD, now_s)
        # A tram that joins or leaves does not make it a new stage.
        self._same_stage = before.base == target.base
        self._stage, self._target = None, target
        self._advance(now_s)

    def tick(self, now_s: float) -> bool:
        """Let time pass; True when any head changed."""
        if self._stage is not None:
            return False
        return self._advance(now_s)

    def _advance(self, now_s: float) -> bool:
        index, changed = self.junction.index, False
        for g in [g for g, until in self._yellow_until.items() if now_s >= until - EPS]:
            del self._yellow_until[g]
            if self.heads[index[g]] is Head.AMBER:
                self._set(index[g], Head.RED, now_s)
                changed = True
        for g in [g for g, start in self._starts.items() if now_s >= start - EPS]:
            del self._starts[g]
            self._set(index[g], self._final(g, self._target), now_s)
            changed = True
        # A stage that only drops groups still waits for their yellow: called back meanwhile, they would cut it short.
        if self._stage is None and not self._starts and not self._yellow_until:
            self._stage = self._target
            if not self._same_stage:
                self.stage_since_s = now_s
        return changed
