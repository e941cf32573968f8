"""A strategy asked as all are: full stages in, variants by demand out, nobody past the maximum red or left in a hurry call."""

from __future__ import annotations

from collections.abc import Sequence

from controller.fairness import MaxRedWarden
from controller.hurry import HurryStages
from controller.network import Network
from controller.strategy import Decision, Handovers, Strategy, Tick
from controller.variants import DemandVariants


class Asking:
    """Starts ``strategy`` on the network as it sees it, and puts around it what it does not do itself."""

    def __init__(self, strategy: Strategy, network: Network, seed: int) -> None:
        self._strategy = strategy
        self._hurry = HurryStages(network)
        self._variants = None if strategy.plans_variants else DemandVariants(self._hurry.network)
        seen = self._hurry.network if self._variants is None else self._variants.network
        self._warden = None if strategy.keeps_max_red else MaxRedWarden(seen)
        strategy.start(seen, seed)

    def handovers(self) -> Handovers | None:
        """Of the strategy."""
        return self._strategy.handovers()

    def decide(self, tick: Tick) -> Sequence[Decision]:
        """Decisions for the cabinets' own stages."""
        tick, back = self._hurry.seen(tick)
        plain = tick if self._variants is None else tick._replace(statuses=self._variants.seen(tick.statuses))
        decisions = self._strategy.decide(plain)
        if self._warden is not None:
            decisions = self._warden.apply(plain, decisions)
        return [*(decisions if self._variants is None else self._variants.apply(tick, decisions)), *back]
