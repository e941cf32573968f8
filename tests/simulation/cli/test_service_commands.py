"""``mourour serve``, ``users``, ``audit`` and ``dispatch`` as people type them, against a real service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import update

from controller.service.roles import Role
from controller.service.store import Store
from controller.service.tables import audit
from simulation.cli import main
from tests.conftest import ROOT
from tests.controller.service.harness import Served, served
from tests.controller.service.straight_road import at

PASSWORD = "three words of nobody"


@dataclass(frozen=True)
class Done:
    """As a process would have ended."""

    returncode: int
    stdout: str
    stderr: str


def mourour(folder: Path, *words: str | Path, said: str = "", **more: str) -> Done:
    """The command line in this process, with a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MOUROUR_") and k != "DATABASE_URL"}
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "MOUROUR_DATA": str(folder / "data")}
    out, error = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(error):
        for name in os.environ.keys() - kept.keys():
            patch.delenv(name)
        for name, value in (home | more).items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", StringIO(said))
        patch.setattr(sys, "argv", ["mourour", *map(str, words)])
        patch.setattr("simulation.cli.console.console", lambda: Console(file=error, width=200))
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(int(ended.value.code or 0), out.getvalue(), error.getvalue())


def refused(done: Done, *parts: str, code: int = 2) -> None:
    assert done.returncode == code and done.stderr.count("\n") == 1 and done.stderr.startswith("mourour: "), done.stderr
    for part in parts:
        assert part in done.stderr


