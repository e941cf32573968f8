"""``mourour run`` as a part of the service: an ambulance that dispatch sends gets its green from a real cabinet."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization

from controller.cameras.news import News
from controller.daemon.post import Post
from controller.daemon.service_part import link_of
from controller.service.roles import Role
from controller.site.read import read_site
from detectors.incidents.incident import Incident, IncidentKind, Place
from signal_drivers.groups import GroupKind
from simulation.benchmark_cabinets.stand import stand
from simulation.cabinet.controller import UnitTimes
from simulation.ports import free_ports
from tests.controller.service.harness import PASSWORD, Served, make_accounts, served
from tests.controller.service.straight_road import two_roads
from tests.controller.validation.made import SECRET

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def until(to: Served, path: str, shows: Any, within_s: float = 60.0) -> dict[str, Any]:
    begun = time.monotonic()
    while True:
        answered = to.ask(Role.VIEWER, "GET", path)
        if answered.status_code == 200 and shows(answered.json()):
            told: dict[str, Any] = answered.json()
            return told
        assert time.monotonic() - begun < within_s, answered.text
        time.sleep(0.2)


def test_green_from_a_real_cabinet(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.cabinet.fleet_plan.UnitTimes", lambda: UnitTimes(4.0, 0.5, 1.0))
        with stand(1, "modbus", 3, processes=1) as fleet:
            said = yaml.safe_load(fleet.site_file.read_text(encoding="utf-8"))
            (junction,) = read_site(fleet.site_file).cabinets
            network = read_site(fleet.site_file).network.junctions[junction]
            group = next(g for g in reversed(network.groups) if g.kind is GroupKind.VEHICLE)
            lane = network.lanes_of[group.id][0].id
            called = {"J1": (str(junction), str(group.id), str(lane))}
            with served(tmp_path, streets=two_roads(called)) as to:
                make_accounts(to.service.store, {Role.POST: "street-post"})
                (fleet.folder / "service.txt").write_text(PASSWORD + "\n")
                said.pop("archive", None)
                said["certificates"] = by_word_of_sara(fleet.folder, str(junction))
                said |= {"http": f"127.0.0.1:{free_ports(1)[0]}",
                         "service": {"url": to.url, "password_file": "service.txt", "account": "street-post"}}
                site = fleet.folder / "with-service.yaml"
                site.write_text(yaml.safe_dump(said), encoding="utf-8")
                post = subprocess.Popen([sys.executable, "-m", "simulation.cli", "run", "--config", str(site)],
                                        env=os.environ, stderr=subprocess.DEVNULL)
                try:
                    an_ambulance_comes(to, str(junction), str(group.id))
                    an_operator_takes_over(to, str(junction))
                    the_word_is_kept(to, str(junction))
                finally:
                    post.send_signal(signal.SIGTERM)
                    assert post.wait(20) == 0
                an_incident_of_its_cameras_is_told(to, site)


def by_word_of_sara(folder: Path, junction: str) -> dict[str, Any]:
    """Certificates are required, there is none, and an engineer overrides."""
    key = SECRET.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / "sara.pub.pem").write_bytes(key)
    (folder / "certificates").mkdir()
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    return {"required": True, "trusted": ["sara.pub.pem"], "overrides": [
        {"junctions": [junction], "engineer": "sara", "reason": "a test of the whole line", "until": until}]}


def the_word_is_kept(to: Served, junction: str) -> None:
    """In the log of commands, once, and as an alarm."""
    rows = to.ask(Role.ENGINEER, "GET", "/archive", params={"kind": "commands", "place": junction}).json()["rows"]
    (row,) = [r for r in rows if r["action"] == "certificate.overridden"]
    assert row["actor"] == "street-post" and '"engineer": "sara"' in row["detail"] and "a test of the whole line" in row["detail"]
    alarms = to.ask(Role.VIEWER, "GET", f"/junctions/{junction}").json()["alarms"]
    assert {"validation-overridden", "validation-ends"} <= {alarm["kind"] for alarm in alarms}


def an_ambulance_comes(to: Served, junction: str, group: str) -> None:
    until(to, f"/junctions/{junction}", lambda told: told["connected"] and told["mode"] == "central" and told["stage"])
    name = to.begin()["id"]
    # 70 m before the stop line, at walking pace, until the way is free.
    begun_s, x_m = time.monotonic(), 530.0
    while True:
        x_m = min(590.0, x_m + 0.5)
        assert to.move(name, x_m, speed_mps=1.5).status_code == 200
        told = to.ask(Role.VIEWER, "GET", f"/junctions/{junction}").json()
        status = to.ask(Role.VIEWER, "GET", f"/emergencies/{name}").json()
        first = status["junctions"][0]
        if told["groups"][group] in ("green", "green_yield") and status["state"] == "activated" \
                and first["junction"] == junction and first["arrival_from"] == "post":
            break
        assert time.monotonic() - begun_s < 90.0, (told, status)
        time.sleep(0.3)
    assert to.ask(Role.DISPATCH, "DELETE", f"/emergencies/{name}").status_code == 200


def an_incident_of_its_cameras_is_told(to: Served, site: Path) -> None:
    """The same post, wired as the daemon wires it, in this process; what its camera saw is given to it."""
    post = Post(read_site(site))
    link = link_of(post)
    one = Incident(1, IncidentKind.WRONG_WAY, to.clock(), Place("w_0"), 0.9, "against the traffic")
    post._news(News(7, "mast", one))

    async def tell() -> None:
        async with link._contact:
            assert await link.once()

    asyncio.run(tell())
    (told,) = to.ask(Role.VIEWER, "GET", "/incidents").json()["incidents"]
    assert (told["kind"], told["place"], told["post"]) == ("wrong_way", "mast", "street-post")


def an_operator_takes_over(to: Served, junction: str) -> None:
    said = {"mode": "flashing", "reason": "accident on the junction", "duration_s": 600}
    assert to.ask(Role.OPERATOR, "POST", f"/junctions/{junction}/manual", json=said).status_code == 201
    until(to, f"/junctions/{junction}", lambda told: told["mode"] == "flashing" and told["manual"]["answer"] == "applied")
    assert to.ask(Role.OPERATOR, "DELETE", f"/junctions/{junction}/manual").status_code == 200
    until(to, f"/junctions/{junction}", lambda told: told["mode"] == "central" and told["manual"] is None)
