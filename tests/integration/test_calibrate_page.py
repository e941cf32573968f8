"""The page of ``mourour calibrate`` in a real browser: it comes up, clicks become points and lanes, Save writes the file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from controller.cameras.camera_file import read_camera
from detectors.camera.fit import ground_of
from tests.conftest import ROOT
from tests.detectors.camera.pinhole import Pinhole
from tests.integration.browser import PATIENCE_S, Tab, tab

pytestmark = pytest.mark.integration

CAMERA = Pinhole()
CORNERS = [(0.0, 20.0), (3.5, 20.0), (3.5, 60.0), (0.0, 60.0)]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """Address of the page, which saves to site.yaml."""
    pytest.importorskip("nicegui", reason="the page needs the serve extra")
    cv2.imwrite(str(tmp_path / "street.png"), np.full((720, 1280, 3), 100, np.uint8))
    # NiceGUI behaves otherwise where it sees that pytest is about.
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment = {**around, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    words = [sys.executable, "-m", "simulation.cli", "calibrate", "street.png", "--page", "--port", "0", "--out", "site.yaml"]
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert "page: http://127.0.0.1:" in line, line + process.stderr.read()
            answers(line.split()[1])
            yield line.split()[1]
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=30)[1]
            assert "Traceback" not in rest and process.returncode == 0, rest


def answers(address: str) -> None:
    """The port opens a moment after the page is announced."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_S):
                return
        except urllib.error.URLError:
            assert time.monotonic() < until_s
            time.sleep(0.05)


def click(browser: Tab, x: float, y: float) -> None:
    """On a pixel of the camera's image."""
    box = json.loads(browser.ask("JSON.stringify(document.querySelector('[data-test=image] img').getBoundingClientRect())"))
    browser.click(box["x"] + x / 1280 * box["width"], box["y"] + y / 720 * box["height"])


def test_a_camera_is_calibrated_by_clicking(page: str, tmp_path: Path) -> None:
    verdict = "document.querySelector('[data-test=verdict]').innerText"
    with tab(page, tmp_path / "profile") as browser:
        browser.wait("document.readyState == 'complete' && document.querySelector('[data-test=image] img')?.naturalWidth == 1280")
        browser.wait(f"{verdict}.includes('measures neither')")
        for i, corner in enumerate(CORNERS, start=1):
            click(browser, *CAMERA.pixel(*corner))
            browser.wait(f"document.querySelectorAll('.known').length == {i}")
            for axis, value in zip("xy", corner, strict=True):
                browser.type(f"[data-test={axis}{i}]", f"{value:g}")
            if i < 4:
                browser.wait(f"{verdict}.includes('{i} points have metres, four are needed')")
        browser.wait(f"{verdict}.includes('4 known points, off by 0.00 m RMS')")
        browser.ask("document.querySelectorAll('[data-test=tools] .q-radio')[1].click()")
        browser.wait("document.body.innerText.includes('both ends of the stop line')")
        for i, corner in enumerate(CORNERS, start=1):
            click(browser, *CAMERA.pixel(*corner))
            browser.wait(f"document.querySelectorAll('[data-test=image] circle').length >= {i}")
        browser.type("[data-test=name]", "N1")
        browser.ask("document.querySelector('[data-test=finish]').click()")
        browser.wait(f"{verdict}.includes('N1: 40 m')")
        assert not (tmp_path / "site.yaml").exists()
        browser.ask("document.querySelector('[data-test=save]').click()")
        browser.wait("document.body.innerText.includes('saved')")
    site = read_camera(tmp_path / "site.yaml")
    ground = ground_of(site)
    assert ground is not None and [lane.id for lane in site.lanes] == ["N1"]
    # A click is a whole pixel of the screen, which shows the image smaller than it is.
    assert np.hypot(*(ground.metres([CAMERA.pixel(1.0, 40.0)])[0] - (1.0, 40.0))) < 1.5
