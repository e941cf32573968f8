"""What a post says of its junctions, in the service's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controller.service.told import moment
from controller.service_link.happened import short
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus

LATCHED, UNHEARD = "conflict-latched", "cabinet-unheard"


def junction_row(junction: Junction, status: CabinetStatus, *, connected: bool, why: str, rung: str,
                 latched: str | None, more: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    """One junction: what its cabinet last reported, and what is wrong with it; ``more`` alarms are added."""
    alarms = [{"kind": fault.value, "detail": ""} for fault in sorted(status.faults)]
    if not connected:
        alarms.append({"kind": UNHEARD, "detail": short(why)})
    if latched is not None:
        alarms.append({"kind": LATCHED, "detail": short(latched)})
    alarms += more
    heads = {g.id: head.name.lower() for g, head in zip(junction.groups, status.heads, strict=False)}
    return {"id": junction.id, "stage": status.stage, "stages": [s.id for s in junction.stages][:64], "groups": heads,
            "mode": status.mode.value, "source": status.mode_source.value, "rung": rung, "connected": connected, "alarms": alarms}


def post_row(now_s: float, junctions: Mapping[JunctionId, dict[str, Any]], plans: list[str]) -> dict[str, Any]:
    """``now_s`` since 1970."""
    return {"time": moment(now_s), "junctions": list(junctions.values()), "plans": plans}
