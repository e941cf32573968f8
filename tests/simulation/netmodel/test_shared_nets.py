"""Nets nobody here made: published benchmarks, and Casablanca as netconvert makes it of OpenStreetMap extracts."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from signal_drivers.limits import Clearance
from simulation.netmodel.derive import derive_net
from tests.simulation.netmodel.invariants import check
from tests.simulation.nets import run_tool

OPTIONS = ("--junctions.join", "--tls.guess-signals", "--tls.guess-signals.dist", "30", "--tls.join", "--tls.join-dist", "30",
           "--geometry.remove", "--remove-edges.isolated")


@pytest.mark.parametrize("name", ["cologne1", "cologne3", "ingolstadt7"])
def test_published_benchmarks_derive_as_they_are(shared_dir: Path, name: str) -> None:
    net = shared_dir / "benchmarks" / "resco" / name / f"{name}.net.xml"
    if not net.is_file():
        pytest.skip(f"{net} is not there")
    for clearance in Clearance:
        signals = derive_net(net, clearance=clearance)
        check(net, signals, clearance)
        assert not any(s.rebuilt for s in signals.junctions.values())
    assert len(signals.junctions) == int(name[-1])


@pytest.mark.slow
@pytest.mark.parametrize("extra", [("--keep-edges.by-vclass", "passenger"), ("--sidewalks.guess", "--crossings.guess")],
                         ids=["roads", "trams and crossings"])
def test_every_signal_of_casablanca_derives(shared_dir: Path, tmp_path: Path, extra: tuple[str, ...]) -> None:
    extracts = []
    for name in ("centre_2026.osm.gz", "east_2026.osm.xml.gz"):
        packed = shared_dir / "casablanca" / "osm" / name
        if not packed.is_file():
            pytest.skip(f"{packed} is not there")
        plain = tmp_path / f"{name.split('.')[0]}.osm.xml"
        with gzip.open(packed) as source, plain.open("wb") as target:
            shutil.copyfileobj(source, target)
        extracts.append(str(plain))
    net = tmp_path / "casablanca.net.xml"
    run_tool("netconvert", ["--osm-files", ",".join(extracts), *OPTIONS, *extra, "-o", str(net)])
    signals = derive_net(net)
    check(net, signals, Clearance.GEOMETRY)
    assert len(signals.junctions) >= 90
    rebuilt = [s for s in signals.junctions.values() if s.rebuilt]
    assert 1 <= len(rebuilt) <= 8, [(s.junction.label, s.rebuilt) for s in rebuilt]
