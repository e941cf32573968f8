"""The controlled links of each traffic light of a freshly built net, and which of them conflict or yield."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SignalLink:
    """One controlled link: a lane-to-lane movement, or a crossing over ``crossed`` edges.

    ``length_m`` is the way over the junction or the crossing, ``clear_s`` the time a vehicle at turning speed needs for it.
    """

    index: int
    from_edge: str
    from_lane: int
    to_edge: str
    direction: str
    crossed: tuple[str, ...]
    length_m: float
    clear_s: float
    foes: frozenset[int]
    yields_to: frozenset[int]

    @property
    def is_crossing(self) -> bool:
        """Whether people on foot use it."""
        return bool(self.crossed)


def links_by_light(net: Path) -> dict[str, list[SignalLink]]:
    """Links of every traffic light, by index.

    Holds for nets built here: each light rules one junction, so a link's index there is its index in the right-of-way
    table.
    """
    root = ET.parse(net).getroot()
    requests = {j.get("id", ""): {int(r.get("index", "0")): r for r in j.findall("request")}
                for j in root.findall("junction")}
    crossed = {e.get("id", ""): tuple(e.get("crossingEdges", "").split()) for e in root.findall("edge")
               if e.get("function") == "crossing"}
    lengths = {lane.get("id", ""): float(lane.get("length", "0")) for e in root.findall("edge") for lane in e}
    paths = _paths(root)
    lights: dict[str, list[SignalLink]] = {}
    for c in root.findall("connection"):
        light = c.get("tl")
        if light is None:
            continue
        index, to_edge = int(c.get("linkIndex", "0")), c.get("to", "")
        request = requests[light][index]
        lights.setdefault(light, []).append(SignalLink(
            index, c.get("from", ""), int(c.get("fromLane", "0")), to_edge, c.get("dir", "s").lower(),
            crossed.get(to_edge, ()), *((lengths.get(f"{to_edge}_0", 0.0), 0.0) if to_edge in crossed
                                        else paths.get(c.get("via", ""), (0.0, 0.0))),
            _set(request.get("foes", "")), _set(request.get("response", ""))))
    for links in lights.values():
        links.sort(key=lambda link: link.index)
    return lights


def _paths(root: ET.Element) -> dict[str, tuple[float, float]]:
    """(metres, seconds) over the junction by the first internal lane of each way; some ways have two in a row."""
    lanes = {lane.get("id", ""): (float(lane.get("length", "0")), float(lane.get("speed", "1")))
             for e in root.findall("edge") if e.get("function") == "internal" for lane in e.findall("lane")}
    onwards = {f'{c.get("from")}_{c.get("fromLane")}': c.get("via", "") for c in root.findall("connection")
               if c.get("from", "").startswith(":")}
    paths: dict[str, tuple[float, float]] = {}
    for first in lanes:
        metres = seconds = 0.0
        at = first
        while at in lanes:
            metres += lanes[at][0]
            seconds += lanes[at][0] / lanes[at][1]
            at = onwards.get(at, "")
        paths[first] = (metres, seconds)
    return paths


def _set(bits: str) -> frozenset[int]:
    return frozenset(k for k, bit in enumerate(reversed(bits)) if bit == "1")
