"""Positions at a rate and listeners beside them; how long each position took to be answered, and to be heard of.

Times run from the moment a position was due, not from when it got its turn: a service that falls behind does not look better for
being asked less.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulation.benchmark_api.road import SPEED_MPS, database, place
from simulation.benchmark_api.wire import Wire

PASSWORD = secrets.token_hex(16)
WARM_UP_S = 3.0
UP_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class ApiFigures:
    """``answer_s`` of positions, ``heard_s`` from a position until a listener had it; ``server_share`` of one core."""

    wanted_per_s: float
    answered_per_s: float
    refused: int
    listeners: int
    seconds: float
    answer_p50_s: float
    answer_p99_s: float
    answer_max_s: float
    heard_p50_s: float
    heard_p99_s: float
    listeners_mb_per_s: float
    server_share: float


@dataclass
class _Seen:
    answers_s: list[float] = field(default_factory=list)
    heard_s: list[float] = field(default_factory=list)
    refused: int = 0
    read_bytes: int = 0
    counting: bool = False


def measure(rate: float, listeners: int, seconds: float, vehicles: int) -> ApiFigures:
    """``rate`` positions a second of ``vehicles``, for ``seconds`` after a warm-up, with ``listeners`` to everything."""
    with serving() as (pid, port):
        return asyncio.run(load(pid, port, rate, listeners, seconds, vehicles))


@contextmanager
def serving(post: str | None = None) -> Iterator[tuple[int, int]]:
    """A service of its own: its process and port. ``post`` has an account, with the same password as all."""
    with tempfile.TemporaryDirectory(prefix="mourour-api-") as folder:
        _accounts(Path(folder), post)
        command = [sys.executable, "-m", "simulation.benchmark_api.server", folder]
        # A file, not a pipe: nobody reads on once the load has begun, and a service whose log is full waits for its reader.
        log = Path(folder) / "service.log"
        with log.open("w", encoding="utf-8") as file:
            server = subprocess.Popen(command, stderr=file, text=True)
        try:
            yield server.pid, _port(server, log)
        finally:
            ended(server)


def ended(process: subprocess.Popen[str]) -> None:
    """An orderly end, or any."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


def _accounts(folder: Path, post: str | None) -> None:
    from controller.service.accounts import add_account
    from controller.service.roles import Role
    from controller.service.secret_file import read_secret
    from controller.service.service import audit_of
    from controller.service.store import Store

    store, audit = Store(folder, database(folder)), audit_of(read_secret(folder))
    with store.writing() as connection:
        add_account(connection, audit, "root", Role.ADMIN, PASSWORD, time.time())
        add_account(connection, audit, "samu", Role.DISPATCH, PASSWORD, time.time())
        if post is not None:
            add_account(connection, audit, post, Role.POST, PASSWORD, time.time())
    store.close()


def _port(server: subprocess.Popen[str], log: Path) -> int:
    from signal_drivers.errors import RunFailed

    begun_s = time.monotonic()
    while server.poll() is None and time.monotonic() - begun_s < UP_WITHIN_S:
        for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.startswith("{") and line.endswith("\n") and (said := json.loads(line)).get("event") == "service.listening":
                return int(said["at"].rpartition(":")[2])
        time.sleep(0.05)
    last = log.read_text(encoding="utf-8").strip().rpartition("\n")[2]
    raise RunFailed(f"the service did not come up: {last or 'it says nothing'}", where="mourour benchmark api")


