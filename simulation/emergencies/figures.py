"""What emergencies came to in one run, as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation.emergencies.crew import Journey
from simulation.metrics import mean


def figures(journeys: Sequence[Journey]) -> dict[str, Any]:
    """By trip, so that runs can be set side by side; ``travel_s`` is None for a trip that did not end within the run."""
    return {"trips": [_row(j) for j in journeys]}


def _row(j: Journey) -> dict[str, Any]:
    return {"id": j.trip.id, "depart_s": j.trip.depart_s, "edges": list(j.trip.edges), "signals": len(j.way.route.signals),
            "length_m": round(j.way.route.length_m, 1), "travel_s": j.travel_s, "stops": j.stops, "passed": j.passed,
            "unstopped": j.unstopped, "stopped_at": j.stopped_at, "wrong_turn": bool(j.trip.planned), "reroutes": j.reroutes,
            "position_error_m": round(mean(j.errors_m), 1) if j.errors_m else None}
