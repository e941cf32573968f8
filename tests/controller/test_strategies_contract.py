"""Every registered strategy keeps the contract."""

from __future__ import annotations

from controller.registry import names, strategy
from controller.strategies.actuated import Actuated
from controller.strategies.adaptive_cycle import AdaptiveCycle
from controller.strategies.fixed import FixedTime
from controller.strategies.max_pressure import MaxPressure
from controller.strategies.self_organising import SelfOrganising
from tests.controller.contract import StrategyContract


class TestFixed(StrategyContract):
    make = staticmethod(FixedTime)


class TestAdaptiveCycle(StrategyContract):
    make = staticmethod(AdaptiveCycle)


class TestActuated(StrategyContract):
    make = staticmethod(Actuated)


class TestMaxPressure(StrategyContract):
    make = staticmethod(MaxPressure)


class TestSelfOrganising(StrategyContract):
    make = staticmethod(SelfOrganising)


def test_every_registered_strategy_is_here() -> None:
    here = {FixedTime, AdaptiveCycle, Actuated, MaxPressure, SelfOrganising}
    assert {type(strategy(name)) for name in names()} == here
    assert all(type(strategy(name)).name == name for name in names())
