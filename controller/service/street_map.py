"""The streets of a file as the service's map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from controller.service.geometry import Follower, LonLat, StreetMap, StreetRoute
from controller.service.geometry import Streets as AnyStreets
from controller.streets.follower import Follower as Following
from controller.streets.streets import Streets, read_streets


@dataclass(frozen=True)
class FileMap:
    """``junctions`` lie in the middle of where the roads end that their signals stop."""

    streets: AnyStreets
    junctions: dict[str, LonLat]
    follower: Callable[[AnyStreets, StreetRoute], Follower]


def read_map(path: Path) -> StreetMap:
    """Raises :class:`SiteError` for the first thing that is wrong with the file."""
    return map_of(read_streets(path))


def map_of(streets: Streets) -> StreetMap:
    return FileMap(cast(AnyStreets, streets), _junctions(streets), cast(Any, Following))


def _junctions(streets: Streets) -> dict[str, LonLat]:
    ends: defaultdict[str, set[LonLat]] = defaultdict(set)
    for turn in streets.turns:
        if turn.signal is not None:
            last = streets.roads[streets.number[turn.from_road]].line[-1]
            ends[turn.signal.junction].add((last.lon, last.lat))
    return {name: (sum(p[0] for p in places) / len(places), sum(p[1] for p in places) / len(places))
            for name, places in ends.items()}
