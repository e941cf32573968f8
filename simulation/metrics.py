"""Figures of a run, from SUMO's own outputs. Definitions and units: docs/metrics.md."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from signal_drivers.errors import RunFailed

TRAM_CLASSES = {"tram", "rail_urban"}


@dataclass(frozen=True, slots=True)
class Trip:
    """One line of SUMO's tripinfo. ``depart_s`` is None for a vehicle that never entered; ``scheduled_s`` always known."""

    id: str
    kind: str
    scheduled_s: float
    depart_s: float | None
    arrived: bool
    time_loss_s: float
    depart_delay_s: float
    duration_s: float
    waiting_s: float
    stops: int
    co2_kg: float = 0.0
    nox_kg: float = 0.0

    @property
    def delay_s(self) -> float:
        return self.time_loss_s + self.depart_delay_s


@dataclass(slots=True)
class Trips:
    """All vehicles SUMO loaded, and the waiting seconds of everyone on foot."""

    vehicles: list[Trip] = field(default_factory=list)
    walkers_waiting_s: list[float] = field(default_factory=list)


def read_trips(path: Path, end_s: float, class_of_type: Mapping[str, str]) -> Trips:
    """Parse a tripinfo file. Raises :class:`RunFailed` for a file cut short, which is what a full disk leaves."""
    trips = Trips()
    try:
        for _, element in ElementTree.iterparse(path, events=("end",)):
            if element.tag == "tripinfo":
                trips.vehicles.append(_trip(element, end_s, class_of_type))
                element.clear()
            elif element.tag == "personinfo":
                waited = [float(w.get("waitingTime", element.get("waitingTime", 0))) for w in element.iter("walk")]
                trips.walkers_waiting_s.append(sum(waited) if waited else float(element.get("waitingTime", 0)))
                element.clear()
    except (ElementTree.ParseError, OSError) as error:
        raise RunFailed(f"SUMO's trip output is cut short ({error})", where=str(path),
                        mend="is the disk full? free some space and run again") from error
    return trips


def _trip(element: ElementTree.Element, end_s: float, class_of_type: Mapping[str, str]) -> Trip:
    get = element.attrib
    depart, delay = float(get["depart"]), float(get["departDelay"])
    emissions = element.find("emissions")
    return Trip(id=get["id"], kind=class_of_type.get(get.get("vType", "").split("@")[0], "passenger"),
                scheduled_s=(depart if depart >= 0 else end_s) - delay, depart_s=depart if depart >= 0 else None,
                arrived=float(get["arrival"]) >= 0, time_loss_s=float(get["timeLoss"]), depart_delay_s=delay,
                duration_s=float(get["duration"]), waiting_s=float(get["waitingTime"]), stops=int(float(get["waitingCount"])),
                co2_kg=float(emissions.get("CO2_abs", 0)) / 1e6 if emissions is not None else 0.0,
                nox_kg=float(emissions.get("NOx_abs", 0)) / 1e6 if emissions is not None else 0.0)


def strict_delay_s(vehicles: Sequence[Trip]) -> float:
    """Mean of time loss + departure delay over every vehicle SUMO loaded; NaN without vehicles."""
    return mean(v.delay_s for v in vehicles)


def resco_delay_s(vehicles: Sequence[Trip]) -> float:
    """RESCO's laxer rule (NeurIPS 2021): of the vehicles that never entered, only those scheduled after the last departure
    count, so that a blocked entry disappears from it."""
    last = max((v.depart_s for v in vehicles if v.depart_s is not None), default=-math.inf)
    return mean(v.delay_s for v in vehicles if v.depart_s is not None or v.scheduled_s > last)


def mean(values: Iterable[float]) -> float:
    row = list(values)
    return float(np.mean(row)) if row else math.nan


def percentile(values: Iterable[float], q: float) -> float:
    row = list(values)
    return float(np.percentile(row, q)) if row else math.nan


def jain(values: Sequence[float]) -> float:
    """Jain's fairness index of non-negative values: 1 where all are equal, 1/n where one has everything."""
    row = np.asarray([max(v, 0.0) for v in values], dtype=float)
    squares = float((row**2).sum())
    return float(row.sum() ** 2 / (len(row) * squares)) if squares > 0 else 1.0


def vehicle_counts(vehicles: Sequence[Trip]) -> dict[str, int]:
    departed = [v for v in vehicles if v.depart_s is not None]
    arrived = sum(v.arrived for v in departed)
    return {"scheduled": len(vehicles), "departed": len(departed), "arrived": arrived,
            "running": len(departed) - arrived, "never_departed": len(vehicles) - len(departed)}


def figures_of(trips: Trips, hours: float) -> dict[str, float]:
    """Flat figures beyond those of the JSON object."""
    vehicles = trips.vehicles
    trams = [v for v in vehicles if v.kind in TRAM_CLASSES]
    road = [v for v in vehicles if v.kind not in TRAM_CLASSES]
    buses = [v for v in vehicles if v.kind == "bus"]
    counts = vehicle_counts(vehicles)
    return {"delay_road_s": strict_delay_s(road), "tram_delay_s": strict_delay_s(trams), "bus_delay_s": strict_delay_s(buses),
            "delay_worst_vehicle_s": max((v.delay_s for v in vehicles), default=math.nan),
            "throughput_vph": counts["arrived"] / hours if hours > 0 else math.nan,
            "pedestrian_wait_s": mean(trips.walkers_waiting_s), "pedestrian_p95_s": percentile(trips.walkers_waiting_s, 95),
            "pedestrians": float(len(trips.walkers_waiting_s)), "nox_kg": sum(v.nox_kg for v in vehicles)}


def edge_losses(path: Path) -> dict[str, tuple[float, float]]:
    """(vehicles that left, seconds lost by all) for each edge of a SUMO edgeData file."""
    rows: dict[str, tuple[float, float]] = {}
    try:
        for _, element in ElementTree.iterparse(path, events=("end",)):
            if element.tag == "edge":
                left = float(element.get("left", 0)) + float(element.get("arrived", 0))
                vehicles, loss = rows.get(element.attrib["id"], (0.0, 0.0))
                rows[element.attrib["id"]] = (vehicles + left, loss + float(element.get("timeLoss", 0)))
    except (ElementTree.ParseError, OSError) as error:
        raise RunFailed(f"SUMO's edge output is cut short ({error})", where=str(path),
                        mend="is the disk full? free some space and run again") from error
    return rows


def safety_counts(path: Path) -> dict[str, float]:
    """Collisions, emergency stops and emergency brakings of a SUMO statistics file."""
    try:
        element = ElementTree.parse(path).getroot().find("safety")
    except (ElementTree.ParseError, OSError) as error:
        raise RunFailed(f"SUMO's statistics are cut short ({error})", where=str(path),
                        mend="is the disk full? free some space and run again") from error
    get = element.attrib if element is not None else {}
    return {"collisions": float(get.get("collisions", 0)), "emergency_stops": float(get.get("emergencyStops", 0)),
            "emergency_brakings": float(get.get("emergencyBraking", 0))}
