"""One simulated run with incidents, watched; and the scores of many."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.incidents.incident import Incident, IncidentKind
from detectors.incidents.score import KindScore, Matching, Wanted, match, score
from detectors.incidents.watch import IncidentWatch
from detectors.vision.road_users import RoadUser
from signal_drivers.errors import BadInput
from simulation.camera_incidents.camera import WEST_CAMERA, site_of
from simulation.camera_incidents.crossroads import build_crossroads
from simulation.camera_incidents.inject import CAR_M, plan
from simulation.camera_incidents.seen import EYES, Body, Tracks, bodies
from simulation.sumo.backend import Sumo

STEP_S = 0.2
WARM_UP_S = 240.0
"""Nothing happens at first: the street fills, and the watch learns what is usual."""
PARKED = tuple(Body(f"parked {i}", RoadUser.CAR, -50.0 - 6.5 * i, -6.2, 0.0, CAR_M) for i in range(2)) + (
    Body("parked 9", RoadUser.CAR, -70.0, 6.3, 3.1416, CAR_M),)
"""They stand at the kerb before anybody looks, with two wheels in the lane."""


@dataclass(frozen=True)
class Condition:
    """``eyes`` how well is seen, by name; ``signals`` whether the watch is told which lanes have green."""

    eyes: str
    signals: bool

    def __str__(self) -> str:
        return f"{self.eyes}, signals {'known' if self.signals else 'unknown'}"


def conditions(eyes: Sequence[str], signals: Sequence[bool]) -> list[Condition]:
    """All combinations. Raises :class:`BadInput` for eyes that nobody has."""
    for name in eyes:
        if name not in EYES:
            raise BadInput(f"{name!r} is none of {', '.join(EYES)}", where="--eyes", mend="for example --eyes camera,poor")
    if not eyes:
        raise BadInput("nothing is named", where="--eyes", mend="for example --eyes camera,poor")
    return [Condition(name, known) for name in dict.fromkeys(eyes) for known in signals]


@dataclass(frozen=True)
class Watched:
    """``hours`` of watching; ``wanted`` what happened, ``told`` what was told of it; ``made`` whether incidents were made."""

    seed: int
    hours: float
    made: bool
    wanted: tuple[Wanted, ...]
    told: tuple[Incident, ...]

    @property
    def matching(self) -> Matching:
        return match(self.wanted, self.told)


def quiet_run(seed: int, condition: Condition, lasts_s: float) -> Watched:
    """Ordinary traffic: nothing is to be told."""
    return watch_run(seed, condition, incidents=False, until_s=lasts_s)


def watch_run(seed: int, condition: Condition, *, site: bool = True, incidents: bool = True, flow_vph: float = 420.0,
              until_s: float | None = None) -> Watched:
    """``site``: whether the watch has the camera's site file; ``incidents``: whether any are made. Raises what SUMO raises."""
    made, end_s = plan(seed, WARM_UP_S)
    end_s = end_s if until_s is None else until_s
    found: dict[int, Incident] = {}
    with tempfile.TemporaryDirectory(prefix="mourour-crossroads-") as folder:
        net, demand = build_crossroads(Path(folder), flow_vph=flow_vph, end_s=end_s)
        where = site_of(WEST_CAMERA, net)
        watching = IncidentWatch(where if site else None, 1 / STEP_S, (WEST_CAMERA.width, WEST_CAMERA.height))
        tracks = Tracks(WEST_CAMERA, EYES[condition.eyes], seed)
        options = ["-n", str(net), "-r", str(demand), "--step-length", str(STEP_S), "--seed", str(seed), "--no-step-log", "true",
                   "--no-warnings", "true", "--time-to-teleport", "240", "--collision.action", "none",
                   "--lateral-resolution", "0.8", "--ignore-junction-blocker", "45"]
        with Sumo(options, where="crossroads") as sumo:
            groups = _groups(sumo.api, [lane.id for lane in where.lanes if lane.group])
            for number in range(int(end_s / STEP_S)):
                sumo.step()
                now_s = (number + 1) * STEP_S
                extra = [body for one in made for body in one.step(sumo.api, now_s)] if incidents else []
                result = tracks.see(number, now_s, [*bodies(sumo.api), *PARKED, *extra])
                green = _greens(sumo.api, groups) if condition.signals else None
                for one in watching.see(result, green):
                    found[one.number] = one
        for one in watching.finish():
            found[one.number] = one
    wanted = tuple(w for one in made for w in one.wanted()) if incidents else ()
    return Watched(seed, end_s / 3600.0, incidents, wanted, tuple(found.values()))


def scores(runs: Sequence[Watched]) -> Mapping[IncidentKind, KindScore]:
    return score(run.matching for run in runs)


def _groups(api: Any, lanes: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Places in the signal's state of each lane's links."""
    found: dict[str, list[tuple[str, int]]] = {lane: [] for lane in lanes}
    for tls in api.trafficlight.getIDList():
        for index, links in enumerate(api.trafficlight.getControlledLinks(tls)):
            for begin, _, _ in links:
                if begin in found:
                    found[begin].append((tls, index))
    return found


def _greens(api: Any, groups: Mapping[str, list[tuple[str, int]]]) -> dict[str, bool]:
    states = {tls: api.trafficlight.getRedYellowGreenState(tls) for places in groups.values() for tls, _ in places}
    return {lane: any(states[tls][i] in "Gg" for tls, i in places) for lane, places in groups.items()}
