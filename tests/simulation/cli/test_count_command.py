"""``mourour count`` as a user types it: one JSON object, tables, a drawn video, and one line for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT

WIDTH, HEIGHT, FPS = 320, 240, 25
CARS = ((60, 1, 40), (60, 1, 130), (180, -1, 60), (60, 1, 200))
"""Of each car its column, its way (1 down the image, -1 up) and the image in which its middle is at row 0 or at the last one."""
SITE = """
camera: made
image: {width: 320, height: 240}
homography:
  points:
    - {px: [0, 40], m: [0, 40]}
    - {px: [320, 40], m: [16, 40]}
    - {px: [320, 240], m: [16, 0]}
    - {px: [0, 240], m: [0, 0]}
lanes:
  - {id: south_0, area: [[20, 0], [140, 0], [140, 200], [20, 200]], stop_line: [[20, 200], [140, 200]]}
"""


def mourour(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", *map(str, words)], text=True, capture_output=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"})


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four cars on a grey road, three of them down the image and one up."""
    dice = np.random.default_rng(1)
    road = (90 + dice.normal(0, 6, (HEIGHT, WIDTH, 1))).clip(0, 255).astype(np.uint8).repeat(3, 2)
    file = tmp_path_factory.mktemp("clip") / "cars.mp4"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for i in range(320):
        image = road.copy()
        for x, way, begin in CARS:
            y = 3 * (i - begin) if way > 0 else HEIGHT - 3 * (i - begin)
            cv2.rectangle(image, (x - 18, y - 26), (x + 18, y + 26), (40, 40, 200), -1)
            cv2.rectangle(image, (x - 14, y - 12), (x + 14, y + 6), (160, 160, 150), -1)
        writer.write(image)
    writer.release()
    return file


def test_json_is_one_object_with_every_crossing(clip: Path) -> None:
    done = mourour("count", clip, "--line", "0,120,319,120", "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert list(told) == ["source", "detector", "frames", "duration_s", "fps", "counts", "events", "incidents", "quality"]
    assert (told["source"], told["detector"], told["frames"], told["fps"]) == (str(clip), "background", 320, 25.0)
    assert told["duration_s"] == pytest.approx(12.8, abs=0.05)
    # Walking rightwards, down the image is from the left hand to the right.
    assert told["counts"] == {"total": 4, "by_direction": {"left_to_right": 3, "right_to_left": 1}, "by_class": {"vehicle": 4},
                              "by_lane": {}}
    expected = sorted((begin + 40, "left_to_right" if way > 0 else "right_to_left") for _, way, begin in CARS)
    for event, (frame, way) in zip(told["events"], expected, strict=True):
        assert event["direction"] == way and abs(event["frame"] - frame) <= 4
        assert event["line"] == "line" and event["lane"] is None and event["class"] == "vehicle"
    assert len({event["track"] for event in told["events"]}) == 4


def test_a_site_file_gives_lanes_speeds_and_tables(clip: Path, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE)
    out, stream = tmp_path / "out", tmp_path / "stream.jsonl"
    done = mourour("count", clip, "--site", site, "--out", out, "--stream", stream, "--render", tmp_path / "seen.mp4", "--line",
                   "above:20,120,140,120")
    assert done.returncode == 0, done.stderr
    assert "south_0" in done.stdout and "compté" in done.stdout
    events = pq.read_table(out / "events.parquet").to_pylist()
    at_stop = [e for e in events if e["line"] == "south_0"]
    assert [(e["lane"], e["direction"]) for e in at_stop] == [("south_0", at_stop[0]["direction"])] * 3
    tracks = [row for row in pq.read_table(out / "tracks.parquet").to_pylist() if row["lane"] == "south_0"]
    # Three pixels an image, 25 images a second, 0.2 m a pixel: 15 m/s, once whole in view.
    speeds = [row["speed_mps"] for row in tracks if row["top"] > 70 and row["bottom"] < 235 and row["speed_mps"] is not None]
    assert np.median(speeds) == pytest.approx(15.0, rel=0.05)
    lanes = pq.read_table(out / "lanes.parquet").to_pylist()
    assert lanes[-1]["passed"] == 3 and len(lanes) == 13
    rows = [json.loads(line) for line in stream.read_text().splitlines()]
    told = [row["event"] for row in rows if "event" in row]
    assert len(told) >= 2 and any(row.get("vehicles") for row in rows)
    assert all(list(event) == ["frame", "time_s", "line", "lane", "direction", "class", "track"] for event in told)
    assert {event["class"] for event in told} == {"vehicle"}
    counts = json.loads((out / "summary.json").read_text())["counts"]
    assert counts["by_lane"] == {"south_0": 3}, "who crosses another line in the lane as well left it once"
    assert counts["total"] == 6 and "above" in done.stdout
    video = cv2.VideoCapture(str(tmp_path / "seen.mp4"))
    count = 0
    while video.grab():
        count += 1
    assert count == 320


def test_what_can_hardly_be_meant_is_said_at_the_beginning_and_in_the_summary(clip: Path, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE.replace("height: 240", "height: 180").replace("240]", "180]").replace("[16, ", "[160, ").replace(
        "stop_line: [[20, 200], [140, 200]]", "stop_line: [[20, 100], [140, 100]]").replace(
        "[140, 200], [20, 200]", "[140, 160], [20, 160]"))
    done = mourour("count", clip, "--site", site, "--seconds", "1", "--json")
    assert done.returncode == 0, done.stderr
    notes = json.loads(done.stdout)["quality"]["notes"]
    for part in ("through the middle of lane south_0", "no lane is as wide", "of another shape"):
        assert part in " ".join(notes) and part in " ".join(done.stderr.split()), part


def test_nothing_but_what_was_asked_for_is_written(clip: Path, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "simulation.cli", "count", str(clip), "--json"], text=True, capture_output=True,
                          check=False, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)})
    # Nor does a library greet a machine that it is new to, ahead of the one object.
    assert done.returncode == 0 and "across the middle" in json.loads(done.stdout)["quality"]["notes"][0]
    left = [p for p in tmp_path.rglob("*") if p.is_file() and not {"Ultralytics", "matplotlib", "fontconfig"} & set(p.parts)]
    assert left == [], "no image, no cache of images, no model"


