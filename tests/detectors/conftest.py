"""What tests of detectors share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def video_dir(shared_dir: Path) -> Path:
    """Real clips, hand counts and weights; skips, and says so, where there are none."""
    folder = shared_dir / "video"
    if not folder.is_dir():
        pytest.skip(f"no real clips at {folder}")
    return folder
