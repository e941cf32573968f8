"""Where the service listens: never in clear but on this machine, and over TLS for real."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest

from controller.service.server import Listening, listen
from controller.service.settings import ServiceSettings
from controller.service.settings_file import read_settings
from signal_drivers.errors import BadInput, RunFailed, SiteError
from simulation.cabinet.certificates import Authority
from tests.controller.service.harness import served


@pytest.mark.parametrize(("listening", "says"), [
    (Listening("0.0.0.0"), "without TLS"), (Listening("feux.example"), "without TLS"), (Listening("::"), "without TLS"),
    (Listening(cert=Path("a.pem")), "--key"), (Listening(key=Path("a.pem")), "--cert"),
    (Listening("0.0.0.0", cert=Path("no.pem"), key=Path("no.pem")), "cannot be used"),
])
def test_what_it_does_not_listen_with(listening: Listening, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        listening.check()


@pytest.mark.parametrize("listening", [Listening(), Listening("::1"), Listening("localhost"), Listening("127.0.0.2"),
                                       Listening("0.0.0.0", behind_proxy=True)])
def test_what_it_listens_with(listening: Listening) -> None:
    listening.check()


def test_a_port_that_is_taken() -> None:
    with listen(Listening(port=0)) as heard, pytest.raises(RunFailed, match="another service"):
        listen(Listening(port=heard.getsockname()[1]))


def test_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    own = authority.issue("service", "urn:service")
    with served(tmp_path, listening=Listening(port=0, cert=own.certificate, key=own.key)) as running:
        trust = ssl.create_default_context(cafile=str(authority.certificate))
        told = httpx.get(f"{running.url}/health", verify=trust)
        assert running.url.startswith("https://") and told.json() == {"well": True}
        assert told.headers["strict-transport-security"] and told.headers["x-content-type-options"] == "nosniff"
        assert "server" not in told.headers
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
            httpx.get(f"{running.url}/health")


def test_settings_are_read_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("new_per_minute: 5\npreemption: {lost_s: 60}\n")
    said = read_settings(file)
    assert said.new_per_minute == 5 and said.preemption.lost_s == 60 and read_settings(None) == ServiceSettings()
    for text, says in (("token: 5\n", "line 1, token: there is no key"), ("skew_s: -1\n", "line 1, skew_s"), ("[1]", "mapping")):
        file.write_text(text)
        with pytest.raises(SiteError, match=says):
            read_settings(file)
