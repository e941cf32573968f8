"""A straight street from above, ten pixels a metre, and road users that drive it as told: what a perfect tracker would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detectors.camera.site import CameraLane, CameraSite, Homography, ImageSize, KnownPoint, LaneRole, Zone
from detectors.counting.results import FrameResult, SeenTrack
from detectors.incidents.incident import Incident
from detectors.incidents.watch import IncidentWatch
from detectors.quality.watch import ViewQuality
from detectors.vision.road_users import RoadUser

PX = 10.0
SIZE = (1400, 600)
FPS = 10.0
HALF_M: Mapping[RoadUser, tuple[float, float]] = {
    RoadUser.CAR: (2.2, 0.9), RoadUser.BUS: (6.0, 1.3), RoadUser.TRUCK: (5.0, 1.3), RoadUser.MOTORCYCLE: (1.0, 0.4),
    RoadUser.BICYCLE: (0.9, 0.4), RoadUser.PEDESTRIAN: (0.3, 0.3)}

WEST, WEST_2, EXIT, EAST = 20.0, 23.5, 20.0, 27.0
"""y of the middle of each lane: two approaches that drive to the right, the exit beyond the junction, one that comes back."""


def rectangle(x1: float, y1: float, x2: float, y2: float) -> tuple[tuple[float, float], ...]:
    return tuple((x * PX, y * PX) for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2)))


def lane(name: str, y: float, group: str | None = "w", *, role: LaneRole = LaneRole.APPROACH, x1: float = 0.0, x2: float = 90.0,
         line: float | None = None) -> CameraLane:
    at = x2 if line is None else line
    return CameraLane(id=name, area=rectangle(x1, y - 1.75, x2, y + 1.75), role=role, group=group,
                      stop_line=((at * PX, (y - 1.75) * PX), (at * PX, (y + 1.75) * PX)))


def site(*, groups: bool = True, calibrated: bool = True, zones: Sequence[Zone] = (), exits: bool = True) -> CameraSite:
    """Stop lines at x = 90 m, the junction from 92 to 106 m, the exit from 108 m on."""
    lanes = [lane("west_0", WEST, "w" if groups else None), lane("west_1", WEST_2, "w" if groups else None)]
    if exits:
        lanes += [lane("out_0", EXIT, None, role=LaneRole.EXIT, x1=108.0, x2=138.0, line=108.0),
                  lane("back_0", EAST, None, role=LaneRole.EXIT, x1=0.0, x2=88.0, line=88.0)]
    points = tuple(KnownPoint(px=(x * PX, y * PX), m=(x, y)) for x, y in ((0, 0), (100, 0), (100, 50), (0, 50)))
    return CameraSite(image=ImageSize(width=SIZE[0], height=SIZE[1]), lanes=tuple(lanes), zones=tuple(zones),
                      homography=Homography(points=points) if calibrated else None)


@dataclass
class Actor:
    """Drives by ``way``: (moment, x, y) in seconds and metres, straight and even between them; seen from the first to the last,
    but not within ``unseen``. ``numbers``: from which moment on the tracker calls it what."""

    track: int
    way: Sequence[tuple[float, float, float]]
    kind: RoadUser = RoadUser.CAR
    unseen: Sequence[tuple[float, float]] = ()
    numbers: Sequence[tuple[float, int]] = field(default_factory=list)
    shake_px: float = 0.0

    def at(self, t: float) -> tuple[float, float] | None:
        times = [p[0] for p in self.way]
        if not times[0] <= t <= times[-1] or any(a <= t < b for a, b in self.unseen):
            return None
        return float(np.interp(t, times, [p[1] for p in self.way])), float(np.interp(t, times, [p[2] for p in self.way]))

    def number(self, t: float) -> int:
        return next((n for since, n in reversed(self.numbers) if t >= since), self.track)


def frames(actors: Sequence[Actor], until_s: float, *, calibrated: bool = True, from_s: float = 0.0, seed: int = 1,
           fps: float = FPS) -> Iterator[FrameResult]:
    dice = np.random.default_rng(seed)
    for i in range(round(from_s * fps), round(until_s * fps)):
        t, tracks = i / fps, []
        for actor in actors:
            place = actor.at(t)
            if place is None:
                continue
            dx, dy = dice.normal(0.0, actor.shake_px, 2) if actor.shake_px else (0.0, 0.0)
            long, wide = HALF_M[actor.kind]
            x, y = place[0] * PX + dx, place[1] * PX + dy
            # From above, a box's lower edge is its lower side: the foot is put in the middle of the vehicle by hand.
            box = (x - long * PX, y - wide * PX, x + long * PX, y + wide * PX)
            tracks.append(SeenTrack(actor.number(t), actor.kind, 0.8, box, (x, y),
                                    place_m=(x / PX, y / PX) if calibrated else None))
        yield FrameResult(i, t, tuple(tracks))


Signal = Callable[[float], Mapping[str, bool]]
"""Green by signal group."""


def greens(where: CameraSite | None, shown: Mapping[str, bool]) -> dict[str, bool]:
    """What signal groups show, by the lanes that they serve."""
    return {x.id: shown[x.group] for x in (where.lanes if where is not None else ()) if x.group in shown}


def watch(actors: Sequence[Actor], until_s: float, where: CameraSite | None, *, green: Signal | None = None,
          quality: Callable[[float], ViewQuality] | None = None, fps: float = FPS, seed: int = 1,
          classifies: bool = True) -> list[Incident]:
    """Every incident as it was at the end."""
    calibrated = where is not None and where.homography is not None
    watching = IncidentWatch(where, fps, SIZE, classifies=classifies)
    found: dict[int, Incident] = {}
    for frame in frames(actors, until_s, calibrated=calibrated, fps=fps, seed=seed):
        shown = greens(where, green(frame.time_s)) if green else None
        for one in watching.see(frame, shown, quality(frame.time_s) if quality else None):
            found[one.number] = one
    for one in watching.finish():
        found[one.number] = one
    return list(found.values())


def kinds(found: Sequence[Incident]) -> list[str]:
    return sorted(i.kind.value for i in found)


def drives(track: int, start_s: float, *, y: float = WEST, speed: float = 10.0, x1: float = 2.0, x2: float = 136.0,
           kind: RoadUser = RoadUser.CAR) -> Actor:
    """Straight through."""
    return Actor(track, [(start_s, x1, y), (start_s + abs(x2 - x1) / speed, x2, y)], kind)


def stops(track: int, start_s: float, at_m: float, until_s: float, *, y: float = WEST, speed: float = 10.0,
          on_m: float | None = 136.0, kind: RoadUser = RoadUser.CAR, x1: float = 2.0, **more: object) -> Actor:
    """Drives to ``at_m``, stands until ``until_s`` and drives on to ``on_m`` (or is there until the end)."""
    way = [(start_s, x1, y), (start_s + (at_m - x1) / speed, at_m, y), (until_s, at_m, y)]
    if on_m is not None:
        way.append((until_s + (on_m - at_m) / speed, on_m, y))
    return Actor(track, way, kind, **more)  # type: ignore[arg-type]
