"""The contract would notice: strategies that break it in one way each, and the test that has to fail for them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from controller.network import Network
from controller.strategies.actuated import Actuated
from controller.strategy import Decision, Tick
from tests.controller.contract import StrategyContract
from tests.controller.frames import WildFrame
from tests.controller.junctions import crossroads, full_crossroads
from tests.controller.troubled import ABSENT, run_street, street


class Hoarder(Actuated):
    """Keeps a note of every second."""

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        self.log: list[tuple[float, object]] = []

    def decide(self, tick: Tick) -> Sequence[Decision]:
        self.log.append((tick.now_s, object()))
        return super().decide(tick)


class Hasty(Actuated):
    """Asks for the next stage every second, whatever the minimum greens."""

    def decide(self, tick: Tick) -> Sequence[Decision]:
        return [Decision(j, next(s for s in self.sites[j].order if s != status.stage)) for j, status in tick.statuses.items()]


class Clinging(Actuated):
    """Takes every junction it has ever seen for one that is there."""

    def start(self, network: Network, seed: int = 0) -> None:
        super().start(network, seed)
        self.last = dict[object, object]()

    def decide(self, tick: Tick) -> Sequence[Decision]:
        self.last |= tick.statuses
        assert self.last.keys() == tick.statuses.keys(), "looked up a junction that is not there"
        return super().decide(tick)


def contract_of(kind: type[Actuated]) -> StrategyContract:
    return type("Contract", (StrategyContract,), {"make": staticmethod(kind)})()


def test_who_keeps_everything_is_found_out() -> None:
    with pytest.raises(AssertionError):
        contract_of(Hoarder).test_holds_on_to_no_more_the_longer_it_runs()


def test_who_asks_too_early_is_found_out() -> None:
    with pytest.raises(AssertionError):
        contract_of(Hasty).test_one_mood_everywhere("queue")


def test_who_counts_on_a_junction_is_found_out() -> None:
    network = street([full_crossroads(), crossroads()])
    with pytest.raises(AssertionError, match="not there"):
        run_street(Clinging(), network, lambda t: WildFrame(1, t), ABSENT, seed=1)


def test_trouble_does_come_and_goes_again() -> None:
    """Every mood is met, or the contract would prove nothing."""
    network = street([full_crossroads(), crossroads(), full_crossroads()])
    met: set[str] = set()

    class Watching(Actuated):
        def decide(self, tick: Tick) -> Sequence[Decision]:
            met.add("absent" if len(tick.statuses) < 3 else "all")
            met.update(str(fault) for status in tick.statuses.values() for fault in status.faults)
            met.update("old" for status in tick.statuses.values() if tick.now_s - status.reported_s > 5)
            return super().decide(tick)

    moods = (*ABSENT, "lamp", "door", "silent")
    report = run_street(Watching(), network, lambda t: WildFrame(1, t), moods, seed=2, troubled_s=900)
    assert met == {"absent", "all", "lamp", "door", "detector"}, "an old report is kept from strategies"
    assert {mood for *_, mood in report.asked} >= {"well", "lamp"} and report.refused
