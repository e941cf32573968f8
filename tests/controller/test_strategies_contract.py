"""Every registered strategy keeps the contract."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from controller.registry import names, strategy
from controller.strategies.actuated import Actuated
from controller.strategies.adaptive_cycle import AdaptiveCycle
from controller.strategies.fixed import FixedTime
from controller.strategies.learned import Learned
from controller.strategies.max_pressure import MaxPressure
from controller.strategies.predictive import Predictive
from controller.strategies.self_organising import SelfOrganising
from tests.controller.contract import StrategyContract


class TestFixed(StrategyContract):
    make = staticmethod(FixedTime)


class TestAdaptiveCycle(StrategyContract):
    make = staticmethod(AdaptiveCycle)


class TestActuated(StrategyContract):
    make = staticmethod(Actuated)


class TestLearned(StrategyContract):
    make = staticmethod(Learned)


class TestMaxPressure(StrategyContract):
    make = staticmethod(MaxPressure)


class TestPredictive(StrategyContract):
    make = staticmethod(Predictive)


class TestSelfOrganising(StrategyContract):
    make = staticmethod(SelfOrganising)


DIGEST = """
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from controller.registry import names, strategy
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import WildFrame
from tests.controller.junctions import crossroads, full_crossroads
from tests.controller.troubled import run_street, street

for name in names():
    network = street([full_crossroads(), crossroads(), full_crossroads()])
    report = run_street(strategy(name), network, lambda t: WildFrame(6, t), ("manual", "door"), seed=3)
    print(name, len(report.asked), hashlib.sha256(repr(report.asked).encode()).hexdigest())
"""


def test_decisions_do_not_hang_on_how_a_process_orders_its_sets(repository: Path) -> None:
    """Python salts the hash of texts anew in each process: whoever walks a set of ids decides differently every day."""
    said = [subprocess.run([sys.executable, "-c", DIGEST], cwd=repository, capture_output=True, text=True, check=True,
                           env={**os.environ, "PYTHONPATH": str(repository), "PYTHONHASHSEED": salt}).stdout for salt in "12"]
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == len(names())
    assert all(int(line.split()[1]) > 20 for line in said[0].splitlines())


def test_every_registered_strategy_is_here() -> None:
    here = {FixedTime, AdaptiveCycle, Actuated, Learned, MaxPressure, Predictive, SelfOrganising}
    assert {type(strategy(name)) for name in names()} == here
    assert all(type(strategy(name)).name == name for name in names())
