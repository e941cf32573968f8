"""``mourour run`` against emulated cabinets in processes of their own: takes over, commands, steps down, hands back; and what it
leaves behind when it is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization

from controller.archive.codes import Code
from controller.archive.query import Search, find
from controller.plans.read import parse_plans
from controller.site.network_file import read_network
from simulation.benchmark_cabinets.stand import Stand, stand
from simulation.cabinet.controller import UnitTimes
from simulation.ports import free_ports
from tests.controller.validation.made import SECRET, certificate

pytestmark = pytest.mark.integration
CABINETS = 4


@pytest.fixture(scope="module")
def fleet() -> Iterator[Stand]:
    """Four cabinets, every other one OPC UA, whose lamps come up quickly and who miss a heartbeat after 4 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.cabinet.fleet_plan.UnitTimes", lambda: UnitTimes(4.0, 0.5, 1.0))
        with stand(CABINETS, "mixed", 3, processes=1) as made:
            yield made


class Daemon:
    """A real process; ``log`` has its structured lines."""

    def __init__(self, fleet: Stand, name: str, **changes: Any) -> None:
        self.fleet, self.port = fleet, free_ports(1)[0]
        said = yaml.safe_load(fleet.site_file.read_text(encoding="utf-8"))
        said |= {"http": f"127.0.0.1:{self.port}", "archive": f"events-{name}"} | changes
        self.file, self.archive = fleet.folder / f"{name}.yaml", fleet.folder / f"events-{name}"
        self.file.write_text(yaml.safe_dump(said), encoding="utf-8")
        self._out = (fleet.folder / f"{name}.log").open("w+")
        self.process = subprocess.Popen([sys.executable, "-m", "simulation.cli", "run", "--config", str(self.file)],
                                        stderr=self._out, stdout=self._out, env=os.environ | {"PYTHONUNBUFFERED": "1"})

    @property
    def log(self) -> list[dict[str, Any]]:
        self._out.flush()
        text = Path(self._out.name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def told(self, event: str) -> list[dict[str, Any]]:
        return [row for row in self.log if row["event"] == event]

    def ask(self, page: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{page}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(20)


@pytest.fixture
def daemon(fleet: Stand) -> Iterator[Callable[..., Daemon]]:
    made: list[Daemon] = []

    def start(name: str, **changes: Any) -> Daemon:
        made.append(Daemon(fleet, name, **changes))
        return made[-1]

    yield start
    for one in made:
        one.process.kill()
        one.process.wait()
        one._out.close()


def ask(fleet: Stand, work: Callable[[Stand], Any]) -> Any:
    """What the bench answers, and nothing left open behind it."""
    async def asked() -> Any:
        try:
            return await work(fleet)
        finally:
            await fleet.fleet.hang_up()
    return asyncio.run(asked())


def show(fleet: Stand) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = ask(fleet, lambda f: f.show())
    return rows


def until(fleet: Stand, what: Callable[[dict[str, dict[str, Any]]], bool], within_s: float = 40.0) -> float:
    """Seconds until the cabinets show what is wanted."""
    begun = time.monotonic()
    while not what(rows := show(fleet)):
        assert time.monotonic() - begun < within_s, rows
        time.sleep(0.1)
    return time.monotonic() - begun


def all_are(mode: str) -> Callable[[dict[str, dict[str, Any]]], bool]:
    return lambda rows: all(row["mode"] == mode for row in rows.values())


def test_it_takes_over_commands_tells_and_hands_back(fleet: Stand, daemon: Callable[..., Daemon]) -> None:
    post = daemon("day")
    until(fleet, all_are("central"))
    wait_for(lambda: accepted(post) >= 3, 60.0)
    status, text = post.ask("/health")
    assert status == 200 and json.loads(text) == {"well": True, "ticking": True, "cabinets": CABINETS, "connected": CABINETS}
    metrics = post.ask("/metrics")[1]
    assert "mourour_ticks_total" in metrics and 'mourour_requests_total{verdict="accepted"}' in metrics
    state = json.loads(post.ask("/status")[1])
    assert {row["rung"] for row in state["junctions"].values()} == {"strategy"}
    assert post.stop() == 0
    assert until(fleet, all_are("local"), 2.0) < 2.0, "handed back, not left to find out"
    assert post.told("post.down")[0]["handed_back"] == CABINETS
    events = find(post.archive, Search(limit=10**6))
    kinds = {e.code for e in events}
    assert {Code.PHASE_BEGIN_GREEN, Code.CABINET_FOUND, Code.HAND_BACK} <= kinds
    assert not post.told("heads.violation") and not ask(fleet, lambda f: f.violations())


def test_killed_it_leaves_every_cabinet_to_its_own_plan_and_its_successor_takes_over(fleet: Stand, daemon: Callable[..., Daemon],
                                                                                    ) -> None:
    first = daemon("first")
    until(fleet, all_are("central"))
    first.stop(signal.SIGKILL)
    assert 2.0 < until(fleet, all_are("local"), 10.0) < 6.0, "within the heartbeat limit of 4 s, and not before"
    second = daemon("second")
    until(fleet, all_are("central"))
    time.sleep(5.0)
    assert second.stop() == 0
    assert not ask(fleet, lambda f: f.violations())


def test_a_cabinet_in_trouble_is_lost_found_and_nobody_elses_trouble(fleet: Stand, daemon: Callable[..., Daemon]) -> None:
    post = daemon("troubled", ladder={"down_after_s": "2", "up_after_s": "3"})
    until(fleet, all_are("central"))
    victim, *others = [str(s.junction.id) for s in fleet.specs]
    ask(fleet, lambda f: f.inject("hang", True, [victim]))
    until(fleet, lambda rows: rows[victim]["mode"] == "local")
    assert all(show(fleet)[name]["mode"] == "central" for name in others)
    wait_for(lambda: post.told("ladder.step"), 15.0)
    assert [(row["junction"], row["after"]) for row in post.told("ladder.step")] == [(victim, "local")]
    ask(fleet, lambda f: f.inject("hang", False, [victim]))
    until(fleet, all_are("central"))
    assert post.told("ladder.step")[-1]["reason"] == "all well"
    assert {row["junction"] for row in post.told("cabinet.lost")} == {victim}
    assert post.stop() == 0


def test_plans_are_replaced_while_it_runs_and_bad_or_unproved_ones_are_not(fleet: Stand, daemon: Callable[..., Daemon]) -> None:
    plans = fleet.folder / "plans.yaml"
    first, second = plan_file(fleet, "first", spare_s=2), plan_file(fleet, "second", spare_s=5)
    plans.write_text(first, encoding="utf-8")
    proved(fleet, first)
    post = daemon("planned", strategy="fixed", plans="plans.yaml", certificates={"required": True, "trusted": ["sara.pub.pem"]})
    until(fleet, all_are("central"))
    plans.write_text("mourour_plans: 1\nplans: {}\n", encoding="utf-8")
    post.process.send_signal(signal.SIGHUP)
    wait_for(lambda: post.told("plans.refused"))
    plans.write_text(second, encoding="utf-8")
    wait_for(lambda: any("plan second (fixed) was not run in it" in row["error"] for row in post.told("plans.refused")))
    assert all_are("central")(show(fleet)) and not post.told("plans.replaced")
    proved(fleet, second)
    post.process.send_signal(signal.SIGHUP)
    wait_for(lambda: post.told("plans.replaced"))
    assert post.told("plans.replaced")[-1]["plans"] == ["second"]
    standing = json.loads(post.ask("/status")[1])["certificates"]
    assert standing["required"] and {row["standing"] for row in standing["junctions"].values()} == {"certified"}
    assert post.stop() == 0
    kept = [e.parameter for e in find(post.archive, Search(codes=(int(Code.VALIDATION),)))]
    assert kept == [1] * CABINETS + [3] * CABINETS + [1] * CABINETS


def proved(fleet: Stand, plans: str) -> None:
    """A certificate for the plans, where the fleet's posts look for it."""
    key = SECRET.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (fleet.folder / "sara.pub.pem").write_bytes(key)
    (fleet.folder / "certificates").mkdir(exist_ok=True)
    book, now = parse_plans(plans, "plans.yaml"), datetime.fromtimestamp(int(time.time()), UTC)
    made = certificate(strategy="fixed", plans=book, of=read_network(fleet.folder / "network.json"), now=now)
    (fleet.folder / "certificates" / f"{made.id}.json").write_text(made.text, encoding="utf-8")


def accepted(post: Daemon) -> float:
    """Requests the guard let pass."""
    begins = 'mourour_requests_total{verdict="accepted"}'
    rows = [line for line in post.ask("/metrics")[1].splitlines() if line.startswith(begins)]
    return float(rows[0].split()[1]) if rows else 0.0


def wait_for(what: Callable[[], Any], within_s: float = 10.0) -> None:
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < within_s
        time.sleep(0.1)


def plan_file(fleet: Stand, name: str, spare_s: float) -> str:
    """Every junction's local plan, a little longer."""
    rows = []
    for spec in fleet.specs:
        (plan,) = spec.plans
        stages = [{"stage": str(s.stage), "seconds": d + spare_s} for s, d in zip(plan.splits, plan.durations_s(), strict=True)]
        rows.append({"junction": str(spec.junction.id), "cycle_s": sum(float(s["seconds"]) for s in stages), "stages": stages})
    return yaml.safe_dump({"mourour_plans": "1", "plans": {name: {"junctions": rows}},
                           "windows": [{"plan": name, "from": "00:00", "until": "24:00"}]})


@pytest.mark.parametrize(("change", "says"), [
    ({"strategy": "guess"}, "no strategy is called 'guess'"),
    ({"network": "nowhere.json"}, "no such network file"),
    ({"cabinets": [{"junction": "J9", "protocol": "modbus", "host": "h", "port": 1}]}, "the network has no junction 'J9'"),
])
def test_a_site_that_cannot_be_is_one_line_and_nothing_is_commanded(fleet: Stand, change: dict[str, Any], says: str,
                                                                    daemon: Callable[..., Daemon]) -> None:
    post = daemon("bad", **change)
    assert post.process.wait(20) == 2
    text = Path(post._out.name).read_text(encoding="utf-8").strip()
    assert says in text and text.startswith("mourour: ") and "\n" not in text


def test_an_address_that_is_taken_is_one_line(fleet: Stand, daemon: Callable[..., Daemon]) -> None:
    port = fleet.specs[0].port
    post = daemon("taken", http=f"127.0.0.1:{port}")
    assert post.process.wait(20) == 1
    assert f"127.0.0.1:{port}: the health page cannot listen there" in Path(post._out.name).read_text(encoding="utf-8")


def test_another_configuration_in_the_cabinet_is_told_and_not_commanded(fleet: Stand, daemon: Callable[..., Daemon]) -> None:
    told = json.loads((fleet.folder / "network.json").read_text(encoding="utf-8"))
    told["junctions"][0]["max_red_s"] = 90.0
    (fleet.folder / "other.json").write_text(json.dumps(told), encoding="utf-8")
    until(fleet, all_are("local"))
    post = daemon("other", network="other.json")
    until(fleet, lambda rows: sum(row["mode"] == "central" for row in rows.values()) == CABINETS - 1)
    assert show(fleet)[str(fleet.specs[0].junction.id)]["mode"] == "local"
    state = json.loads(post.ask("/status")[1])["junctions"][str(fleet.specs[0].junction.id)]
    assert "checksum" in state["why"] and not state["connected"]
    assert post.stop() == 0