def test_accounts_then_a_service_then_a_log_that_is_whole_and_one_that_is_not(tmp_path: Path) -> None:
    refused(mourour(tmp_path, "serve", "--port", "0"), "no admin account", "mourour users add")
    refused(mourour(tmp_path, "serve", "--host", "0.0.0.0"), "--host", "TLS")
    refused(mourour(tmp_path, "serve", "--cert", "x.pem"), "--key")
    assert mourour(tmp_path, "users", "add", "sara", "--role", "admin", said=PASSWORD + "\n").returncode == 0
    for name in ("secret", "mourour.sqlite"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o777 == 0o600
    refused(mourour(tmp_path, "users", "add", "sara", "--role", "admin", said=PASSWORD), "already")
    refused(mourour(tmp_path, "users", "add", "omar", "--role", "operator", said="short"), "5 characters")
    refused(mourour(tmp_path, "users", "disable", "sara"), "last admin")
    refused(mourour(tmp_path, "users", "password", "omar", said=PASSWORD), "no such account")
    assert json.loads(mourour(tmp_path, "users", "list", "--json").stdout) == {
        "users": [{"name": "sara", "role": "admin", "enabled": True}]}
    with real_service(tmp_path):
        pass
    done = mourour(tmp_path, "audit", "verify", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["good"] and told["rows"] == 1
    line = mourour(tmp_path, "audit", "verify").stdout.strip()
    assert line == f"1:{told['hash']}" and mourour(tmp_path, "audit", "verify", "--expect", line).returncode == 0
    refused(mourour(tmp_path, "audit", "verify", "--expect", "1:beef"), "ROWS:HASH")
    store = Store(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'mourour.sqlite'}")
    with store.writing() as connection:
        connection.execute(update(audit).values(actor="nobody"))
    store.close()
    refused(mourour(tmp_path, "audit", "verify"), "row 1: it has been changed", code=1)


class real_service:  # noqa: N801
    """Started as a person would, on any free port; told to end, it does so in order."""

    def __init__(self, folder: Path) -> None:
        env = os.environ | {"PYTHONPATH": str(ROOT), "MOUROUR_DATA": str(folder / "data")}
        self.process = subprocess.Popen([sys.executable, "-m", "simulation.cli", "serve", "--port", "0"], env=env, text=True,
                                        stderr=subprocess.PIPE)

    def __enter__(self) -> str:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("{") and (said := json.loads(line))["event"] == "service.listening":
                return str(said["at"])
        raise AssertionError("the service did not come up")

    def __exit__(self, *_: object) -> None:
        assert self.process.stderr is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0
        assert "service.down" in self.process.stderr.read()
        self.process.stderr.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    with served(tmp_path_factory.mktemp("city")) as running:
        yield running, tmp_path_factory.mktemp("home")


def test_an_emergency_from_the_command_line(city: tuple[Served, Path]) -> None:
    running, home = city
    url = {"MOUROUR_URL": running.url}
    refused(mourour(home, "dispatch", "show", **url), "not logged in")
    refused(mourour(home, "dispatch", "login", "samu", said="wrong", **url), "no account of that name", "aucun compte")
    assert mourour(home, "dispatch", "login", "samu", said=PASSWORD, **url).returncode == 0
    assert (home / "config" / "mourour" / "token.json").stat().st_mode & 0o777 == 0o600
    (lon, lat), (to_lon, to_lat) = at(0.0), at(1800.0)
    # The service is that of the login from now on.
    made = mourour(home, "dispatch", "start", "--vehicle", "SAMU [12]", "--from", f"{lon},{lat}", "--to", f"{to_lon},{to_lat}",
                   "--id", "A-1", "--priority", "12", "--json")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["id"] == "A-1" and told["priority"] == 12 and len(told["junctions"]) == 2
    watch = [sys.executable, "-m", "simulation.cli", "dispatch", "watch", "A-1", "--json", "--url", running.url]
    watching = subprocess.Popen(watch, text=True, stdout=subprocess.PIPE,
                                env=os.environ | {"PYTHONPATH": str(ROOT), "MOUROUR_TOKEN": running.token(Role.DISPATCH)})
    assert watching.stdout is not None and json.loads(watching.stdout.readline())["id"] == "A-1"
    lon, lat = at(700.0)
    moved = mourour(home, "dispatch", "position", "A-1", f"{lon},{lat}", "--speed", "14", "--json")
    assert moved.returncode == 0 and json.loads(moved.stdout)["at_m"] == pytest.approx(700.0, abs=0.2), moved.stderr
    shown = mourour(home, "dispatch", "show")
    assert "A-1 SAMU [12]: " in shown.stderr and "passed · franchi" in shown.stderr and "free-flow" in shown.stderr
    assert mourour(home, "dispatch", "cancel", "A-1").returncode == 0
    assert watching.wait(20) == 0
    assert '"state":"cancelled"' in watching.stdout.read().replace('": "', '":"')
    watching.stdout.close()
    refused(mourour(home, "dispatch", "cancel", "A-1"), "is over", "est finie")


@pytest.mark.parametrize(("words", "part"), [
    (("start", "--vehicle", "V", "--from", "-7.63,95", "--to", "J1"), "nowhere on Earth"),
    (("start", "--vehicle", "V", "--from", "nowhere", "--to", "J1"), "origin.junction"),
    (("start", "--vehicle", "V"), "give origin and destination"),
    (("start", "--vehicle", "V", "--route", "none.geojson"), "none.geojson"),
    (("position", "A-9", "here"), "no position"),
    (("position", "A-9", "-7.63,33.59"), "no emergency A-9"),
])
def test_what_cannot_be_is_one_line(city: tuple[Served, Path], words: tuple[str, ...], part: str) -> None:
    running, home = city
    done = mourour(home, "dispatch", *words, MOUROUR_URL=running.url, MOUROUR_TOKEN=running.token(Role.DISPATCH))
    refused(done, part)


def test_a_service_that_is_not_there_a_token_that_is_old_and_a_way_from_a_file(city: tuple[Served, Path], tmp_path: Path) -> None:
    running, _ = city
    refused(mourour(tmp_path, "dispatch", "show", "--url", "http://127.0.0.1:9", MOUROUR_TOKEN="x"), "does not answer", code=1)
    refused(mourour(tmp_path, "dispatch", "show", "--url", "nonsense", MOUROUR_TOKEN="x"), "nonsense")
    refused(mourour(tmp_path, "dispatch", "show", "--url", running.url, MOUROUR_TOKEN="x"), "mourour dispatch login")
    kept = tmp_path / "config" / "mourour" / "token.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"url": running.url, "token": "x", "until_s": time.time() - 1}))
    refused(mourour(tmp_path, "dispatch", "show"), "your token has expired")
    way = tmp_path / "way.geojson"
    way.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": {
        "type": "LineString", "coordinates": [at(0.0), at(900.0), at(1800.0)]}}))
    made = mourour(tmp_path, "dispatch", "start", "--vehicle", "V", "--class", "fire", "--route", way, "--json",
                   MOUROUR_URL=running.url, MOUROUR_TOKEN=running.token(Role.DISPATCH))
    assert json.loads(made.stdout)["class"] == "fire", made.stderr
