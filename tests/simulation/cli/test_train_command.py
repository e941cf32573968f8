"""``mourour train`` as a user types it: one line for what is wrong, and nothing begun."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sb3_contrib")

from controller.strategies.learned import DEFAULT
from tests.conftest import ROOT


def train(out: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "simulation.cli", "train", "--out", str(out), *map(str, words)], text=True,
                          capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"})


@pytest.mark.parametrize(("words", "said"), [
    (("--begin-with", "default"), "--begin-with: a policy is begun with for reinforcement"),
    (("--begin-with", "nowhere.onnx", "--improve", "1000"), "nowhere.onnx: the policy cannot be read"),
    (("--begin-with", "CUT", "--improve", "1000"), "is no ONNX model, or only a part of one"),
    (("--begin-with", "default", "--improve", "-1"), "--improve: Input should be greater than or equal to 0"),
    (("--begin-with", "default", "--improve", "1000", "--scenarios", "nowhere"), "nowhere"),
    (("--improve", "1000", "--improve-nets", "-1"), "--improve-nets: Input should be greater than or equal to 0"),
    (("--improve", "1000", "--improve-nets", "0", "--scenarios", "none"), "there is nowhere to learn"),
    (("--improve", "1000", "--held-back-nets", "0", "--held-back", "none"), "nothing is held back to judge by"),
    (("--improve", "1000", "--scenarios", "far,centre", "--held-back", "centre"), "cannot judge: centre is both"),
])
def test_a_beginning_that_is_none_is_said_in_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(DEFAULT.read_bytes()[:200_000])
    done = train(tmp_path / "out", *(str(cut) if word == "CUT" else word for word in words))
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
