"""A small town that every whole run can afford: four signalised junctions, mixed traffic, people on foot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.nets import generate, scenario

END_S = 300.0
GRID = ("--grid", "--grid.number", "2", "--grid.length", "200", "-L", "2", "--grid.attach-length", "150",
        "--no-turnarounds", "true")
ENTRIES = ("bottom0A0", "bottom1B0", "left0A0", "left1A1", "right0B0", "right1B1", "top0A1", "top1B1")
EXITS = ("B1top1", "A1left1", "B0right0", "B1right1", "A0left0", "A0bottom0", "B0bottom1", "A1top0")
KINDS = ("car", "car", "moto", "car", "bus", "car", "truck")
TYPES = "".join(f'<vType id="{name}" vClass="{vclass}"/>' for name, vclass in (
    ("car", "passenger"), ("moto", "motorcycle"), ("bus", "bus"), ("truck", "truck")))


def demand(end_s: float, every_s: float, *, walks: bool = True) -> str:
    """Trips between the town's edges in turn, and walks across it: the same for every seed."""
    rows: list[tuple[float, str]] = []
    for k in range(int(end_s / every_s)):
        depart, a, b = k * every_s, ENTRIES[k % 8], EXITS[(k * 3 + 1) % 8]
        rows.append((depart, f'<trip id="t{k}" type="{KINDS[k % 7]}" depart="{depart:g}" from="{a}" to="{b}" '
                             'departLane="best"/>'))
    for k in range(int(end_s / 5) if walks else 0):
        a, b = (("bottom0A0", "B1right1"), ("left1A1", "B0bottom1"))[k % 2]
        rows.append((5.0 * k, f'<person id="p{k}" depart="{5 * k}"><walk from="{a}" to="{b}"/></person>'))
    return TYPES + "".join(text for _, text in sorted(rows, key=lambda row: row[0]))


@pytest.fixture(scope="session")
def town_net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("town"), *GRID, "--sidewalks.guess", "--crossings.guess")


@pytest.fixture(scope="session")
def town(town_net: Path) -> Path:
    """The town's configuration: 300 s in steps of 1 s."""
    return scenario(town_net.parent, town_net, demand(END_S, 1.5), end_s=END_S)
