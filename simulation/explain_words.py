"""Accounts of decisions in words, the same on the console, in the report and in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from simulation.record import ExplainTrack

BEST = 3
BUSIEST = 4
Said = Mapping[str, Any]


def as_json(tracks: Sequence[ExplainTrack]) -> list[dict[str, Any]]:
    """What ``--json`` prints of each explained junction: its decisions, without the second-by-second costs."""
    series = ("times_s", "stay_veh_s", "best_veh_s")
    return [{name: value for name, value in asdict(track).items() if name not in series} for track in tracks]


def kind_of(said: Said) -> str:
    """``change``, ``refused`` (by the guard), ``held`` (chosen and not asked for) or ``stay``."""
    if said["verdict"]:
        return "change" if said["verdict"] == "accepted" else "refused"
    return "held" if said["chosen"] is not None else "stay"


def clock_s(time_s: float) -> str:
    """Second of the day as ``18:05:07``."""
    whole = int(time_s)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def target_of(said: Said) -> str:
    """The stage asked for, else the one chosen, else nothing."""
    return str(said["asked"] or said["chosen"] or "")


def reason_of(said: Said) -> str:
    """Why, in one sentence; who overrode the strategy, and what the guard said, where they did."""
    own = str(said["reason"])
    words = [own]
    if said["by"] == "maximum red":
        words = [f"{said['asked_reason']}: whoever waits there may wait no longer, whatever the strategy prefers ({own})"
                 if own != said["asked_reason"] else own]
    elif said["by"] == "on demand" and own != said["asked_reason"]:
        words = [str(said["asked_reason"]), own]
    elif said["verdict"] == "" and said["asked_reason"]:
        words.append(str(said["asked_reason"]))
    if said["verdict"] == "refused":
        words.append(f"refused by the guard ({said['rule']})")
    return "; ".join(words)


def alternative_words(said: Said, most: int = BEST) -> list[str]:
    """``B 123 now``, ``C 140 in 6 s``: the cheapest first, costs in vehicle seconds. ``B 23 %``, the likeliest first, where a
    policy reckons no costs."""
    return [_alternative(a) for a in said["alternatives"][:most]]


def _alternative(one: Said) -> str:
    if one["cost_veh_s"] is None:
        return f"{one['stage']} {100 * (one['likely'] or 0.0):.0f} %"
    when = "now" if one["at_s"] < 0.5 else f"in {one['at_s']:.0f} s"
    return f"{one['stage']} {_whole(one['cost_veh_s'])} {when}"


def stay_words(said: Said) -> str:
    return "" if said["cost_stay_veh_s"] is None else _whole(said["cost_stay_veh_s"])


def _whole(value: float) -> str:
    # Never "-0".
    return f"{round(value) + 0}"


def queue_words(said: Said, most: int = BUSIEST) -> str:
    """The longest queues (vehicles), people waiting, lanes nobody sees and exits that are full."""
    queued = sorted((lane for lane in said["lanes"] if lane["queue_veh"]), key=lambda lane: -lane["queue_veh"])
    words = [f"{lane['lane']} {lane['queue_veh']}" for lane in queued[:most]]
    if len(queued) > most:
        words.append(f"+{sum(lane['queue_veh'] for lane in queued[most:])} elsewhere")
    words += [f"people {p['group']} {p['waiting']}" for p in said["people"] if p["waiting"]]
    blind = sum(lane["vehicles"] is None for lane in said["lanes"])
    if blind:
        words.append(f"{blind} lanes unseen")
    if said["full_exits"]:
        words.append("full: " + ", ".join(said["full_exits"]))
    return ", ".join(words) or "–"


def share_words(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{group} {100 * share:.0f} %" for group, share in shares.items())
