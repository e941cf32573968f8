"""``mourour scenario build | import-osm | show`` as a user types them: output, exit codes, and nothing but JSON on stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.simulation.scenario.small_osm import small_osm


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    small_osm(folder / "small.osm")
    return folder


def mourour(*words: str, cwd: Path, repository: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(repository), "MOUROUR_CACHE": str(cwd / "cache"), "COLUMNS": "100"}
    return subprocess.run([sys.executable, "-m", "simulation.cli", *words], cwd=cwd, env=environment, capture_output=True,
                          text=True, check=False)


@pytest.mark.integration
def test_import_then_simulate_what_it_printed_then_draw_it(place: Path, repository: Path) -> None:
    done = mourour("scenario", "import-osm", "small.osm", "--name", "small", cwd=place, repository=repository)
    assert done.returncode == 0, done.stderr
    assert "synthetic" in done.stderr and "OpenStreetMap contributors" in done.stderr
    command = next(line.strip() for line in done.stderr.splitlines() if line.strip().startswith("mourour simulate"))
    run = mourour(*command.split()[1:], "--duration", "120", "--json", cwd=place, repository=repository)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["vehicles"]["departed"] > 0
    shown = mourour("scenario", "show", "small", "--json", cwd=place, repository=repository)
    assert (place / json.loads(shown.stdout)["drawing"]).stat().st_size > 100_000


@pytest.mark.integration
def test_import_json_is_one_object(place: Path, repository: Path) -> None:
    words = ("scenario", "import-osm", "small.osm", "--name", "j", "--vph", "500", "--json")
    done = mourour(*words, cwd=place, repository=repository)
    found = json.loads(done.stdout)
    assert found["signals"]["driven"] == 2
    assert found["demand"] == found["demand"] | {"synthetic": True, "evening_vph": 500}
    assert all((place / path).is_file() for path in found["configurations"].values())


@pytest.mark.integration
def test_build_into_a_folder(place: Path, repository: Path) -> None:
    done = mourour("scenario", "build", "mohammed-vi", "--out", "built", "--json", cwd=place, repository=repository)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert all(Path(place / path).is_file() for path in (found["net"], found["signals"], *found["configurations"].values()))
    rows = yaml.safe_load((place / found["signals"]).read_text(encoding="utf-8"))["junctions"]
    assert [row["id"] for row in rows] == [row["id"] for row in found["junctions"]]
    assert all(row["largest_intergreen_s"] > 3 for row in found["junctions"])
    drawn = mourour("scenario", "show", "built", "--junction", "doukkali", "--out", "d.svg", cwd=place, repository=repository)
    assert drawn.returncode == 0, drawn.stderr
    assert "Doukkali" in (place / "d.svg").read_text(encoding="utf-8")
    roads = [mourour("scenario", "streets", which, "--out", f"{i}.json", "--json", cwd=place, repository=repository)
             for i, which in enumerate(("mohammed-vi", "built"))]
    assert [row.returncode for row in roads] == [0, 0], roads[1].stderr
    summary = json.loads(roads[0].stdout)
    assert summary["junctions"] == 13 and "OpenStreetMap" in summary["attribution"]
    assert (place / "0.json").read_text(encoding="utf-8") == (place / "1.json").read_text(encoding="utf-8")


@pytest.mark.integration
@pytest.mark.parametrize(("words", "said"), [
    (("import-osm", "nothing.osm", "--name", "x"), "nothing.osm: no such OpenStreetMap extract"),
    (("import-osm", "small.osm", "--name", "a/b"), "--name"),
    (("import-osm", "small.osm", "--name", "x", "--out", "."), "the folder you are in"),
    (("build", "atlantis"), "unknown scenario 'atlantis'"),
    (("build", "nothing.yaml"), "no such scenario file"),
    (("show", "atlantis"), "unknown scenario 'atlantis'"),
    (("show", "nothing.sumocfg"), "nothing.sumocfg"),
    (("streets", "atlantis"), "unknown scenario 'atlantis'"),
])
def test_bad_input_is_one_line_and_exit_code_2(place: Path, repository: Path, words: tuple[str, ...], said: str) -> None:
    done = mourour("scenario", *words, cwd=place, repository=repository)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("mourour:")]
    assert len(lines) == 1
