"""Turning counts from a scenario's own demand, for plans that are computed ahead of time."""

from __future__ import annotations

import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from signal_drivers.errors import NetError
from signal_drivers.ids import GroupId, JunctionId, LaneId
from signal_drivers.lanes import Turn
from simulation.netmodel.derive import SignalNet
from simulation.sumo.configuration import SumoConfiguration, clock_s
from simulation.sumo.tools import program

RAIL_CLASSES = {"tram", "rail_urban", "rail", "subway"}


def turning_flows(cfg: SumoConfiguration, signals: SignalNet, begin_s: float, end_s: float
                  ) -> dict[tuple[JunctionId, LaneId, GroupId], float]:
    """veh/h by (junction, lane, group) that the demand sends between ``begin_s`` and ``end_s``.

    A movement's flow is shared evenly between the lanes that serve it. Trips without a route are routed with ``duarouter``,
    by free-flow times. Raises :class:`NetError` naming a demand file that cannot be read.
    """
    if end_s <= begin_s:
        return {}
    types = _Types()
    rows = [row for file in (*cfg.additional, *cfg.routes) for row in _routes(file, begin_s, end_s, types)]
    if any(edges is None for edges, _ in rows):
        # duarouter repeats the vehicles that have a route already: its answer stands for all of them.
        rows = list(_routed(cfg, begin_s, end_s, types))
    counts: dict[tuple[str, str], float] = {}
    for edges, vehicles in rows:
        for pair in pairwise(edges or ()):
            counts[pair] = counts.get(pair, 0.0) + vehicles
    return _by_lane(counts, signals, 3600.0 / (end_s - begin_s))


@dataclass
class _Types:
    """What one demand file says and another one uses: vehicle types that run on rails, and routes by name."""

    rails: set[str] = field(default_factory=set)
    routes: dict[str, list[str]] = field(default_factory=dict)


def _by_lane(counts: Mapping[tuple[str, str], float], signals: SignalNet, to_vph: float
             ) -> dict[tuple[JunctionId, LaneId, GroupId], float]:
    flows: dict[tuple[JunctionId, LaneId, GroupId], float] = {}
    for j, s in signals.junctions.items():
        served: dict[tuple[str, str], list[tuple[LaneId, GroupId]]] = {}
        for m in s.junction.movements:
            if m.turn is Turn.CROSSING or s.junction.group[m.group].kind.value == "tram":
                continue
            edges = (m.from_lane.rsplit("_", 1)[0], m.to_lane.rsplit("_", 1)[0])
            served.setdefault(edges, []).append((m.from_lane, m.group))
        for edges, lanes in served.items():
            for lane, group in lanes:
                flows[j, lane, group] = flows.get((j, lane, group), 0.0) + counts.get(edges, 0.0) * to_vph / len(lanes)
    return flows


def _routes(file: Path, begin_s: float, end_s: float, types: _Types) -> Iterator[tuple[list[str] | None, float]]:
    """(edges, vehicles) of each vehicle or flow inside the window; edges None for those still to be routed."""
    routes, rails = types.routes, types.rails
    try:
        for _, element in ElementTree.iterparse(file, events=("end",)):
            tag = element.tag
            if tag == "vType" and element.get("vClass") in RAIL_CLASSES:
                rails.add(element.get("id", ""))
            elif tag == "route" and element.get("id"):
                routes[element.attrib["id"]] = element.get("edges", "").split()
            elif tag in ("vehicle", "flow", "trip"):
                vehicles = _vehicles(element, begin_s, end_s)
                if vehicles > 0 and element.get("type") not in rails:
                    yield _edges(element, routes), vehicles
                element.clear()
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise NetError(f"the demand is not readable XML: {error}", where=str(file), mend="mend or rebuild it") from error


def _edges(element: ElementTree.Element, routes: Mapping[str, list[str]]) -> list[str] | None:
    inner = element.find("route")
    if inner is not None and inner.get("edges"):
        return inner.attrib["edges"].split()
    if element.get("route") in routes:
        return routes[element.attrib["route"]]
    return None


def _vehicles(element: ElementTree.Element, begin_s: float, end_s: float) -> float:
    try:
        if element.tag != "flow":
            return 1.0 if begin_s <= clock_s(element.get("depart", "nan")) < end_s else 0.0
        start, stop = clock_s(element.get("begin", str(begin_s))), clock_s(element.get("end", str(end_s)))
        share = max(0.0, min(stop, end_s) - max(start, begin_s)) / max(stop - start, 1e-9)
        span = stop - start
        if element.get("number"):
            return float(element.attrib["number"]) * share
        hourly = element.get("vehsPerHour") or element.get("perHour")
        if hourly:
            return float(hourly) * span / 3600 * share
        if element.get("probability"):
            return float(element.attrib["probability"]) * span * share
        period = element.get("period", "")
        if period.startswith("exp("):
            return float(period[4:-1]) * span * share
        return span / float(period) * share if period else 0.0
    except ValueError:
        return 0.0


def _routed(cfg: SumoConfiguration, begin_s: float, end_s: float, types: _Types) -> Iterator[tuple[list[str], float]]:
    """Routes by free-flow times for demand that has origins and destinations only."""
    with tempfile.TemporaryDirectory(prefix="mourour-routes-") as folder:
        out = Path(folder) / "routes.xml"
        command = [program("duarouter"), "-n", str(cfg.net), "-r", ",".join(map(str, cfg.routes)), "-o", str(out),
                   "--ignore-errors", "--no-warnings", "--no-step-log", "-b", str(begin_s), "-e", str(end_s)]
        if cfg.additional:
            command += ["-a", ",".join(map(str, cfg.additional))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not out.is_file():
            first = (done.stderr.strip().splitlines() or ["duarouter failed"])[0]
            raise NetError(f"the demand cannot be routed: {first}", where=str(cfg.path), mend="correct the demand")
        for edges, vehicles in _routes(out, begin_s, end_s, types):
            if edges:
                yield edges, vehicles
