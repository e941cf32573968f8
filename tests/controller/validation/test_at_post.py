"""What a post may run: with the right certificates all, with anything changed nothing, by an engineer's word for a time."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from controller.daemon.chosen import chosen_strategy, fallback_plans
from controller.daemon.proofs import ENDS_ALARM, OVERRIDDEN_ALARM, Proofs
from controller.daemon.recording import Happening
from controller.plans.read import parse_plans
from controller.site.network_file import network_text
from controller.site.read import Site, inspect_site, read_site
from controller.strategies.actuated import Actuated
from controller.validation.at_post import PostStanding, Standing, is_here, look, require_word
from controller.validation.certificate import Certificate
from signal_drivers.errors import CertificateRefused
from tests.controller.validation.made import NOW, NOW_S, OTHER, SECRET, body, book, certificate, network, plans_text

FIRST, SECOND = list(network().junctions)


class Bench:
    """A folder with a post's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "network.json").write_text(network_text(network()), encoding="utf-8")
        (folder / "plans.yaml").write_text(plans_text(network().junctions), encoding="utf-8")
        (folder / "sara.pub.pem").write_bytes(SECRET.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        (folder / "certificates").mkdir()

    def site(self, host: str = "127.0.0.1", certificates: dict[str, Any] | None = None, **more: Any) -> Path:
        said = {"mourour_site": "1", "post": "p7", "network": "network.json", "strategy": "actuated",
                "cabinets": [{"junction": str(j), "protocol": "modbus", "host": host, "port": 502 + i}
                             for i, j in enumerate(network().junctions)]} | more
        if certificates is not None:
            said["certificates"] = certificates
        file = self.folder / "site.yaml"
        file.write_text(yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
        return file

    def required(self, overrides: Any = (), **more: Any) -> Site:
        part = {"required": True, "trusted": ["sara.pub.pem"], "overrides": list(overrides)}
        return read_site(self.site(certificates=part, **more))

    def put(self, *certificates: Certificate) -> None:
        for old in (self.folder / "certificates").iterdir():
            old.unlink()
        for c in certificates:
            (self.folder / "certificates" / f"{c.id}.json").write_text(c.text, encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def seen(site: Site, now_s: float = NOW_S) -> PostStanding:
    return look(site, (chosen_strategy(site, 0), fallback_plans(site, 0)), site.plans, now_s)


def refusal(site: Site, now_s: float = NOW_S) -> str:
    with pytest.raises(CertificateRefused) as caught:
        seen(site, now_s).require()
    assert caught.value.exit_code == 2 and caught.value.mend and "\n" not in str(caught.value)
    return str(caught.value)


def test_one_certificate_covers_all_its_junctions(bench: Bench) -> None:
    made = certificate()
    bench.put(made)
    found = seen(bench.required())
    found.require()
    assert found.required and [row.standing for row in found.junctions.values()] == [Standing.CERTIFIED] * 2
    assert found.junctions[FIRST].certificates == (made.id,)
    assert found.junctions[FIRST].until_s == made.body.valid_until.timestamp()


def test_a_post_may_have_fewer_junctions_than_were_simulated_and_not_more(bench: Bench) -> None:
    bench.put(certificate())
    one = [{"junction": str(FIRST), "protocol": "modbus", "host": "127.0.0.1", "port": 502}]
    seen(bench.required(cabinets=one)).require()
    bench.put(certificate(of=network().only([FIRST])))
    found = seen(bench.required()).junctions
    assert f"is not of junction {SECOND}" in found[SECOND].why and f"roads or corridors at {FIRST}" in found[FIRST].why


def test_parts_of_a_post_that_no_road_joins_may_have_certificates_of_their_own(bench: Bench) -> None:
    apart = replace(network(), links=(), corridors=())
    site = replace(bench.required(), network=apart)
    bench.put(*(certificate(of=apart.only([j])) for j in apart.junctions))
    seen(site).require()


@pytest.mark.parametrize(("made", "says"), [
    ([], "there is no certificate for strategy actuated"),
    ([certificate(strategy="max-pressure")], "there is no certificate for strategy actuated"),
    ([certificate(strategy=Actuated(passage_s=2.0))], "another setting of actuated"),
    ([certificate(OTHER)], "is not trusted here"),
    ([certificate(now=NOW - timedelta(days=40))], "expired on"),
    ([certificate(now=NOW + timedelta(minutes=1))], "by the clock here it is"),
    ([certificate(figures={"guard_violations": 1})], "guard_violations in town, seed 1: 1, the limit is 0"),
    ([certificate(seeds=1)], "1 seeds, and 3 are asked for"),
])
def test_what_is_wrong_is_said_with_the_mend(bench: Bench, made: list[Certificate], says: str) -> None:
    bench.put(*made)
    said = refusal(bench.required())
    assert says in said and f"junction {FIRST} and 1 more" in said and "mourour validate" in said


def test_a_changed_junction_road_or_program_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.put(certificate())
    site = bench.required()
    longer = replace(network().junctions[SECOND], max_red_s=119.0)
    assert f"another configuration of junction {SECOND}" in refusal(replace(site, network=replace(
        network(), junctions=dict(network().junctions) | {SECOND: longer})))
    road = network().links[0]
    assert "another set of roads" in refusal(replace(site, network=replace(
        network(), links=(replace(road, length_m=road.length_m + 1), *network().links[1:]))))
    monkeypatch.setattr("controller.validation.marks.code_mark", lambda: "0" * 64)
    assert "another version of the control program" in refusal(site)


def test_a_post_decides_as_often_as_was_validated(bench: Bench) -> None:
    bench.put(certificate())
    assert "decisions every 1 s, and the post decides every 0.5 s" in refusal(bench.required(period_s=0.5))


def test_a_model_is_part_of_what_was_validated(bench: Bench, tmp_path: Path) -> None:
    learnt = Actuated()
    learnt.model_file = tmp_path / "model.zip"
    learnt.model_file.write_bytes(b"weights")
    bench.put(certificate(strategy=learnt))
    site = bench.required()
    look(site, (learnt,), None, NOW_S).require()
    learnt.model_file.write_bytes(b"others")
    with pytest.raises(CertificateRefused, match="another model of actuated"):
        look(site, (learnt,), None, NOW_S).require()
    assert "another model of actuated" in refusal(site)


def test_plans_that_are_fallen_back_to_need_their_own(bench: Bench) -> None:
    bench.put(certificate())
    site = bench.required(plans="plans.yaml")
    assert "there is no certificate for plan day (fixed)" in refusal(site)
    bench.put(certificate(), certificate(strategy="fixed", plans=book()))
    found = seen(site)
    found.require()
    assert len(found.junctions[FIRST].certificates) == 2
    other = parse_plans(plans_text(network().junctions, until="23:00"), "plans.yaml")
    with pytest.raises(CertificateRefused, match="another plan day"):
        look(site, (chosen_strategy(site, 0), fallback_plans(site, 0)), other, NOW_S).require()


def test_a_broken_certificate_takes_nothing_from_the_others(bench: Bench) -> None:
    bench.put(certificate())
    broken = bench.folder / "certificates" / "cut.json"
    broken.write_text(certificate().text[:300])
    found = seen(bench.required())
    found.require()
    assert len(found.unread) == 1 and "cut short" in found.unread[0]
    bench.put()
    broken.write_text(certificate().text[:300])
    assert "no certificate for strategy actuated" in refusal(bench.required()) and "cut.json" in refusal(bench.required())


def by_sara(*junctions: str, hours: float) -> dict[str, Any]:
    return {"junctions": list(junctions), "engineer": "sara", "reason": "works on the corridor until Friday",
            "until": (NOW + timedelta(hours=hours)).isoformat()}


def test_an_engineers_word_holds_for_its_junctions_and_its_time(bench: Bench) -> None:
    site = bench.required([by_sara(FIRST, hours=5)])
    assert f"junction {SECOND}:" in refusal(site)
    site = bench.required([by_sara(FIRST, SECOND, hours=5)])
    found = seen(site)
    found.require()
    row = found.junctions[FIRST]
    assert row.standing is Standing.OVERRIDDEN and row.override is not None and row.override.engineer == "sara"
    assert "by sara" in row.detail and "works on the corridor" in row.detail and "no certificate for strategy" in row.detail
    assert "sara's override ended on" in refusal(site, NOW_S + 5 * 3600)
    with pytest.raises(CertificateRefused, match="31 days at most"):
        seen(bench.required([by_sara(FIRST, hours=32 * 24)]))


def test_where_it_is_not_required_it_is_looked_at_and_said(bench: Bench) -> None:
    site = read_site(bench.site(certificates={"required": False, "trusted": ["sara.pub.pem"]}))
    found = seen(site)
    found.require()
    assert not found.required and {r.standing for r in found.junctions.values()} == {Standing.NOT_REQUIRED}
    bench.put(certificate())
    assert {r.standing for r in seen(site).junctions.values()} == {Standing.CERTIFIED}


def test_silence_counts_for_no_only_where_the_cabinets_are_this_machines(bench: Bench) -> None:
    for host in ("127.0.0.1", "127.3.2.1", "::1", "localhost"):
        require_word(read_site(bench.site(host)))
    for host in ("10.1.0.7", "cabinet-7.local", "192.168.1.1"):
        with pytest.raises(CertificateRefused, match=f"at {host} is on another machine"):
            require_word(read_site(bench.site(host)))
        require_word(read_site(bench.site(host, certificates={"required": False})))


@given(st.ip_addresses())
def test_only_loopback_is_here(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert is_here(str(address)) == address.is_loopback


@pytest.mark.parametrize(("part", "says"), [
    ({"required": True}, "no key is trusted"), ({"required": True, "trusted": ["no.pem"]}, "no.pem: no such public key"),
    ({"required": "perhaps"}, "certificates.required"), ({"trusted": []}, "required is missing"),
    ({"required": True, "trusted": ["sara.pub.pem"], "folder": "none"}, "there is no folder none"),
    ({"required": False, "criteria": "none.yaml"}, "no such file of criteria"),
    ({"required": False, "overrides": [by_sara("J99", hours=1)]}, "no cabinet here is of junction 'J99'"),
    ({"required": False, "overrides": [by_sara(FIRST, hours=1) | {"reason": "short"}]}, "at least 10 characters"),
    ({"required": False, "overrides": [by_sara(FIRST, hours=1) | {"until": "2026-11-26T10:00:00"}]}, "timezone"),
])
def test_what_is_wrong_in_a_site_file_is_said_with_its_line(bench: Bench, part: dict[str, Any], says: str) -> None:
    found, wrong = inspect_site(bench.site(certificates=part))
    assert found is None and any(says in str(e) and "site.yaml, line" in str(e) for e in wrong), wrong


class Kept:
    """A recorder, and a measure that nobody reads."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Happening, int, str]] = []

    def status(self, status: Any) -> None:
        pass

    def happened(self, junction: str, what: Happening, now_s: float, parameter: int = 0, detail: str = "") -> None:
        self.rows.append((junction, what, parameter, detail))


def test_a_change_of_plans_is_looked_at_and_the_old_ones_stay(bench: Bench) -> None:
    from controller.daemon.metrics import Metrics

    bench.put(certificate(), certificate(strategy="fixed", plans=book()))
    proofs, kept, metrics = Proofs(bench.required(plans="plans.yaml"), NOW_S), Kept(), Metrics()
    proofs.require()
    other = parse_plans(plans_text(network().junctions, until="23:00"), "plans.yaml")
    before = proofs.standing
    with pytest.raises(CertificateRefused, match="another plan day"):
        proofs.take(proofs.look(other, NOW_S), kept, metrics, 1.0)
    assert proofs.standing is before and [r[2] for r in kept.rows] == [3, 3]
    bench.put(certificate(), certificate(strategy="fixed", plans=other))
    proofs.take(proofs.look(other, NOW_S), kept, metrics, 2.0)
    assert [r[2] for r in kept.rows[2:]] == [1, 1] and proofs.notice() is None
    assert b'mourour_validation{junction="' + FIRST.encode() + b'"} 1.0' in metrics.text()


def test_operators_are_told_in_time(bench: Bench) -> None:
    from controller.daemon.metrics import Metrics

    bench.put(certificate(days=20))
    proofs = Proofs(bench.required(), NOW_S)
    assert proofs.alarms(FIRST, NOW_S) == []
    (soon,) = proofs.alarms(FIRST, NOW_S + 10 * 86400)
    assert soon["kind"] == ENDS_ALARM and "no start is possible after that" in soon["detail"]
    # What runs goes on: nothing is asked again before the next start.
    assert "ended" in proofs.alarms(FIRST, NOW_S + 30 * 86400)[0]["detail"]
    bench.put()
    proofs, kept = Proofs(bench.required([by_sara(FIRST, SECOND, hours=5)]), NOW_S), Kept()
    assert {a["kind"] for a in proofs.alarms(FIRST, NOW_S)} == {OVERRIDDEN_ALARM, ENDS_ALARM}
    proofs.tell(kept, Metrics(), 1.0)
    assert [(j, p) for j, _, p, _ in kept.rows] == [(FIRST, 2), (SECOND, 2)] and "by sara" in kept.rows[0][3]
    told = proofs.notice()
    assert told is not None and [o["junction"] for o in told["overrides"]] == [FIRST, SECOND]
    assert proofs.state()["junctions"][FIRST]["standing"] == "overridden"


def test_bodies_for_tests_are_bodies() -> None:
    assert body().keys() == certificate().body.model_dump().keys() - {"key_id"}