def _token(port: int) -> str:
    import urllib.request
    from urllib.parse import urlencode

    body = urlencode({"username": "samu", "password": PASSWORD}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/token", body, timeout=30) as answered:
        return str(json.load(answered)["access_token"])


async def load(pid: int, port: int, rate: float, listeners: int, seconds: float, vehicles: int,
               mark: Callable[[], None] = lambda: None) -> ApiFigures:
    """``mark`` is called, in a thread, when measuring begins and when it ends."""
    token, seen = _token(port), _Seen()
    names = await _begin(port, token, vehicles, WARM_UP_S + seconds)
    listening = [asyncio.create_task(_listen(port, token, seen, i == 0)) for i in range(listeners)]
    await asyncio.sleep(1.0)
    begun_s = time.time() + 0.5
    driving = [asyncio.create_task(_drive(port, token, name, begun_s + i / rate, vehicles / rate, WARM_UP_S + seconds, seen))
               for i, name in enumerate(names)]
    await asyncio.sleep(begun_s + WARM_UP_S - time.time())
    await asyncio.to_thread(mark)
    seen.counting, cpu_s, from_s = True, _cpu_s(pid), time.monotonic()
    await asyncio.sleep(seconds)
    seen.counting, cpu_s, took_s = False, _cpu_s(pid) - cpu_s, time.monotonic() - from_s
    await asyncio.to_thread(mark)
    await asyncio.gather(*driving)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    p50_s, p99_s, max_s = _spread(seen.answers_s, 50, 99, 100)
    heard_p50_s, heard_p99_s = _spread(seen.heard_s, 50, 99)
    return ApiFigures(rate, len(seen.answers_s) / took_s, seen.refused, listeners, seconds, p50_s, p99_s, max_s, heard_p50_s,
                      heard_p99_s, seen.read_bytes / took_s / 1e6, cpu_s / took_s)


async def _begin(port: int, token: str, vehicles: int, seconds: float) -> list[str]:
    wire, names = await Wire("127.0.0.1", port, token).open(), []
    for i in range(vehicles):
        now_s = time.time()
        status, body = await wire.post("/emergencies", {
            "vehicle": f"V{i}", "origin": place(0.0), "destination": place(SPEED_MPS * seconds * 2 + 3000.0),
            "sent_at": _iso(now_s), "expires_at": _iso(now_s + seconds + 600), "nonce": secrets.token_hex(8)})
        assert status == 201, body
        names.append(json.loads(body)["id"])
    await wire.close()
    return names


async def _drive(port: int, token: str, name: str, first_s: float, every_s: float, seconds: float, seen: _Seen) -> None:
    wire = await Wire("127.0.0.1", port, token).open()
    path = f"/emergencies/{name}/positions"
    for i in range(int(seconds / every_s)):
        due_s = first_s + i * every_s
        await asyncio.sleep(max(0.0, due_s - time.time()))
        lon, lat = place(SPEED_MPS * i * every_s)
        counts = seen.counting
        status, _ = await wire.post(path, {"lon": lon, "lat": lat, "time": _iso(due_s), "speed_mps": SPEED_MPS})
        if counts:
            seen.answers_s.append(time.time() - due_s)
            seen.refused += status != 200
    await wire.close()


async def _listen(port: int, token: str, seen: _Seen, reads: bool) -> None:
    wire, rest = await Wire("127.0.0.1", port, token).open(), b""
    async for chunk in wire.stream("/events"):
        if not seen.counting:
            continue
        seen.read_bytes += len(chunk)
        if reads:
            # One of them looks at what it hears; it would cost too much for all to.
            now_s = time.time()
            *whole, rest = (rest + chunk).split(b"\n\n")
            for event in whole:
                # A state that changes has a position as well, and that of an emergency which times out is half a minute old.
                if b"event: position" in event and b'"position":{' in event:
                    said = json.loads(event.partition(b"data: ")[2])
                    seen.heard_s.append(now_s - datetime.fromisoformat(said["position"]["time"]).timestamp())


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat()


def _spread(values: list[float], *percents: float) -> list[float]:
    """Nearest-rank percentiles; NaN of nothing."""
    ranked = sorted(values)
    return [ranked[max(0, math.ceil(p / 100 * len(ranked)) - 1)] if ranked else math.nan for p in percents]


def _cpu_s(pid: int) -> float:
    """Processor seconds a process has used (Linux); NaN elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rows(found: ApiFigures) -> Sequence[tuple[str, str]]:
    """For a table."""
    def ms(value_s: float) -> str:
        return f"{1000 * value_s:.1f} ms"

    return [
        ("positions wanted, answered", f"{found.wanted_per_s:g}/s, {found.answered_per_s:.1f}/s"),
        ("refused", str(found.refused)),
        ("answer, p50 · p99 · longest", f"{ms(found.answer_p50_s)} · {ms(found.answer_p99_s)} · {ms(found.answer_max_s)}"),
        ("listeners", f"{found.listeners}, {found.listeners_mb_per_s:.1f} MB/s to them all"),
        ("until a listener has it, p50 · p99", f"{ms(found.heard_p50_s)} · {ms(found.heard_p99_s)}"),
        ("the service's share of a core", f"{100 * found.server_share:.0f} %")]


def as_plain(found: ApiFigures) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ApiFigures.__dataclass_fields__}
