"""Site and network files: what is right is read whole, what is wrong is said with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from controller.network import Network
from controller.site.network_file import inspect_network, network_text, read_network
from controller.site.read import inspect_site, read_site
from signal_drivers.errors import BadInput, SiteError
from signal_drivers.junction import Junction
from simulation.benchmark_planner.city import city
from tests.signal_drivers.random_junctions import junctions

SITE: dict[str, Any] = {
    "mourour_site": "1", "post": "p7", "network": "network.json", "strategy": "actuated",
    "cabinets": [{"junction": "J00.00", "protocol": "modbus", "host": "10.0.0.1", "port": 502},
                 {"junction": "J00.01", "protocol": "modbus", "host": "10.0.0.2", "port": 502}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "network.json").write_text(network_text(city(4).network), encoding="utf-8")
    return tmp_path


def write(folder: Path, **changes: Any) -> Path:
    file = folder / "site.yaml"
    told = {k: v for k, v in (SITE | changes).items() if v is not None}
    file.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    return file


def wrong(folder: Path, **changes: Any) -> list[str]:
    site, found = inspect_site(write(folder, **changes))
    assert site is None and found
    with pytest.raises(BadInput):
        read_site(folder / "site.yaml")
    return [str(e) for e in found]


def test_a_good_site(folder: Path) -> None:
    site = read_site(write(folder))
    assert site.said.post == "p7" and list(site.cabinets) == ["J00.00", "J00.01"] and len(site.network.junctions) == 4
    assert site.file("x") == folder / "x" and site.said.ladder.up_after_s == 120.0


@pytest.mark.parametrize("nothing", ["null", "~", ""])
def test_what_may_be_left_out_may_be_switched_off(folder: Path, nothing: str) -> None:
    file = write(folder)
    said = file.read_text(encoding="utf-8")
    file.write_text(f"{said}http: {nothing}\narchive: {nothing}\nclips: {nothing}\nservice: {nothing}\nplans: {nothing}\n",
                    encoding="utf-8")
    found = read_site(file).said
    assert found.http is found.archive is found.clips is found.service is found.plans is None
    assert "line 14" in wrong_text(file, f"{said}period_s: {nothing}\n")


def wrong_text(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_site(file)
    return str(refused.value)


@pytest.mark.parametrize(("changes", "line", "says"), [
    ({"strategy": "actuate"}, 4, "did you mean actuated"),
    ({"strategy": "fixed"}, 4, "runs plans, and the site names none"),
    ({"network": "no.json"}, 3, "no such network file"),
    ({"period_s": 99}, 0, "less than or equal to 5"),
    ({"perid_s": 1}, 0, "there is no key 'perid_s'"),
    ({"plans": "no.yaml"}, 0, "no such plan file"),
    ({"post": None}, 1, "post is missing"),
    ({"security": {"authority": "a.pem", "certificate": "b.pem", "key": "c.pem"}}, 0, "there is no file a.pem"),
    ({"service": {"url": "https://feux.example", "password_file": "no.txt"}}, 0, "there is no file no.txt"),
    ({"service": {"url": "feux.example", "password_file": "no.txt"}}, 0, "service.url"),
    ({"post": "le poste 7", "service": {"url": "https://feux.example", "password_file": "site.yaml"}}, 0, "add account: NAME"),
])
def test_what_is_wrong_is_said_with_its_line(folder: Path, changes: dict[str, Any], line: int, says: str) -> None:
    found = wrong(folder, **changes)
    assert any(says in text and (not line or f"site.yaml, line {line}" in text) for text in found), found


@pytest.mark.parametrize(("which", "change", "says"), [
    (1, {"junction": "J77"}, "the network has no junction 'J77'"),
    (1, {"host": "10.0.0.1"}, "10.0.0.1:502 is another cabinet's address too"),
    (1, {"junction": "J00.00"}, "junction J00.00 has a cabinet already"),
    (0, {"port": 70000}, "less than or equal to 65535"),
    (0, {"protocol": "profibus"}, "'modbus' or 'opcua'"),
    (0, {"protocol": "opcua"}, "speaks encrypted, and the site has no papers"),
    (0, {"tls": True}, "speaks encrypted, and the site has no papers"),
    (1, {"protocol": "opcua", "tls": True, "insecure_for_tests": True}, "OPC UA encrypts by itself"),
])
def test_cabinets_that_cannot_be(folder: Path, which: int, change: dict[str, Any], says: str) -> None:
    rows = [dict(c) for c in SITE["cabinets"]]
    rows[which] |= change
    found = wrong(folder, cabinets=rows)
    assert any(says in text and "line " in text for text in found), found


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    rows = [dict(c, junction="J9") for c in SITE["cabinets"]]
    assert len(wrong(folder, strategy="nothing", cabinets=rows)) == 4


def test_opcua_wants_a_password(folder: Path) -> None:
    for name in ("a.pem", "b.pem", "c.pem"):
        (folder / name).write_text("x")
    rows = [dict(SITE["cabinets"][0], protocol="opcua")]
    papers = {"authority": "a.pem", "certificate": "b.pem", "key": "c.pem"}
    assert "ask for a password" in wrong(folder, cabinets=rows, security=papers)[0]


@pytest.mark.parametrize("text", ["", "[1]", "a: [", "mourour_site: 2\n", "x: &a [*a]\n", "\tx: 1"])
def test_what_is_no_site_file(folder: Path, text: str) -> None:
    (folder / "site.yaml").write_text(text)
    try:
        site, found = inspect_site(folder / "site.yaml")
    except SiteError as error:
        assert "site.yaml" in str(error)
    else:
        assert site is None and found


def test_a_network_comes_out_as_it_went_in(tmp_path: Path) -> None:
    network = city(6).network
    (tmp_path / "n.json").write_text(network_text(network, "six"), encoding="utf-8")
    again = read_network(tmp_path / "n.json")
    assert (again.junctions, again.links, again.corridors) == (network.junctions, network.links, network.corridors)


@given(junctions())
def test_any_junction_comes_out_as_it_went_in(tmp_path_factory: pytest.TempPathFactory, junction: Junction) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_text(network_text(Network({junction.id: junction})), encoding="utf-8")
    assert read_network(file).junctions == {junction.id: junction}


@pytest.mark.parametrize(("change", "says"), [
    (lambda j: j.update(yellow_s=9.0), "shorter than the yellow of 9 s"),
    (lambda j: j["intergreens_s"]["NT"].update(ET=1.0), "intergreen NT -> ET of 1 s is shorter than the yellow"),
    (lambda j: j["intergreens_s"]["NT"].pop("ET"), "the opposite direction is missing"),
    (lambda j: j["stages"][0]["green"].append("ET"), "gives protected green to conflicting groups"),
    (lambda j: j["groups"][3].update(min_green_s=2.0), "has a minimum green of 2 s for 16.5 m"),
    (lambda j: j["lanes"][0].update(groups=["XX"]), "names signal group XX, which it does not have"),
    (lambda j: j.update(yellow_s=-1), "greater than or equal to 0"),
    (lambda j: j.update(colour="red"), "there is no key 'colour'"),
    (lambda j: j.pop("stages"), "stages is missing"),
])
def test_a_junction_that_would_not_be_safe_is_refused_with_its_line(tmp_path: Path, change: Any, says: str) -> None:
    told = json.loads(network_text(city(4).network))
    change(told["junctions"][2])
    text = "\n".join(["{", '"mourour_network": "1",', '"junctions": [', ",\n".join(map(json.dumps, told["junctions"])), "]}"])
    (tmp_path / "n.json").write_text(text, encoding="utf-8")
    network, found = inspect_network(tmp_path / "n.json")
    assert network is None and len(found) == 1
    assert "n.json, line 6" in str(found[0]) and says in str(found[0]), str(found[0])


def test_links_and_twins(tmp_path: Path) -> None:
    told = json.loads(network_text(city(4).network))
    told["links"][0]["upstream"] = "nowhere"
    told["junctions"].append(told["junctions"][0])
    (tmp_path / "n.json").write_text(json.dumps(told), encoding="utf-8")
    _, found = inspect_network(tmp_path / "n.json")
    assert {"there twice" in str(e) or "no junction is called 'nowhere'" in str(e) for e in found} == {True} and len(found) == 2


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_is_a_network_or_one_clear_error(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any-text.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode(errors="replace"))
    try:
        network, found = inspect_network(file)
    except SiteError as error:
        assert "any-text.json" in str(error)
    else:
        assert network is None and found
