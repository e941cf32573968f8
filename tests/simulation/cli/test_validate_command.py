"""``mourour validate`` and ``mourour certificates`` as a user types them, on a small cross: certificates that a post takes, exit
codes, one line for what is wrong."""

from __future__ import annotations

import json
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from controller.daemon.proofs import Proofs
from controller.site.network_file import network_text, read_network
from controller.site.read import read_site
from controller.validation.certificate import read
from controller.validation.keys import read_public
from signal_drivers.errors import CertificateRefused
from simulation.cabinet.fleet_plan import network_for
from simulation.cli import main
from simulation.validation.again import mark_again
from tests.controller.validation.made import plans_text
from tests.simulation.nets import flows, four_arm, scenario

pytestmark = pytest.mark.integration
LENIENT = """\
mourour_criteria: 1
seeds_at_least: 1
simulated_s_at_least: 90
criteria:
  - {figure: guard_violations, at_most: 0}
  - {figure: teleports, at_most: 0}
  - {figure: delay_mean_s, over: mean, reference_percent: 100, plus: 20}
"""


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    error: str


def here(*words: str | Path) -> Done:
    """The command line in this process."""
    out, error = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(error):
        patch.setattr(sys, "argv", ["mourour", *map(str, words)])
        for module in ("console", "validate", "certificates"):
            patch.setattr(f"simulation.cli.{module}.console", lambda: Console(file=error, width=160))
        with pytest.raises(SystemExit) as ended:
            main()
    return Done(int(ended.value.code or 0), out.getvalue(), error.getvalue())


def one_line(done: Done, *parts: str, code: int = 2) -> None:
    assert (done.code, done.out, done.error.count("\n")) == (code, "", 1), done
    assert done.error.startswith("mourour: ") and all(part in done.error for part in parts), done.error


