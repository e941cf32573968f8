"""Drawings: shapes by hand, what must be on a sheet, and both writers on a net made from a hand-written extract."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_drivers.errors import NetError, OutputError, ScenarioError
from simulation.scenario.attribution import OSM
from simulation.scenario.draw import draw_to, find_junction
from simulation.scenario.draw_colours import group_colours, text_on
from simulation.scenario.draw_junction import junction_sheet
from simulation.scenario.draw_network import network_sheet
from simulation.scenario.draw_shapes import arrow_head, band, beside, clean, lengths, piece, smooth, zebra
from simulation.scenario.draw_sheet import Areas, Lines, Sheet, Spots, Tag
from simulation.scenario.draw_svg import nice_length_m, svg_of
from simulation.scenario.draw_tags import apart
from simulation.scenario.draw_target import Target, find_target
from simulation.scenario.import_osm import import_osm
from tests.simulation.scenario.small_osm import FIRST, SECOND, small_osm


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("draw")
    return import_osm([small_osm(place / "small.osm", tram=True)], "small", place / "small", pedestrians=True).folder


@pytest.fixture(scope="module")
def target(folder: Path) -> Target:
    return find_target(str(folder))


@pytest.fixture(scope="module")
def network(target: Target) -> Sheet:
    return network_sheet(target)


@pytest.fixture(scope="module")
def junction(target: Target) -> Sheet:
    return junction_sheet(target, target.numbered[0])


def test_a_band_has_its_width_on_both_sides() -> None:
    assert band(np.array([[0.0, 0.0], [10.0, 0.0]]), 4) == [(0, 2), (10, 2), (10, -2), (0, -2)]


def test_a_mitred_corner_keeps_its_distance_from_both_legs() -> None:
    moved = beside(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]), 1.0)
    assert moved.tolist() == pytest.approx(np.array([[0.0, 1.0], [9.0, 1.0], [9.0, 10.0]]))


def test_a_piece_keeps_the_corners_between_its_ends() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    assert piece(line, 5, 15).tolist() == [[5, 0], [10, 0], [10, 5]]
    assert len(piece(line, 30, 40)) == 0


def test_an_arrow_head_points_where_the_line_goes() -> None:
    tip, left, right = arrow_head(np.array([[0.0, 0.0], [0.0, 10.0]]), 3, 2)
    assert tip == (0, 10)
    assert (left, right) == ((-1, 7), (1, 7))


def test_a_zebra_is_half_stripes_half_road() -> None:
    stripes = zebra(np.array([[0.0, 0.0], [10.0, 0.0]]), 4.0)
    assert len(stripes) == 10
    for ring in stripes:
        xs, ys = {round(x, 6) for x, _ in ring}, {y for _, y in ring}
        assert max(xs) - min(xs) == pytest.approx(0.5)
        assert ys == {2.0, -2.0}


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=2, max_size=12))
def test_shapes_of_any_line_are_finite_and_keep_its_ends(points: list[tuple[float, float]]) -> None:
    line = clean(points)
    if len(line) < 2:
        return
    assert np.isfinite(np.asarray(band(line, 3.2))).all()
    soft = smooth(line)
    assert soft[0].tolist() == line[0].tolist()
    assert soft[-1].tolist() == line[-1].tolist()
    assert lengths(soft)[-1] <= lengths(line)[-1] * (1 + 1e-9)


@given(st.floats(1e-3, 1e3))
def test_the_scale_bar_is_round_and_fits(metres_per_px: float) -> None:
    metres = nice_length_m(metres_per_px)
    assert 80 <= metres / metres_per_px * (1 + 1e-9) <= 200.001 + 1e-6
    assert float(f"{metres:.0e}") == pytest.approx(metres)


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), min_size=2, max_size=12,
                unique_by=lambda p: (p[0] // 90, p[1] // 90)))
def test_tags_do_not_lie_on_each_other_where_there_is_room(points: list[tuple[float, float]]) -> None:
    placed = apart([Tag(p, "1", "#ffffff", "#000000") for p in points], 1.0)
    centres = [(t.at_m[0] + t.shift_px[0], -t.at_m[1] + t.shift_px[1]) for t in placed if t.shift_px]
    near = [p for p, q in combinations(centres, 2) if abs(p[0] - q[0]) < 8 and abs(p[1] - q[1]) < 8]
    assert not near


def test_text_is_readable_on_every_group_colour(target: Target) -> None:
    for sumo in target.numbered:
        for colour in group_colours(sumo.groups).values():
            assert _contrast(text_on(colour), colour) >= 3.0  # WCAG 2.2 for graphics and bold text


def _contrast(a: str, b: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        return sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
                   for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_the_network_sheet_has_every_signal_with_its_name(network: Sheet, target: Target) -> None:
    panel = network.panels[0]
    assert [tag.text.split("  ", 1)[1] for tag in panel.tags] == [s.junction.name for s in target.numbered]
    assert {FIRST, SECOND} <= {tag.text.rsplit(" × ", 1)[1] for tag in panel.tags}
    told = [h for layer in panel.layers if isinstance(layer, Spots) for h in layer.hovers]
    for sumo in target.numbered:
        for group in sumo.junction.groups:
            assert any(f"<b>{group.label}</b>" in h and "minimum green" in h for h in told)


def test_the_network_sheet_says_where_its_roads_come_from_and_what_is_on_it(network: Sheet) -> None:
    assert network.attribution == OSM
    assert {"signalised junction", "tram track", "crossing"} <= {entry.text for entry in network.legend}
    assert any(entry.french == "axe coordonné" for entry in network.legend)
    assert network.panels[0].scale_bar


def test_everything_drawn_lies_in_sight(network: Sheet) -> None:
    panel = network.panels[0]
    (x, y), (wide, high) = panel.centre_m, panel.span_m
    points = [p for layer in panel.layers for p in _points(layer)]
    assert all(abs(px - x) <= wide / 2 + 20 and abs(py - y) <= high / 2 + 20 for px, py in points)


def test_a_junction_sheet_has_a_diagram_for_each_stage(junction: Sheet, target: Target) -> None:
    stages = [s for s in target.numbered[0].junction.stages if s.variant_of is None]
    assert [p.title for p in junction.panels[1:]] == [str(s.id) for s in stages]
    for panel, stage in zip(junction.panels[1:], stages, strict=True):
        shown = set(re.findall(r"\b[VPTBC]\d+\b", panel.subtitle))
        assert shown == set(stage.green)
        assert set(re.findall(r"\(([VPTBC]\d+)\)", panel.subtitle)) == set(stage.yielding)
        dashed = [layer for layer in panel.layers if isinstance(layer, Lines) and layer.dash_px == (6, 4)]
        assert bool(dashed) == bool(stage.yielding)


def test_a_junction_sheet_tags_every_approach_lane_with_its_groups(junction: Sheet, target: Target) -> None:
    j = target.numbered[0].junction
    shown = sorted(tag.text for tag in junction.panels[0].tags if re.fullmatch(r"[VPTBC]\d+", tag.text))
    wanted = sorted([g for lane in j.lanes for g in lane.groups] + [g.id for g in j.groups if g.for_pedestrians])
    assert shown == wanted


def test_its_tables_hold_the_models_own_numbers(junction: Sheet, target: Target) -> None:
    j = target.numbered[0].junction
    groups, intergreens = junction.tables
    assert {(row[0], row[5]) for row in groups.rows} == {(str(g.id), f"{g.min_green_s:g}") for g in j.groups}
    written = {(row[0], head): cell for row in intergreens.rows
               for head, cell in zip(intergreens.head[1:], row[1:], strict=True) if cell}
    assert written == {(str(a), str(b)): f"{v:g}" for (a, b), v in j.intergreens.items()}


def test_panels_of_a_sheet_do_not_overlap(junction: Sheet) -> None:
    for a, b in combinations([p.box_px for p in junction.panels], 2):
        assert a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
    for box in (p.box_px for p in junction.panels):
        assert box[0] + box[2] <= junction.size_px[0]
        assert box[1] + box[3] <= junction.size_px[1]


def test_svg_is_well_formed_and_has_no_wild_number(network: Sheet, junction: Sheet) -> None:
    for sheet in (network, junction):
        text = svg_of(sheet)
        root = ElementTree.fromstring(text)
        assert root.tag.endswith("svg")
        assert not re.search(r"\b(nan|inf)\b", text)
        assert OSM in "".join(root.itertext())


def test_html_is_one_page_that_loads_nothing(folder: Path, tmp_path: Path) -> None:
    path = draw_to(str(folder), tmp_path / "net.html")
    page = path.read_text(encoding="utf-8")
    assert not re.search(r'<(script|link|img)[^>]+(src|href)="http', page)
    match = re.search(r'id="drawing">(.*?)</script>', page, re.DOTALL)
    assert match
    drawn = json.loads(match[1])
    for trace in drawn["data"]:
        assert all(v is None or math.isfinite(v) for v in trace["x"])


def test_each_way_to_name_a_junction(target: Target) -> None:
    first = target.numbered[0]
    assert find_junction(target, first.tls) is first
    assert find_junction(target, "rue une").junction.name.endswith(FIRST)
    for wanted, message in (("boulevard", "fits 2"), ("nowhere", "no junction 'nowhere'"), ("99", "no junction")):
        with pytest.raises(ScenarioError, match=message):
            find_junction(target, wanted)


def test_a_configuration_or_a_net_is_drawn_as_well(folder: Path) -> None:
    for name in ("evening.sumocfg", "net.net.xml"):
        again = find_target(str(folder / name))
        assert [s.junction.name for s in again.numbered] == [s.junction.name for s in find_target(str(folder)).numbered]


def test_what_cannot_be_drawn_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no kind of drawing"):
        draw_to(str(folder), tmp_path / "net.pdf")
    with pytest.raises(NetError, match="holds no scenario"):
        draw_to(str(tmp_path))
    with pytest.raises(ScenarioError, match="unknown scenario"):
        draw_to("atlantis")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        draw_to(str(folder), tmp_path / "file" / "net.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_corridors_come_first_in_the_numbering(target: Target) -> None:
    order = [j for c in target.corridors for j in c.junctions]
    places = [order.index(s.tls) for s in target.numbered if s.tls in order]
    assert all(a < b for a, b in pairwise(places))


def _points(layer: object) -> list[tuple[float, float]]:
    if isinstance(layer, Areas):
        return [p for ring in layer.rings for p in ring]
    if isinstance(layer, Lines):
        return [p for path in layer.paths for p in path]
    return list(layer.points) if isinstance(layer, Spots) else []
