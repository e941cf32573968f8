"""Plain SUMO against the controlled run on one generated net, side by side in one go."""

from __future__ import annotations

import gc
import multiprocessing
import random
import resource
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signal_drivers.errors import RunFailed
from simulation.scenario.fleet import MIXED, vehicle_types
from simulation.scenario.import_files import FLEET
from simulation.sumo.tools import program

if TYPE_CHECKING:
    from rich.table import Table

VEHICLES_PER_JUNCTION_HOUR = 150
"""About 15 vehicles a junction under way at once: a busy city, short of gridlock."""


@dataclass(frozen=True, slots=True)
class SpeedFigures:
    """``overhead`` is control's time over plain SUMO's wall time; ``wall_ratio`` the whole controlled run over plain SUMO,
    which also has the effect of more or fewer vehicles being under way. Delays are of the vehicles that arrived, s."""

    junctions: int
    lanes: int
    sim_s: float
    traffic: str
    strategy: str
    plain_wall_s: float
    plain_vehicle_updates: float
    controlled_wall_s: float
    controlled_vehicle_updates: float
    control_s: float
    overhead: float
    wall_ratio: float
    control_ms_per_tick: float
    control_us_per_junction: float
    memory_mb: float
    plain_delay_s: float
    controlled_delay_s: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def table(self) -> Table:
        from rich.table import Table

        what = f"{self.junctions} junctions, {self.lanes} approach lanes, {self.traffic}, {self.sim_s:g} s simulated"
        table = Table(title=what, min_width=72)
        table.add_column("")
        table.add_column("plain sumo", justify="right")
        table.add_column(self.strategy, justify="right")
        table.add_row("wall time, s", f"{self.plain_wall_s:.2f}", f"{self.controlled_wall_s:.2f}")
        table.add_row("vehicle updates", f"{self.plain_vehicle_updates:,.0f}", f"{self.controlled_vehicle_updates:,.0f}")
        table.add_row("mean delay of those arrived, s", f"{self.plain_delay_s:.1f}", f"{self.controlled_delay_s:.1f}")
        table.add_row("control, s", "", f"{self.control_s:.2f}")
        table.add_row("control / plain wall time (limit 15 %, target 5 %)", "", f"{self.overhead:.1%}")
        table.add_row("control a tick, ms", "", f"{self.control_ms_per_tick:.2f}")
        table.add_row("control a junction and tick, µs", "", f"{self.control_us_per_junction:.1f}")
        table.add_row("memory (limit 1,500 MB)", "", f"{self.memory_mb:.0f} MB")
        return table


