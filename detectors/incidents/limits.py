"""From when on something is an incident. Every figure is a default; docs/incidents.md says where each comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IncidentLimits:
    """Lengths in metres hold for calibrated cameras. Without calibration a metre is taken from the size of each road user's
    own box, and lengths are multiplied by ``uncalibrated_times``."""

    look_every_s: float = 0.2
    uncalibrated_times: float = 1.3

    # Standing and moving.
    still_m: float = 1.0
    moving_after_s: float = 0.6
    seen_moving_m: float = 4.0
    queue_gap_m: float = 15.0
    at_line_m: float = 18.0

    # A stopped vehicle.
    green_stood_s: float = 20.0
    """So long with its way free into a green, where that green goes on."""
    green_least_s: float = 5.0
    """So much of a green must have been free for a vehicle that stood until its end."""
    passed_least: int = 2
    passed_after_s: float = 20.0
    bus_after_s: float = 60.0
    long_s: float = 150.0
    """Longer than the longest red allowed (120 s) with the time it takes to drive off."""
    found_s: float = 300.0
    """Of a vehicle that stood there when the camera was switched on: nobody knows whether it was parked, so it takes twice as
    long, and others that drove past it."""
    found_deep_m: float = 1.0
    """So far inside its lane, for who parks at the kerb has two wheels in it."""
    found_passed: int = 4
    hidden_s: float = 120.0
    lost_s: float = 10.0
    drove_on_s: float = 3.0

    # Against the direction.
    wrong_way_s: float = 2.0
    wrong_way_m: float = 5.0
    wrong_way_back_m: float = 1.5
    wrong_way_mps: float = 2.0
    """Slower is manoeuvring, or the edge of a queue that drives off."""

    # Spill-back.
    spill_back_s: float = 15.0
    spill_back_alone_s: float = 40.0
    exit_mouth_m: float = 20.0
    box_m: float = 1.0
    """So far inside a junction's zone a vehicle is on it; nearer it stands at its stop line."""

    # On foot.
    pedestrian_s: float = 1.5
    kerb_m: float = 0.5
    crossing_m: float = 1.0
    undrawn_crossing_m: float = 5.0
    """Where a camera's file draws no crossing, people so near to a stop line may be on one."""
    walked_m: float = 2.0
    """Where the detector tells people from vehicles by their shape alone: so far across the lane somebody must have walked, for a
    motorcycle that waits is as upright."""

    # Slow.
    slow_share: float = 0.4
    slow_over_share: float = 0.6
    slow_s: float = 40.0
    crawl_mps: float = 0.7
    """Below this a vehicle of an approach stands in its queue rather than drives slowly."""
    slow_vehicles: int = 4

    # The camera itself.
    camera_s: float = 3.0
    camera_clear_s: float = 5.0


DEFAULT_INCIDENT_LIMITS = IncidentLimits()
