"""Ways over roads and turns: the fastest from place to place, and the short ones from one fix to the next.

Both are Dijkstra's search over roads as nodes and turns as arcs, so that a turn that is not allowed cannot be made.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from controller.streets.laying import Pace
from controller.streets.model import Road, Turn

KEPT_M = (500.0, 2000.0)
"""How far what is kept of searches reaches."""
BEGIN = -1
"""In place of the road before, where a way begins."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a road, by its number: ``at_m`` from its beginning. ``off_m`` is how far from it the asked place lies."""

    road: int
    at_m: float
    off_m: float = 0.0


class StreetSearch:
    """``onward[i]`` are the turns from road ``i``, each with the number of the road it leads to."""

    def __init__(self, roads: Sequence[Road], onward: Sequence[Sequence[tuple[int, Turn]]]) -> None:
        self._roads, self._onward = roads, onward
        self._kept = lru_cache(maxsize=4096)(self._reach)

    def fastest(self, origins: Iterable[Spot], targets: Iterable[Spot], pace: Pace) -> tuple[Spot, Spot, tuple[int, ...]] | None:
        """From any of the origins to any of the targets: where it begins and ends, and the roads; None where no way leads. Of
        ways that take equally long, the one whose ends lie nearest to what was asked for."""
        starts, ends = list(origins), _by_road(targets)
        best: _Found | None = None
        queue: list[tuple[float, int, int, int]] = []
        came: dict[int, tuple[int, int]] = {}
        for number, spot in enumerate(starts):
            road = self._roads[spot.road]
            for target in ends.get(spot.road, ()):
                if target.at_m >= spot.at_m:
                    time_s = (target.at_m - spot.at_m) / pace.of(road.speed_mps)
                    best = _better(best, (time_s, spot.off_m + target.off_m, spot, target, None))
            self._push(queue, (road.length_m - spot.at_m) / pace.of(road.speed_mps), spot.road, BEGIN, number, pace)
        while queue:
            time_s, here, before, number = heapq.heappop(queue)
            if best is not None and time_s > best[0]:
                break
            if here in came:
                continue
            came[here] = (before, number)
            road_s = self._roads[here].length_m / pace.of(self._roads[here].speed_mps)
            for target in ends.get(here, ()):
                at_s = time_s + road_s * target.at_m / self._roads[here].length_m
                best = _better(best, (at_s, starts[number].off_m + target.off_m, starts[number], target, here))
            self._push(queue, time_s + road_s, here, here, number, pace)
        if best is None:
            return None
        _, _, origin, target, last = best
        return origin, target, _trace(came, origin.road, last)

    def _push(self, queue: list[tuple[float, int, int, int]], time_s: float, road: int, before: int, number: int,
              pace: Pace) -> None:
        for onward, turn in self._onward[road]:
            heapq.heappush(queue, (time_s + turn.driven_m / pace.of(turn.speed_mps), onward, before, number))

    def reach(self, road: int, limit_m: float) -> Mapping[int, float]:
        """Metres from the end of ``road`` to the beginning of every road that is at most ``limit_m`` away, or a little more. Near
        ones are kept: vehicles ask for them again and again."""
        least_m = next((m for m in KEPT_M if limit_m <= m), None)
        return self._reach(road, limit_m) if least_m is None else self._kept(road, least_m)

    def _reach(self, road: int, limit_m: float) -> Mapping[int, float]:
        found: dict[int, float] = {}
        queue = [(turn.driven_m, onward) for onward, turn in self._onward[road]]
        heapq.heapify(queue)
        while queue:
            far_m, here = heapq.heappop(queue)
            if far_m > limit_m:
                break
            if here in found:
                continue
            found[here] = far_m
            end_m = far_m + self._roads[here].length_m
            for onward, turn in self._onward[here]:
                if onward not in found:
                    heapq.heappush(queue, (end_m + turn.driven_m, onward))
        return found

    def shortest(self, origin: int, target: int, limit_m: float) -> tuple[int, ...] | None:
        """Roads from the end of ``origin`` to the beginning of ``target``, both among them; None where it is further than
        ``limit_m``."""
        came: dict[int, int] = {}
        queue = [(turn.driven_m, onward, BEGIN) for onward, turn in self._onward[origin]]
        heapq.heapify(queue)
        while queue:
            far_m, here, before = heapq.heappop(queue)
            if far_m > limit_m:
                return None
            if here in came:
                continue
            came[here] = before
            if here == target:
                row = [here]
                while came[row[-1]] >= 0:
                    row.append(came[row[-1]])
                return (origin, *reversed(row))
            end_m = far_m + self._roads[here].length_m
            for onward, turn in self._onward[here]:
                heapq.heappush(queue, (end_m + turn.driven_m, onward, here))
        return None


def _by_road(spots: Iterable[Spot]) -> dict[int, list[Spot]]:
    rows: dict[int, list[Spot]] = {}
    for spot in spots:
        rows.setdefault(spot.road, []).append(spot)
    return rows


_Found = tuple[float, float, Spot, Spot, int | None]


def _better(old: _Found | None, new: _Found) -> _Found:
    return new if old is None or new[:2] < old[:2] else old


def _trace(came: Mapping[int, tuple[int, int]], origin: int, last: int | None) -> tuple[int, ...]:
    """Roads from ``origin`` to ``last``, which may be the same road again; the origin alone where nothing lies beyond it."""
    row: list[int] = []
    while last is not None and last >= 0:
        row.append(last)
        last = came[last][0]
    return (origin, *reversed(row))
