"""What cabinets' own detectors saw, as a frame for strategies: coarser than a camera, and never more than was reported."""

from __future__ import annotations

from collections.abc import Mapping

from detectors.observation import (
    Frame,
    LaneObservation,
    Quality,
    SeenVehicle,
    VehicleClass,
)
from detectors.unseen import Unseen
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.lanes import Detector
from signal_drivers.wire.driver import WireDriver
from signal_drivers.wire.report import DetectorReport, DetectorState

SPACE_M, LENGTH_M = 7.5, 5.0
"""Road that a standing vehicle takes up with the gap before it (HCM's jam spacing), and its length."""
STALE_S = 5.0
MODULUS = 65536
QUALITIES = {DetectorState.GOOD: Quality.GOOD, DetectorState.DEGRADED: Quality.DEGRADED, DetectorState.BAD: Quality.BAD}


class CabinetFeed:
    """Reads the drivers' last detector reports. Counts go on over the wrap of a cabinet's counter."""

    def __init__(self, drivers: Mapping[JunctionId, WireDriver]) -> None:
        self._drivers = drivers
        self._places: dict[str, tuple[WireDriver, int, Detector, float]] = {}
        for driver in drivers.values():
            lanes = {lane.id: lane for lane in driver.junction.lanes}
            for i, d in enumerate(driver.junction.detectors):
                self._places[d.lane] = driver, i, d, lanes[d.lane].speed_mps
        self._counted: dict[str, tuple[int, int]] = {}

    def observe(self, now_s: float) -> Frame:
        return _Frame(now_s, self)

    def lane(self, lane: str, now_s: float) -> LaneObservation:
        """Raises KeyError for a lane without a detector, or one whose cabinet has told nothing of it yet."""
        driver, i, detector, speed_mps = self._places[lane]
        if i >= len(driver.detectors):
            raise KeyError(lane)
        told = driver.detectors[i]
        quality, reason = QUALITIES[told.state], f"the cabinet calls it {told.state.name.lower()}"
        if not now_s - driver.read().reported_s <= STALE_S:
            quality, reason = Quality.BAD, "its cabinet is not heard"
        vehicles = _vehicles(told, detector.range_m, speed_mps)
        standing = min(len(vehicles), round(told.queue_m / SPACE_M))
        return LaneObservation(lane, now_s, detector.range_m, vehicles, standing, told.queue_m, min(1.0, told.occupancy),
                               {VehicleClass.CAR: self._count(lane, told.count_veh)}, quality,
                               "" if quality is Quality.GOOD else reason)

    def _count(self, lane: str, count_veh: int) -> int:
        total, last = self._counted.get(lane, (0, count_veh))
        total += (count_veh - last) % MODULUS
        self._counted[lane] = total, count_veh
        return total


def _vehicles(told: DetectorReport, range_m: float, speed_mps: float) -> tuple[SeenVehicle, ...]:
    """Vehicles where they would be: those who stand from the stop line on, the others evenly behind them."""
    count = min(told.present_veh, int(range_m / SPACE_M) + 1)
    standing = min(count, round(told.queue_m / SPACE_M))
    moving = count - standing
    seen = [SeenVehicle(i * SPACE_M, 0.0, VehicleClass.CAR, LENGTH_M) for i in range(standing)]
    gap_m = max(SPACE_M, (range_m - standing * SPACE_M) / (moving + 1))
    speed = min(speed_mps, told.speed_mps * count / moving) if moving else 0.0
    seen += [SeenVehicle(min(range_m, standing * SPACE_M + (i + 1) * gap_m), speed, VehicleClass.CAR, LENGTH_M)
             for i in range(moving)]
    return tuple(seen)


class _Frame(Unseen):
    """One moment; lanes are looked up when asked for and kept."""

    def __init__(self, now_s: float, feed: CabinetFeed) -> None:
        super().__init__(now_s)
        self._feed = feed
        self._lanes: dict[str, LaneObservation] = {}

    def lane(self, lane: str) -> LaneObservation:
        if lane not in self._lanes:
            self._lanes[lane] = self._feed.lane(lane, self.time_s)
        return self._lanes[lane]


def troubled_approaches(junction: Junction, frame: Frame) -> float:
    """Share of the junction's approaches no lane of which is seen well; 0 where it has none."""
    approaches: dict[str, bool] = {}
    for lane in junction.lanes:
        try:
            good = frame.lane(lane.id).quality is not Quality.BAD
        except KeyError:
            good = False
        approaches[lane.approach] = approaches.get(lane.approach, False) or good
    return sum(not good for good in approaches.values()) / len(approaches) if approaches else 0.0
