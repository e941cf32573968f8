"""``mourour benchmark incidents`` as its users meet it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from signal_drivers.errors import BadInput
from simulation.cli.benchmark_incidents import incidents
from simulation.cli.choices import DetectorChoice


@pytest.mark.parametrize(("words", "says"), [
    ({"eyes": "blind"}, "'blind' is none of perfect, camera, poor, rendered"), ({"eyes": ","}, "nothing is named"),
    ({"weights": "yolo11n.pt"}, "nobody looks at an image"), ({"detector": DetectorChoice.yolo}, "add rendered to --eyes"),
    ({"seeds": "x"}, "'x' is not a seed"), ({"seeds": "3-1"}, "empty or endless")])
def test_bad_input_is_refused_before_anything_runs(words, says):
    with pytest.raises(BadInput, match=says):
        incidents(**words)


def test_bad_input_is_one_line():
    done = subprocess.run([sys.executable, "-m", "simulation.cli", "benchmark", "incidents", "--eyes", "blind"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1 and "Traceback" not in done.stderr
