"""``signals.yaml``: the derived junctions as an engineer reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from simulation.netmodel.derive import SumoJunction

HEADER = """\
# Signals as derived from the network. Written, not read: a change here changes nothing.
# intergreens_s: seconds from the end of green of the outer group to the start of green of the inner one.
"""


def write_signals(path: Path, junctions: Iterable[SumoJunction]) -> None:
    """Groups, stages, intergreens both ways and minimum greens of every junction; times in seconds, lengths in metres."""
    rows = [describe(s) for s in junctions]
    text = yaml.safe_dump({"junctions": rows}, sort_keys=False, allow_unicode=True, width=130, default_flow_style=None)
    path.write_text(HEADER + text, encoding="utf-8")


def describe(sumo: SumoJunction) -> dict[str, Any]:
    """One junction as plain values."""
    j = sumo.junction
    lanes = {g.id: [str(lane.id) for lane in j.lanes_of[g.id]] for g in j.groups}
    row: dict[str, Any] = {"id": str(j.id)}
    if j.name:
        row["name"] = j.name
    if sumo.rebuilt:
        row["rebuilt_because"] = sumo.rebuilt
    row |= {"yellow_s": j.yellow_s, "max_red_s": j.max_red_s, "groups": [], "stages": [], "intergreens_s": {}}
    for g in j.groups:
        group: dict[str, Any] = {"id": str(g.id), "kind": g.kind.value, "name": g.label, "min_green_s": g.min_green_s}
        if g.crossing_length_m is not None:
            group["crossing_length_m"] = g.crossing_length_m
        if lanes[g.id]:
            group["lanes"] = lanes[g.id]
        row["groups"].append(group)
    for s in j.stages:
        stage: dict[str, Any] = {"id": str(s.id), "green": _in_order(sumo, s.green)}
        if s.yielding:
            stage["yielding"] = _in_order(sumo, s.yielding)
        if s.variant_of is not None:
            stage["variant_of"] = str(s.variant_of)
        if s.overlap:
            stage["overlap"] = True
        if s.hurry:
            stage["hurry_call"] = True
        row["stages"].append(stage)
    for g in j.groups:
        after = j.intergreens.after(g.id)
        if after:
            row["intergreens_s"][str(g.id)] = {name: after[other] for other in j.index for name in [str(other)] if other in after}
    if j.notes:
        row["notes"] = list(j.notes)
    return row


def largest_intergreen_s(sumo: SumoJunction) -> float:
    """Seconds; 0 where nothing conflicts."""
    return max((seconds for _, seconds in sumo.junction.intergreens.items()), default=0.0)


def _in_order(sumo: SumoJunction, groups: Iterable[Any]) -> list[str]:
    wanted = set(groups)
    return [str(g) for g in sumo.junction.index if g in wanted]
