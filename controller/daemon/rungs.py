"""What a post runs: the chosen strategy where all is well, plans where it cannot be trusted, nothing where the cabinet goes its
own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from controller.asking import Asking
from controller.ladder import Rung
from controller.network import Network
from controller.strategies.fixed import FixedTime
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.ids import JunctionId
from signal_drivers.status import CabinetStatus


class Rungs(Strategy):
    """Asks ``chosen`` for the junctions on its rung and ``plans`` for those one below, each with what the control loop does for a
    strategy (variants by demand, maximum red). A strategy that raises is not asked again for ``rest_s``; ``failed`` hears why."""

    name: ClassVar[str] = "post"
    keeps_max_red: ClassVar[bool] = True
    plans_variants: ClassVar[bool] = True

    def __init__(self, chosen: Strategy, plans: FixedTime, rung: Callable[[JunctionId], Rung],
                 failed: Callable[[Exception], None], *, rest_s: float = 60.0) -> None:
        self.chosen, self.plans = chosen, plans
        self._rung, self._failed, self._rest_s = rung, failed, rest_s
        self.resting_until_s = float("-inf")

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        self._both = [Asking(self.chosen, network, seed), Asking(self.plans, network, seed)]

    def decide(self, tick: Tick) -> Sequence[Decision]:
        rows: dict[Rung, dict[JunctionId, CabinetStatus]] = {Rung.STRATEGY: {}, Rung.PLANS: {}}
        for junction, status in tick.statuses.items():
            rung = self._rung(junction)
            if rung in rows:
                rows[rung][junction] = status
        found: list[Decision] = []
        if tick.now_s >= self.resting_until_s:
            try:
                found += self._both[0].decide(tick._replace(statuses=rows[Rung.STRATEGY]))
            except Exception as error:
                # Whatever it is, the junctions must not stand still over it: plans take them until it has rested.
                self.resting_until_s = tick.now_s + self._rest_s
                self._failed(error)
        return found + list(self._both[1].decide(tick._replace(statuses=rows[Rung.PLANS])))
