"""Who is on the streets before the cameras, at the simulation's steps and between them."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, NamedTuple

from detectors.vision.road_users import RoadUser
from simulation.cameras.bodies import Body, body
from simulation.cameras.scene import Placed

KINDS = {"passenger": RoadUser.CAR, "taxi": RoadUser.TAXI, "motorcycle": RoadUser.MOTORCYCLE, "moped": RoadUser.MOTORCYCLE,
         "bicycle": RoadUser.BICYCLE, "bus": RoadUser.BUS, "coach": RoadUser.BUS, "truck": RoadUser.TRUCK,
         "trailer": RoadUser.TRUCK, "delivery": RoadUser.TRUCK, "tram": RoadUser.TRAM, "rail_urban": RoadUser.TRAM,
         "emergency": RoadUser.AMBULANCE, "pedestrian": RoadUser.PEDESTRIAN}
LEAPS_M = 40.0
"""Whoever is further away one step later was put there, and did not drive."""
BRAKES_MPS2 = -1.0
WALKER_M = (0.5, 0.55, 1.72)
MOST_KNOWN = 5000


class At(NamedTuple):
    """A road user at one moment: the middle of its front, heading in the mathematical sense."""

    x_m: float
    y_m: float
    heading_rad: float
    speed_mps: float


class Moment(NamedTuple):
    time_s: float
    users: dict[str, At]


class Traffic:
    """Reads SUMO. ``lanes`` and ``walks`` (edges) are all that any camera sees a part of."""

    def __init__(self, api: Any, lanes: Collection[str], walks: Collection[str], seed: int) -> None:
        self._api, self._lanes, self._walks, self._seed = api, tuple(lanes), tuple(walks), seed
        self._bodies: dict[str, Body] = {}

    def now(self, time_s: float) -> Moment:
        api = self._api
        users: dict[str, At] = {}
        position, angle, speed = api.vehicle.getPosition, api.vehicle.getAngle, api.vehicle.getSpeed
        for lane in self._lanes:
            for v in api.lane.getLastStepVehicleIDs(lane):
                x, y = position(v)
                users[v] = At(x, y, math.radians(90.0 - angle(v)), speed(v))
                if v not in self._bodies:
                    self._bodies[v] = self._vehicle(v)
        for edge in self._walks:
            for p in api.edge.getLastStepPersonIDs(edge):
                x, y = api.person.getPosition(p)
                name = f"person {p}"
                users[name] = At(x, y, math.radians(90.0 - api.person.getAngle(p)), api.person.getSpeed(p))
                if name not in self._bodies:
                    length, width, height = WALKER_M
                    self._bodies[name] = body(RoadUser.PEDESTRIAN, length, width, height, name, self._seed)
        if len(self._bodies) > MOST_KNOWN:
            self._bodies = {v: b for v, b in self._bodies.items() if v in users}
        return Moment(time_s, users)

    def _vehicle(self, v: str) -> Body:
        api = self._api.vehicle
        kind = KINDS.get(api.getVehicleClass(v), RoadUser.CAR)
        return body(kind, api.getLength(v), api.getWidth(v), api.getHeight(v), v, self._seed)

    def between(self, before: Moment, after: Moment, time_s: float) -> list[Placed]:
        """Everybody at ``time_s``, from the step before to the step after.

        Speeds change evenly within a step, which is what SUMO itself assumes under ``step-method.ballistic``, so that the way
        covered by then is v₀τ + (v₁ − v₀)τ²/2T; sideways everyone keeps to the straight line between the two places.
        """
        span = after.time_s - before.time_s
        share = 1.0 if span <= 0 else min(1.0, max(0.0, (time_s - before.time_s) / span))
        placed = []
        for name, b in after.users.items():
            a = before.users.get(name)
            if a is None or math.hypot(b.x_m - a.x_m, b.y_m - a.y_m) > LEAPS_M:
                if share < 1.0:
                    continue
                a = b
            way = (a.speed_mps + b.speed_mps) / 2
            part = share if way < 0.05 else (a.speed_mps * share + (b.speed_mps - a.speed_mps) * share * share / 2) / way
            turn = (b.heading_rad - a.heading_rad + math.pi) % (2 * math.pi) - math.pi
            brakes = (span > 0 and (b.speed_mps - a.speed_mps) / span < BRAKES_MPS2) or b.speed_mps < 0.3
            placed.append(Placed(self._bodies[name], a.x_m + (b.x_m - a.x_m) * part, a.y_m + (b.y_m - a.y_m) * part,
                                 a.heading_rad + turn * part, brakes))
        return placed


