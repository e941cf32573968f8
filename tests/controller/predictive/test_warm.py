"""Started, the planner has been compiled: no decision waits for it."""

from __future__ import annotations

from controller.predictive import planner
from controller.strategies.predictive import Predictive
from tests.controller.junctions import full_crossroads, network
from tests.controller.predictive.worlds import World


def test_the_first_decision_compiles_nothing() -> None:
    Predictive().start(network(full_crossroads()))
    compiled = {f.__name__: len(f.signatures) for f in (planner.search_all, planner.forward)}
    assert min(compiled.values()) >= 1
    World(full_crossroads(), lambda lane, t: int(t % 9 == 0)).run(Predictive(), 20)
    assert {f.__name__: len(f.signatures) for f in (planner.search_all, planner.forward)} == compiled


def test_a_network_of_no_junctions_can_be_started() -> None:
    Predictive().start(network())