@pytest.mark.parametrize(("words", "parts"), [
    (["no/such.mp4"], ["no/such.mp4", "no such file"]),
    (["CLIP", "--line", "1,2,3"], ["--line", "1,2,3"]),
    (["CLIP", "--line", "5,5,5,5"], ["no length"]),
    (["CLIP", "--line", "0,900,319,900"], ["line", "0,900", "outside the image of 320 × 240"]),
    (["CLIP", "--weights", "none.pt"], ["none.pt"]),
    (["CLIP", "--weights", "EMPTY.pt"], ["EMPTY.pt", "empty"]),
    (["CLIP", "--weights", "EMPTY.xml"], ["EMPTY"]),
    (["CLIP", "--detector", "background", "--weights", "EMPTY.pt"], ["takes no weights"]),
    (["CLIP", "--line", "a:0,50,319,50", "--line", "a:0,90,319,90"], ["line a", "a name of its own"]),
    (["CLIP", "--line", "south_0:0,50,319,50", "--site", "GOOD.yaml"], ["line south_0", "a name of its own"]),
    (["CLIP", "--site", "none.yaml"], ["none.yaml"]),
    (["CLIP", "--site", "OUTSIDE.yaml"], ["OUTSIDE.yaml", "line", "outside the image"]),
    (["CLIP", "--site", "LINE.yaml"], ["on one line"]),
    (["CLIP", "--show"], ["--show", "screen"]),
    (["CLIP", "--json", "--stream", "-"], ["standard output"]),
    (["TEXT.mp4"], ["TEXT.mp4", "no video"]),
    (["EMPTY.mp4"], ["EMPTY.mp4", "empty"])])
def test_what_cannot_be_used_is_said_in_one_line(clip: Path, tmp_path: Path, words: list[str], parts: list[str]) -> None:
    (tmp_path / "EMPTY.pt").touch()
    (tmp_path / "EMPTY.xml").touch()
    (tmp_path / "EMPTY.mp4").touch()
    (tmp_path / "TEXT.mp4").write_text("this is a text\n" * 50)
    (tmp_path / "OUTSIDE.yaml").write_text(SITE.replace("[[20, 0], [140, 0], [140, 200], [20, 200]]",
                                                        "[[920, 0], [940, 0], [940, 200]]"))
    (tmp_path / "GOOD.yaml").write_text(SITE)
    (tmp_path / "LINE.yaml").write_text(SITE.replace("[320, 40]", "[0, 100]").replace("[320, 240]", "[0, 200]"))
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run([sys.executable, "-m", "simulation.cli", "count", *[str(clip) if w == "CLIP" else w for w in words]],
                          text=True, capture_output=True, check=False, cwd=tmp_path, timeout=120,
                          env=environment | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"})
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
    for part in parts:
        assert part in done.stderr, done.stderr
