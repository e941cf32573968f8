"""Too few images are said: counts that cannot be right are never told as if they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.counting.session import Session
from detectors.video.source import Source
from detectors.vision.background import BackgroundDetector
from tests.detectors.video.films import film

pytest.importorskip("ultralytics")


@pytest.mark.parametrize(("images", "fps", "said"), [(6, 1.0, "1 a second"), (1, 25.0, "1 in all"), (40, 10.0, "")])
def test_too_few_images_are_said(tmp_path: Path, images: int, fps: float, said: str) -> None:
    with Source(str(film(tmp_path / "film.mp4", images, fps=fps))) as source:
        session = Session(source, BackgroundDetector(fps))
        for _ in session:
            pass
    quality = session.quality()
    assert (said in quality["reason"]) if said else "too few" not in quality["reason"]
    assert (quality["state"] == "degraded") == bool(said)
