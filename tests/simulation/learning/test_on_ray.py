"""Simulations on a Ray cluster that is begun for the test: the same results, and clear words where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ray")
pytest.importorskip("sb3_contrib")

from signal_drivers.errors import BadInput, MourourError, RunFailed
from simulation.learning.apart import WorldApart
from simulation.learning.lessons import Lesson, lessons
from simulation.learning.made import Made
from simulation.learning.on_ray import OnRay
from simulation.learning.samples import load
from simulation.learning.vector_env import StreetsVecEnv
from simulation.settings import RunSettings
from tests.simulation.learning.streets import crossroads

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def engine() -> Iterator[OnRay]:
    with OnRay(2) as running:
        yield running


def test_a_world_there_is_as_one_here(engine: OnRay, tmp_path: Path) -> None:
    settings = RunSettings(crossroads(tmp_path), "actuated", duration_s=30.0)

    def rewards(worlds: object) -> list[float]:
        streets, found = StreetsVecEnv([settings, settings], 3, worlds), list[float]()  # type: ignore[arg-type]
        streets.reset()
        for second in range(40):
            # To the last stage that may be asked for, every tenth second.
            masks = streets.action_masks()
            wanted = [np.flatnonzero(m)[-1] if second % 10 == 5 else np.flatnonzero(m)[0] for m in masks]
            streets.step_async(np.asarray(wanted))
            found += streets.step_wait()[1].tolist()
        streets.close()
        return found

    assert rewards(engine.world) == rewards(WorldApart)


def test_lessons_there_have_the_rows_of_lessons_here(engine: OnRay, tmp_path: Path) -> None:
    from simulation.learning.engine import Here

    wanted = [Lesson("street", Made.BOULEVARD, 1, 120.0, "", 0.0, "perfect")]
    told: list[int] = []
    for name, where in (("ray", engine), ("here", Here(1))):
        lessons(wanted, tmp_path / name, where, lambda lesson, rows: told.append(rows))
    there, here = (load(tmp_path / name / "street.npz") for name in ("ray", "here"))
    assert told == [len(there), len(here)] and len(there) > 0
    assert (there.groups == here.groups).all() and (there.wish == here.wish).all()


def test_what_goes_wrong_there_is_said_here(engine: OnRay, tmp_path: Path) -> None:
    with pytest.raises(MourourError, match="nowhere"):
        engine.world(RunSettings(str(tmp_path / "nowhere.sumocfg"), "actuated"))
    wrong = Lesson("wrong", str(tmp_path / "nowhere.sumocfg"), 1, 60.0, "", 0.0, "perfect")
    with pytest.raises(MourourError, match="nowhere"):
        lessons([wrong], tmp_path / "lessons", engine, lambda lesson, rows: None)
    world = engine.world(RunSettings(crossroads(tmp_path), "actuated", duration_s=30.0))
    world.reset(1)
    world.close()
    with pytest.raises(RunFailed, match="has ended"):
        world.reset(2)
    world.close()


def test_no_cluster_at_an_address_is_one_line() -> None:
    with pytest.raises(BadInput, match=r"no Ray cluster.*--ray-address|--ray-address.*no Ray cluster"):
        OnRay(1, "127.0.0.1:1")
