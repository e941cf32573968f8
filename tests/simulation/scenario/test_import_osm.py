"""Import of OpenStreetMap extracts: a hand-made one, the real ones where they are at hand, and every bad one."""

from __future__ import annotations

import bz2
import gzip
import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from signal_drivers.errors import BadInput, NetError, OutputError
from simulation.netmodel.derive import derive_net
from simulation.scenario.import_check import check_extract
from simulation.scenario.import_net import warning_counts
from simulation.scenario.import_osm import Imported, import_osm
from simulation.scenario.import_restraint import HIGHEST_RATIO, flow_ratio
from simulation.scenario.import_signals import in_latin
from simulation.sumo.tools import program
from tests.simulation.scenario.small_osm import FIRST, SECOND, small_osm

PERIODS = ("morning", "evening", "offpeak", "night")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("import")
    return import_osm([small_osm(folder / "small.osm")], "small", folder / "small")


def flows(folder: Path, period: str) -> list[ElementTree.Element]:
    return list(ElementTree.parse(folder / f"{period}.rou.xml").getroot().iter("flow"))


def test_both_crossings_become_driven_junctions_named_after_their_streets(imported: Imported) -> None:
    names = {s.junction.name for s in imported.signals.driven}
    assert names == {f"Boulevard Essai × {FIRST}", f"Boulevard Essai × {SECOND}"}
    assert not imported.refused
    assert all(len(s.junction.stages) >= 2 for s in imported.signals.driven)


def test_sumo_runs_every_period_without_a_complaint(imported: Imported) -> None:
    for period, path in imported.configurations.items():
        begin = float(next(e for e in ElementTree.parse(path).getroot().iter("begin")).get("value", ""))
        run = subprocess.run([program("sumo"), "-c", str(path), "--end", f"{begin + 120:g}"], capture_output=True, text=True,
                             check=False)
        assert run.returncode == 0, (period, run.stderr)
        assert "rror" not in run.stderr


def test_periods_have_the_same_routes_and_the_shape_of_the_day(imported: Imported) -> None:
    def total(period: str) -> float:
        rates = (f.get("period", "").removeprefix("exp(").removesuffix(")") for f in flows(imported.folder, period))
        return sum(map(float, rates)) * 3600

    assert total("evening") == pytest.approx(imported.demand.total_vph, rel=1e-4)
    assert total("morning") / total("evening") == pytest.approx(0.85, rel=1e-3)
    assert total("night") < total("offpeak") < total("morning") < total("evening")


def test_demand_leaves_the_signals_room(imported: Imported) -> None:
    trips = {(f.edges[0], f.edges[-1]): f.vph for f in imported.demand.flows}
    users: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for f in imported.demand.flows:
        for turn in pairwise(f.edges):
            users.setdefault(turn, []).append((f.edges[0], f.edges[-1]))
    for sumo in imported.signals.driven:
        ratio, through = flow_ratio(sumo, trips, users)
        assert through
        # Trickles are put onto the other flows after the restraint; that may add a little.
        assert 0 < ratio < HIGHEST_RATIO * 1.1


def test_a_given_rate_is_kept(tmp_path: Path) -> None:
    found = import_osm([small_osm(tmp_path / "small.osm")], "s", tmp_path / "out", total_vph=777)
    assert found.demand.total_vph == pytest.approx(777)


def test_description_marks_demand_as_synthetic_and_names_its_source(imported: Imported) -> None:
    facts = json.loads((imported.folder / "scenario.json").read_text(encoding="utf-8"))
    assert "ynthetic" in facts["demand"]
    assert facts["sources"] == ["road facts from OpenStreetMap contributors, ODbL"]
    assert set(facts["periods"]) == set(PERIODS)
    assert set(facts["junction_names"]) == {s.tls for s in imported.signals.driven}


def test_signals_yaml_says_what_the_model_holds(imported: Imported) -> None:
    rows = yaml.safe_load((imported.folder / "signals.yaml").read_text(encoding="utf-8"))["junctions"]
    found = derive_net(imported.folder / "net.net.xml")
    for row in rows:
        junction = found.junctions[row["id"]].junction
        assert [g["id"] for g in row["groups"]] == [str(g.id) for g in junction.groups]
        assert [set(s["green"]) for s in row["stages"]] == [set(s.green) for s in junction.stages]
        written = {(a, b): v for a, rest in row["intergreens_s"].items() for b, v in rest.items()}
        assert written == dict(junction.intergreens.items())
        assert all((b, a) in written for a, b in written)


def test_the_same_extract_and_seed_make_the_same_demand(imported: Imported, tmp_path: Path) -> None:
    again = import_osm([small_osm(tmp_path / "small.osm")], "small", tmp_path / "small")
    for period in PERIODS:
        name = f"{period}.rou.xml"
        assert (again.folder / name).read_bytes() == (imported.folder / name).read_bytes()


def test_tram_tracks_stay_and_carry_trams(tmp_path: Path) -> None:
    found = import_osm([small_osm(tmp_path / "tram.osm", tram=True)], "tram", tmp_path / "tram")
    assert len(found.demand.trams) == 1
    assert [f.get("id") for f in flows(found.folder, "evening") if f.get("type") == "tram"] == ["tram0"]


def test_pedestrians_bring_crossings_with_their_own_groups(tmp_path: Path) -> None:
    found = import_osm([small_osm(tmp_path / "small.osm")], "p", tmp_path / "p", pedestrians=True)
    for sumo in found.signals.driven:
        assert sum(g.for_pedestrians for g in sumo.junction.groups) == 4


