"""Judges heads as they come, by rules written out once more and sharing nothing with the head monitor but the heads."""

from __future__ import annotations

from signal_drivers.junction import Junction
from signal_drivers.status import Head

SLACK_S = 1e-5
GREENS = (Head.GREEN, Head.GREEN_YIELD)


class HeadsJudge:
    """Looks at every moment once and remembers no more than it needs, so that it can follow a junction for days."""

    def __init__(self, junction: Junction, now_s: float, heads: list[Head]) -> None:
        self.faults: list[str] = []
        self._junction = junction
        self._shown = list(heads)
        self._green_from = [now_s] * len(heads)
        self._ended: list[float | None] = [None] * len(heads)
        seconds = dict(junction.intergreens.items())
        ids = [g.id for g in junction.groups]
        self._foes = [[(k, seconds[other, me], self._together(me, other), me in self._yields_to(other))
                       for k, other in enumerate(ids) if (other, me) in seconds] for me in ids]
        """For each group, the others in conflict: seconds from their end to its start, met in any stage, it yields there."""

    def _together(self, a: str, b: str) -> bool:
        return any(a in s.green and b in s.green and (a in s.yielding or b in s.yielding) for s in self._junction.stages)

    def _yields_to(self, other: str) -> set[str]:
        return {g for s in self._junction.stages if other in s.green for g in s.yielding}

    def look(self, now_s: float, heads: list[Head]) -> None:
        """Note and judge what shows now."""
        if heads == self._shown:
            return
        was, self._shown = self._shown, list(heads)
        for k, head in enumerate(heads):
            if head != was[k] and (was[k] in GREENS) != (head in GREENS):
                if was[k] in GREENS:
                    self._green_ended(k, now_s)
                else:
                    self._green_from[k] = now_s
                    if was[k] != Head.RED:
                        self._fault(now_s, k, f"green after {was[k].name}")
            elif was[k] == Head.AMBER and head != Head.AMBER:
                self._yellow_ended(k, now_s)
        for k, head in enumerate(heads):
            if head in GREENS:
                self._beside_others(k, now_s, started=head != was[k] and (head == Head.GREEN or was[k] not in GREENS))

    def _fault(self, now_s: float, k: int, what: str) -> None:
        self.faults.append(f"{now_s}: {self._junction.groups[k].id} {what}")

    def _green_ended(self, k: int, now_s: float) -> None:
        group = self._junction.groups[k]
        self._ended[k] = now_s
        if now_s - self._green_from[k] < group.min_green_s - SLACK_S:
            self._fault(now_s, k, f"green for {now_s - self._green_from[k]} of {group.min_green_s}")
        due = Head.RED if group.crossing_length_m is not None or self._junction.yellow_s == 0 else Head.AMBER
        if self._shown[k] != due:
            self._fault(now_s, k, f"{self._shown[k].name} after green")

    def _yellow_ended(self, k: int, now_s: float) -> None:
        ended_s = self._ended[k]
        if ended_s is None or now_s - ended_s < self._junction.yellow_s - SLACK_S or self._shown[k] != Head.RED:
            self._fault(now_s, k, f"yellow since {ended_s}, then {self._shown[k].name}")

    def _beside_others(self, k: int, now_s: float, *, started: bool) -> None:
        mine = self._shown[k]
        for other, seconds, together, yields in self._foes[k]:
            if self._shown[other] in GREENS and (not together or mine == Head.GREEN == self._shown[other]):
                self._fault(now_s, k, f"{mine.name} with {self._junction.groups[other].id} {self._shown[other].name}")
            ended_s = self._ended[other]
            if started and ended_s is not None and not (mine == Head.GREEN_YIELD and yields) \
                    and now_s - ended_s < seconds - SLACK_S:
                self._fault(now_s, k, f"{now_s - ended_s} of {seconds} after {self._junction.groups[other].id}")
