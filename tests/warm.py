"""Compiles the planner before the tests: else each worker that comes to it spends a minute or two on the same."""

from __future__ import annotations

from controller.strategies.predictive import Predictive
from tests.controller.junctions import crossroads, network

if __name__ == "__main__":
    Predictive().start(network(crossroads()))
