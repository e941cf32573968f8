"""When a vehicle reaches each signal of its way, and from when on each must be green for it.

The green has to begin early enough for two things: everything that is green against it must be over (clearance), and the queue
in front of it must have left (discharge), or the vehicle brakes behind cars that have only just begun to move. A fixed distance
to the stop line knows neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from controller.estimate import HEADWAY_S, START_UP_LOSS_S, look
from controller.preemption.route import Route, SignalAhead
from controller.preemption.settings import PreemptionSettings
from detectors.observation import Frame

PICK_UP_MPS2 = 2.0
"""A vehicle under blue light gathers speed like this."""
FULL_VIEW_SHARE = 0.8
"""A queue over this share of what the camera sees goes on beyond it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """At ``signal``: the stop line is reached at ``eta_s`` (``early_s`` where the prediction is on the early side), behind
    ``queue_veh`` vehicles; from ``green_by_s`` on the movement must be green so that none of them is in the way.
    ``unhindered_by_s`` is the same if nothing on the way held the vehicle up: red signals and queues are guesses that often come
    out better."""

    signal: SignalAhead
    eta_s: float
    early_s: float
    queue_veh: int
    green_by_s: float
    unhindered_by_s: float


def discharge_s(queue_veh: int) -> float:
    """From the start of green until the last of ``queue_veh`` vehicles in one lane has crossed the stop line."""
    return START_UP_LOSS_S + HEADWAY_S * queue_veh if queue_veh else 0.0


def arrivals(route: Route, at_m: float, speed_mps: float, now_s: float, frame: Frame, settings: PreemptionSettings,
             soonest_green_s: Callable[[SignalAhead], float], departs_s: float | None = None) -> list[Arrival]:
    """For every signal that lies ahead of ``at_m``, in driving order. ``soonest_green_s`` is how far away its green is at the
    least, 0 where it is green already. The vehicle stands until ``departs_s``."""
    rows: list[Arrival] = []
    begins_s = now_s if departs_s is None else max(now_s, departs_s)
    place_m, clock_s, carried = at_m, begins_s + _picking_up_s(speed_mps, route.speed_mps(at_m)), 0
    unhindered_s = clock_s
    for signal in route.signals_beyond(at_m):
        free_s = route.free_s(place_m, signal.stop_line_m)
        clock_s, unhindered_s = clock_s + free_s, unhindered_s + free_s
        place_m = max(place_m, signal.stop_line_m)
        here = queue_ahead(signal, signal.stop_line_m - at_m, frame)
        # Who is let go further up comes along in front of the vehicle.
        queue = here + carried
        wait_s = soonest_green_s(signal)
        # Those before it leave one after another, however green it is.
        clock_s = max(clock_s, now_s + (wait_s + discharge_s(here) if wait_s > 0 else HEADWAY_S * here))
        early_s = now_s + (clock_s - now_s) * (1.0 - settings.doubt_share)
        needed_s = min(discharge_s(queue) + settings.margin_s, settings.longest_hold_s)
        rows.append(Arrival(signal, clock_s, early_s, queue, early_s - needed_s, unhindered_s - needed_s))
        carried = (queue + 1) // 2
    return rows


def queue_ahead(signal: SignalAhead, distance_m: float, frame: Frame) -> int:
    """Vehicles between the vehicle, ``distance_m`` before the stop line, and the line, in the fullest of its lanes."""
    most = 0
    for lane in signal.lanes:
        seen = look(frame, lane)
        if seen is None:
            continue
        ahead = sum(1 for v in seen.vehicles if v.distance_m < distance_m - 1.0)
        if seen.queue_m > FULL_VIEW_SHARE * seen.range_m and distance_m > seen.range_m:
            ahead += ahead // 2
        most = max(most, ahead)
    return most


def _picking_up_s(speed_mps: float, free_mps: float) -> float:
    """What gathering speed costs against driving it at once: half the difference's share of the time that it takes."""
    lack_mps = max(0.0, free_mps - speed_mps)
    return lack_mps**2 / (2 * PICK_UP_MPS2 * free_mps)
