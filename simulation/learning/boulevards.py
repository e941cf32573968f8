"""Random boulevards to learn on: a line of junctions as a city has them, all from one seed.

SUMO's own random nets (:mod:`simulation.learning.nets`) have few turning lanes, no trams and seldom a junction with more than
ten stages. A boulevard is made as the shipped corridors are, from facts, and so has pockets for those who turn left, stages for
them and overlaps of stages, refuges, one-way streets, bans, buses and trams. Its facts are drawn; no place is copied.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from simulation.scenario.build import build_into
from simulation.scenario.geometry import LocalPlane, Point, ahead
from simulation.scenario.model import PERIODS, ArmFacts, ScenarioFacts

FEW_JUNCTIONS, MANY_JUNCTIONS = 2, 5
NEAR_M, FAR_M = 160.0, 620.0
"""From one junction to the next."""
MAIN_VPH = {1: (200, 420), 2: (350, 700), 3: (450, 900)}
SIDE_VPH = {1: (60, 160), 2: (110, 280), 3: (200, 420)}
"""What comes in by a road with so many lanes, vehicles an hour, between; so much that most hours flow and some do not."""
QUIET, BUSY = 0.5, 1.4
"""Of these figures, a whole boulevard has between so much and so much."""
THREE_ARMS, ONE_WAY, BANNED, CROSSED = 0.25, 0.15, 0.12, 0.6
"""Shares: of junctions with one street to a side only, of streets one way, of left turns banned, of legs with a crossing."""
TRAM_ALONG, TRAM_ACROSS, BUSES = 0.2, 0.35, 0.6
"""Shares of boulevards with each of these."""
SIDE_TO_SIDE = 0.5
"""Share of junctions at which some cross the boulevard, whom the gravity rule would send along it."""


def random_boulevard(folder: Path, seed: int) -> Path:
    """A boulevard of a handful of junctions and an hour of its traffic, in ``folder``; the path of its configuration. Raises
    :class:`ScenarioError` where SUMO's tools refuse.
    """
    build_into(facts(seed), folder, f"random boulevard {seed}")
    return folder / "evening.sumocfg"


def facts(seed: int) -> ScenarioFacts:
    """What is drawn from ``seed``."""
    pick = random.Random(seed)
    count = pick.randint(FEW_JUNCTIONS, MANY_JUNCTIONS)
    names = [f"j{i}" for i in range(count)]
    bearing_deg = pick.uniform(0, 360)
    along, across = pick.random() < TRAM_ALONG, pick.randrange(count) if pick.random() < TRAM_ACROSS else -1
    lanes, speed_kmh = (1 if along and pick.random() < 0.5 else pick.randint(1, 3)), pick.choice((40, 50, 60))
    at, bearings = _line(pick, count, bearing_deg)
    main: dict[str, Any] = {"name": "boulevard", "speed_kmh": speed_kmh, "tram": along}
    roads = [{**main, "start": a, "end": b, "lanes_forward": lanes, "lanes_back": max(1, lanes - (pick.random() < 0.15))}
             for a, b in pairwise(names)]
    arms = [_arm("west", names[0], (bearings[0] + 180) % 360, lanes, lanes, **main),
            _arm("east", names[-1], bearings[-1] % 360, lanes, lanes, **main)]
    streets: list[list[ArmFacts]] = [_streets(pick, j, bearings[i], tram=i == across) for i, j in enumerate(names)]
    arms += [arm for those in streets for arm in those]
    plane = LocalPlane(33.59, -7.61)
    where = [plane.lon_lat(*point) for point in at]
    crossed = [_crossings(pick, [*names[max(0, i - 1):i], *names[i + 1:i + 2], *(a.id for a in arms if a.junction == j)])
               for i, j in enumerate(names)]
    factor = pick.uniform(QUIET, BUSY)
    volumes = {arm.id: _volume(pick, arm, MAIN_VPH if arm.id in ("west", "east") else SIDE_VPH, factor) for arm in arms}
    flows = [{"from_zone": a.id, "to_zone": b.id, "vph": round(factor * pick.uniform(30, 140))}
             for those in streets if len(those) == 2 for a, b in (those, those[::-1])
             if a.lanes_in and b.lanes_out and pick.random() < SIDE_TO_SIDE]
    car, taxi, truck = pick.uniform(0.5, 0.7), pick.uniform(0.05, 0.2), pick.uniform(0.02, 0.08)
    hour = {"begin": "08:00", "factor": 1.0}
    return ScenarioFacts.model_validate({
        "title": f"random boulevard {seed}", "sources": ["drawn at random"],
        "corridors": [{"id": "boulevard", "name": "boulevard", "entry": "west", "junctions": names, "exit": "east"}],
        "junctions": [{"id": j, "name": f"junction {i}", "lat": where[i].lat, "lon": where[i].lon, "signal": "assumed",
                       "crossings": crossed[i], "pedestrians_ph": round(pick.uniform(20, 180))} for i, j in enumerate(names)],
        "roads": roads, "arms": [arm.model_dump() for arm in arms], "turn_bans": _bans(pick, names, streets),
        "demand": {
            "note": "drawn at random", "zones": volumes, "gravity_scale_m": pick.uniform(800, 2500), "flows": flows,
            "buses": [_line_of("bus", "west", "east", pick.uniform(240, 600))] if pick.random() < BUSES else [],
            "trams": _trams(pick, along, streets[across] if across >= 0 else []),
            "periods": dict.fromkeys(PERIODS, hour),
            "fleet": {"car": car, "taxi": taxi, "truck": truck, "motorcycle": 1 - car - taxi - truck}},
        "incident": {"start": "j0", "end": "j1", "lane_from_kerb": 1, "position_share": 0.5, "begin_min": 5, "duration_min": 5}})


def _line(pick: random.Random, count: int, bearing_deg: float) -> tuple[list[Point], list[float]]:
    """Where the junctions lie, metres, and in which direction the boulevard leaves each."""
    at, bearings = [(0.0, 0.0)], list[float]()
    for _ in range(count - 1):
        bearing_deg = (bearing_deg + pick.uniform(-15, 15)) % 360
        bearings.append(bearing_deg)
        at.append(ahead(at[-1], bearing_deg, pick.uniform(NEAR_M, FAR_M)))
    return at, [*bearings, bearings[-1]]


def _streets(pick: random.Random, junction: str, bearing_deg: float, *, tram: bool) -> list[ArmFacts]:
    """The streets to either side, or to one."""
    sides = (90.0, 270.0) if tram or pick.random() >= THREE_ARMS else (pick.choice((90.0, 270.0)),)
    found = []
    for side in sides:
        into, out = pick.choice((1, 1, 2, 2, 3)), pick.choice((1, 1, 2, 2, 3))
        if not tram and len(sides) == 2 and pick.random() < ONE_WAY:
            into, out = pick.choice(((0, out), (into, 0)))
        found.append(_arm(f"{junction}-{'right' if side == 90.0 else 'left'}", junction,
                          (bearing_deg + side + pick.uniform(-25, 25)) % 360, into, out, name="street",
                          speed_kmh=pick.choice((30, 40, 50)), tram=tram))
    return found


def _arm(name_of: str, junction: str, bearing_deg: float, into: int, out: int, **more: Any) -> ArmFacts:
    return ArmFacts(id=name_of, junction=junction, bearing_deg=math.floor(bearing_deg * 10) / 10, lanes_in=into, lanes_out=out,
                    **more)


def _crossings(pick: random.Random, legs: Sequence[str]) -> list[str]:
    return [leg for leg in legs if pick.random() < CROSSED]


def _volume(pick: random.Random, arm: ArmFacts, between: dict[int, tuple[int, int]], factor: float) -> dict[str, float]:
    return {name: round(factor * pick.uniform(*between[lanes])) if lanes else 0
            for name, lanes in (("in_vph", arm.lanes_in), ("out_vph", arm.lanes_out))}


def _bans(pick: random.Random, names: Sequence[str], streets: Sequence[Sequence[ArmFacts]]) -> list[dict[str, str]]:
    """Left turns from the boulevard that are not allowed: into the street to the left for who drives on, to the right for who
    comes back."""
    found = []
    for i, (junction, those) in enumerate(zip(names, streets, strict=True)):
        before, after = names[i - 1] if i else "west", names[i + 1] if i + 1 < len(names) else "east"
        for arm in those:
            came_from = before if arm.id.endswith("left") else after
            if len(those) == 2 and pick.random() < BANNED:
                found.append({"junction": junction, "from_leg": came_from, "to_leg": arm.id})
    return found


def _trams(pick: random.Random, along: bool, across: Sequence[ArmFacts]) -> list[dict[str, Any]]:
    lines = [_line_of("tram-along", "west", "east", pick.uniform(240, 540))] if along else []
    return [*lines, *([_line_of("tram-across", across[0].id, across[1].id, pick.uniform(240, 540))] if across else [])]


def _line_of(name: str, start: str, end: str, headway_s: float) -> dict[str, Any]:
    return {"id": name, "name": name, "from_zone": start, "to_zone": end, "headway_s": round(headway_s), "stops": []}
