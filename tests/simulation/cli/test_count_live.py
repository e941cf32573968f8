"""``mourour count`` on a live camera: ended by Ctrl-C or after a time, with everything written; and what is said of silence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import pyarrow.parquet as pq

from tests.conftest import ROOT
from tests.detectors.video.camera_server import serving
from tests.detectors.video.films import film, picture, street


def started(*words: str | Path, out: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "simulation.cli", "count", *map(str, words)], text=True, stdout=out,
                            stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"})


def until_told(stream: Path, what: str, counting: subprocess.Popen[str]) -> None:
    """Wait until ``stream`` has ``what`` twice."""
    until_s = time.monotonic() + 60.0
    while not (stream.exists() and stream.read_text().count(what) >= 2):
        assert counting.poll() is None and time.monotonic() < until_s
        time.sleep(0.02)


def test_a_stopped_camera_leaves_everything_that_was_counted(tmp_path: Path) -> None:
    out, stream = tmp_path / "out", tmp_path / "stream.jsonl"
    with serving([street()], fps=20) as server:
        counting = started(server.address, "--line", "0,90,319,90", "--out", out, "--stream", stream, "--json")
        until_told(stream, '"event"', counting)
        counting.send_signal(signal.SIGINT)
        text, said = counting.communicate(timeout=30)
    assert counting.returncode == 0, said
    told = json.loads(text)
    events = pq.read_table(out / "events.parquet").to_pylist()
    assert len(events) == told["counts"]["total"] == len(told["events"]) >= 2
    assert json.loads((out / "summary.json").read_text()) == told
    assert len(pq.read_table(out / "tracks.parquet")) > 10


def test_an_interrupted_recording_says_that_it_is_not_whole(tmp_path: Path) -> None:
    clip, stream = film(tmp_path / "a.avi", (picture(i) for i in range(800)), codec="MJPG"), tmp_path / "stream.jsonl"
    counting = started(clip, "--stream", stream, "--json")
    until_told(stream, "\n", counting)
    counting.send_signal(signal.SIGINT)
    text, said = counting.communicate(timeout=30)
    told = json.loads(text)
    assert counting.returncode == 1 and "interrupted" in said
    assert 0 < told["frames"] < 800 and f"interrupted after {told['frames']} images" in told["quality"]["notes"]


def test_a_camera_that_falls_silent_is_said_to_be_and_ends_when_its_time_is_over() -> None:
    def stuck() -> Iterator[bytes]:
        yield from islice(street(), 20)
        time.sleep(15.0)

    with serving([stuck()], fps=20) as server:
        counting = started(server.address, "--duration", "5", "--json")
        text, said = counting.communicate(timeout=60)
        server.over.set()
    assert counting.returncode == 0 and json.loads(text)["frames"] <= 20
    assert said.count("no picture comes; it is waited for") == 1 and "127.0.0.1" in said
