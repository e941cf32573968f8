"""``mourour certificates push | list`` against a real service."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from controller.service.roles import Role
from controller.service.settings import ServiceSettings
from tests.controller.service.harness import served
from tests.controller.validation.made import OTHER, SECRET, certificate
from tests.simulation.cli.test_service_commands import mourour, refused

pytestmark = pytest.mark.integration


def test_certificates_are_put_into_the_archive_and_listed(tmp_path: Path) -> None:
    key = tmp_path / "sara.pub.pem"
    key.write_bytes(SECRET.public_key().public_bytes(serialization.Encoding.PEM,
                                                     serialization.PublicFormat.SubjectPublicKeyInfo))
    now = datetime.fromtimestamp(int(time.time()), UTC)
    good, other = certificate(now=now), certificate(OTHER, now=now)
    for made in (good, other):
        (tmp_path / f"{made.id}.json").write_text(made.text, encoding="utf-8")
    with served(tmp_path / "service", settings=ServiceSettings(certificate_keys=(str(key),))) as running:
        imane, vera = ({"MOUROUR_TOKEN": running.token(role)} for role in (Role.ENGINEER, Role.VIEWER))
        refused(mourour(tmp_path, "certificates", "push", tmp_path / f"{good.id}.json", "--url", running.url, **vera), "engineer")
        refused(mourour(tmp_path, "certificates", "push", tmp_path / f"{other.id}.json", "--url", running.url, **imane),
                "not trusted here", "certificat refusé")
        done = mourour(tmp_path, "certificates", "push", tmp_path / f"{good.id}.json", "--url", running.url, **imane)
        assert done.returncode == 0 and f"{good.id}: kept · archivé, actuated, 2 junctions" in done.stderr
        listed = mourour(tmp_path, "certificates", "list", "--url", running.url, "--json", **vera)
        assert [row["id"] for row in json.loads(listed.stdout)["certificates"]] == [good.id]
        nothing = mourour(tmp_path, "certificates", "list", "--junction", "elsewhere", "--url", running.url, "--json", **vera)
        assert json.loads(nothing.stdout)["certificates"] == []
    refused(mourour(tmp_path, "certificates", "list", "--url", running.url, **vera), "does not answer", code=1)
