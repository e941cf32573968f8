"""What must hold when things go badly wrong: the daemon killed, the network cut, an hour of random faults."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from controller.daemon.post import Post
from signal_drivers.errors import RunFailed
from simulation.benchmark_cabinets.stand import HOST, UP_WITHIN_S, Stand, all_central, driven, run_here
from simulation.cabinet.seat import DEFAULT_TIMES
from simulation.cabinet.wire_cutter import Relay, cut
from simulation.ports import free_ports

HEARTBEAT_LIMIT_S = DEFAULT_TIMES.heartbeat_limit_s


@dataclass(frozen=True)
class Killed:
    """``local_after_s`` from the SIGKILL until the last cabinet was on its local plan; ``again_s`` from the new start until all
    were under the centre again."""

    cabinets: int
    local_after_s: float
    again_s: float
    violations: int


def killed(stand: Stand) -> Killed:
    """A daemon in a process of its own is killed without a warning, and started again."""
    return run_here(stand, _killed(stand))


async def _killed(stand: Stand) -> Killed:
    first = _daemon(stand.site_file)
    try:
        await _until(stand, "central", UP_WITHIN_S)
        await asyncio.sleep(15.0)
        first.send_signal(signal.SIGKILL)
        begun = time.monotonic()
        await _until(stand, "local", HEARTBEAT_LIMIT_S + 10)
        local_s = time.monotonic() - begun
        await asyncio.sleep(20.0)
        second = _daemon(stand.site_file)
        begun = time.monotonic()
        try:
            await _until(stand, "central", UP_WITHIN_S)
            again_s = time.monotonic() - begun
            await asyncio.sleep(20.0)
        finally:
            second.terminate()
            second.wait(30)
    finally:
        first.kill()
        first.wait()
    return Killed(len(stand.specs), local_s, again_s, len(await stand.violations()))


def _daemon(site_file: Path) -> subprocess.Popen[bytes]:
    said = yaml.safe_load(site_file.read_text(encoding="utf-8"))
    said["http"] = f"{HOST}:{free_ports(1)[0]}"
    own = site_file.with_name("killed.yaml")
    own.write_text(yaml.safe_dump(said), encoding="utf-8")
    with (site_file.parent / "daemon.log").open("ab") as told:
        return subprocess.Popen([sys.executable, "-m", "simulation.cli", "run", "--config", str(own)], stderr=told, stdout=told)


async def _until(stand: Stand, mode: str, within_s: float) -> None:
    begun = time.monotonic()
    while True:
        rows = await stand.show()
        others = [name for name, row in rows.items() if row["mode"] != mode]
        if not others:
            return
        if time.monotonic() - begun > within_s:
            raise RunFailed(f"{len(others)} of {len(rows)} cabinets are not {mode} after {within_s:g} s, the first being "
                            f"{others[0]}", where="cabinets")
        await asyncio.sleep(0.2)


@dataclass(frozen=True)
class Cuts:
    """``cut`` of ``cabinets`` behind relays that were cut ``times`` times; ``recovered_s`` until all were under the centre again
    after the last."""

    cabinets: int
    cut: int
    times: int
    recovered_s: float
    violations: int


def cuts(stand: Stand, *, share: float, times: int, seed: int) -> Cuts:
    """Cut the network of some cabinets again and again, for moments shorter and longer than the heartbeat limit, from a seed."""
    return run_here(stand, _cuts(stand, share, times, seed))


async def _cuts(stand: Stand, share: float, times: int, seed: int) -> Cuts:
    dice = random.Random(seed)
    behind = stand.specs[:max(1, round(share * len(stand.specs)))]
    relays = [Relay(HOST, spec.port, port) for spec, port in zip(behind, free_ports(len(behind)), strict=True)]
    for relay in relays:
        await relay.start()
    site = stand.site(period_s=1.0, strategy="actuated", seed=seed)
    ports = {str(spec.junction.id): relay.listens for spec, relay in zip(behind, relays, strict=True)}
    rows = tuple(c.model_copy(update={"port": ports.get(c.junction, c.port)}) for c in site.said.cabinets)
    # A post that must be back at once steps up at once: here it is the wire that is looked at.
    ladder = site.said.ladder.model_copy(update={"up_after_s": 5.0})
    post = Post(replace(site, said=site.said.model_copy(update={"cabinets": rows, "ladder": ladder})))
    try:
        async with driven(post):
            await all_central(post)
            for _ in range(times):
                some = dice.sample(relays, dice.randint(1, len(relays)))
                cut(some, True)
                await asyncio.sleep(dice.choice((0.3, 1.0, 3.0, 12.0)) * dice.uniform(0.5, 1.0))
                cut(some, False)
                await asyncio.sleep(dice.uniform(0.2, 4.0))
            begun = time.monotonic()
            await all_central(post)
            recovered_s = time.monotonic() - begun
            await asyncio.sleep(10.0)
    finally:
        for relay in relays:
            await relay.stop()
    return Cuts(len(stand.specs), len(behind), times, recovered_s, len(await stand.violations()))
