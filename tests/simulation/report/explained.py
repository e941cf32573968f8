"""An explained junction made by hand: a change, a refusal, a stage that was chosen and not asked for, and staying."""

from __future__ import annotations

from typing import Any

from simulation.record import ExplainTrack


def lane(name: str, queue_veh: int | None, **more: Any) -> dict[str, Any]:
    return {"lane": name, "vehicles": queue_veh, "queue_veh": queue_veh, "expected_10_veh": 1.25, "expected_30_veh": 3.0,
            "flow_vph": 1810, "shares": {"left": 0.25, "main": 0.75}, "head": {"left": 1.0}} | more


def decision(time_s: float, stage: str, chosen: str | None = None, **more: Any) -> dict[str, Any]:
    return {"junction": "J0", "time_s": time_s, "stage": stage, "stage_age_s": 12.0, "chosen": chosen,
            "reason": f"changing to {chosen} now saves 7 vehicle seconds" if chosen else "stays: no change pays",
            "saves_veh_s": 7.0 if chosen else None, "cost_stay_veh_s": 47.0,
            "alternatives": [{"stage": "cross", "cost_veh_s": 40.0, "at_s": 0.0},
                             {"stage": "left", "cost_veh_s": 55.0, "at_s": 4.0}],
            "lanes": [lane("n_0", 6), lane("e_0", 2), lane("w_0", None)], "full_exits": ["so_0"],
            "people": [{"group": "walk", "waiting": 3}], "asked": None, "by": "", "asked_reason": "", "verdict": "",
            "rule": ""} | more


def explained(junction: str = "J0", name: str = "Name of J0", *, account: bool = True) -> ExplainTrack:
    rows = [decision(60.0, "main"),
            decision(72.0, "main", "cross", asked="cross", by="strategy", asked_reason="saves 7", verdict="accepted"),
            decision(130.0, "cross", "main", asked="main", by="strategy", asked_reason="saves 7", verdict="refused",
                     rule="minimum green: walk"),
            decision(140.0, "cross", "main", asked_reason="what the strategy chose was not asked for"),
            decision(170.0, "cross", None, asked="main", by="maximum red", asked_reason="maximum red of left",
                     verdict="accepted")]
    times = [float(t) for t in range(60, 180)]
    return ExplainTrack(junction, name, account, rows, times if account else [], [47.0] * len(times) if account else [],
                        [40.0] * 60 + [None] * 60 if account else [],
                        {"main": "K1, yielding K3", "cross": "K2"})
