"""The figures of one run as a flat mapping, the same names in tables, statistics and `--json` summaries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulation.record import RunRecord

_SCALARS = ("travel_time_s", "waiting_time_s", "stops", "co2_kg", "teleports")


def flat_figures(record: RunRecord) -> dict[str, float]:
    """Every figure of a run by name, unit in the name: ``delay_mean_s``, ``vehicles_arrived``, ``guard_vetoes``, ...

    The run's extra ``figures`` follow under their own names. What does not apply (absent, None, NaN, infinite) is left out.
    """
    result = record.result
    flat: dict[str, Any] = {f"delay_{name}_s": value for name, value in _inner(result, "delay_s").items()}
    flat |= {name: result.get(name) for name in _SCALARS}
    flat |= record.figures
    flat |= {f"vehicles_{name}": value for name, value in _inner(result, "vehicles").items()}
    flat |= {f"guard_{name}": value for name, value in _inner(result, "guard").items()}
    flat |= _inner(result, "speed")
    return {name: float(value) for name, value in flat.items() if _is_number(value)}


def _inner(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = result.get(name)
    return value if isinstance(value, Mapping) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
