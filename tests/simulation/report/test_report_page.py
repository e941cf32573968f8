"""The HTML report as a reader's browser gets it: parsed, not searched for luck."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from signal_drivers.errors import InvalidValue, OutputError
from simulation.record import RunRecord
from simulation.report import page_drawings, write_report
from simulation.report.html import report_page
from simulation.report.page_details import representatives
from simulation.report.page_end import command
from simulation.report.page_top import BENCHMARK, FULL_VIEW
from simulation.report.statistics import by_strategy
from tests.simulation.report.records import bare, corridor, full, track

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags must balance; table cells by figure, the stored drawings, and every address are kept."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: dict[str, list[str]] = {}
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.options: list[str] = []
        self.classes: list[str] = []
        self.stored = ""
        self._row: str | None = None
        self._store = False
        self.feed(text)
        self.close()
        assert self.open == []
        self.drawings: dict[str, Any] = json.loads(self.stored)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]
        self.classes += (given.get("class") or "").split()
        if tag == "tr" and "data-figure" in given:
            self._row = given["data-figure"]
            self.rows[str(self._row)] = []
        if tag == "td" and self._row:
            self.rows[self._row].append("")
        self._store = given.get("id") == "drawings"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "tr":
            self._row = None
        self._store = False

    def handle_data(self, data: str) -> None:
        if self._store:
            self.stored += data
        elif self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)
            if self.open[-1] == "option":
                self.options.append(data)
            if self._row and self.rows[self._row]:
                self.rows[self._row][-1] += data

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def page_of(records: Sequence[RunRecord], **options: Any) -> Page:
    return Page(report_page(records, **options))


THREE = [full("fixed", 1, 10.0), full("fixed", 2, 12.0), full("fixed", 3, 14.0),
         full("sumo:actuated", 1, 8.0), full("sumo:actuated", 2, 9.0), full("sumo:actuated", 3, 10.0)]


def test_the_numbers_in_the_table_are_the_records() -> None:
    page = page_of(THREE)
    label, unit, fixed, actuated = page.rows["delay_mean_s"]
    assert label.startswith("Mean delay") and unit == "s/veh"
    assert fixed == "12.0 ± 5.0"
    # Differences −2, −3, −4: −3 ± 2.484 of 12 are −25 ± 20.7 %.
    assert actuated == "9.0 ± 2.5−25.0 ± 20.7 %"
    assert page.rows["delay_worst_seed_s"][2:] == ["14.0", "10.0"]
    assert page.rows["nox_kg"][2] == "0.50"
    assert "tram_delay_s" not in page.rows
    assert "sumo:actuated: mean delay 9.0 s per vehicle, −25.0 % against fixed" in page.text


def test_the_drawings_hold_the_records_values() -> None:
    stored = page_of(THREE).drawings
    assert stored["delay"]["data"][0]["x"] == [12, 9]
    assert sorted(stored["delay"]["data"][1]["x"]) == [8, 9, 10, 10, 12, 14]
    approaches = {trace["name"]: sorted(trace["x"]) for trace in stored["approaches"]["data"]}
    assert approaches == {"fixed": [6, 12, 24], "sumo:actuated": [4.5, 9, 18]}
    names = [trace["name"] for trace in stored["space-0-0"]["data"]]
    assert {"Green band, forward", "Green", "Red", "Vehicles, forward", "Trams"} <= set(names)
    assert {key for key in stored if key.startswith("signal-")} == {"signal-0-0", "signal-0-1", "signal-1-0", "signal-1-1"}
    assert all(len(drawing["data"]) < 12 for drawing in stored.values())


def test_every_place_for_a_drawing_has_one() -> None:
    text = report_page(THREE)
    stored = Page(text).drawings
    shown = [part.split('"')[0] for part in text.split('data-drawing="')[1:]]
    assert shown and set(shown) <= stored.keys()
    assert set(shown) == {key for key in stored if not key.startswith(("space-", "signal-"))}


def test_nothing_is_loaded_from_anywhere() -> None:
    text = report_page(THREE)
    assert Page(text).addresses == []
    assert "default-src 'none'" in text
    assert text.count("plotly.js v") == 1
    assert "showSendToCloud: false" in text


def test_the_benchmark_band_is_there_only_for_benchmark_clearance() -> None:
    street = page_of(THREE)
    assert BENCHMARK not in street.text and "warning" not in street.classes
    note = "Clearance is the convention of published benchmarks."
    bench = page_of([full("fixed", 1, 10.0, clearance="benchmark", notes=[note])])
    assert BENCHMARK in bench.text and "warning" in bench.classes
    assert note not in bench.text


def test_the_full_view_is_marked_and_notes_are_said_once() -> None:
    page = page_of([full("a", 1, 1.0, view="full"), full("a", 2, 2.0, view="full")])
    assert FULL_VIEW in page.text
    assert page.text.count("Demand is synthetic.") == 1
    many = page_of([full("a", 1, 1.0, notes=[f"note {i}" for i in range(30)])])
    assert "22 more" in many.text and "note 29" in many.text


def test_one_run_has_neither_intervals_nor_changes() -> None:
    page = page_of([full("fixed", 1, 10.0)])
    assert page.rows["delay_mean_s"][2:] == ["10.0"]
    assert "change" not in page.drawings
    assert "delay_worst_seed_s" not in page.rows
    assert "confidence" not in page.text


def test_missing_values_leave_a_dash_not_a_hole() -> None:
    page = page_of([bare("fixed", 1, None), bare("actuated", 1, 5.0), bare("actuated", 2, math.nan)])
    assert page.rows["delay_mean_s"][2:] == ["–", "5.0"]
    assert page.drawings["delay"]["data"][0]["x"] == [5]
    nothing = page_of([bare("fixed", 1, None, result={}, figures={})])
    assert nothing.rows == {} and nothing.drawings == {}


def test_without_corridors_or_signals_there_are_no_empty_charts() -> None:
    page = page_of([full("fixed", 1, 10.0, corridors=[])])
    assert not any(key.startswith("space-") for key in page.drawings)
    assert "Time-space" not in page.text and "Signal timing" in page.text
    page = page_of([full("fixed", 1, 10.0, signals=[], corridors=[], approaches=[], queue_by_junction={})])
    assert "Signal timing" not in page.text and "Delay by approach" not in page.text and "By junction" not in page.text


def test_a_single_junction() -> None:
    page = page_of([full("fixed", 1, 10.0, signals=[track("J0", [(10, 40)], 600)], corridors=[corridor([0.0])],
                         queue_by_junction={"J0": [1.0] * 40})])
    assert "Time-space" not in page.text
    assert "signal-0-0" in page.drawings


def test_a_strategy_without_details_says_so_instead_of_failing() -> None:
    page = page_of([full("fixed", 1, 10.0), bare("outside", 1, 9.0, begin_s=0.0, end_s=600.0)])
    assert "space-0-0" in page.drawings and "space-0-1" not in page.drawings
    assert "Nothing was recorded here for this strategy" in page.text


def test_names_cannot_break_the_page() -> None:
    nasty = 'a<b>&"\'</script><img src=x onerror=alert(1)>'
    page = page_of([full(nasty, 1, 10.0, title=nasty, notes=[nasty]), full("sumo:program", 1, 12.0, title=nasty)])
    assert page.addresses == []
    assert nasty in page.options and "sumo:program" in page.options


def test_the_detail_is_of_the_baselines_median_seed() -> None:
    records = [bare("a", 1, 30.0), bare("a", 2, 10.0), bare("a", 3, 20.0), bare("b", 3, 1.0), bare("b", 2, 2.0),
               bare("c", 7, 5.0)]
    shown = representatives(by_strategy([*records[:5], bare("b", 1, 3.0)]), "a")
    assert {name: record.seed for name, record in shown.items()} == {"a": 3, "b": 3}
    assert representatives(by_strategy(records), "a")["c"].seed == 7


def test_what_does_not_fit_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = page_of(THREE).drawings
    room = sum(len(json.dumps(drawing)) for key, drawing in whole.items() if not key.startswith("signal-1"))
    monkeypatch.setattr(page_drawings, "DETAIL_BUDGET_CHARS", room + 500)
    page = page_of(THREE)
    assert "1 more junctions left out" in page.text
    assert page.drawings.keys() == {key for key in whole if not key.startswith("signal-1")}
    monkeypatch.setattr(page_drawings, "DETAIL_BUDGET_CHARS", 1000)
    assert "Too large to keep in one file" in page_of(THREE).text


def test_twenty_strategies_stay_below_ten_megabytes(tmp_path: Path) -> None:
    records = [full(f"s{i}", seed, 10.0 + i) for i in range(20) for seed in (1, 2)]
    assert write_report(records, tmp_path / "report.html").stat().st_size < 10_000_000


def test_the_command_to_run_it_again() -> None:
    assert command(THREE, ["fixed", "sumo:actuated"]) == (
        "mourour compare two-streets --strategies fixed,sumo:actuated --seeds 1-3 --duration 600 --view camera "
        "--clearance geometry")
    assert command(THREE[:1], ["fixed"]).startswith("mourour simulate two-streets --strategy fixed --seed 1 ")
    page = page_of(THREE)
    assert "SUMO 1.28.0" in page.text and "minimum green" in page.text


def test_the_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = write_report(THREE, tmp_path / "new" / "report.html", baseline="sumo:actuated")
    assert Page(path.read_text(encoding="utf-8")).rows["delay_mean_s"][2] == "9.0 ± 2.5"
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(THREE, tmp_path / "file" / "report.html")
    with pytest.raises(OutputError):
        write_report(THREE, tmp_path / "new")
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_a_baseline_that_nobody_beat_is_the_headline() -> None:
    page = page_of([full("fixed", 1, 10.0), full("fixed", 2, 11.0), full("actuated", 1, 12.0)])
    assert "fixed: mean delay 10.5 s per vehicle; no other strategy did better." in page.text
    assert "not every strategy ran every seed" in page.text
    assert "not every strategy ran every seed" not in page_of(THREE).text


def test_an_unknown_baseline_is_refused() -> None:
    with pytest.raises(InvalidValue, match="'nobody'"):
        report_page(THREE, baseline="nobody")
