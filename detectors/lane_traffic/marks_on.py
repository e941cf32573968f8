"""How far from the camera a mark on a vehicle is: where its ray meets the vehicle's outline."""

from __future__ import annotations

import numpy as np

from detectors.camera.ground import Floats
from detectors.lane_traffic.silhouettes import WAIST, Solid

NEAREST_M = 1.0
BONNET = 0.6
"""Of the way from a car's end to its roof, this share is bonnet or boot."""


def mark_away_m(on_road_m: Floats, front_m: float, solid: Solid, lens_height_m: float) -> Floats:
    """(N,) where marks are on a ``solid`` whose front is at ``front_m``: along the lane from the place below the camera, positive
    upstream, as are ``on_road_m`` (N,), where they seem to lie on the road.

    A ray comes down to the road at ``on_road_m`` and is ``height (1 - x / on_road_m)`` above it at x. The side of the vehicle
    that is turned to the camera is upright up to its waist; the bonnet or boot is level, then a slope leads up to the level roof.
    A mark that lies before the vehicle or behind it, as one on a shadow does, is taken to be at its nearer or farther end.
    """
    rear_m = front_m + solid.length_m
    if front_m * rear_m <= 0.0:
        # The camera is straight above it.
        return np.asarray(on_road_m, np.float64)
    comes = front_m > 0.0
    near, far = (front_m, rear_m) if comes else (-rear_m, -front_m)
    roof_m = (solid.roof.front if comes else 1.0 - solid.roof.rear) * solid.length_m
    bonnet_m = BONNET * roof_m
    high = min(solid.height_m, 0.95 * lens_height_m)
    waist = WAIST * high
    down = np.maximum(np.abs(on_road_m), NEAREST_M)
    # Height of the ray at the nearer end, and how much it loses a metre.
    at_end, falls = lens_height_m * (1.0 - near / down), lens_height_m / down
    rises = (high - waist) / max(roof_m - bonnet_m, 1e-6)
    on_bonnet = (at_end - waist) / falls
    on_slope = (at_end - waist + rises * bonnet_m) / (falls + rises)
    on_roof = (at_end - high) / falls
    away = near + np.where(on_bonnet <= bonnet_m, on_bonnet, np.where(on_slope <= roof_m, on_slope, on_roof))
    return np.asarray(np.clip(away, near, far) * (1.0 if comes else -1.0))
