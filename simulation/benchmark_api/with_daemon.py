"""A real ``mourour run`` beside the service under load, on the same cores: are its ticks late, or missed?

The daemon drives emulated cabinets and is linked to the service, to which it speaks every second. The load's emergencies pass no
junction of it: what is measured is the service's work and not that of pre-emption. Its ticks are read from its own metrics,
before and after each turn; turns without load and with it follow each other, so that what else the machine does meanwhile
falls on both.
"""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from signal_drivers.errors import RunFailed
from simulation.benchmark_api.measure import PASSWORD, ApiFigures, ended, load, serving
from simulation.benchmark_cabinets.stand import HOST, Stand, stand
from simulation.ports import free_ports

UP_WITHIN_S, SETTLE_S = 240.0, 10.0
POST = "benchmark-post"
TURNS = 2
"""Without load and with it, each."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Of one turn. Percentiles are read from the buckets of the daemon's own histogram, evenly within each."""

    loaded: bool
    seconds: float
    ticks: int
    missed: int
    p50_s: float
    p99_s: float


@dataclass(frozen=True, slots=True)
class WithDaemon:
    cabinets: int
    turns: list[Ticks]
    service: list[ApiFigures]
    """Of the turns with load."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Of a daemon's metrics: ticks that took no longer than each bound, s, and ticks missed."""

    time_s: float
    upto: dict[float, float]
    missed: float


def measure(cabinets: int, rate: float, listeners: int, seconds: float, vehicles: int, seed: int = 1) -> WithDaemon:
    """Raises :class:`RunFailed` where the cabinets do not come up."""
    with serving(POST) as (pid, port), stand(cabinets, "modbus", seed, processes=1) as fleet, daemon(fleet, port) as page:
        turns: list[Ticks] = []
        service: list[ApiFigures] = []
        for _ in range(TURNS):
            before = read(page)
            time.sleep(seconds)
            turns.append(between(before, read(page), loaded=False))
            marks: list[Reading] = []
            service.append(asyncio.run(load(pid, port, rate, listeners, seconds, vehicles, lambda: marks.append(read(page)))))  # noqa: B023
            turns.append(between(*marks, loaded=True))
        return WithDaemon(cabinets, turns, service)


@contextmanager
def daemon(fleet: Stand, port: int) -> Iterator[str]:
    """``mourour run`` with the fleet's site, linked to the service at ``port``; the address of its page."""
    said = yaml.safe_load(fleet.site_file.read_text(encoding="utf-8"))
    said.pop("archive", None)
    (fleet.folder / "service.txt").write_text(PASSWORD + "\n", encoding="utf-8")
    page = f"{HOST}:{free_ports(1)[0]}"
    said |= {"http": page, "service": {"url": f"http://{HOST}:{port}", "account": POST, "password_file": "service.txt"}}
    site = fleet.folder / "linked.yaml"
    site.write_text(yaml.safe_dump(said), encoding="utf-8")
    log = fleet.folder / "daemon.log"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen([sys.executable, "-m", "simulation.cli", "run", "--config", str(site)], stderr=file, text=True)
    try:
        _wait(f"http://{page}", process, len(fleet.specs), log)
        time.sleep(SETTLE_S)
        yield f"http://{page}"
    finally:
        ended(process)


def _wait(page: str, process: subprocess.Popen[str], cabinets: int, log: Path) -> None:
    """Until all cabinets are in conversation and the service has been heard."""
    begun, told = time.monotonic(), ""
    while time.monotonic() - begun < UP_WITHIN_S and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{page}/health", timeout=5) as answered:
                told = answered.read().decode()
            if json.loads(told)["connected"] == cabinets and '"service.heard"' in log.read_text(encoding="utf-8"):
                return
        except urllib.error.HTTPError as refused:
            refused.close()
        except OSError:
            pass
        time.sleep(0.25)
    raise RunFailed(f"the daemon, its {cabinets} cabinets and the service did not come together: {told or 'it does not answer'}",
                    where="mourour benchmark api --with-daemon")


def read(page: str) -> Reading:
    with urllib.request.urlopen(f"{page}/metrics", timeout=30) as answered:
        return reading(answered.read().decode(), time.monotonic())


def reading(text: str, now_s: float) -> Reading:
    """``text`` is a page of the daemon's metrics."""
    upto: dict[float, float] = {}
    missed = 0.0
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "mourour_tick_seconds_bucket":
                upto[float(sample.labels["le"])] = sample.value
            elif sample.name == "mourour_ticks_missed_total":
                missed = sample.value
    return Reading(now_s, upto, missed)


def between(before: Reading, after: Reading, *, loaded: bool) -> Ticks:
    upto = {bound: after.upto[bound] - before.upto.get(bound, 0.0) for bound in sorted(after.upto)}
    return Ticks(loaded, after.time_s - before.time_s, int(max(upto.values(), default=0.0)), int(after.missed - before.missed),
                 quantile(upto, 0.5), quantile(upto, 0.99))


def quantile(upto: dict[float, float], share: float) -> float:
    """Of a histogram: ``upto[bound]`` values are no larger than ``bound``, bounds rising. Evenly within a bucket, as Prometheus'
    ``histogram_quantile``; the last bound where it lies beyond all, NaN of nothing."""
    whole = max(upto.values(), default=0.0)
    if whole <= 0:
        return math.nan
    low, below = 0.0, 0.0
    for bound, count in upto.items():
        if count >= share * whole:
            if math.isinf(bound):
                return low
            return low + (bound - low) * (share * whole - below) / (count - below) if count > below else bound
        low, below = bound, count
    return low


def rows(found: WithDaemon) -> Sequence[tuple[str, ...]]:
    """For a table: load, ticks, missed, p50, p99."""
    return [("with load" if t.loaded else "without", str(t.ticks), str(t.missed), f"{1000 * t.p50_s:.1f} ms",
             f"{1000 * t.p99_s:.1f} ms") for t in found.turns]


def as_plain(found: WithDaemon) -> dict[str, Any]:
    return asdict(found)
