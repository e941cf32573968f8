"""Figures from trip files written by hand, with answers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from signal_drivers.errors import RunFailed
from simulation.metrics import (
    edge_losses,
    figures_of,
    jain,
    percentile,
    read_trips,
    resco_delay_s,
    safety_counts,
    strict_delay_s,
    vehicle_counts,
)

END_S = 100.0
CLASSES = {"car": "passenger", "rame": "tram", "citadis": "tram", "line": "bus"}


def line(name: str, depart: float, delay: float, loss: float, *, arrival: float = -1.0, kind: str = "car", waiting: float = 0.0,
         stops: int = 0, duration: float = 0.0, co2_mg: float = 0.0, nox_mg: float = 0.0) -> str:
    return (f'<tripinfo id="{name}" depart="{depart}" departDelay="{delay}" arrival="{arrival}" duration="{duration}" '
            f'timeLoss="{loss}" waitingTime="{waiting}" waitingCount="{stops}" vType="{kind}">'
            f'<emissions CO2_abs="{co2_mg}" NOx_abs="{nox_mg}"/></tripinfo>')


# Two that arrived, one still driving, one that should have entered at 30 s and one at 80 s; the last departure is at 50 s.
ARRIVED = line("a", 10, 0, 12, arrival=60, waiting=8, stops=2, duration=50, co2_mg=2e6, nox_mg=1e6)
LATE = line("b", 50, 20, 8, arrival=95, duration=45, co2_mg=1e6)
DRIVING = line("c", 40, 0, 30, duration=60)
BLOCKED = line("d", -1, 70, 0)
WAITING = line("e", -1, 20, 0)


def trips(folder: Path, *lines: str):  # type: ignore[no-untyped-def]
    file = folder / "tripinfo.xml"
    file.write_text("<tripinfos>" + "".join(lines) + "</tripinfos>")
    return read_trips(file, END_S, CLASSES)


def test_strict_delay_counts_everyone_whom_sumo_loaded(tmp_path: Path) -> None:
    vehicles = trips(tmp_path, ARRIVED, LATE, DRIVING, BLOCKED, WAITING).vehicles
    assert strict_delay_s(vehicles) == pytest.approx((12 + (20 + 8) + 30 + 70 + 20) / 5)


def test_rescos_rule_forgets_the_blocked_entry(tmp_path: Path) -> None:
    """Scheduled at 30 s, before the last departure at 50 s: it drops out. Scheduled at 80 s: it counts."""
    vehicles = trips(tmp_path, ARRIVED, LATE, DRIVING, BLOCKED, WAITING).vehicles
    assert [v.scheduled_s for v in vehicles] == [10, 30, 40, 30, 80]
    assert resco_delay_s(vehicles) == pytest.approx((12 + 28 + 30 + 20) / 4)


def test_where_nobody_departed_rescos_rule_counts_all(tmp_path: Path) -> None:
    vehicles = trips(tmp_path, BLOCKED, WAITING).vehicles
    assert resco_delay_s(vehicles) == strict_delay_s(vehicles) == pytest.approx(45)


def test_counts(tmp_path: Path) -> None:
    vehicles = trips(tmp_path, ARRIVED, LATE, DRIVING, BLOCKED, WAITING).vehicles
    assert vehicle_counts(vehicles) == {"scheduled": 5, "departed": 3, "arrived": 2, "running": 1, "never_departed": 2}


def test_no_vehicles_at_all(tmp_path: Path) -> None:
    vehicles = trips(tmp_path).vehicles
    assert math.isnan(strict_delay_s(vehicles)) and math.isnan(resco_delay_s(vehicles))
    assert set(vehicle_counts(vehicles).values()) == {0}


def test_flat_figures_by_kind_of_vehicle(tmp_path: Path) -> None:
    found = figures_of(trips(tmp_path, ARRIVED, DRIVING, line("t", 0, 4, 16, arrival=90, kind="rame"),
                             line("u", 0, 0, 10, arrival=90, kind="citadis@dist"), line("l", 0, 0, 7, arrival=90, kind="line")),
                       hours=0.5)
    assert found["tram_delay_s"] == pytest.approx(15)
    assert found["bus_delay_s"] == pytest.approx(7)
    assert found["delay_road_s"] == pytest.approx((12 + 30 + 7) / 3)
    assert found["delay_worst_vehicle_s"] == 30
    assert found["throughput_vph"] == pytest.approx(4 / 0.5)
    assert found["nox_kg"] == pytest.approx(1.0)


def test_people_on_foot(tmp_path: Path) -> None:
    walks = [f'<personinfo id="p{i}" waitingTime="{sum(w)}">' + "".join(f'<walk waitingTime="{s}"/>' for s in w) + "</personinfo>"
             for i, w in enumerate([(10, 5), (0,), (30,)])]
    found = figures_of(trips(tmp_path, ARRIVED, *walks), hours=1)
    assert found["pedestrians"] == 3
    assert found["pedestrian_wait_s"] == pytest.approx((15 + 0 + 30) / 3)
    assert found["pedestrian_p95_s"] == pytest.approx(28.5)


def test_emissions_are_kilograms(tmp_path: Path) -> None:
    vehicles = trips(tmp_path, ARRIVED, LATE).vehicles
    assert sum(v.co2_kg for v in vehicles) == pytest.approx(3.0)


def test_percentile_and_fairness() -> None:
    assert percentile([0, 10], 50) == 5 and math.isnan(percentile([], 95))
    assert jain([4, 4, 4]) == pytest.approx(1) and jain([9, 0, 0]) == pytest.approx(1 / 3) and jain([0, 0]) == 1


def test_a_file_cut_short_is_a_failed_run_that_speaks_of_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "tripinfo.xml"
    file.write_text("<tripinfos>" + ARRIVED)
    with pytest.raises(RunFailed, match="disk"):
        read_trips(file, END_S, CLASSES)
    with pytest.raises(RunFailed, match="disk"):
        edge_losses(file)


def test_losses_of_an_edge_add_up_over_intervals(tmp_path: Path) -> None:
    file = tmp_path / "edges.xml"
    interval = '<interval><edge id="n" left="3" arrived="1" timeLoss="40.5"/><edge id="s" left="1" timeLoss="2"/></interval>'
    file.write_text(f"<meandata>{interval * 2}</meandata>")
    assert edge_losses(file) == {"n": (8.0, 81.0), "s": (2.0, 4.0)}


def test_safety_counts_come_from_sumos_statistics(tmp_path: Path) -> None:
    file = tmp_path / "statistics.xml"
    file.write_text('<statistics><safety collisions="2" emergencyStops="1" emergencyBraking="7"/></statistics>')
    assert safety_counts(file) == {"collisions": 2.0, "emergency_stops": 1.0, "emergency_brakings": 7.0}
    file.write_text("<statistics><safety")
    with pytest.raises(RunFailed, match="disk"):
        safety_counts(file)
