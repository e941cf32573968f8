"""How long each trip takes with nobody else on the road and every signal green: driven, not reckoned."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Sequence
from pathlib import Path

from signal_drivers.errors import RunFailed
from simulation.emergencies.blue_light import TYPE_ID, write_type
from simulation.sumo.backend import Sumo

LONGEST_S = 3600.0


def free_flow_s(net: Path, ways: Sequence[tuple[str, ...]], options: Sequence[str] = ()) -> list[float]:
    """Seconds of each way, one vehicle at a time, in a process of its own (SUMO does not like two simulations in one).

    Raises :class:`RunFailed` where a way cannot be driven.
    """
    if not ways:
        return []
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_drive, (net, list(ways), list(options)))


def _drive(net: Path, ways: list[tuple[str, ...]], options: list[str]) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="mourour-free-") as folder:
        kinds = write_type(Path(folder) / "ambulance.add.xml", runs_red=False)
        given = ["--net-file", str(net), "--additional-files", str(kinds), "--no-step-log", "true", "--no-warnings", "true",
                 "--step-length", "1", *options]
        with Sumo(given, where=str(net)) as sumo:
            for tls in sumo.api.trafficlight.getIDList():
                state = sumo.api.trafficlight.getRedYellowGreenState(tls)
                sumo.api.trafficlight.setRedYellowGreenState(tls, "G" * len(state))
            return [_one(sumo, f"free{i}", way) for i, way in enumerate(ways)]


def _one(sumo: Sumo, name: str, way: tuple[str, ...]) -> float:
    api = sumo.api
    begun_s = float(api.simulation.getTime())
    api.route.add(name, list(way))
    api.vehicle.add(name, name, typeID=TYPE_ID, depart="now", departLane="best", departSpeed="max")
    while api.simulation.getTime() - begun_s < LONGEST_S:
        sumo.step()
        if name in api.simulation.getArrivedIDList():
            # A step brings it on the road, as in a run, where its time begins with the step it is first seen after.
            return float(api.simulation.getTime()) - begun_s - 1.0
    raise RunFailed(f"the way from {way[0]} to {way[-1]} was not driven within an hour on an empty road", where=str(sumo))
