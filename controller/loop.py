"""One second of control: observe, decide, ask the guard, command. The same in simulation and on the street."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from controller.asking import Asking
from controller.calls import CallRegister
from controller.network import Network
from controller.strategy import Decision, Handovers, Strategy, Tick
from detectors.observation import DetectorFeed
from signal_drivers.driver import CabinetDriver
from signal_drivers.guard import SafetyGuard, Verdict
from signal_drivers.ids import JunctionId
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Head, Mode

Listener = Callable[[float, Decision, Verdict], None]
Overrule = Callable[[Tick, Sequence[Decision]], Sequence[Decision]]


@dataclass(slots=True)
class _Post:
    driver: CabinetDriver
    guard: SafetyGuard
    calls: CallRegister
    sight_s: float
    """A whole yellow may have come and gone between two reports further apart, on the cabinet's own clock."""
    sequence: int = 0
    heads: tuple[Head, ...] = ()
    own_s: float = float("-inf")


class ControlLoop:
    """Ties feed, strategy, guards and drivers together.

    ``preemption`` changes decisions where an emergency vehicle needs them changed, ``by_hand`` after it where an operator has
    taken over; both before the guard sees them. ``listener`` hears
    every decision with the guard's verdict. The loop never overrides a verdict and never retries within
    a second: a refused wish is thought over again with the next observation.
    """

    def __init__(self, network: Network, strategy: Strategy, feed: DetectorFeed, drivers: Mapping[JunctionId, CabinetDriver],
                 *, seed: int = 0, start_s: float = 0.0, listener: Listener | None = None,
                 preemption: Overrule | None = None, by_hand: Overrule | None = None) -> None:
        self._feed, self._listener, self._preemption, self._by_hand = feed, listener, preemption, by_hand
        self._posts = {
            j: _Post(drivers[j], SafetyGuard(junction, junction.limits), CallRegister(junction, start_s + i % 8),
                     max(junction.yellow_s, 2.0)) for i, (j, junction) in enumerate(network.junctions.items())}
        self.guards: Mapping[JunctionId, SafetyGuard] = {j: post.guard for j, post in self._posts.items()}
        self._asking = Asking(strategy, network, seed)

    def handovers(self) -> Handovers | None:
        """How much of the decisions was not the strategy's own; None where nobody stands in for it."""
        return self._asking.handovers()

    def tick(self, now_s: float) -> None:
        """Run one second of control at ``now_s``."""
        self.act(self.look(now_s))

    def look(self, now_s: float) -> Tick:
        """The first half of a second: what is seen and what the cabinets report, calls told to them. Whoever trains a strategy
        stops here and thinks."""
        frame = self._feed.observe(now_s)
        statuses: dict[JunctionId, CabinetStatus] = {}
        changing: dict[JunctionId, CabinetStatus] = {}
        for junction_id, post in self._posts.items():
            status = post.driver.read()
            own_s = status.reported_s - status.clock_ahead_s
            if not 0.0 <= own_s - post.own_s <= post.sight_s:
                post.guard.lost_sight()
                post.heads = ()
            post.own_s = own_s
            # Unchanged heads show nothing new, unless a conflict already stands and only its duration matters.
            if status.heads is not post.heads or post.guard.conflict_stands:
                post.guard.watch(status)
                post.heads = status.heads
            # A status that has grown old is no ground to decide on; the guard would refuse whatever came of it.
            if status.mode is not Mode.CENTRAL or not now_s - status.reported_s <= post.guard.limits.status_stale_s:
                continue
            if status.stage is None:
                changing[junction_id] = status
                continue
            if now_s >= post.calls.next_look_s:
                calls = post.calls.update(status, frame, now_s)
                if calls != status.call_since_s:
                    post.driver.demand(calls)
                    status = post.driver.read()
            statuses[junction_id] = status
        return Tick(now_s, frame, statuses, changing)

    def act(self, tick: Tick) -> None:
        """The second half: the strategy is asked, and what it wants goes past the guards to the cabinets."""
        now_s, statuses = tick.now_s, tick.statuses
        decisions = self._asking.decide(tick)
        if self._preemption is not None:
            decisions = self._preemption(tick, decisions)
        if self._by_hand is not None:
            decisions = self._by_hand(tick, decisions)
        for decision in decisions:
            present = statuses.get(decision.junction)
            if present is not None and decision.stage != present.stage:
                self._ask(decision, now_s, tick)

    def _ask(self, decision: Decision, now_s: float, tick: Tick) -> None:
        post = self._posts[decision.junction]
        # Whoever commanded before us has left its number in the cabinet, which takes none below it.
        post.sequence = max(post.sequence, tick.statuses[decision.junction].echo_sequence) + 1
        request = StageRequest(decision.junction, decision.stage, post.sequence, now_s,
                               now_s + post.guard.limits.request_life_s, decision.reason)
        verdict = post.guard.review(request, tick.statuses[decision.junction], now_s)
        if verdict.accepted:
            post.driver.send(request)
        if self._listener is not None:
            self._listener(now_s, decision, verdict)
