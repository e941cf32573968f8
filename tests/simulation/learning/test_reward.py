"""No reward is to be had by letting a side street starve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation.learning.reward import IMPATIENCE, TRAM, UNIT_VEH_S, Reward
from simulation.learning.street import LearningStreet
from simulation.learning.world import World
from simulation.prepare import prepare
from simulation.settings import RunSettings
from tests.simulation.learning.streets import crossroads

pytestmark = pytest.mark.integration
END_S = 420.0


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> str:
    return crossroads(tmp_path_factory.mktemp("street"), END_S)


def _sum(street: str, wants: Callable[[int, int, int], int]) -> tuple[float, int]:
    """(reward, changes) of a run in which ``wants(second, present stage, stages)`` is the stage wanted."""
    world, total, changes, second = World(RunSettings(street, "actuated")), 0.0, 0, 0
    moment = world.reset(1)
    stages = world.shape.stages[0]
    while not moment.over:
        here = int(moment.present[0])
        wanted = wants(second, here, stages)
        changes += bool(moment.ready) and wanted != here
        moment = world.step(np.asarray([wanted]))
        total, second = total + float(moment.reward.sum()), second + 1
    world.close()
    return total, changes


def test_starving_the_side_street_costs_more_than_serving_it(street: str) -> None:
    """Kept green as long as the guard lets it be (nobody waits beyond the maximum red, whatever a policy wants), the main street
    loses against giving the fewer their turn."""
    starved, _ = _sum(street, lambda second, here, stages: 0)
    served, changes = _sum(street, lambda second, here, stages: (second % 40 >= 28) % stages)
    assert changes > 3
    assert served > starved


def test_an_empty_street_costs_nothing(tmp_path: Path) -> None:
    street = crossroads(tmp_path, 10.0)
    world = World(RunSettings(street, "actuated", duration_s=2.0))
    assert float(world.reset(1).reward.sum()) == 0.0
    world.close()


def test_a_tram_on_its_tracks_counts_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = RunSettings("mohammed-vi", "actuated", duration_s=240.0)
    ready, more = prepare(settings), list[float]()
    with LearningStreet(settings, ready) as street:
        api = street.sumo.api
        reward = Reward(api, ready.signals)
        with monkeypatch.context() as patch:
            patch.setattr("simulation.learning.reward.TRAM", 1.0)
            alike = Reward(api, ready.signals)
        approaches = {p.lane for j in ready.signals.junctions.values() for pieces in j.approach.values() for p in pieces}
        while not street.over:
            street.act(())
            lost = 0.0
            for v in api.vehicle.getIDList():
                lane, at_a_stop = api.vehicle.getLaneID(v), api.vehicle.isStopped(v)
                if lane in approaches and not lane.startswith(":") and not at_a_stop and api.vehicle.getVehicleClass(v) == "tram":
                    slow = 1.0 - api.vehicle.getSpeed(v) / api.lane.getMaxSpeed(lane)
                    lost += max(0.0, slow) + IMPATIENCE * api.vehicle.getWaitingTime(v)
            difference = float((alike.look() - reward.look()).sum()) * UNIT_VEH_S
            assert difference == pytest.approx((TRAM - 1.0) * lost, abs=0.01)
            more.append(difference)
    assert max(more) > TRAM
