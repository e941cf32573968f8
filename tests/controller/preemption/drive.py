"""A vehicle that drives over one junction, which runs as in the loop: strategy, warden, manager, guard, clockwork."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from controller.asking import Asking
from controller.preemption.emergency import Emergency
from controller.preemption.manager import PreemptionManager
from controller.preemption.route import Piece, Route, SignalAhead
from controller.preemption.settings import PreemptionSettings
from controller.strategies.actuated import Actuated
from controller.strategy import Decision, Strategy, Tick
from detectors.observation import Frame
from signal_drivers.guard import SafetyGuard
from signal_drivers.ids import GroupId, StageId
from signal_drivers.junction import Junction
from signal_drivers.status import Head
from simulation.cabinet.clockwork import Clockwork
from tests.controller.junctions import network
from tests.controller.post import Asked

Apply = Callable[[Tick, Sequence[Decision]], Sequence[Decision]]
SPEED_MPS = 14.0
BEGIN_S = 1000.0
MARGIN_5_S = PreemptionSettings(margin_s=5.0)
"""Whatever the default is: for tests of moments that follow from the margin."""


def way(junction: Junction, group: str, *, before_m: float = 1000.0, behind_m: float = 200.0) -> Route:
    """Straight over ``junction`` under ``group``: the stop line after ``before_m``, 20 m of junction behind it."""
    lanes = tuple(lane.id for lane in junction.lanes_of[GroupId(group)])
    return Route((Piece(before_m, SPEED_MPS), Piece(20.0 + behind_m, SPEED_MPS)),
                 (SignalAhead(junction.id, frozenset({GroupId(group)}), lanes, before_m, before_m + 20.0),))


class Still(Strategy):
    """Stays where it is until somebody is past the maximum red of 33 s; wants ``then``."""

    def __init__(self, then: str = "") -> None:
        self.then = then

    def decide(self, tick: Tick) -> list[Decision]:
        return [Decision(j, StageId(self.then), "past") for j in tick.statuses if self.then and tick.now_s > BEGIN_S + 33]


@dataclass
class Log(Asked):
    heads: list[tuple[float, dict[str, Head]]] = field(default_factory=list)
    told: list[tuple[float, str, str, str]] = field(default_factory=list)
    violations: int = 0

    def green(self, group: str, at_s: float) -> bool:
        return next(h[group].is_green for t, h in self.heads if t == at_s)


def drive(junction: Junction, frame_at: Callable[[float], Frame], *, seconds: int, strategy: Strategy | None = None,
          say: Callable[[PreemptionManager, float], None] | None = None, settings: PreemptionSettings | None = None,
          calls: Callable[[float], dict[GroupId, float]] | None = None,
          around: Callable[[PreemptionManager], Apply] | None = None) -> Log:
    """Run ``seconds`` of control; ``say`` tells the manager, each second before control, what dispatch would. ``around`` may put
    something between control and the manager."""
    log = Log()
    net = network(junction)
    clock, guard, asking = Clockwork(junction, BEGIN_S), SafetyGuard(junction), Asking(strategy or Actuated(), net, 1)
    manager = PreemptionManager(net, settings, told=lambda *what: log.told.append(what))
    apply = around(manager) if around is not None else manager.apply
    for second in range(seconds):
        now_s = BEGIN_S + second
        clock.tick(now_s)
        if calls is not None:
            clock.calls = calls(now_s)
        status = clock.status(now_s)
        guard.watch(status)
        log.heads.append((now_s, {g.id: h for g, h in zip(junction.groups, status.heads, strict=True)}))
        if say is not None:
            say(manager, now_s)
        settled = {junction.id: status} if status.stage is not None else {}
        tick = Tick(now_s, frame_at(now_s), settled, {} if settled else {junction.id: status})
        for decision in apply(tick, asking.decide(tick)):
            if decision.junction not in settled or decision.stage == status.stage:
                continue
            log.ask(decision, guard, clock, status, now_s)
    log.violations = len(guard.violations)
    return log


def passing(route: Route, *, name: str = "A1", start_s: float = BEGIN_S, until_s: float = 1e9,
            stops_m: float = 1e9, **more: object) -> Callable[[PreemptionManager, float], None]:
    """Says that a vehicle sets off at ``start_s`` and drives ``route`` at its free speed, heard of every second ``until_s``; it
    stands from ``stops_m`` on."""

    def say(manager: PreemptionManager, now_s: float) -> None:
        if now_s == start_s:
            manager.request(Emergency(name, route, start_s + 900.0, **more), now_s)  # type: ignore[arg-type]
        if start_s <= now_s <= until_s:
            at_m = min((now_s - start_s) * SPEED_MPS, route.length_m, stops_m)
            manager.moved(name, at_m, SPEED_MPS if at_m < stops_m else 0.0, now_s)

    return say
