"""What of a net lies before a camera: how wide its street is, whose traffic can be seen, and where houses may stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.cameras.approach import CameraView
from simulation.cameras.houses import House, row_of_houses
from simulation.cameras.pose import Floats
from simulation.scenario.draw_shapes import clean, lengths

REACH_M = 230.0
BESIDE_RAD = math.radians(20.0)
JUNCTION_M = 6.0
"""So far upstream of the stop line cross streets still lie open before the camera; beyond, houses hide them."""
SAMPLE_M = 4.0


@dataclass(frozen=True)
class Outlook:
    """``lanes`` and ``walks`` (edges where people walk) with anything in the image; ``houses`` beside the street."""

    lanes: tuple[str, ...]
    walks: tuple[str, ...]
    houses: tuple[House, ...]


def outlook(net: Any, view: CameraView, seed: int) -> Outlook:
    along = np.array([math.cos(view.pose.heading_rad), math.sin(view.pose.heading_rad)])
    left = np.array([-along[1], along[0]])
    low, high = _street(net, view, along, left)
    lanes, walks = list[str](), list[str]()
    for edge in net.getEdges(withInternal=True):
        for lane in edge.getLanes():
            line = clean(lane.getShape())
            if len(line) < 2 or not _seen(view, line, along, left, low, high):
                continue
            if edge.getFunction() in ("crossing", "walkingarea") or _walk_only(lane):
                walks.append(edge.getID())
            else:
                lanes.append(lane.getID())
    houses = row_of_houses(view.origin_m, view.pose.heading_rad, high, -low, seed)
    return Outlook(tuple(dict.fromkeys(lanes)), tuple(dict.fromkeys(walks)), tuple(houses))


def _walk_only(lane: Any) -> bool:
    return bool(lane.allows("pedestrian")) and not lane.allows("passenger") and not lane.allows("tram")


def _street(net: Any, view: CameraView, along: Floats, left: Floats) -> tuple[float, float]:
    """How far the street reaches to the right (negative) and left of the approach's middle, pavements included (m)."""
    low, high = -6.0, 6.0
    for edge in net.getEdges(withInternal=False):
        for lane in edge.getLanes():
            line = clean(lane.getShape())
            if len(line) < 2:
                continue
            points = _dense(line) - view.origin_m
            ahead, across = points @ along, points @ left
            near = (ahead > JUNCTION_M) & (ahead < 110.0) & (np.abs(across) < 26.0)
            way = (line[-1] - line[0]) / max(float(np.hypot(*(line[-1] - line[0]))), 1e-9)
            if near.any() and abs(float(way @ along)) > math.cos(BESIDE_RAD):
                half = lane.getWidth() / 2
                low = min(low, float(across[near].min()) - half)
                high = max(high, float(across[near].max()) + half)
    return low, high


def _seen(view: CameraView, line: Floats, along: Floats, left: Floats, low: float, high: float) -> bool:
    points = _dense(line)
    from_stop = points - view.origin_m
    ahead, across = from_stop @ along, from_stop @ left
    open_ = (ahead < JUNCTION_M) | ((across > low - 0.5) & (across < high + 0.5))
    if not open_.any():
        return False
    px, depth = view.pose.pixels(np.column_stack([points[open_], np.zeros(int(open_.sum()))]))
    width, height = view.pose.size
    margin = 80.0
    return bool(((depth > 2.0) & (depth < REACH_M) & (px[:, 0] > -margin) & (px[:, 0] < width + margin)
                 & (px[:, 1] < height + 2 * margin)).any())


def _dense(line: Floats) -> Floats:
    at = lengths(line)
    marks = np.linspace(0.0, float(at[-1]), max(2, int(at[-1] / SAMPLE_M) + 1))
    return np.column_stack([np.interp(marks, at, line[:, i]) for i in (0, 1)])
