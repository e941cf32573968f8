"""A run with pre-emption beside the same one without, under plain SUMO actuated control, and on an empty road."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from simulation.batch import default_workers, run_all
from simulation.emergencies.free_flow import free_flow_s
from simulation.metrics import mean
from simulation.prepare import Prepared
from simulation.record import RunRecord
from simulation.settings import RunSettings

PLAIN = "sumo:actuated"


def add_comparison(record: RunRecord, settings: RunSettings, ready: Prepared,
                   told: Callable[[float], None] | None = None) -> None:
    """Add ``emergencies`` and ``others`` to what ``--json`` prints, from twin runs in processes of their own."""
    assert settings.emergencies is not None
    jobs = twins_of(settings)
    shares = [0.0] * len(jobs)

    def heard(number: int, share: float) -> None:
        shares[number] = share
        if told is not None:
            told(sum(shares) / len(shares))

    twins = run_all(jobs, workers=default_workers(), told=heard)
    free_s = free_flow_s(ready.cfg.net, [tuple(t["edges"]) for t in record.emergencies["trips"]])
    record.result["emergencies"], record.result["others"] = compared(record.emergencies, twins[0].emergencies,
                                                                     twins[-1].emergencies, free_s)


def twins_of(settings: RunSettings) -> list[RunSettings]:
    """The same run without pre-emption, and, where it is not that, under plain SUMO actuated control."""
    assert settings.emergencies is not None
    alone = settings.twin(emergencies=replace(settings.emergencies, preempt=False), cabinets="none")
    return [alone] if settings.strategy == PLAIN else [alone, replace(alone, strategy=PLAIN, plans=None, special_day=None)]


def compared(with_it: dict[str, Any], without: dict[str, Any], plain: dict[str, Any],
             free_s: Sequence[float]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Means over the trips that ended in every run: a trip that one of them never finished would flatter it."""
    rows = list(zip(with_it["trips"], without["trips"], plain["trips"], free_s, strict=True))
    whole = [(a, b, c, f) for a, b, c, f in rows if None not in (a["travel_s"], b["travel_s"], c["travel_s"])]
    mine, theirs, sumo, free = (mean(v) for v in ((a["travel_s"] for a, *_ in whole), (b["travel_s"] for _, b, *_ in whole),
                                                  (c["travel_s"] for *_, c, _ in whole), (f for *_, f in whole)))
    passed = sum(a["passed"] for a, *_ in rows)
    emergencies = {
        "trips": len(rows), "completed": sum(a["travel_s"] is not None for a, *_ in rows), "compared": len(whole),
        "travel_time_s": _tidy(mine), "free_flow_s": _tidy(free), "ratio": _tidy(mine / free if whole else mine, 4),
        "without_preemption_s": _tidy(theirs), "sumo_actuated_s": _tidy(sumo),
        "shorter_share": _tidy(1 - mine / theirs if whole else mine, 4),
        "stops": sum(a["stops"] for a, *_ in rows), "stops_without_preemption": sum(b["stops"] for _, b, *_ in rows),
        "signals_passed": passed, "signals_passed_without_stop": sum(a["unstopped"] for a, *_ in rows),
        **with_it.get("recovery", {}),
        "by_trip": [{**{k: v for k, v in a.items() if k != "edges"}, "free_flow_s": f, "without_preemption_s": b["travel_s"],
                     "sumo_actuated_s": c["travel_s"]} for a, b, c, f in rows]}
    others = {"delay_s": with_it["others_delay_s"], "delay_without_preemption_s": without["others_delay_s"],
              "delay_sumo_actuated_s": plain["others_delay_s"],
              "more_share": _tidy(with_it["others_delay_s"] / without["others_delay_s"] - 1, 4)
              if without["others_delay_s"] else None}
    return emergencies, others


def _tidy(value: float, digits: int = 2) -> float | None:
    return round(value, digits) if value == value else None
