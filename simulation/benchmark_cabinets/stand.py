"""What every part of the benchmark stands on: a fleet in processes of its own, and the post that drives it in this one."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from controller.daemon.post import Post
from controller.event_loop import run
from controller.network import Network
from controller.site.read import Site, read_site
from signal_drivers.errors import RunFailed
from signal_drivers.ids import JunctionId
from signal_drivers.status import Mode
from simulation.benchmark_planner.city import city
from simulation.cabinet.access import FleetAccess
from simulation.cabinet.fleet import Fleet
from simulation.cabinet.fleet_files import write_site
from simulation.cabinet.fleet_plan import specs_for
from simulation.cabinet.seat import PROTOCOLS, CabinetSpec
from simulation.ports import free_ports

_T = TypeVar("_T")
HOST = "127.0.0.1"
UP_WITHIN_S = 240.0
CROSSINGS_M = tuple(8.0 + 7 * i % 12 for i in range(12))
"""Crossings of two to six lanes, so that the city's junctions keep times of their own."""


@dataclass
class Stand:
    """A fleet that is up, and the site file that names it."""

    fleet: Fleet
    folder: Path
    site_file: Path
    specs: list[CabinetSpec]

    def site(self, *, period_s: float, strategy: str, seed: int) -> Site:
        site = read_site(self.site_file)
        said = site.said.model_copy(update={"period_s": period_s, "strategy": strategy, "seed": seed, "http": None,
                                            "archive": None})
        return replace(site, said=said)

    async def show(self) -> dict[str, dict[str, Any]]:
        """What each cabinet is doing, by its own account."""
        return {name: row for told in await self.fleet.everywhere(do="show") for name, row in told["cabinets"].items()}

    async def inject(self, fault: str, value: Any, cabinets: list[str]) -> None:
        await self.fleet.everywhere(do="inject", fault=fault, value=value, cabinets=cabinets)

    async def violations(self) -> list[str]:
        """Everything an onlooker has seen on any head that must never be seen."""
        return [f"{name} {line}" for name, row in (await self.show()).items() for line in row["violations"]]


@contextmanager
def stand(count: int, protocol: str, seed: int, *, processes: int = 2, start_s: float | None = None) -> Iterator[Stand]:
    """Start ``count`` cabinets of a made-up city, with traffic on their detectors; stepped from ``start_s`` where given."""
    with tempfile.TemporaryDirectory(prefix="mourour-stand-") as name:
        folder = Path(name)
        network: Network = city(count, CROSSINGS_M).network
        access = FleetAccess.made(folder / "papers") if protocol != "modbus" else None
        memory = folder / "memory"
        memory.mkdir()
        specs = specs_for(network, PROTOCOLS[protocol], HOST, 1, access, memory=memory, traffic_seed=seed)
        specs = [replace(spec, port=port) for spec, port in zip(specs, free_ports(count), strict=True)]
        site = write_site(folder, network, specs, access, strategy="actuated")
        with Fleet(specs, processes=processes, start_s=start_s) as fleet:
            yield Stand(fleet, folder, site, specs)


@asynccontextmanager
async def driven(post: Post) -> AsyncIterator[Post]:
    """The post runs until the block ends, and has handed back then."""
    stop = asyncio.Event()
    running = asyncio.create_task(post.run(stop))
    try:
        yield post
    finally:
        stop.set()
        await running


async def all_central(post: Post, *, within_s: float = UP_WITHIN_S) -> None:
    """Until every cabinet is in conversation and under the centre. Raises :class:`RunFailed` where they do not come up."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while True:
        missing = [k for k in post.keepers if not k.connected or k.driver.read().mode is not Mode.CENTRAL]
        if not missing:
            return
        if loop.time() - begun > within_s:
            first = missing[0]
            raise RunFailed(f"{len(missing)} of {len(post.keepers)} cabinets did not come up within {within_s:g} s, the first "
                            f"being {first.driver.junction.id}: {first.why or first.driver.read().mode}", where="cabinets")
        await asyncio.sleep(0.25)


class Stopwatch:
    """Notes what a post's ticks and polls took, s, and how many requests had been judged after each tick."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.ticks_s: list[float] = []
        self.asked: list[float] = []
        self.polls_s: dict[JunctionId, list[float]] = {j: [] for j in post.drivers}
        post.on_tick, post.on_poll = self._ticked, lambda j, late_s: self.polls_s[j].append(late_s)
        self.restart()

    def _ticked(self, took_s: float) -> None:
        self.ticks_s.append(took_s)
        self.asked.append(_asked(self._post))

    def restart(self) -> None:
        """Forget what was noted so far."""
        self.ticks_s.clear()
        self.asked[:] = [_asked(self._post)]
        for row in self.polls_s.values():
            row.clear()


def _asked(post: Post) -> float:
    return sum(sample.value for metric in post.metrics.requests.collect() for sample in metric.samples
               if sample.name.endswith("_total"))


def run_here(stand: Stand, work: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine on a loop like the daemon's; what it opened to the fleet's benches ends with it."""
    async def closed() -> _T:
        try:
            return await work
        finally:
            await stand.fleet.hang_up()
    return run(closed())
