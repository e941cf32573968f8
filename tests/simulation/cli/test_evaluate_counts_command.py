"""``mourour evaluate-counts`` as a user types it: output, exit codes, one line for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from detectors.errors import EvaluationError
from simulation.cli.evaluate_counts import evaluate_counts
from tests.conftest import ROOT
from tests.detectors.evaluation.examples import LEFT, drive, event, results, write_tables


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    events = [event(10, lane="n_0", time_s=1.0), event(52, LEFT, lane="n_1", time_s=5.2), event(100, lane="n_1", time_s=10.0)]
    (folder / "summary.json").write_text(json.dumps(results(*events)))
    write_tables(folder, events, drive(10, range(5, 40)) + drive(100, range(90, 120)))
    return folder


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "comptage.csv"
    path.write_bytes("\ufeffTemps (s);Sens;Voie;Classe;Vitesse (km/h)\n1,2;1;1;VL;40,0\n5,0;1;2;PL;\n10,1;1;2;VL;36\n".encode())
    return path


def mourour(*words: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", "evaluate-counts", *map(str, words)], text=True, input=given,
                          capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "160"})


def said(capsys: pytest.CaptureFixture[str], *paths: Path, **options: Any) -> dict[str, Any]:
    evaluate_counts(*paths, json=True, **options)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_table_speaks_both_languages_and_the_page_is_whole(counted: Path, truth: Path, tmp_path: Path) -> None:
    page = tmp_path / "deep" / "evaluation.html"
    done = mourour(counted, truth, "--lane", "1=n_0", "--lane", "2=n_1", "--report", page)
    assert done.returncode == 0 and done.stdout == ""
    for part in ("rappel", "66.7 %", "2 of 3", "à contresens", "compté", "n_0", "Vitesses", "2.00 km/h", str(page)):
        assert part in done.stderr
    text = page.read_text()
    assert "Comptages comparés" in text and "wrong direction · à contresens (1)" in text


def test_json_from_standard_input_alone_on_standard_output(truth: Path) -> None:
    done = mourour("-", truth, "--json", "--at-least-f1", "0.5", given=json.dumps(results(event(12), event(50), event(101))))
    assert done.returncode == 0 and done.stderr == ""
    assert json.loads(done.stdout)["events"]["f1"] == 1.0


def test_less_than_was_asked_for(counted: Path, truth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as left:
        evaluate_counts(counted, truth, json=True, at_least_f1=0.67)
    assert left.value.exit_code == 1
    assert json.loads(capsys.readouterr().out)["events"]["f1"] == 0.6667
    evaluate_counts(counted, truth, json=True, at_least_f1=2 / 3)


def test_what_options_do(counted: Path, truth: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, counted, truth, within=0.05)["events"]["hits"] == 0
    assert said(capsys, counted, truth, until_s=4.0)["events"]["true"] == 1
    assert said(capsys, counted, truth, lane=["1=n_0"])["events"]["by_lane"]["n_0"]["found"] == 1
    assert said(capsys, counted, truth, line=["line"])["events"]["hits"] == 2
    truth.write_text("heure;sens\n7h30;Anfa\n7:30:10;Anfa\n")
    found = said(capsys, counted, truth, begin="7:29:59", direction=["Anfa=left_to_right"])
    assert found["events"]["hits"] == 1
    truth.write_text("frame,direction\n11,1\n101,1\n")
    assert said(capsys, counted, truth, first_frame=1, within=0.0)["events"]["hits"] == 2


def test_tracks_of_other_programs(counted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = tmp_path / "gt.txt"
    rows = drive(1, range(5, 40)) + drive(2, range(90, 120))
    truth.write_text("".join(f"{r['frame'] + 1},{r['track']},{r['left'] + 1},{r['top'] + 1},40,30,1,3,1\n" for r in rows))
    assert said(capsys, counted, truth)["tracks"]["mota"] == 1.0
    assert said(capsys, counted, truth, iou=1.0)["tracks"]["idf1"] == 1.0
    assert said(capsys, counted, counted)["tracks"]["mota"] == 1.0


@pytest.mark.parametrize(("options", "says"), [
    ({"begin": "tea"}, "--begin: 'tea' is not a number"), ({"lane": ["1"]}, "--lane: '1' is no pair of names"),
    ({"direction": ["a=b"]}, "--direction: 'b' is no direction"), ({"until_s": 0.0}, "--until: the window ends at 0 s"),
    ({"within": float("nan")}, "--within: nan is not a number"), ({"fps": float("nan")}, "--fps: nan is not"),
    ({"at_least_f1": float("nan")}, "--at-least-f1: nan"), ({"within": -1.0}, "within: a window of -1.0 s is none"),
    ({"line": ["=x"]}, "--line: '=x' is no pair"), ({"line": ["north"]}, "--line: nothing was counted at a line north")])
def test_options_that_cannot_be(counted: Path, truth: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate_counts(counted, truth, **options)
    assert str(caught.value).startswith(says) and caught.value.exit_code == 2


def test_faults_are_one_line_and_exit_2(counted: Path, truth: Path, tmp_path: Path) -> None:
    truth.write_text("frame,lane\n12,1\nx,1\n")
    done = mourour(counted, truth)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"mourour: {truth}: line 3: 'x' is not a number\n"
    with pytest.raises(EvaluationError, match=r"none\.ottrk: there is no such file"):
        evaluate_counts(counted, tmp_path / "none.ottrk")


def test_counts_alone_reach_no_f1(counted: Path, truth: Path) -> None:
    truth.write_text("start_s,end_s,count\n0,60,3\n")
    with pytest.raises(EvaluationError, match="no single events to score"):
        evaluate_counts(counted, truth, at_least_f1=0.9)


def test_hand_counts_of_a_clip(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = shared_dir / "video" / "ground_truth.json"
    path = tmp_path / "counted.json"
    hand = json.loads(truth.read_text())["borislav_traffic.mp4"]["events_by_dir"]
    ways = {"up": "right_to_left", "down": "left_to_right"}
    path.write_text(json.dumps(results(*(event(frame + 9, ways[way]) for way, frames in hand.items() for frame in frames),
                                       fps=30.0, frames=909, source="/clips/borislav_traffic.mp4")))
    found = said(capsys, path, truth)
    assert found["events"]["f1"] == 1.0 and found["events"]["time_error_s"] == 0.3
    # One vehicle follows another nine images later.
    assert said(capsys, path, truth, within=0.29)["events"]["hits"] == 1
