"""Junctions to learn on that nobody will be judged on: random nets with random demand, all from one seed."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.sax.saxutils import quoteattr

from signal_drivers.errors import ScenarioError
from simulation.scenario.fleet import MIXED, vehicle_types
from simulation.scenario.import_files import FLEET
from simulation.sumo.tools import run_tool

QUIET_VEH, BUSY_VEH = 120, 420
"""Vehicles an hour for each signalised junction, between."""
FEW_PEOPLE, MANY_PEOPLE = 20, 250
"""People on foot an hour for each signalised junction, between; in every other net there are none."""
TIGHT_EVERY, TIGHT_DEMAND = 5, 0.5
"""One net in so many has short roads, which fill up with so much of the vehicles that others have at most: who enters a junction
may find no way out. With more of them the planner itself cannot keep such a net flowing, and there is nothing to learn."""
PEAKS = 4
"""Parts of a run; each has its own level and its own preferred directions."""


def random_net(folder: Path, seed: int, duration_s: float) -> Path:
    """A net of a handful to some dozen signalised junctions with three or four arms, one to three lanes, at 40 to 60 km/h, and
    trips over ``duration_s``; the path of its configuration. Even seeds have pavements, crossings and people on foot, every
    third has Casablanca's fleet, whose motorcycles filter, in place of cars; every fifth is tight. Raises
    :class:`ScenarioError` where SUMO's tools refuse.
    """
    pick, where = random.Random(seed), f"random net {seed}"
    net, trips, routes = folder / "random.net.xml", folder / "random.trips.xml", folder / "random.rou.xml"
    walked, mixed, tight = seed % 2 == 0, seed % 3 == 0, seed % TIGHT_EVERY == 0
    nearest_m, farthest_m = ((50, 80), (100, 180)) if tight else ((90, 140), (180, 400))
    types = folder / "types.add.xml"
    types.write_text("\n".join(["<additional>", *vehicle_types(FLEET), "</additional>"]), encoding="utf-8")
    on_foot = ["--sidewalks.guess", "true", "--sidewalks.guess.max-speed", "20", "--crossings.guess", "true"] if walked else []
    run_tool("netgenerate", [
        "--rand", "--rand.iterations", str(pick.randint(24, 60)), "--seed", str(seed),
        "--rand.min-distance", str(pick.randint(*nearest_m)), "--rand.max-distance", str(pick.randint(*farthest_m)),
        "--rand.min-angle", "50", "--rand.neighbor-dist1", "3", "--rand.neighbor-dist3", "6", "--rand.neighbor-dist4", "8",
        "--random-lanenumber", "--default.lanenumber", str(pick.randint(1, 3)),
        "--default.speed", f"{pick.choice((40, 50, 60)) / 3.6:.2f}", "--default-junction-type", "traffic_light",
        "--no-turnarounds", "true", "--turn-lanes", str(pick.randint(0, 1)), "--turn-lanes.length", "50",
        "--tls.left-green.time", str(pick.choice((0, 6))), "-o", str(net), *on_foot], where)
    root = ElementTree.parse(net).getroot()
    edges = {e.attrib["id"]: (e.attrib["from"], e.attrib["to"],
                              sum(lane.get("allow") != "pedestrian" for lane in e.findall("lane")))
             for e in root.iter("edge") if e.get("function") is None}
    lit = [j.attrib["id"] for j in root.iter("junction") if j.get("type") == "traffic_light"]
    ends = {j.attrib["id"] for j in root.iter("junction") if j.get("type") == "dead_end"}
    sources = {e: lanes for e, (before, _, lanes) in edges.items() if before in ends}
    sinks = {e: lanes for e, (_, after, lanes) in edges.items() if after in ends}
    if not lit or len(sources) < 2 or len(sinks) < 2:
        raise ScenarioError("it has no signals, or no way in or out", where=where, mend="take another seed")
    arms = {j: ([e for e, ends_of in edges.items() if ends_of[1] == j], [e for e, ends_of in edges.items() if ends_of[0] == j])
            for j in lit}
    people = _people(pick, arms, duration_s) if walked else []
    busy_veh = BUSY_VEH * (TIGHT_DEMAND if tight else 1.0)
    _trips(trips, [*_vehicles(pick, sources, sinks, len(lit), busy_veh, duration_s, MIXED if mixed else ""), *people])
    run_tool("duarouter", ["-n", str(net), "-r", str(trips), "-o", str(routes), "--ignore-errors", "--no-warnings",
                           "--no-step-log", "--seed", str(seed), "--weights.random-factor", "1.5", "-a", str(types)], where)
    cfg = folder / "random.sumocfg"
    sublane = '<processing><lateral-resolution value="0.8"/></processing>' if mixed else ""
    # The routes carry the types they use.
    cfg.write_text(f'<configuration><input><net-file value="{net.name}"/><route-files value="{routes.name}"/></input>{sublane}'
                   f'<time><begin value="0"/><end value="{duration_s:g}"/></time></configuration>\n', encoding="utf-8")
    return cfg


def _vehicles(pick: random.Random, sources: dict[str, int], sinks: dict[str, int], signals: int, busy_veh: float,
              duration_s: float, kind: str) -> list[tuple[float, str]]:
    """(moment, element) of trips through the net; what comes from where changes from one part of the run to the next."""
    found, part_s = list[tuple[float, str]](), duration_s / PEAKS
    for part in range(PEAKS):
        count = int(signals * pick.uniform(QUIET_VEH, busy_veh) * part_s / 3600)
        coming = [lanes * pick.uniform(0.2, 2.0) for lanes in sources.values()]
        going = [lanes * pick.uniform(0.2, 2.0) for lanes in sinks.values()]
        for _ in range(count):
            depart_s = pick.uniform(part * part_s, (part + 1) * part_s)
            source, = pick.choices(list(sources), coming)
            sink, = pick.choices(list(sinks), going)
            found.append((depart_s, f'<trip id="v{part}.{len(found)}" depart="{depart_s:.1f}" from="{source}" to="{sink}" '
                                    f'departLane="best" departSpeed="max"{f" type={quoteattr(kind)}" if kind else ""}/>'))
    return found


def _people(pick: random.Random, arms: dict[str, tuple[list[str], list[str]]], duration_s: float) -> list[tuple[float, str]]:
    """(moment, element) of people who walk from one arm of a junction to another."""
    found = list[tuple[float, str]]()
    for into, out in arms.values():
        for _ in range(int(pick.uniform(FEW_PEOPLE, MANY_PEOPLE) * duration_s / 3600)):
            depart_s = pick.uniform(0.0, duration_s)
            way = f'<personTrip from="{pick.choice(into)}" to="{pick.choice(out)}" arrivalPos="random"/>'
            found.append((depart_s, f'<person id="p{len(found)}" type="pedestrian" depart="{depart_s:.1f}" departPos="random">'
                                    f'{way}</person>'))
    return found


def _trips(file: Path, elements: list[tuple[float, str]]) -> None:
    lines = [element for _, element in sorted(elements)]
    file.write_text("\n".join(["<routes>", *lines, "</routes>", ""]), encoding="utf-8")
