"""One simulated run with incidents, watched; and the scores of many."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from detectors.camera.site import CameraSite
from detectors.counting.results import FrameResult
from detectors.incidents.incident import Incident, IncidentKind
from detectors.incidents.score import KindScore, Matching, Wanted, match, score
from detectors.incidents.watch import OF_CAMERA, IncidentWatch
from detectors.quality.watch import ViewQuality
from detectors.vision.road_users import RoadUser
from simulation.camera_incidents.camera import NARROW_CAMERA, WEST_CAMERA, Pinhole, site_of
from simulation.camera_incidents.condition import RENDERED, Condition, Rendering
from simulation.camera_incidents.crossroads import build_crossroads
from simulation.camera_incidents.inject import CAR_M, Injected, plan
from simulation.camera_incidents.seen import EYES, Body, Tracks, bodies
from simulation.camera_incidents.spoilt import CameraCovered, CameraTurned
from simulation.sumo.backend import Sumo

STEP_S = 0.2
WARM_UP_S = 240.0
"""Nothing happens at first: the street fills, and the watch learns what is usual."""
LOOKS_BEFORE_S = 60.0
"""Of the warm-up, seen through images: views, backgrounds and speeds are learnt."""
PARKED = tuple(Body(f"parked {i}", RoadUser.CAR, -50.0 - 6.5 * i, -6.2, 0.0, CAR_M) for i in range(2)) + (
    Body("parked 9", RoadUser.CAR, -70.0, 6.3, 3.1416, CAR_M),)
"""They stand at the kerb before anybody looks, with two wheels in the lane."""


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


def looks_from_s(rendering: Rendering | None) -> float:
    """When watching begins, in simulated seconds."""
    return WARM_UP_S - LOOKS_BEFORE_S if rendering is not None else 0.0


def watch_run(seed: int, condition: Condition, *, site: bool = True, incidents: bool = True, flow_vph: float = 420.0,
              until_s: float | None = None) -> Watched:
    """One condition alone: see :func:`watch_all`."""
    return watch_all(seed, [condition], site=site, incidents=incidents, flow_vph=flow_vph, until_s=until_s)[condition]


def watch_all(seed: int, wanted: Sequence[Condition], *, rendering: Rendering | None = None, site: bool = True,
              incidents: bool = True, flow_vph: float = 420.0, until_s: float | None = None,
              told: Callable[[float], None] = lambda share: None) -> dict[Condition, Watched]:
    """One run of SUMO, watched in every one of the ``wanted`` conditions at once.

    With ``rendering`` incidents are brief, since images take time, and nobody looks before the street has nearly filled; it is
    needed where eyes are ``rendered``. ``site``: whether the watch has the camera's site file; ``incidents``: whether any are
    made; ``told`` hears the share that is done. Raises what SUMO and detectors raise.
    """
    made, end_s = plan(seed, WARM_UP_S, brief=rendering is not None)
    end_s = end_s if until_s is None else until_s
    from_s = looks_from_s(rendering)
    with tempfile.TemporaryDirectory(prefix="mourour-crossroads-") as folder:
        net, demand = build_crossroads(Path(folder), flow_vph=flow_vph, end_s=end_s)
        camera = WEST_CAMERA if rendering is None else NARROW_CAMERA
        where = site_of(camera, net)
        seers = {name: _seer(name, camera, net, where, rendering, seed, made if incidents else ())
                 for name in dict.fromkeys(c.eyes for c in wanted)}
        watches = {c: _Watch(where if site else None, (camera.width, camera.height), seers[c.eyes].classifies) for c in wanted}
        options = ["-n", str(net), "-r", str(demand), "--step-length", str(STEP_S), "--seed", str(seed), "--no-step-log", "true",
                   "--no-warnings", "true", "--time-to-teleport", "240", "--collision.action", "none",
                   "--lateral-resolution", "0.8", "--ignore-junction-blocker", "45"]
        with Sumo(options, where="crossroads") as sumo:
            groups = _groups(sumo.api, [lane.id for lane in where.lanes if lane.group])
            steps = int(end_s / STEP_S)
            for number in range(steps):
                sumo.step()
                now_s = (number + 1) * STEP_S
                extra = [body for one in made for body in one.step(sumo.api, now_s)] if incidents else []
                if now_s < from_s:
                    continue
                there = [*bodies(sumo.api), *PARKED, *extra]
                greens = _greens(sumo.api, groups)
                for name, seer in seers.items():
                    result = seer.see(number, now_s, there)
                    for condition, watch in watches.items():
                        if condition.eyes == name:
                            watch.see(result, greens if condition.signals else None, seer.quality)
                if number % 100 == 0:
                    told(number / steps)
    happened = tuple(w for one in made for w in one.wanted()) if incidents else ()
    hours = (end_s - from_s) / 3600.0
    return {c: Watched(seed, hours, incidents, tuple(w for w in happened if c.images or w.kind not in OF_CAMERA),
                       watch.finish()) for c, watch in watches.items()}


class _Watch:
    """What one condition tells."""

    def __init__(self, site: CameraSite | None, image_size: tuple[int, int], classifies: bool) -> None:
        self._watch = IncidentWatch(site, 1 / STEP_S, image_size, classifies=classifies)
        self._found: dict[int, Incident] = {}

    def see(self, result: FrameResult, green: Mapping[str, bool] | None, quality: ViewQuality | None) -> None:
        self._found.update({one.number: one for one in self._watch.see(result, green, quality)})

    def finish(self) -> tuple[Incident, ...]:
        self._found.update({one.number: one for one in self._watch.finish()})
        return tuple(self._found.values())


class _Seer(Protocol):
    @property
    def classifies(self) -> bool: ...

    @property
    def quality(self) -> ViewQuality | None: ...

    def see(self, number: int, time_s: float, everybody: Iterable[Body]) -> FrameResult: ...


def _seer(name: str, camera: Pinhole, net_path: Path, site: CameraSite, rendering: Rendering | None, seed: int,
          made: Sequence[Injected]) -> _Seer:
    if name != RENDERED:
        return Tracks(camera, EYES[name], seed)
    from simulation.camera_incidents.rendered import RenderedEyes
    from simulation.netmodel.links import read_net

    spoilers = [one for one in made if isinstance(one, (CameraTurned, CameraCovered))]
    return RenderedEyes(camera, read_net(net_path), site, rendering or Rendering(), seed, 1 / STEP_S, spoilers)


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