@dataclass(frozen=True)
class Bench:
    """A cross with its key, criteria, network and plans; ``said`` is what ``--json`` printed, ``shown`` what people saw."""

    folder: Path
    cfg: Path
    said: dict[str, Any]
    shown: str

    @property
    def certificate(self) -> Path:
        return next((self.folder / "certificates").glob("*-actuated-*.json"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A strategy and plans proved with one seed."""
    folder = tmp_path_factory.mktemp("cross")
    net = four_arm(folder, "--no-turnarounds", "true")
    cfg = scenario(folder, net, flows({("N_in", "S_out"): 6, ("W_in", "E_out"): 5, ("S_in", "W_out"): 9}, 90), end_s=90)
    (folder / "criteria.yaml").write_text(LENIENT)
    network = network_for(None, str(cfg))
    (folder / "network.json").write_text(network_text(network), encoding="utf-8")
    (folder / "plans.yaml").write_text(plans_text(network.junctions), encoding="utf-8")
    made = here("certificates", "key", "sara", "--out", folder / "keys", "--json")
    assert made.code == 0 and len(json.loads(made.out)["id"]) == 16
    words = ["validate", cfg, "--strategy", "actuated,fixed", "--plans", folder / "plans.yaml", "--network",
             folder / "network.json", "--seeds", "1", "--jobs", "2", "--criteria", folder / "criteria.yaml", "--key",
             folder / "keys" / "sara.key.pem", "--out", folder / "certificates", "--json"]
    done = here(*words)
    assert done.code == 0, done.error
    return Bench(folder, cfg, json.loads(done.out), done.error)


def test_what_passes_is_said_criterion_by_criterion_and_signed(bench: Bench) -> None:
    assert bench.said["passed"] and bench.said["reference"] == "fixed"
    assert [p["strategy"] for p in bench.said["proofs"]] == ["actuated", "fixed"]
    for proof in bench.said["proofs"]:
        assert [c["figure"] for c in proof["criteria"]] == ["guard_violations", "teleports", "delay_mean_s"]
        assert all(c["passed"] and c["measured"] <= c["limit"] for c in proof["criteria"])
    assert len(bench.said["certificates"]) == 2 and "passed · validé" in bench.shown
    body = read(bench.certificate).body
    assert body.engineer == "sara" and body.plans is None and len(body.runs) == 2
    own, reference = ({r.seed: r.figures for r in body.runs if r.reference is which} for which in (False, True))
    assert own.keys() == reference.keys() == {1} and own[1]["vehicles_scheduled"] == reference[1]["vehicles_scheduled"] > 0
    assert "wall_s" not in own[1] and body.versions["sumo"]


def test_a_post_takes_them_and_nothing_else(bench: Bench) -> None:
    """The daemon computes the very hashes that were signed."""
    def site(**more: Any) -> Path:
        said = {"mourour_site": "1", "post": "p1", "network": "network.json", "strategy": "actuated", "plans": "plans.yaml",
                "cabinets": [{"junction": str(j), "protocol": "modbus", "host": "10.0.0.1", "port": 502}
                             for j in read_network(bench.folder / "network.json").junctions],
                "certificates": {"required": True, "trusted": ["keys/sara.pub.pem"], "criteria": "criteria.yaml"}} | more
        (bench.folder / "site.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
        return bench.folder / "site.yaml"

    Proofs(read_site(site()), time.time()).require()
    checked = here("check", site())
    assert checked.code == 0
    with pytest.raises(CertificateRefused, match="there is no certificate for strategy max-pressure"):
        Proofs(read_site(site(strategy="max-pressure")), time.time()).require()
    usual = {"required": True, "trusted": ["keys/sara.pub.pem"]}
    for command in (("check", site(certificates=usual)), ("run", "--config", site(certificates=usual))):
        one_line(here(*command), "simulated for 90 s, and 1800 s are asked for", "mourour validate proves it")
    one_line(here("run", "--config", site(certificates={"required": True, "trusted": ["keys/sara.key.pem"]})), "site.yaml, line",
             "a private key, which belongs on no post")
    text = (bench.folder / "network.json").read_text(encoding="utf-8")
    (bench.folder / "changed.json").write_text(text.replace('"max_red_s": 120', '"max_red_s": 119'), encoding="utf-8")
    one_line(here("run", "--config", site(network="changed.json")), "another configuration of junction")
    silent = yaml.safe_load(site().read_text())
    del silent["certificates"]
    (bench.folder / "silent.yaml").write_text(yaml.safe_dump(silent))
    one_line(here("run", "--config", bench.folder / "silent.yaml"), "does not say whether certificates are required")


def test_a_certificate_is_shown_and_checked(bench: Bench) -> None:
    key = bench.folder / "keys" / "sara.pub.pem"
    told = json.loads(here("certificates", "show", bench.certificate, "--json").out)
    assert told["id"] == read(bench.certificate).id and told["body"]["strategy"]["name"] == "actuated"
    good = here("certificates", "check", bench.certificate, "--key", key, "--criteria", bench.folder / "criteria.yaml",
                "--scenario", bench.cfg, "--json")
    assert good.code == 0 and json.loads(good.out)["good"] and json.loads(good.out)["key"] == read_public(key).id
    usual = here("certificates", "check", bench.certificate, "--key", key, "--json")
    assert usual.code == 1 and "1800 s are asked for" in json.loads(usual.out)["why"]
    other = here("certificates", "check", bench.certificate, "--key", key, "--scenario", "far")
    one_line(other, "was not made with scenario far")


def test_a_scenario_that_has_changed_is_another(bench: Bench) -> None:
    told = read(bench.certificate).body.scenarios[0]
    assert mark_again(told) == told.sha256
    routes = next(bench.folder.glob("*.rou.xml"))
    before = routes.read_text()
    try:
        routes.write_text(before + "<!-- a comment -->\n")
        assert mark_again(told) == told.sha256
        routes.write_text(before.replace("N_in", "E_in", 1))
        one_line(here("certificates", "check", bench.certificate, "--key", bench.folder / "keys" / "sara.pub.pem", "--scenario",
                      bench.cfg), "is not the one it was made with")
    finally:
        routes.write_text(before)


def test_what_does_not_pass_gets_no_certificate(bench: Bench) -> None:
    strict = bench.folder / "strict.yaml"
    strict.write_text(LENIENT.replace("{figure: teleports, at_most: 0}", "{figure: delay_mean_s, at_most: 0.5}"))
    words = ["validate", bench.cfg, "--strategy", "actuated", "--seeds", "1", "--criteria", strict, "--key",
             bench.folder / "keys" / "sara.key.pem", "--out", bench.folder / "none"]
    done = here(*words)
    assert done.code == 1 and done.out == "", done.error
    assert "not passed · non validé" in done.error and "✗ refusé" in done.error and "0.5 s/veh" in done.error
    assert not list((bench.folder / "none").glob("*.json"))


@pytest.mark.parametrize(("words", "parts"), [
    ((), ("no scenario is named", "mourour validate far@evening")),
    (("nowhere",), ("unknown scenario 'nowhere'",)),
    (("far", "--seeds", "5-1"), ("--seeds: '5-1' is an empty or endless range",)),
    (("far", "--seeds", "1"), ("1 seed given, the criteria ask for 3",)),
    (("far", "--duration", "60"), ("far is simulated for 60 s, the criteria ask for 1800 s",)),
    (("far", "--strategy", "actuate"), ("did you mean actuated",)),
    (("far", "--strategy", "fixed"), ("give --plans FILE",)),
    (("far", "--strategy", "sumo:actuated"), ("no post runs it",)),
    (("far", "--strategy", "actuated", "--plans", "x.yaml"), ("runs no plans",)),
    (("far", "--key", "nobody.key.pem"), ("no such private key", "mourour certificates key")),
    (("far", "--criteria", "none.yaml"), ("no such file of criteria",)),
    (("far", "--weekday", "someday"), ("'someday' is no weekday",)),
])
def test_bad_input_is_one_line(words: tuple[str, ...], parts: tuple[str, ...]) -> None:
    one_line(here("validate", *words), *parts)


def test_bad_files_are_one_line(bench: Bench, tmp_path: Path) -> None:
    key, public = bench.folder / "keys" / "sara.key.pem", bench.folder / "keys" / "sara.pub.pem"
    one_line(here("validate", bench.cfg, "--key", public), "is a public key")
    loose = tmp_path / "loose.key.pem"
    loose.write_bytes(key.read_bytes())
    loose.chmod(0o644)
    one_line(here("validate", bench.cfg, "--key", loose), f"chmod 600 {loose}")
    cut = tmp_path / "cut.json"
    cut.write_text(bench.certificate.read_text(encoding="utf-8")[:700], encoding="utf-8")
    for command in ("show", "check"):
        more = ("--key", public) if command == "check" else ()
        one_line(here("certificates", command, cut, *more), "was cut short")
        one_line(here("certificates", command, tmp_path / "none.json", *more), "no such certificate")
    here("certificates", "key", "omar", "--out", tmp_path)
    one_line(here("certificates", "check", bench.certificate, "--key", tmp_path / "omar.pub.pem"), "is not trusted here")
    one_line(here("certificates", "key", "omar", "--out", tmp_path), "there is a key already")
    one_line(here("certificates", "key", "o mar", "--out", tmp_path), "is no name for a key")
    other = network_text(network_for(1, None))
    (tmp_path / "other.json").write_text(other, encoding="utf-8")
    one_line(here("validate", bench.cfg, "--strategy", "actuated", "--criteria", bench.folder / "criteria.yaml", "--network",
                  tmp_path / "other.json", "--seeds", "1"), "is in none of the scenarios")


def test_criteria_printed_are_criteria_read(tmp_path: Path) -> None:
    from controller.validation.criteria import USUAL, read_criteria

    printed = here("validate", "--show-criteria")
    assert printed.code == 0
    (tmp_path / "c.yaml").write_text(printed.out, encoding="utf-8")
    assert read_criteria(tmp_path / "c.yaml") == USUAL
