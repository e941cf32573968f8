"""Vehicles that are followed along their lanes, in the words in which everybody in an image is told of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectors.camera.lens import Lens
from detectors.counting.results import SeenTrack
from detectors.lane_traffic.axis import Axis, ExitAxis
from detectors.lane_traffic.vehicle import LaneVehicle

Scale = tuple[float, float]
SCORE = 0.8
IN_EXIT_M = 1.0
"""Who has come so far into an exit is in it; before, in the junction."""


def seen_in_lane(vehicles: Sequence[LaneVehicle], lane: str, axis: Axis, lens: Lens, mask_to_image: Scale, site_to_image: Scale,
                 *, leads_away: bool) -> tuple[SeenTrack, ...]:
    """``vehicles`` of one lane in pixels of the image. Their feet are in the middle of the end that is nearer to the camera: the
    front where the lane ``leads_away`` from it. They are numbered below zero, for trackers number from zero on.

    The pairs are by how much pixels across and down are multiplied. Who is outside of the image is left out.
    """
    if not vehicles:
        return ()
    points, up = axis.place(np.array([v.place_m if leads_away else v.tail_m for v in vehicles]))
    places = points + np.column_stack([-up[:, 1], up[:, 0]]) * np.array([v.shape.aside_m for v in vehicles])[:, None]
    px, depth = lens.pixels(np.column_stack([places, np.zeros(len(places))]))
    boxes = np.array([v.shape.boxes[v.shape.nearest(v.place_m)] for v in vehicles]) * (*mask_to_image, *mask_to_image)
    feet = np.where((depth > 0)[:, None], px * site_to_image, np.column_stack([boxes[:, ::2].mean(axis=1), boxes[:, 3]]))
    told = []
    for v, place, foot, box in zip(vehicles, places.tolist(), feet.tolist(), boxes.tolist(), strict=True):
        if box[2] <= box[0]:
            continue
        inside = not isinstance(axis, ExitAxis) or axis.long_m - v.place_m >= IN_EXIT_M
        distance_m = axis.long_m - v.tail_m if isinstance(axis, ExitAxis) else v.place_m
        told.append(SeenTrack(-v.number, v.shape.solid.kind, SCORE, tuple(box), tuple(foot), tuple(place), v.speed_mps,
                              lane if inside else None, distance_m if inside else None, v.stood_s, v.length_m,
                              float(v.shape.row_m[v.shape.nearest(v.place_m)])))
    return tuple(told)
