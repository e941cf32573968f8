"""Real streets: well seen as they are, and not when they are spoilt."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.observation import Quality
from detectors.quality.signs import SIGNS
from detectors.quality.watch import QualityWatch, ViewQuality
from detectors.video.source import Source
from tests.detectors.quality.street import (
    Change,
    Pixels,
    blurred,
    fog,
    frozen,
    gain,
    half_covered,
    shifted,
    snow,
    white_out,
)

FPS = 2.0
LEARN = 24
"""Images before anything is spoilt."""


@pytest.fixture(scope="module", params=["saoyan_test.mp4", "yashbansal_video.avi", "borislav_traffic.mp4",
                                        "intel_car-detection.mp4"])
def clip(request: pytest.FixtureRequest, shared_dir: Path) -> list[Pixels]:
    path = shared_dir / "video" / "clips" / str(request.param)
    if not path.exists():
        pytest.skip(f"no clip {path}")
    with Source(str(path), at_most_fps=FPS) as source:
        return [frame.image.copy() for frame in source]


def seen(watch: QualityWatch, images: list[Pixels], begun: int, change: Change | None = None) -> list[ViewQuality]:
    return [watch.see(change(image) if change else image, (begun + i) / FPS) for i, image in enumerate(images)]


def test_well_seen_throughout(clip: list[Pixels]) -> None:
    said = seen(QualityWatch(FPS), clip * 2, 0)
    assert {(q.quality, q.reason) for q in said} == {(Quality.GOOD, "")}


@pytest.mark.parametrize(("names", "worst", "within_s", "change"), [
    (("frozen",), Quality.BAD, 32.0, None),
    (("blur", "blinded"), Quality.DEGRADED, 12.0, blurred),
    (("dark",), Quality.BAD, 7.0, gain(0.1)),
    (("glare", "blinded"), Quality.BAD, 8.0, white_out),
    (("contrast", "blinded"), Quality.DEGRADED, 12.0, fog),
    (("noise",), Quality.BAD, 5.0, snow()),
    (("moved",), Quality.BAD, 13.0, shifted(0.1)),
    (("covered",), Quality.DEGRADED, 24.0, half_covered),
], ids=lambda x: x[0] if isinstance(x, tuple) else "")
def test_spoilt(clip: list[Pixels], names: tuple[str, ...], worst: Quality, within_s: float, change: Change | None) -> None:
    watch = QualityWatch(FPS)
    seen(watch, clip[:LEARN], 0)
    # A picture that stands still is one of this street.
    said = seen(watch, (clip[LEARN:] + clip)[:int(within_s * FPS)], LEARN, change or frozen())
    assert said[-1].reason in {SIGNS[name].words for name in names}
    assert said[-1].quality in (worst, Quality.BAD)
    assert said[-1].moved == (names == ("moved",))
