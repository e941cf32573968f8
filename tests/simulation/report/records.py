"""Small records made by hand, so that every figure in a report can be foretold."""

from __future__ import annotations

import math
from typing import Any

from simulation.record import ApproachFigure, CorridorTrack, RunRecord, SignalTrack, Trajectory


def result(scenario: str, strategy: str, seed: int, delay_s: float | None, **more: Any) -> dict[str, Any]:
    """The `--json` object of a run with the given mean delay."""
    return {"scenario": scenario, "strategy": strategy, "seed": seed, "view": "camera", "clearance": "geometry",
            "vehicles": {"scheduled": 120, "departed": 118, "arrived": 100, "running": 18, "never_departed": 2},
            "delay_s": {"mean": delay_s, "resco": delay_s, "p50": None if delay_s is None else delay_s / 2, "p95": 99.5},
            "travel_time_s": 150.25, "waiting_time_s": 20.5, "stops": 1.75, "co2_kg": 30.0, "teleports": 0,
            "guard": {"requests": 10, "vetoes": 1, "violations": 0},
            "speed": {"wall_s": 2.0, "sim_s": 600.0, "real_time_factor": 300.0}} | more


def bare(strategy: str, seed: int, delay_s: float | None, **more: Any) -> RunRecord:
    """A run of which only figures are known; ``more`` are fields of the record."""
    fields: dict[str, Any] = {
        "scenario": "two-streets", "title": "Two streets", "strategy": strategy, "seed": seed, "view": "camera",
        "clearance": "geometry", "begin_s": 64_800.0, "end_s": 65_400.0,
        "result": result("two-streets", strategy, seed, delay_s), "figures": {"nox_kg": 0.5, "tram_delay_s": math.nan}}
    return RunRecord(**(fields | more))


def track(junction: str, greens: list[tuple[float, float]], end_s: float, group: str = "K1") -> SignalTrack:
    """One group, ``group``, green in the given spans and red otherwise, and a second that is green when it is not."""
    times, states, stages = [], [], []
    at = 0.0
    for start, stop in greens:
        if start > at or not times:
            times.append(at)
            states.append("rG")
            stages.append("cross")
        times.append(start)
        states.append("Gr")
        stages.append("main")
        at = stop
    times.append(at)
    states.append("rG")
    stages.append("cross")
    kept = [i for i, t in enumerate(times) if t <= end_s and (i + 1 == len(times) or times[i + 1] > t)]
    return SignalTrack(junction, f"Name of {junction}", [group, "K2"], ["vehicle", "pedestrian"],
                       [times[i] for i in kept], [states[i] for i in kept], [stages[i] for i in kept])


def corridor(positions: list[float], speed_mps: float = 10.0, back: str = "K1") -> CorridorTrack:
    """Junctions J0, J1, ... at the given positions, all served by group K1 forward."""
    ids = [f"J{i}" for i in range(len(positions))]
    return CorridorTrack("Main street", ids, [f"Name of {i}" for i in ids], positions, ["K1"] * len(ids), [back] * len(ids),
                         speed_mps, [Trajectory("v1", "car", True, [10.0, 20.0, 30.0], [0.0, 100.0, 200.0]),
                                     Trajectory("t1", "tram", False, [10.0, 30.0], [200.0, 0.0])])


def full(strategy: str, seed: int, delay_s: float, **more: Any) -> RunRecord:
    """A run with everything recorded: two junctions, one corridor, ten minutes."""
    greens = [(float(t), t + 30.0) for t in range(10, 600, 60)]
    fields: dict[str, Any] = {
        "begin_s": 0.0, "end_s": 600.0,
        "approaches": [ApproachFigure("J0", "north", 60, delay_s), ApproachFigure("J0", "south", 40, delay_s / 2),
                       ApproachFigure("J1", "west", 50, delay_s * 2)],
        "queue_times_s": [15.0 * i for i in range(40)], "queue_veh": [float(i % 7 + seed) for i in range(40)],
        "queue_by_junction": {"J0": [float(i % 7) for i in range(40)], "J1": [float(seed)] * 40},
        "signals": [track("J0", greens, 600.0), track("J1", greens, 600.0)], "corridors": [corridor([0.0, 200.0])],
        "notes": ["Demand is synthetic."], "versions": {"sumo": "SUMO 1.28.0"}, "vetoes": {"minimum green": 1}}
    return bare(strategy, seed, delay_s, **(fields | more))
