"""What came of a run: SUMO's outputs turned into the record."""

from __future__ import annotations

import contextlib
import math
import platform
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from controller.loop import ControlLoop
from controller.strategy import Handovers
from signal_drivers.limits import Clearance
from simulation.detector_faults import note_of, read_degradation
from simulation.emergencies.blue_light import PREFIX
from simulation.metrics import (
    edge_losses,
    figures_of,
    jain,
    mean,
    percentile,
    read_trips,
    resco_delay_s,
    safety_counts,
    strict_delay_s,
    vehicle_counts,
)
from simulation.netmodel.derive import SignalNet, SumoJunction
from simulation.netmodel.grouping import comes_from
from simulation.prepare import Prepared
from simulation.record import ApproachFigure, RunRecord
from simulation.recorder import Recorder
from simulation.scenario.resolve import Scenario
from simulation.settings import SUMO_STRATEGIES, RunSettings

BUSY_VEH = 20
"""Approaches with fewer vehicles say nothing of fairness: one unlucky driver would decide."""


def record_of(settings: RunSettings, ready: Prepared, folder: Path, recorder: Recorder, loop: ControlLoop | None, wall_s: float,
            classes: dict[str, str], teleports: int, versions: dict[str, str]) -> RunRecord:
    trips = read_trips(folder / "tripinfo.xml", ready.end_s, classes)
    approaches = _approaches(ready.signals, folder / "edges.xml")
    span = ready.end_s - ready.begin_s
    vehicles = trips.vehicles
    guards = list(loop.guards.values()) if loop else []
    vetoes: Counter[str] = Counter()
    for guard in guards:
        vetoes.update({rule.value: n for rule, n in guard.vetoes.items()})
    result = {
        "scenario": settings.scenario, "strategy": settings.strategy, "seed": settings.seed, "view": settings.view,
        "clearance": settings.clearance.value, "detectors": str(read_degradation(settings.detectors)),
        "vehicles": vehicle_counts(vehicles),
        "delay_s": {"mean": _tidy(strict_delay_s(vehicles)), "resco": _tidy(resco_delay_s(vehicles)),
                    "p50": _tidy(percentile((v.delay_s for v in vehicles), 50)),
                    "p95": _tidy(percentile((v.delay_s for v in vehicles), 95))},
        "travel_time_s": _tidy(mean(v.duration_s for v in vehicles if v.depart_s is not None)),
        "waiting_time_s": _tidy(mean(v.waiting_s for v in vehicles if v.depart_s is not None)),
        "stops": _tidy(mean(v.stops for v in vehicles if v.depart_s is not None)),
        "co2_kg": _tidy(sum(v.co2_kg for v in vehicles)), "teleports": teleports,
        "guard": {"requests": sum(g.requests for g in guards), "vetoes": sum(vetoes.values()),
                  "violations": sum(g.violations_seen for g in guards)},
        "speed": {"wall_s": round(wall_s, 3), "sim_s": span, "real_time_factor": round(span / wall_s, 1) if wall_s > 0 else None},
    }
    handed = loop.handovers() if loop is not None else None
    if handed is not None:
        result["handovers"] = {"junction_s": handed.asked, "failed_s": handed.failed, "strange_s": dict(handed.strange)}
    busy_s = [a.delay_s for a in approaches if a.vehicles >= BUSY_VEH]
    figures = figures_of(trips, span / 3600.0) | safety_counts(folder / "statistics.xml") | recorder.waits | {
        "queue_mean_veh": mean(recorder.queue_veh), "queue_max_veh": max(recorder.queue_veh, default=math.nan),
        "approach_worst_s": max(busy_s, default=math.nan), "approach_jain": jain(busy_s) if busy_s else math.nan}
    return RunRecord(
        scenario=settings.scenario, title=title_of(ready.scenario), strategy=settings.strategy, seed=settings.seed,
        view=settings.view, clearance=settings.clearance.value, begin_s=ready.begin_s, end_s=ready.end_s, result=result,
        figures={k: v for k, v in figures.items() if math.isfinite(v)}, approaches=approaches,
        queue_times_s=recorder.queue_times_s, queue_veh=recorder.queue_veh, running_veh=recorder.running_veh,
        queue_by_junction=recorder.queue_by_junction, signals=recorder.signals, corridors=recorder.corridors,
        notes=[*notes_of(settings, ready), *handover_notes(handed)], versions=versions | _versions(), vetoes=dict(vetoes),
        detectors=str(read_degradation(settings.detectors)),
        emergencies={} if settings.emergencies is None else {
            "others_delay_s": _tidy(strict_delay_s([v for v in vehicles if not v.id.startswith(PREFIX)]))})


