"""Tables, page, picture and object say the same, whatever is missing."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from simulation.benchmark_control.grids import delay_grid, grids, relative_grid
from simulation.benchmark_control.origin import Origin, commit_of, origin_of
from simulation.benchmark_control.outputs import as_dict, write_outputs
from simulation.benchmark_control.results import Results
from simulation.benchmark_control.show import markdown
from tests.simulation.benchmark_control.made import NET, STREET, results

ORIGIN = Origin("mourour benchmark control", "1-2", "each scenario's own", "0123456789", {"sumo": "SUMO 1.28.0"})
DELAYS = {"fixed": (100.0, 110.0), "sumo:actuated": (80.0, 900.0), "predictive": (70.0, 75.0)}


@pytest.fixture
def found() -> Results:
    """Two cases; the last seed of one strategy failed in the net, of another it is missing."""
    made = results(DELAYS, cases=(STREET, NET))
    del made.records["cologne1", "fixed", 2], made.records["cologne1", "predictive", 2]
    made.failures["cologne1", "fixed", 2] = "the <disk> is full | really"
    return made


def rows(grid_text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in grid_text.splitlines() if line.startswith("| ")]


def test_mean_worst_seed_and_the_best_in_bold(found: Results) -> None:
    head, far, cologne = rows(markdown(delay_grid(found)))
    assert head == ["scenario", "fixed", "sumo:actuated", "predictive"]
    assert far == ["far", "105.0 (110.0)", "490.0 (900.0)", "**72.5 (75.0)**"]
    assert cologne == ["cologne1", "100.0, 1 of 2 seeds, failed 1", "490.0 (900.0)", "70.0, 1 of 2 seeds"], \
        "a mean over other seeds is no contest"


def test_changes_are_from_fixed(found: Results) -> None:
    grid = relative_grid(found)
    assert grid is not None and grid.head == ("scenario · figure", "fixed, s", "sumo:actuated", "predictive")
    names = [row[0].text for row in grid.rows]
    assert names[:3] == ["far · P95 delay", "far · people's wait", "far · tram delay"]
    assert [entry.text for entry in grid.rows[0][1:]] == ["100.0", "0.0 %", "0.0 %"]
    assert relative_grid(results({"actuated": (1.0,)})) is None


def test_everything_is_written(found: Results, tmp_path: Path) -> None:
    files = write_outputs(found, grids(found, "predictive"), ORIGIN, tmp_path)
    assert sorted(file.name for file in files) == ["control.html", "control.md", "control.svg"]
    text = (tmp_path / "control.md").read_text(encoding="utf-8")
    for part in (ORIGIN.command, "Seeds 1-2", "SUMO 1.28.0", "0123456789", "**Incomplete: 1 of 12 runs were not made.**",
                 "RESCO, NeurIPS 2021", "Targets for predictive", "the <disk> is full"):
        assert part in text, part
    page = (tmp_path / "control.html").read_text(encoding="utf-8")
    assert "the &lt;disk&gt; is full" in page and "<disk>" not in page
    assert page.count("data-drawing=") == 2, "one for each case"
    assert "default-src 'none'" in page, "it may load nothing from anywhere"
    drawings = json.loads(page.split('id="drawings">')[1].split("</script>")[0])
    assert [len(trace.get("x", [])) for trace in drawings["case-0"]["data"]] == [3, 6], "three bars, a dot for each seed"


def test_the_picture_is_whole_and_nothing_leaves_it(found: Results, tmp_path: Path) -> None:
    write_outputs(found, [], ORIGIN, tmp_path)
    root = ElementTree.parse(tmp_path / "control.svg").getroot()
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    space = "{http://www.w3.org/2000/svg}"
    bars = [(float(e.attrib["x"]), float(e.attrib["width"])) for e in root.iter(f"{space}rect")
            if e.find(f"{space}title") is not None]
    assert len(bars) == 6 and all(x > 0 and x + wide < width for x, wide in bars), "a jam of 900 s is cut, not drawn outside"
    dots = list(root.iter(f"{space}circle"))
    beyond = list(root.iter(f"{space}path"))
    assert len(dots) + len(beyond) == 10 and len(beyond) == 2
    for text in root.iter(f"{space}text"):
        assert 0 <= float(text.attrib["x"]) <= width and 0 <= float(text.attrib["y"]) <= height
    words = [text.text for text in root.iter(f"{space}text")]
    assert "cologne1 †" in words and "≫ 490.0" in words


def test_nothing_at_all_is_still_a_page_and_a_picture(tmp_path: Path) -> None:
    empty = Results((STREET,), ["fixed"], [1])
    assert len(write_outputs(empty, grids(empty, "predictive"), ORIGIN, tmp_path)) == 3


def test_the_object_has_every_run_and_every_mark(found: Results) -> None:
    told = json.loads(json.dumps(as_dict(found, ORIGIN, "predictive", [])))
    assert len(told["runs"]) == 10 and told["missing"] == 1
    assert told["failed"] == [{"name": "cologne1", "strategy": "fixed", "seed": 2, "reason": "the <disk> is full | really"}]
    assert told["delay"]["far"]["predictive"] == {"mean_s": 72.5, "worst_seed_s": 75.0, "seeds": 2}
    assert {mark["scenario"] for mark in told["targets"]} == {"far"} and len(told["targets"]) == 7
    assert told["published"]["nets"][0]["published_s"]["IDQN"] == 26.1


def test_the_commit_is_the_repositorys_own(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == ""
    for words in (("init", "-q"), ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", "--allow-empty")):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    assert re.fullmatch(r"[0-9a-f]{10}", commit_of(tmp_path))
    (tmp_path / "inside").mkdir()
    assert commit_of(tmp_path / "inside") == ""


def test_the_command_is_quoted(found: Results) -> None:
    assert origin_of(found, ["benchmark", "control", "--out", "a b"]).command == "mourour benchmark control --out 'a b'"
