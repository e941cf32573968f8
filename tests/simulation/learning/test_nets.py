"""Random nets: the same from a seed, and some of them tight."""

from __future__ import annotations

import statistics
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from simulation.learning.nets import TIGHT_EVERY, random_net

pytestmark = pytest.mark.integration


def _roads_m(cfg: Path) -> list[float]:
    net = ElementTree.parse(cfg.with_name("random.net.xml")).getroot()
    return [float(edge[0].attrib["length"]) for edge in net.iter("edge") if edge.get("function") is None]


def _vehicles_per_signal(cfg: Path) -> float:
    net = ElementTree.parse(cfg.with_name("random.net.xml")).getroot()
    signals = sum(junction.get("type") == "traffic_light" for junction in net.iter("junction"))
    return len(ElementTree.parse(cfg.with_name("random.trips.xml")).findall("trip")) / signals


def _made(folder: Path, seed: int) -> Path:
    place = folder / str(seed)
    place.mkdir(parents=True)
    return random_net(place, seed, 600.0)


def test_a_net_comes_from_its_seed(tmp_path: Path) -> None:
    first, again = (_made(tmp_path / name, 3) for name in ("first", "again"))
    for name in ("random.trips.xml", "random.rou.xml"):
        routes, same = (ElementTree.canonicalize(from_file=cfg.with_name(name)) for cfg in (first, again))
        assert routes == same
    assert _roads_m(first) == _roads_m(again)


def test_a_tight_net_has_short_roads_and_fewer_vehicles_for_them(tmp_path: Path) -> None:
    tight, wide = ([_made(tmp_path, seed) for seed in (first, first + TIGHT_EVERY)] for first in (TIGHT_EVERY, TIGHT_EVERY + 1))
    assert max(statistics.median(_roads_m(cfg)) for cfg in tight) < min(statistics.median(_roads_m(cfg)) for cfg in wide)
    assert statistics.mean(map(_vehicles_per_signal, tight)) < statistics.mean(map(_vehicles_per_signal, wide))
