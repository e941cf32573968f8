"""How one stage follows another: when each group that gains green may start, after each that loses it."""

from __future__ import annotations

from collections.abc import Mapping

from signal_drivers.ids import GroupId
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus, Head


def green_starts(junction: Junction, before: Stage, after: Stage, *,
                 ended_ago_s: Mapping[GroupId, float] | None = None) -> dict[GroupId, float]:
    """Seconds from the end of ``before`` to the start of green of each group that ``after`` adds or newly protects.

    Groups that ended earlier still count until their intergreens have run; pass ``ended_ago_s`` for those. A group that is
    green in both and yields only in ``before`` keeps yielding until the traffic it yielded to has cleared; it is listed too.
    Groups whose green may begin at once are at 0.
    """
    ended = dict.fromkeys(before.green - after.green, 0.0)
    for g, ago in (ended_ago_s or {}).items():
        # Even one that is green again: who left under its last green may still be on the way.
        ended.setdefault(g, ago)
    gaining = (after.green - before.green) | (before.yielding & after.protected())
    starts = dict.fromkeys(gaining, 0.0)
    for g, ago in ended.items():
        for follower, seconds in junction.intergreens.after(g).items():
            if follower in starts:
                starts[follower] = max(starts[follower], seconds - ago)
    return starts


def transition_s(junction: Junction, before: Stage, after: Stage) -> float:
    """Seconds from leaving ``before`` to having all of ``after`` green and no yellow left, nothing else pending."""
    ending = before.green - after.green
    yellow_s = junction.yellow_s if any(not junction.group[g].for_pedestrians for g in ending) else 0.0
    return max(yellow_s, max(green_starts(junction, before, after).values(), default=0.0))


def ended_ago_s(junction: Junction, status: CabinetStatus, now_s: float) -> dict[GroupId, float]:
    """For how long the groups that show amber or red have had no green, as far as intergreens from them may still run. Of one
    that is green again the report does not tell."""
    found = {}
    for group, head, since_s in zip(junction.groups, status.heads, status.head_since_s, strict=True):
        if head is Head.AMBER or head is Head.RED:
            yellow_s = 0.0 if head is Head.AMBER or group.for_pedestrians else junction.yellow_s
            ago_s = now_s - since_s + yellow_s
            if ago_s < max(junction.intergreens.after(group.id).values(), default=0.0):
                found[group.id] = ago_s
    return found
