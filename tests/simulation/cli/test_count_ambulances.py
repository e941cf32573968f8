"""``mourour count --ambulance-weights`` and ``--signals`` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.detectors.vision.classifiers import red_and_white
from tests.simulation.cli.test_count_command import mourour

SIZE, FPS = (320, 240), 10
SITE = """
camera: made
image: {width: 320, height: 240}
lanes:
  - {id: south_0, area: [[20, 0], [140, 0], [140, 230], [20, 230]], stop_line: [[20, 230], [140, 230]]}
  - {id: south_1, area: [[180, 0], [300, 0], [300, 230], [180, 230]], stop_line: [[180, 230], [300, 230]]}
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A white car with a red band drives into the first lane and a red taxi with a sign into the second; both stand then."""
    dice = np.random.default_rng(1)
    road = (95 + dice.normal(0, 5, (SIZE[1], SIZE[0], 1))).clip(0, 255).astype(np.uint8).repeat(3, 2)
    file = tmp_path_factory.mktemp("clip") / "cars.mp4"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE)
    for i in range(31 * FPS):
        image, y = np.roll(road, i % 3, axis=1), min(-40 + 7 * max(0, i - 20), 170)
        cv2.rectangle(image, (60, y), (100, y + 36), (240, 242, 240), -1)
        cv2.rectangle(image, (60, y + 12), (100, y + 24), (30, 30, 220), -1)
        cv2.rectangle(image, (220, y), (260, y + 36), (42, 36, 198), -1)
        cv2.rectangle(image, (232, y), (248, y + 6), (245, 245, 245), -1)
        writer.write(image)
    writer.release()
    return file


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return red_and_white(tmp_path_factory.mktemp("weights") / "made_openvino_model")


def test_ambulances_have_a_key_of_their_own_and_signals_tell_who_waits(clip: Path, weights: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "heads.csv").write_text("time_s,lane,green\n0,south_0,0\n0,south_1,1\n")
    done = mourour("count", clip, "--site", tmp_path / "site.yaml", "--ambulance-weights", weights, "--signals",
                   tmp_path / "heads.csv", "--stream", tmp_path / "told.jsonl", "--render", tmp_path / "seen.mp4", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert list(told)[-2:] == ["quality", "ambulances"]
    (hint,) = told["ambulances"]
    assert hint["lane"] == "south_0" and hint["confidence"] > 0.9 and hint["since_s"] < 8.0
    # Both stand alike: one at red, one through its green.
    assert [(one["kind"], one["lane"]) for one in told["incidents"]] == [("stopped_vehicle", "south_1")]
    rows = [json.loads(line) for line in (tmp_path / "told.jsonl").read_text().splitlines()]
    opened, ended = (row["ambulance"] for row in rows if "ambulance" in row)
    assert opened["until_s"] is None and ended["until_s"] > 8.0, "the end of the recording ends it"
    video = cv2.VideoCapture(str(tmp_path / "seen.mp4"))
    video.set(cv2.CAP_PROP_POS_FRAMES, 150)
    image = video.read()[1].astype(int)
    pink = (np.abs(image - (255, 80, 255)) < 60).all(axis=2)
    assert pink[:, 30:130].sum() > 200 and pink[:, 190:290].sum() == 0, "a frame round the one and not round the other"


@pytest.mark.parametrize(("words", "says"), [
    (["--ambulance-weights", "none.pt"], "none.pt: there is no such file (check the path given with --ambulance-weights)"),
    (["--signals", "none.csv"], "none.csv: cannot be read"),
])
def test_what_is_wrong_is_one_line(clip: Path, words: list[str], says: str) -> None:
    done = mourour("count", clip, *words, "--json")
    assert done.returncode == 2 and done.stdout == "" and says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and "Traceback" not in done.stderr
