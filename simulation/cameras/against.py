"""The same run with perfect detection beside the one with cameras: what seeing by camera costs in delay."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from simulation.batch import run_all
from simulation.record import RunRecord
from simulation.settings import RunSettings


def add_delay(record: RunRecord, settings: RunSettings, told: Callable[[float], None] | None = None) -> None:
    """Add to the figures of ``record``'s cameras what they cost in delay."""
    seen = record.result["cameras"]
    seen["delay"] = delay_against(record, perfect_twin(settings, told), seen["junction_names"])


def perfect_twin(settings: RunSettings, told: Callable[[float], None] | None = None) -> RunRecord:
    """The run of ``settings`` without cameras, same seed, in a process of its own: a second simulation in one process is not
    always the same as a first. ``told`` hears the share that is done."""
    twin = settings.twin(cameras=None)
    (record,) = run_all([twin], workers=1, told=lambda _, share: told(share) if told is not None else None)
    return record


def delay_against(record: RunRecord, twin: RunRecord, watched: Collection[str]) -> dict[str, Any]:
    """Mean delay with cameras and with perfect detection, s a vehicle: of the whole network, and on the approaches of the
    junctions named ``watched``, where it must show; ``more_share`` is by how much cameras make it longer."""
    return {"network": _beside(record.result["delay_s"]["mean"], twin.result["delay_s"]["mean"]),
            "watched": _beside(_on_approaches(record, watched), _on_approaches(twin, watched))}


def _on_approaches(record: RunRecord, watched: Collection[str]) -> float | None:
    rows = [a for a in record.approaches if a.junction in watched]
    vehicles = sum(a.vehicles for a in rows)
    return round(sum(a.delay_s * a.vehicles for a in rows) / vehicles, 3) if vehicles else None


def _beside(cameras: float | None, perfect: float | None) -> dict[str, float | None]:
    more = round(cameras / perfect - 1.0, 4) if cameras is not None and perfect else None
    return {"cameras_s": cameras, "perfect_s": perfect, "more_share": more}
