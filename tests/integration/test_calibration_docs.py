"""The worked example of docs/calibration.md does what the page says."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path
from unittest.mock import patch

import cv2
import pytest

from controller.cameras.camera_file import parse_camera, read_camera
from detectors.camera.quality import judge
from simulation.cli import main

pytestmark = pytest.mark.integration


def test_the_worked_example(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (repository / "docs" / "calibration.md").read_text(encoding="utf-8")

    def blocks(kind: str) -> list[str]:
        return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)

    monkeypatch.chdir(tmp_path)
    (tmp_path / "street.py").write_text(blocks("python")[0])
    (tmp_path / "marks.csv").write_text(blocks("csv")[0])
    runpy.run_path("street.py")
    for command in blocks("sh"):
        with patch("sys.argv", shlex.split(command.replace("\\\n", " "))), pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code
    told = re.search(r"# fit: (.*)", (tmp_path / "site.yaml").read_text())
    assert told is not None and told.group(1) in text
    tape, width = judge(read_camera(tmp_path / "site.yaml")), judge(read_camera(tmp_path / "width.yaml"))
    assert f"N1                               {tape.lanes[0].far_m:.2f}" in text and f"at {width.lanes[0].far_m:.2f} m" in text
    assert all(f"! {warning}" in text for warning in tape.warnings) and width.warnings == ()
    assert "camera 9.0 m high, tilted down 14.0 deg" in (tmp_path / "width.yaml").read_text()
    assert cv2.imread("look.png") is not None
    assert parse_camera(blocks("yaml")[0], "docs").lanes[0].group == "NT"