def test_signals_can_be_guessed_where_none_are_mapped(tmp_path: Path) -> None:
    extract = small_osm(tmp_path / "none.osm", signals=False)
    with pytest.raises(NetError, match=r"no traffic signals.*--guess-signals"):
        import_osm([extract], "none", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    assert import_osm([extract], "none", tmp_path / "none", guess_signals=True).signals.driven


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_extracts_are_read(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    plain = small_osm(tmp_path / "small.osm")
    packed = tmp_path / f"small.osm.{'gz' if pack is gzip.compress else 'bz2'}"
    packed.write_bytes(pack(plain.read_bytes()))
    found = import_osm([packed], "packed", tmp_path / "packed")
    assert len(found.signals.driven) == 2
    assert not list(found.folder.glob("*.osm"))


@pytest.mark.parametrize(("name", "content", "message"), [
    ("zero.osm", b"", "is empty"),
    ("text.osm", b"hello", "not valid XML"),
    ("cut.osm.gz", gzip.compress(b"<osm>" + b"<node/>" * 9999, mtime=0)[:40], "cut short"),
    ("not.osm.gz", b"\x1f\x8b\x08rubbish", "cut short or damaged"),
    ("cut.osm", b'<osm><node id="1"', "not valid XML"),
    ("map.kml", b"<kml/>", "not OpenStreetMap data"),
    ("fields.osm", b'<osm><way id="1"><tag k="landuse" v="farmland"/></way></osm>', "no roads"),
    ("area.osm.pbf", b"\x00", "not XML"),
])
def test_a_bad_extract_is_refused_by_name(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NetError, match=message) as caught:
        import_osm([path], "x", tmp_path / "x")
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "x").exists()
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_missing_extract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="no such OpenStreetMap extract"):
        check_extract(tmp_path / "nothing.osm", tmp_path)


def test_netconverts_own_error_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "loose.osm"
    path.write_text('<osm version="0.6"><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>')
    with pytest.raises(NetError, match="netconvert could not make a network: No nodes loaded") as caught:
        import_osm([path], "x", tmp_path / "x")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a/b", "", "..", "-x", "a b"])
def test_a_name_that_is_a_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is not a name"):
        import_osm([small_osm(tmp_path / "small.osm")], name)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), 1e9])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: float) -> None:
    with pytest.raises(BadInput, match="--vph"):
        import_osm([small_osm(tmp_path / "small.osm")], "x", tmp_path / "x", total_vph=rate)


def test_a_folder_of_someone_elses_is_left_alone_and_ours_is_replaced(tmp_path: Path) -> None:
    extract = small_osm(tmp_path / "small.osm")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="other files"):
        import_osm([extract], "x", theirs)
    assert (theirs / "thesis.txt").read_text() == "years of work"
    ours = import_osm([extract], "x", tmp_path / "ours").folder
    (ours / "left-over").write_text("")
    import_osm([extract], "x", ours)
    assert not (ours / "left-over").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ours", "small.osm", "theirs"]


def test_warnings_of_a_kind_are_counted_together() -> None:
    lines = ["Warning: Minor green from edge '1#0' to edge '7' exceeds 19.44m/s.", "Warning: Something else.",
             "Warning: Minor green from edge '-9' to edge '8#2' exceeds 22.22m/s."]
    assert [count for _, count in warning_counts(lines)] == [2, 1]


@pytest.mark.parametrize(("name", "wanted"), [("Boulevard Zerktouni شارع الزرقطوني", "Boulevard Zerktouni"), ("شارع", "شارع"),
                                              ("Rue d'Été", "Rue d'Été"), ("", "")])
def test_names_in_two_scripts_keep_the_latin_one(name: str, wanted: str) -> None:
    assert in_latin(name) == wanted


@pytest.fixture(scope="module")
def casablanca(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = shared_dir / "casablanca" / "osm"
    if not folder.is_dir():
        pytest.skip(f"no OpenStreetMap extracts at {folder}")
    return import_osm([folder / "centre_2026.osm.gz", folder / "east_2026.osm.xml.gz"], "casablanca",
                      tmp_path_factory.mktemp("real") / "casablanca")


@pytest.mark.integration
def test_the_real_extracts_give_about_ninety_signals_all_of_them_driven(casablanca: Imported) -> None:
    assert 80 <= len(casablanca.signals.driven) <= 100
    # What the command leaves behind must be usable as it is: nothing in it is refused any more.
    assert len(derive_net(casablanca.folder / "net.net.xml").junctions) == len(casablanca.signals.driven)


@pytest.mark.integration
def test_programmes_of_too_many_phases_are_replaced_and_never_all_green(casablanca: Imported) -> None:
    assert any("phases" in why for _, why, _ in casablanca.rebuilt)
    for sumo in casablanca.signals.driven:
        if len(sumo.junction.stages) > 1:
            assert not any(set(phase.state) <= set("Gg") for phase in sumo.programme), sumo.junction.label


@pytest.mark.integration
def test_real_tram_tracks_are_kept(casablanca: Imported) -> None:
    assert casablanca.demand.trams


@pytest.mark.integration
@pytest.mark.slow
def test_the_city_of_assumed_signals_is_imported_too(shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = shared_dir / "casablanca" / "osm" / "city_2018_signals_assumed.osm.xml.gz"
    if not extract.is_file():
        pytest.skip(f"no extract at {extract}")
    # Few gates: routes through a whole city are slow to find, and are not what is looked at here.
    monkeypatch.setattr("simulation.scenario.import_zones.MOST_ZONES", 12)
    found = import_osm([extract], "city", tmp_path / "city", total_vph=500.0)
    assert len(found.signals.driven) + len(found.refused) > 100
    shutil.rmtree(found.folder)
