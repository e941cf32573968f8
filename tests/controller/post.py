"""One junction run as the control loop runs it: strategy, warden, guard and the cabinet's own clockwork, no simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from controller.fairness import MaxRedWarden
from controller.network import Network
from controller.strategy import Decision, Strategy, Tick
from detectors.observation import Frame
from signal_drivers.guard import SafetyGuard, Verdict
from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus, Head
from simulation.cabinet.clockwork import Clockwork


@dataclass
class Asked:
    """Decisions put to a guard, and to a cabinet where it accepts them."""

    decisions: list[tuple[float, Decision]] = field(default_factory=list)
    refused: list[tuple[float, Decision, Verdict]] = field(default_factory=list)
    sequence: int = 0

    def ask(self, decision: Decision, guard: SafetyGuard, clock: Clockwork, status: CabinetStatus, now_s: float) -> None:
        self.sequence += 1
        request = StageRequest(decision.junction, decision.stage, self.sequence, now_s, now_s + 5, decision.reason)
        verdict = guard.review(request, status, now_s)
        if verdict.accepted:
            assert clock.request(request, now_s), "the cabinet refused what the guard accepted"
            self.decisions.append((now_s, decision))
        else:
            self.refused.append((now_s, decision, verdict))


@dataclass
class Log(Asked):
    """What happened, and the longest red each group had with a standing call."""

    longest_red_s: dict[GroupId, float] = field(default_factory=dict)
    violations: int = 0


def run(strategy: Strategy, junction: Junction, frame_at: Callable[[float], Frame], *, seconds: int, seed: int = 0,
        calls: Callable[[float], Mapping[GroupId, float]] | None = None, begin_s: float = 1000.0,
        network: Network | None = None) -> Log:
    """Run ``seconds`` of control. ``calls`` says which groups have a standing call since when; by default all, always."""
    network = network or Network({junction.id: junction})
    clock, guard, warden = Clockwork(junction, begin_s), SafetyGuard(junction), MaxRedWarden(network)
    strategy.start(network, seed)
    log = Log()
    for second in range(seconds):
        now_s = begin_s + second
        clock.tick(now_s)
        clock.calls = calls(now_s) if calls else {g.id: begin_s for g in junction.groups}
        status = clock.status(now_s)
        guard.watch(status)
        for group, head, since in zip(junction.groups, status.heads, status.head_since_s, strict=True):
            if head is Head.RED and group.id in clock.calls:
                waited = now_s - max(since, clock.calls[group.id])
                log.longest_red_s[group.id] = max(log.longest_red_s.get(group.id, 0.0), waited)
        if status.stage is None:
            continue
        tick = Tick(now_s, frame_at(now_s), {junction.id: status})
        decisions = list(strategy.decide(tick))
        if not strategy.keeps_max_red:
            decisions = warden.apply(tick, decisions)
        assert len(decisions) <= 1, "two decisions for one junction"
        for decision in decisions:
            log.ask(decision, guard, clock, status, now_s)
    log.violations = len(guard.violations)
    return log