def generate(folder: Path, junctions: int, duration_s: float, seed: int, *, mixed: bool = False) -> Path:
    """A grid of about so many signalised junctions with turning lanes and random trips; the path of its configuration.
    ``mixed`` has Casablanca's fleet with filtering motorcycles (sublane model) in place of cars."""
    columns = max(2, min(round((junctions * 2) ** 0.5), junctions // 2))
    rows = max(2, round(junctions / columns))
    net, trips, cfg = folder / "grid.net.xml", folder / "grid.rou.xml", folder / "grid.sumocfg"
    _call([program("netgenerate"), "--grid", "--grid.x-number", str(columns), "--grid.y-number", str(rows),
           "--grid.length", "220", "--grid.attach-length", "220", "--default.lanenumber", "2", "--turn-lanes", "1",
           "--turn-lanes.length", "60", "--default-junction-type", "traffic_light", "--no-turnarounds", "true",
           "--tls.left-green.time", "8", "-o", str(net)])
    root = ElementTree.parse(net).getroot()
    edges = [e.attrib["id"] for e in root.iter("edge") if e.get("function") is None]
    ends = {e.attrib["id"]: (e.attrib["from"], e.attrib["to"]) for e in root.iter("edge") if e.get("function") is None}
    dead = {j.attrib["id"] for j in root.iter("junction") if j.get("type") == "dead_end"}
    sources = [e for e in edges if ends[e][0] in dead]
    sinks = [e for e in edges if ends[e][1] in dead]
    if not sources or not sinks:
        raise RunFailed("the generated net has no entries", where=str(net))
    pick = random.Random(seed)
    number = int(columns * rows * VEHICLES_PER_JUNCTION_HOUR * duration_s / 3600)
    kind, sublane = "", ""
    types = folder / "types.add.xml"
    if mixed:
        types.write_text("\n".join(["<additional>", *vehicle_types(FLEET), "</additional>"]))
        kind = f'type="{MIXED}" '
        sublane = '<processing><lateral-resolution value="0.8"/></processing>'
    with (folder / "trips.xml").open("w") as out:
        out.write("<routes>\n")
        for i in range(number):
            out.write(f'<trip id="v{i}" depart="{i * duration_s / number:.2f}" from="{pick.choice(sources)}" '
                      f'to="{pick.choice(sinks)}" {kind}departLane="best" departSpeed="max"/>\n')
        out.write("</routes>\n")
    _call([program("duarouter"), "-n", str(net), "-r", str(folder / "trips.xml"), "-o", str(trips), "--ignore-errors",
           "--no-warnings", "--no-step-log", "--seed", str(seed), "--weights.random-factor", "1.5",
           *(["-a", str(types)] if mixed else [])])
    cfg.write_text(f'<configuration><input><net-file value="{net.name}"/><route-files value="{trips.name}"/></input>{sublane}'
                   f'<time><begin value="0"/><end value="{duration_s:g}"/></time></configuration>\n')
    return cfg


def measure(junctions: int, duration_s: float, strategy: str, seed: int, *, mixed: bool = False) -> SpeedFigures:
    """Both runs in fresh processes, one after the other on the same machine. Raises :class:`RunFailed` when one breaks."""
    with tempfile.TemporaryDirectory(prefix="mourour-speed-") as name:
        folder = Path(name)
        cfg = generate(folder, junctions, duration_s, seed, mixed=mixed)
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            plain = pool.apply(_plain, (cfg, seed))
        with context.Pool(1) as pool:
            controlled = pool.apply(_controlled, (cfg, strategy, seed))
    ticks = max(1.0, duration_s)
    return SpeedFigures(
        junctions=int(controlled["junctions"]), lanes=int(controlled["lanes"]), sim_s=duration_s,
        traffic="mixed" if mixed else "cars", strategy=strategy,
        plain_wall_s=plain["wall_s"], plain_vehicle_updates=plain["updates"], controlled_wall_s=controlled["wall_s"],
        controlled_vehicle_updates=controlled["updates"], control_s=controlled["control_s"],
        overhead=controlled["control_s"] / plain["wall_s"], wall_ratio=controlled["wall_s"] / plain["wall_s"],
        control_ms_per_tick=controlled["control_s"] / ticks * 1e3,
        control_us_per_junction=controlled["control_s"] / ticks / controlled["junctions"] * 1e6,
        memory_mb=controlled["memory_mb"], plain_delay_s=plain["delay_s"], controlled_delay_s=controlled["delay_s"])


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailed(f"{Path(command[0]).name} failed: {(done.stderr.strip().splitlines() or ['no message'])[0]}")


def _statistics(file: Path) -> tuple[float, float]:
    """(vehicle updates, mean delay) from SUMO's own statistics."""
    root = ElementTree.parse(file).getroot()
    performance, trips = root.find("performance"), root.find("vehicleTripStatistics")
    assert performance is not None and trips is not None
    updates = float(performance.attrib["vehicleUpdatesPerSecond"]) * float(performance.attrib["clockDuration"])
    return updates, float(trips.attrib["timeLoss"]) + float(trips.attrib["departDelay"])


def _plain(cfg: Path, seed: int) -> dict[str, float]:
    out = cfg.parent / "plain.stat.xml"
    begun = time.perf_counter()
    _call([program("sumo"), "-c", str(cfg), "--seed", str(seed), "--no-step-log", "true", "--no-warnings", "true",
           "--time-to-teleport", "-1", "--statistic-output", str(out), "--duration-log.statistics", "true"])
    wall = time.perf_counter() - begun
    updates, delay = _statistics(out)
    return {"wall_s": wall, "updates": updates, "delay_s": delay}


def _controlled(cfg: Path, strategy: str, seed: int) -> dict[str, float]:
    from controller.loop import ControlLoop
    from controller.registry import strategy as make_strategy
    from simulation.netmodel.derive import derive_net
    from simulation.netmodel.network import build_network
    from simulation.sumo.backend import Sumo
    from simulation.sumo.configuration import read_configuration
    from simulation.sumo.driver import SumoDriver
    from simulation.sumo.feed import SumoFeed

    settings = read_configuration(cfg)
    out = cfg.parent / "controlled.stat.xml"
    signals = derive_net(settings.net)
    begun = time.perf_counter()
    options = ["-c", str(cfg), "--seed", str(seed), "--no-step-log", "true", "--no-warnings", "true", "--time-to-teleport", "-1",
               "--statistic-output", str(out), "--duration-log.statistics", "true"]
    inside = 0.0
    with Sumo(options, where=str(cfg)) as sumo:
        made = make_strategy(strategy)
        drivers = {j: SumoDriver(sumo.api, s, 0.0) for j, s in signals.junctions.items()}
        feed = SumoFeed(sumo.api, signals, count=made.needs_counts)
        loop = ControlLoop(build_network(signals), made, feed, drivers, seed=seed)
        gc.collect()
        gc.freeze()
        for now in range(1, int(settings.end_s or 0) + 1):
            sumo.step()
            start = time.perf_counter()
            for driver in drivers.values():
                driver.advance(float(now))
            loop.tick(float(now))
            inside += time.perf_counter() - start
    wall = time.perf_counter() - begun
    updates, delay = _statistics(out)
    return {"wall_s": wall, "control_s": inside, "updates": updates, "delay_s": delay, "junctions": len(signals.junctions),
            "lanes": sum(len(s.junction.lanes) for s in signals.junctions.values()),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
