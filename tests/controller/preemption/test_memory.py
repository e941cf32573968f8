"""Thousands of emergencies, ended in every way there is, leave a manager that is no larger than after the first hundreds."""

from __future__ import annotations

import gc
from types import FunctionType, ModuleType
from typing import Any

from controller.preemption.emergency import Emergency, Lifecycle
from controller.preemption.manager import ENDED_KEPT, PreemptionManager
from controller.strategy import Tick
from signal_drivers.status import CabinetStatus
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import SaidFrame
from tests.controller.junctions import crossroads, network
from tests.controller.preemption.drive import way

JUNCTION = crossroads()
ELSEWHERE = crossroads("elsewhere")


def objects(of: Any) -> int:
    """How many hang on it."""
    seen: set[int] = set()
    waiting = [of]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, (type, ModuleType, FunctionType)):
            continue
        seen.add(id(one))
        waiting += gc.get_referents(one)
    return len(seen)


def one_after_another(manager: PreemptionManager, status: CabinetStatus, begin: int, end: int) -> None:
    """Each ends a second after it began: called off, past its last signal, expired, or rejected at once."""
    for number in range(begin, end):
        now_s, name = 1000.0 + number, f"A-{number}"
        frame = SaidFrame(now_s)
        how = number % 4
        route = way(ELSEWHERE if how == 3 else JUNCTION, "ew")
        manager.request(Emergency(name, route, now_s + (0.5 if how == 2 else 900.0)), now_s)
        manager.moved(name, 960.0, 14.0, now_s)
        # That a junction has waited in vain is remembered of those under way alone.
        if how != 3:
            manager._resting_s[JUNCTION.id, name] = now_s + 60.0
        manager.apply(Tick(now_s, frame, {JUNCTION.id: status}), [])
        if how == 0:
            manager.cancel(name, now_s)
        elif how == 1:
            manager.moved(name, 1100.0, 14.0, now_s + 0.5)
        manager.apply(Tick(now_s + 1.0, frame, {JUNCTION.id: status}), [])


def test_ended_emergencies_leave_nothing_behind_but_how_the_last_ones_ended() -> None:
    manager, clock = PreemptionManager(network(JUNCTION)), Clockwork(JUNCTION, 1000.0)
    status = clock.status(1000.0)
    one_after_another(manager, status, 0, 400)
    after_hundreds = objects(manager)
    one_after_another(manager, status, 400, 4000)
    assert manager._tracks == {} and manager.held() == {} and manager.expected == {} and len(manager._ended) == ENDED_KEPT
    # A few more or less, by what was last reckoned; one kept for each would be thousands.
    assert objects(manager) <= after_hundreds + 50
    assert manager.state("A-0") is None and manager.state("A-3996") == (Lifecycle.CANCELLED, "called off")
    assert manager.state("A-3999") == (Lifecycle.REJECTED, "its way passes no signal of this post")
