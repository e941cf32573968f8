"""Which lanes have green, for the cameras that watch them: a queue at red is no incident."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from signal_drivers.driver import CabinetDriver
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Head

STALE_S = 3.0
"""An older report says nothing of now."""
CLOSED = frozenset({Head.RED, Head.RED_AMBER, Head.AMBER})


def lane_greens(junction: Junction, status: CabinetStatus) -> dict[str, bool]:
    """By lane. A lane is left out where nobody can say whether a vehicle on it should drive: its groups show different things,
    its green is one that yields (who turns waits for a gap), or the heads are dark or flash."""
    if len(status.heads) != len(junction.groups):
        return {}
    found = {}
    for lane in junction.lanes:
        heads = {status.heads[junction.index[group]] for group in lane.groups}
        if heads == {Head.GREEN}:
            found[str(lane.id)] = True
        elif heads <= CLOSED:
            found[str(lane.id)] = False
    return found


class LaneGreens:
    """Of a post's cabinets, as far as ``watched`` lanes are concerned; called with the moment on the drivers' clock."""

    def __init__(self, drivers: Mapping[JunctionId, CabinetDriver], watched: Container[str]) -> None:
        self._watched = watched
        self._drivers: Sequence[CabinetDriver] = [
            d for d in drivers.values() if any(lane.id in watched for lane in d.junction.lanes)]

    def __call__(self, now_s: float) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for driver in self._drivers:
            status = driver.read()
            if now_s - status.reported_s <= STALE_S:
                found |= lane_greens(driver.junction, status)
        return {lane: green for lane, green in found.items() if lane in self._watched}
