"""Certificates in the archive: kept for engineers where they are good, listed for all, and overrides told by posts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from controller.service.roles import Role
from controller.service.settings import ServiceSettings
from controller.service.settings_file import read_settings
from controller.validation.certificate import Certificate, parse
from signal_drivers.errors import CertificateRefused
from tests.controller.service.harness import Served
from tests.controller.service.harness import served as serving
from tests.controller.validation.made import OTHER, SECRET, certificate, network, trusted

JUNCTIONS = sorted(map(str, network().junctions))


def now() -> datetime:
    return datetime.fromtimestamp(int(time.time()) - 60, UTC)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service")
    key = folder / "sara.pub.pem"
    key.write_bytes(SECRET.public_key().public_bytes(serialization.Encoding.PEM,
                                                     serialization.PublicFormat.SubjectPublicKeyInfo))
    with serving(folder, settings=ServiceSettings(certificate_keys=(str(key),))) as running:
        yield running


def put(served: Served, made: Certificate, **changes: Any) -> Any:
    return served.ask(Role.ENGINEER, "POST", "/certificates", json=json.loads(made.text) | changes)


def log_of(served: Served, action: str) -> list[dict[str, Any]]:
    told = served.ask(Role.ENGINEER, "GET", "/archive", params={"kind": "commands"})
    return [row for row in told.json()["rows"] if row["action"] == action]


def test_one_that_is_good_is_kept_listed_searched_and_given_back(served: Served) -> None:
    made = certificate(now=now())
    answered = put(served, made)
    assert answered.status_code == 201, answered.text
    told = answered.json()
    assert (told["id"], told["strategy"], told["junctions"], told["key"]) == (made.id, "actuated", JUNCTIONS, trusted().id)
    assert told["valid"] and told["kept_by"] == "imane" and told["key_name"] == "sara"
    assert put(served, made).status_code == 200, "the same again"
    assert [row["target"] for row in log_of(served, "certificate.kept")] == [made.id]

    for params in ({}, {"junction": JUNCTIONS[0]}, {"strategy": "actuated"}):
        listed = served.ask(Role.VIEWER, "GET", "/certificates", params=params).json()["certificates"]
        assert [row["id"] for row in listed] == [made.id]
    for params in ({"junction": "elsewhere"}, {"strategy": "fixed"}):
        assert served.ask(Role.VIEWER, "GET", "/certificates", params=params).json()["certificates"] == []
    whole = served.ask(Role.VIEWER, "GET", f"/certificates/{made.id}").text
    parse(whole, "fetched").check([trusted()], time.time())
    assert served.ask(Role.VIEWER, "GET", "/certificates/0123456789abcdef").status_code == 404

    for place in (JUNCTIONS[1], made.id, "imane"):
        found = served.ask(Role.VIEWER, "GET", "/archive", params={"kind": "certificates", "place": place}).json()["rows"]
        assert [(row["id"], "text" in row) for row in found] == [(made.id, False)]
    assert served.ask(Role.VIEWER, "GET", "/archive", params={"kind": "certificates", "format": "csv"}).text.count(made.id) == 1


@pytest.mark.parametrize(("made", "says"), [
    (lambda: certificate(OTHER, now=now()), "not trusted here"),
    (lambda: certificate(now=now() - timedelta(days=40)), "expired on"),
    (lambda: certificate(now=now() + timedelta(days=1)), "by the clock here it is"),
    (lambda: certificate(now=now(), figures={"guard_violations": 2}), "does not meet its own criteria"),
])
def test_one_that_is_not_good_changes_nothing(served: Served, made: Any, says: str) -> None:
    before = served.ask(Role.VIEWER, "GET", "/certificates").json(), len(log_of(served, "certificate.kept"))
    answered = put(served, made())
    assert answered.status_code == 422 and says in answered.json()["detail"] and answered.json()["detail_fr"]
    assert answered.json()["type"] == "urn:mourour:problem:not-trusted"
    assert (served.ask(Role.VIEWER, "GET", "/certificates").json(), len(log_of(served, "certificate.kept"))) == before


def test_a_changed_figure_or_a_strange_body_is_refused(served: Served) -> None:
    made = certificate(now=now(), strategy="max-pressure")
    said = json.loads(made.text)
    said["body"]["runs"][0]["figures"]["delay_mean_s"] = 1.0
    answered = served.ask(Role.ENGINEER, "POST", "/certificates", json=said)
    assert answered.status_code == 422 and "changed since it was signed" in answered.json()["detail"]
    # Somebody may have forged it. The row is written beside the answer, and not before it.
    for _ in range(200):
        if rows := log_of(served, "refused.not-trusted"):
            break
        time.sleep(0.05)
    assert rows[0]["actor"] == "imane" and "POST /certificates" in rows[0]["detail"]
    for body in ({}, {"mourour_certificate": "2"}, {"a": [[[[]]]]}):
        assert put(served, made, body=body).status_code == 422
    assert put(served, made, signature="00").status_code == 422
    deep = '{"body": {"a": ' + "[" * 5000 + "]" * 5000 + '}, "signature": "' + "0" * 128 + '"}'
    assert served.ask(Role.ENGINEER, "POST", "/certificates", content=deep,
                      headers={"Content-Type": "application/json"}).status_code in (400, 422)


def test_overrides_are_in_the_log_of_commands_once_a_start(served: Served) -> None:
    until = (now() + timedelta(hours=5)).isoformat()
    rows = [{"junction": j, "engineer": "sara", "reason": "works until Friday", "until": until, "why": "no certificate"}
            for j in ("J1", "J2")]
    for _ in range(2):
        told = served.ask(Role.POST, "POST", "/posts/anfa/overrides", json={"run": "r1", "overrides": rows})
        assert told.status_code == 204, told.text
    logged = log_of(served, "certificate.overridden")
    assert [(row["target"], row["actor"]) for row in logged] == [("J1", "anfa"), ("J2", "anfa")]
    assert json.loads(logged[0]["detail"]) | {"until": ""} == {"engineer": "sara", "reason": "works until Friday", "until": "",
                                                               "why": "no certificate"}
    served.ask(Role.POST, "POST", "/posts/anfa/overrides", json={"run": "r2", "overrides": rows[:1]})
    assert len(log_of(served, "certificate.overridden")) == 3
    found = served.ask(Role.VIEWER, "GET", "/archive", params={"kind": "overrides", "place": "J1"}).json()["rows"]
    assert [(row["run"], row["engineer"]) for row in found] == [("r1", "sara"), ("r2", "sara")]
    other = served.ask(Role.POST, "POST", "/posts/maarif/overrides", json={"run": "r1", "overrides": rows})
    assert other.status_code == 403


def test_settings_name_keys_from_where_they_lie(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("certificate_keys: [keys/sara.pub.pem]\n")
    said = read_settings(tmp_path / "settings.yaml")
    assert said.certificate_keys == (str(tmp_path / "keys" / "sara.pub.pem"),)
    with pytest.raises(CertificateRefused, match="no such public key"), serving(tmp_path, settings=said):
        pass
