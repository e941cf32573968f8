"""What a green wave was worth, and what it cost, as a table."""

from __future__ import annotations

from typing import Any

from rich.table import Table


def emergency_table(result: dict[str, Any]) -> Table:
    """From the object that ``--json`` prints."""
    mine, others = result["emergencies"], result["others"]
    table = Table("emergencies / urgences", "figure", title=f"{mine['completed']} of {mine['trips']} trips ended within the run")
    rows = [("travel time, s", mine["travel_time_s"]), ("on an empty road, s", mine["free_flow_s"]), ("ratio", mine["ratio"]),
            ("without pre-emption, s", mine["without_preemption_s"]), ("under plain SUMO actuated, s", mine["sumo_actuated_s"]),
            ("stops (without pre-emption)", f"{mine['stops']} ({mine['stops_without_preemption']})"),
            ("signals passed without stopping", f"{mine['signals_passed_without_stop']} of {mine['signals_passed']}"),
            ("junctions held, and for how long, s", f"{mine.get('holds', 0)}, {mine.get('held_s')}"),
            ("until their queues were as before, s (95 % of them)", f"{mine.get('recovery_s')} ({mine.get('recovery_p95_s')})"),
            ("delay of all others, s (without pre-emption)", f"{others['delay_s']} ({others['delay_without_preemption_s']})")]
    for what, value in rows:
        table.add_row(what, "-" if value is None else str(value))
    return table
