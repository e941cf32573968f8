"""The speed benchmark's figures agree with each other; how fast it was is not this test's business."""

from __future__ import annotations

import pytest

from simulation.benchmark_speed import measure

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("mixed", [False, True], ids=["cars", "mixed"])
def test_a_small_grid(mixed: bool) -> None:
    junctions, duration_s = 4, 180.0
    found = measure(junctions, duration_s, "actuated", 1, mixed=mixed)
    assert found.traffic == ("mixed" if mixed else "cars")
    assert found.junctions == junctions and found.lanes >= 4 * junctions
    assert found.sim_s == duration_s
    assert 0 < found.control_s < found.controlled_wall_s
    assert found.overhead == pytest.approx(found.control_s / found.plain_wall_s)
    assert found.wall_ratio == pytest.approx(found.controlled_wall_s / found.plain_wall_s)
    assert found.control_ms_per_tick == pytest.approx(found.control_s / duration_s * 1e3)
    assert found.control_us_per_junction == pytest.approx(found.control_ms_per_tick * 1e3 / junctions)
    assert found.plain_vehicle_updates > 0 and found.controlled_vehicle_updates > 0
    assert found.plain_delay_s > 0 and found.controlled_delay_s > 0
    assert found.memory_mb > 10  # of the whole process, other tests included: no upper bound means anything here
    assert set(found.as_dict()) >= {"overhead", "memory_mb", "control_s"}
    assert found.table().row_count == 8


def test_the_same_seed_gives_the_same_traffic() -> None:
    first, second = (measure(4, 180.0, "max-pressure", 7) for _ in range(2))
    assert (first.plain_delay_s, first.controlled_delay_s) == (second.plain_delay_s, second.controlled_delay_s)
