"""Junctions, reports and requests by the million, right ones and wrong ones, from a seed: faster than hypothesis can draw.

Every moment lies right on a limit of some rule or a millisecond and more beside it, so that rounding decides nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from random import Random

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.stages import Stage
from signal_drivers.status import NO_CALLS, CabinetStatus, Fault, Head, Mode, ModeSource

NO_TIMES = (math.nan, math.inf, -math.inf)
BESIDE_S = (-20.0, -1.0, -0.001, 0.0, 0.0, 0.001, 1.0, 20.0)
EPOCHS_S = (0.0, 3.7, 61200.0, 1.79e9)
"""Where a clock may stand: at its beginning, at 17:00, and at the seconds of a Unix clock."""


def any_junction(dice: Random, name: str) -> Junction:
    """Two to seven groups of any kind with any conflicts, and a stage around each; where groups conflict one may yield."""
    yellow_s = dice.choice((0.0, 3.0, 3.5, 5.0))
    groups = []
    for k in range(dice.randint(2, 7)):
        kind = dice.choice(list(GroupKind))
        length_m = dice.randint(30, 150) / 10 if kind is GroupKind.PEDESTRIAN else None
        groups.append(SignalGroup(GroupId(f"g{k}"), kind, (length_m or 0.0) + dice.randint(0, 90) / 10, length_m))
    seconds: dict[tuple[GroupId, GroupId], float] = {}
    for pair in combinations(groups, 2):
        if dice.random() < 0.5:
            for ending, starting in (pair, pair[::-1]):
                seconds[ending.id, starting.id] = (0.0 if ending.for_pedestrians else yellow_s) + dice.randint(0, 90) / 10
    ids = [g.id for g in groups]
    stages = tuple(_stage(dice, str(k), must, ids, seconds) for k, must in enumerate(dice.sample(ids, len(ids))))
    return Junction(JunctionId(name), tuple(groups), stages, Intergreens(seconds), yellow_s, dice.choice((30.0, 120.0)))


def _stage(dice: Random, name: str, must: GroupId, ids: list[GroupId], seconds: dict[tuple[GroupId, GroupId], float]) -> Stage:
    green, yielding = [must], set[GroupId]()
    for other in dice.sample(ids, len(ids)):
        if other != must and dice.random() < 0.5:
            foes = [g for g in green if (g, other) in seconds and g not in yielding]
            if foes and dice.random() < 0.7:
                continue
            green.append(other)
            yielding |= {other} if foes else set()
    return Stage(StageId(name), frozenset(green), frozenset(yielding))


@dataclass
class Cases:
    """Reports and requests for one junction. About one in three is right in everything, the others mostly wrong in one thing."""

    dice: Random
    junction: Junction
    now_s: float
    sequence: int = 0

    def __post_init__(self) -> None:
        self._heads = {s.id: tuple(Head.RED if g.id not in s.green else Head.GREEN_YIELD if g.id in s.yielding else Head.GREEN
                                   for g in self.junction.groups) for s in self.junction.stages}
        self._stages = list(self._heads)

    def next(self) -> tuple[StageRequest, CabinetStatus, float]:
        """A request, the report it is judged by, and the moment of both."""
        dice = self.dice
        self.now_s += dice.randint(1, 9000) / 1000
        self.sequence += 1
        wrong = dice.randrange(24)
        return self._request(wrong), self._status(wrong - 8), self._now(wrong - 23)

    def _now(self, wrong: int) -> float:
        return self.now_s if wrong or self.dice.random() < 0.9 else self.dice.choice(NO_TIMES)

    def _request(self, wrong: int) -> StageRequest:
        dice, now_s = self.dice, self.now_s
        issued_s = now_s - dice.choice((0.0, 0.0, 0.4, 4.999))
        expires_s = issued_s + 5.0
        junction, stage, sequence = self.junction.id, dice.choice(self._stages), self.sequence
        if wrong == 0:
            junction = JunctionId("elsewhere")
        elif wrong == 1:
            stage = StageId("no such stage")
        elif wrong == 2:
            sequence -= dice.choice((0, 1, 1, 2, 50))
        elif wrong == 3:
            expires_s = now_s + dice.choice(BESIDE_S)
        elif wrong == 4:
            issued_s = now_s + dice.choice(BESIDE_S)
        elif wrong == 5:
            issued_s = dice.choice(NO_TIMES)
        elif wrong == 6:
            expires_s = dice.choice(NO_TIMES)
        elif wrong == 7:
            issued_s, expires_s = now_s, now_s + 5.0 + dice.choice(BESIDE_S)
        return StageRequest(junction, stage, sequence, issued_s, expires_s)

    def _status(self, wrong: int) -> CabinetStatus:
        dice, now_s, n = self.dice, self.now_s, len(self.junction.groups)
        stage = target = dice.choice(self._stages)
        heads = self._heads[stage]
        least = [g.min_green_s if h.is_green else self.junction.max_red_s
                 for g, h in zip(self.junction.groups, heads, strict=True)]
        tight = dice.random() < 0.3
        since_s = tuple(now_s - s - (dice.choice(BESIDE_S) if tight else 60.0) for s in least)
        reported_s, echo = now_s - dice.choice((0.0, 0.0, 0.7, 2.0)), self.sequence - dice.choice((1, 1, 2, 9))
        junction, mode, faults = self.junction.id, Mode.CENTRAL, frozenset[Fault]()
        shown: StageId | None = stage
        if wrong == 0:
            junction = JunctionId("elsewhere")
        elif wrong == 1:
            reported_s = now_s - 2.0 * dice.randint(0, 1) + dice.choice(BESIDE_S)
        elif wrong == 2:
            reported_s = dice.choice(NO_TIMES)
        elif wrong == 3:
            target, shown = dice.choice([*self._stages, StageId("?")]), dice.choice([*self._stages, None])
        elif wrong == 4:
            shown = target = dice.choice([*self._stages, StageId("no such stage")])
        elif wrong == 5:
            k = dice.randrange(n)
            heads = (*heads[:k], dice.choice(list(Head)), *heads[k + 1:])
        elif wrong == 6:
            heads, since_s = dice.choice(((heads[:-1], since_s), (heads, since_s[:-1]), ((*heads, Head.RED), (*since_s, 0.0))))
        elif wrong == 7:
            k = dice.randrange(n)
            since_s = (*since_s[:k], dice.choice(NO_TIMES), *since_s[k + 1:])
        elif wrong == 8:
            mode = dice.choice(list(Mode))
        elif wrong == 9:
            faults = frozenset(dice.sample(list(Fault), dice.randint(1, 3)))
        elif wrong == 10:
            echo = self.sequence + dice.choice((-1, 0, 1, 50))
        return CabinetStatus(junction, reported_s, shown, target, now_s - 90.0, heads, since_s, echo, self._calls(),
                             mode, ModeSource.CENTRE, faults, dice.choice((0.0, 0.0, 12.5)))

    def _calls(self) -> dict[GroupId, float]:
        dice = self.dice
        if dice.random() < 0.7:
            return dict(NO_CALLS)
        calls = {g.id: self.now_s - dice.choice((5.0, self.junction.max_red_s + dice.choice(BESIDE_S)))
                 for g in self.junction.groups if dice.random() < 0.4}
        if dice.random() < 0.1:
            calls[GroupId(dice.choice(("ghost", "g0")))] = dice.choice(NO_TIMES)
        return calls