def _tidy(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def approach_name(sumo: SumoJunction, approach: str) -> str:
    """Compass point and, where the net has it, the street's name."""
    links = [link for g in sumo.groups for link in g.links if link.from_edge == approach]
    side = comes_from(links[0]) if links else "?"
    return f"from {side} ({approach})"


def _approaches(signals: SignalNet, file: Path) -> list[ApproachFigure]:
    """Loss on each approach: of all the roads a camera there looks along, since nets cut roads into short pieces."""
    losses = edge_losses(file)
    rows = []
    for j, s in signals.junctions.items():
        for approach in dict.fromkeys(lane.approach for lane in s.junction.lanes):
            lanes = [p.lane for lane in s.junction.lanes if lane.approach == approach for p in s.approach[lane.id]]
            edges = dict.fromkeys(name.rsplit("_", 1)[0] for name in lanes)
            vehicles = losses.get(approach, (0.0, 0.0))[0]
            lost = sum(losses.get(e, (0.0, 0.0))[1] for e in edges)
            if vehicles > 0:
                rows.append(ApproachFigure(s.junction.name or j, approach_name(s, approach), vehicles, lost / vehicles))
    return rows


PERIOD_TITLES = {"morning": "morning peak", "evening": "evening peak", "offpeak": "off-peak", "night": "night"}


def title_of(scenario: Scenario) -> str:
    period = f", {PERIOD_TITLES.get(scenario.period, scenario.period)}" if scenario.period else ""
    return f"{scenario.title}{period}{', with an incident' if scenario.incident else ''}"


def handover_notes(handed: Handovers | None) -> list[str]:
    """What the reader of a strategy's figures must know of who decided instead of it."""
    if handed is None or not handed.asked:
        return []
    others = handed.failed + sum(handed.strange.values())
    if not others:
        return []
    where = ", ".join(f"{j} ({s} s)" for j, s in sorted(handed.strange.items(), key=lambda row: (-row[1], row[0]))[:5])
    return [f"The planner stood in for the policy in {100 * others / handed.asked:.1f} % of the junction seconds"
            + (f": it knows nothing like what it saw at {where}" if where else "")
            + (f"; it failed for {handed.failed} s" if handed.failed else "") + "."]


def notes_of(settings: RunSettings, ready: Prepared) -> list[str]:
    """What the reader of any output must know."""
    notes = []
    if settings.clearance is Clearance.BENCHMARK:
        notes.append("Clearance is the convention of published benchmarks (yellow 3 s, no all-red, minimum green 5 s): "
                     "not for a street, and it can never pass validation for one.")
    if settings.view == "full":
        notes.append("View is full: strategies saw every vehicle and its next road, which no camera can. For comparison only.")
    worse = note_of(str(read_degradation(settings.detectors)), settings.strategy not in SUMO_STRATEGIES)
    if worse:
        notes.append(worse)
    if settings.cameras is not None:
        from simulation.cameras.views import note_of as cameras_note

        notes.append(cameras_note(settings.cameras, ready))
    if ready.plan_note:
        notes.append(ready.plan_note)
    if ready.scenario.demand_note:
        notes.append(ready.scenario.demand_note)
    if ready.cfg.end_s is None and settings.duration_s is None:
        notes.append("The configuration names no end; one hour was run. Pass --duration for another.")
    notes += [source[:1].upper() + source[1:] for source in ready.scenario.sources if "OpenStreetMap" in source]
    return notes + ready.signals.notes


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    with contextlib.suppress(PackageNotFoundError):
        found["mourour"] = version("mourour")
    return found
