"""Results and truths as small as they can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detectors.counting.tables import EVENTS, TRACKS

RIGHT, LEFT = "left_to_right", "right_to_left"


def event(frame: int, direction: str = RIGHT, **more: Any) -> dict[str, Any]:
    return {"frame": frame, "line": "line", "lane": None, "direction": direction, "class": "car", "track": frame, **more}


def results(*events: dict[str, Any], fps: float = 10.0, frames: int = 600, **more: Any) -> dict[str, Any]:
    """What ``mourour count --json`` prints, of one minute at ten images a second."""
    return {"source": "/videos/clip.mp4", "detector": "background", "frames": frames, "duration_s": frames / fps, "fps": fps,
            "counts": {"total": len(events)}, "events": list(events), "incidents": [], "quality": "good", **more}


def write_tables(folder: Path, events: list[dict[str, Any]], tracks: list[dict[str, Any]] | None = None) -> None:
    """The tables of ``mourour count --out``."""
    pq.write_table(pa.Table.from_pylist(events, schema=EVENTS), folder / "events.parquet")
    if tracks is not None:
        pq.write_table(pa.Table.from_pylist(tracks, schema=TRACKS), folder / "tracks.parquet")


def drive(track: int, frames: range, speed_mps: float = 10.0, top: float = 50.0) -> list[dict[str, Any]]:
    """A box that moves five pixels an image."""
    return [{"frame": f, "track": track, "left": 5.0 * (f - frames[0]), "top": top, "right": 5.0 * (f - frames[0]) + 40.0,
             "bottom": top + 30.0, "speed_mps": speed_mps if np.isfinite(speed_mps) else None} for f in frames]
