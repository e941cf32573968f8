"""How long anybody was kept at red, from what the simulator itself knows and not from what a strategy believed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from signal_drivers.ids import GroupId
from simulation.netmodel.derive import SignalNet, SumoJunction

LOOK_EVERY_S = 5.0
"""No green that a junction of ours may show is shorter, so that between two looks nobody is served unseen."""
RED = frozenset("ru")


@dataclass(slots=True)
class _Wanted:
    """One signal group: since when its heads are red, and since when somebody has stood for it without a break."""

    red_since_s: float | None = None
    stood_since_s: float | None = None


@dataclass(slots=True)
class _Post:
    sumo: SumoJunction
    positions: tuple[int, ...]
    groups: list[_Wanted]
    lanes: Mapping[str, tuple[int, ...]]
    """Groups, by number, that a vehicle on the lane may be waiting for."""
    state: str = ""
    seen: dict[int, float] = field(default_factory=dict)


class WaitWatch:
    """Longest called red and longest halt of one run, s; :meth:`note` is called once a second.

    A group is *called* while a vehicle that needs it next stands (below 0.1 m/s) on one of its approach lanes: where a lane
    serves several groups, SUMO is asked which signal the vehicle comes to. Heads are read every second, vehicles every
    ``LOOK_EVERY_S``; a call dates from when the vehicle came to a stand, and not from before the last look in this red that saw
    nobody stand for the group: who has stood in a lane of others and moves over was no call of this group's until then.
    Scheduled stops are no waiting, SUMO leaves them out.
    """

    def __init__(self, api: Any, signals: SignalNet) -> None:
        self._api = api
        self._posts = [_post(s) for s in signals.junctions.values()]
        self._last_look_s = self._next_look_s = -math.inf
        self.red_longest_called_s = 0.0
        self.wait_longest_s = 0.0

    def note(self, now_s: float) -> None:
        state_of = self._api.trafficlight.getRedYellowGreenState
        looks = now_s >= self._next_look_s
        if looks:
            self._next_look_s = now_s + LOOK_EVERY_S
        for post in self._posts:
            state = state_of(post.sumo.tls)
            if state != post.state:
                post.state = state
                self._heads(post, state, now_s)
            if looks:
                self._vehicles(post, now_s)
        if looks:
            self._last_look_s = now_s

    def finish(self, now_s: float) -> dict[str, float]:
        """Both figures by name; whoever still waits at the end counts as long as he has waited."""
        for post in self._posts:
            for group in post.groups:
                self._keep(group, now_s)
        return {"red_longest_called_s": self.red_longest_called_s, "wait_longest_s": self.wait_longest_s}

    def _keep(self, group: _Wanted, now_s: float) -> None:
        if group.red_since_s is not None and group.stood_since_s is not None:
            called_s = now_s - max(group.red_since_s, group.stood_since_s)
            self.red_longest_called_s = max(self.red_longest_called_s, called_s)

    def _heads(self, post: _Post, state: str, now_s: float) -> None:
        for position, group in zip(post.positions, post.groups, strict=True):
            letter = state[position] if position < len(state) else "r"
            if letter in RED:
                if group.red_since_s is None:
                    group.red_since_s = now_s
            else:
                self._keep(group, now_s)
                group.red_since_s = group.stood_since_s = None

    def _vehicles(self, post: _Post, now_s: float) -> None:
        halting, ids = self._api.lane.getLastStepHaltingNumber, self._api.lane.getLastStepVehicleIDs
        waited = self._api.vehicle.getWaitingTime
        seen = post.seen
        seen.clear()
        for lane, groups in post.lanes.items():
            if not halting(lane):
                continue
            for vehicle in ids(lane):
                stood_s = waited(vehicle)
                if stood_s <= 0:
                    continue
                if stood_s > self.wait_longest_s:
                    self.wait_longest_s = stood_s
                wanted = groups[0] if len(groups) == 1 else self._wanted(post, vehicle)
                if wanted is not None:
                    seen[wanted] = min(seen.get(wanted, math.inf), now_s - stood_s)
        for number, group in enumerate(post.groups):
            since_s = seen.get(number)
            if since_s is None:
                self._keep_until_seen(group, now_s)
                group.stood_since_s = None
            elif group.stood_since_s is None:
                unseen_at_last = group.red_since_s is not None and self._last_look_s >= group.red_since_s
                group.stood_since_s = max(since_s, self._last_look_s) if unseen_at_last else since_s

    def _keep_until_seen(self, group: _Wanted, now_s: float) -> None:
        """Nobody stands any more while it is still red (a vehicle was lifted out, turned off, or moved up): the wait ended
        after the last look that saw somebody."""
        self._keep(group, now_s - LOOK_EVERY_S)

    def _wanted(self, post: _Post, vehicle: str) -> int | None:
        """Number of the group that the vehicle needs next; None where it comes to another signal, or to none."""
        for tls, index, *_ in self._api.vehicle.getNextTLS(vehicle)[:1]:
            if tls == post.sumo.tls and index < post.sumo.width:
                number = post.sumo.head_of_position[index]
                return number if number >= 0 else None
        return None


def _post(sumo: SumoJunction) -> _Post:
    index: Mapping[GroupId, int] = sumo.junction.index
    lanes: dict[str, set[int]] = {}
    for lane in sumo.junction.lanes:
        numbers = [index[g] for g in lane.groups if not sumo.junction.group[g].for_pedestrians]
        for piece in sumo.approach[lane.id]:
            lanes.setdefault(piece.lane, set()).update(numbers)
    return _Post(sumo, tuple(min(g.indices) for g in sumo.groups), [_Wanted() for _ in sumo.groups],
                 {lane: tuple(sorted(numbers)) for lane, numbers in lanes.items() if numbers})
