"""Tracks as OpenTrafficCam's OTVision writes them (``.ottrk``): JSON, usually compressed with bzip2.

``{"metadata": {"otdet_version", "video": {"width", "height", "actual_fps", …}, "detection": {"normalized_bbox"}},
"data": {"detections": [{"frame", "track-id", "x", "y", "w", "h", "class", …}]}}``; older ones, and ``.otdet``, have the boxes of
each frame under its number. Up to version 1.0 of the box format x and y are the middle of the box, then its upper left corner
(OTAnalytics' reader of the same files says so).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from detectors.errors import EvaluationError
from detectors.evaluation import json_values as take
from detectors.evaluation.account import Account
from detectors.evaluation.one_each import one_each
from detectors.evaluation.reading import Reading
from detectors.evaluation.track_rows import MOST_BOXES, TrackRow, track_table

_TRACK_KEYS = ("track-id", "track_id", "trackId", "vehID")
_FPS_KEYS = ("actual_fps", "recorded_fps", "fps")


def is_opentrafficcam(content: object) -> bool:
    return isinstance(content, Mapping) and "data" in content and ("metadata" in content or "vid_config" in content)


def read_opentrafficcam(content: Mapping[str, Any], where: str, how: Reading) -> Account:
    """Raises :class:`EvaluationError` for what has no frames, no tracks, or boxes that are none."""
    metadata = _object(content.get("metadata") or content.get("vid_config"), "metadata", where)
    video = metadata.get("video") or metadata.get("vid") or metadata
    video = _object(video, "metadata.video", where)
    detection = metadata.get("detection") or metadata.get("det") or {}
    scale = _scale(video, _object(detection, "metadata.detection", where), where)
    middle, told = _middle(metadata)
    rows, twice = one_each(islice(_rows(content["data"], where, how.first(1), scale, middle), MOST_BOXES + 1))
    tracks = track_table(rows, where)
    fps = next((found for key in _FPS_KEYS if (found := take.positive(video, key, "metadata.video.", where))), None)
    frames = take.number(video, "number_of_frames", "metadata.video.", where)
    remarks = [] if told else ["the .ottrk file has no version: x and y are taken as the middle of the box"]
    if twice:
        remarks.append(f"in the .ottrk file {twice} track{'s have' if twice > 1 else ' has'} two boxes or more in one frame: "
                       "taken for as many tracks")
    return Account(where, fps=fps, frames=int(frames) if frames else None, tracks=tracks, remarks=tuple(remarks))


def _middle(metadata: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether x and y are the box's middle, and whether the file says so."""
    version = re.match(r"([0-9]{1,4})\.([0-9]{1,4})", str(metadata.get("otdet_version") or ""))
    return (True, False) if version is None else ((int(version[1]), int(version[2])) <= (1, 0), True)


def _scale(video: Mapping[str, Any], detection: Mapping[str, Any], where: str) -> tuple[float, float]:
    """Pixels of one unit of x and y."""
    if not detection.get("normalized_bbox", detection.get("normalized", False)):
        return 1.0, 1.0
    width, height = (take.positive(video, key, "metadata.video.", where) for key in ("width", "height"))
    if width is None or height is None:
        raise EvaluationError("its boxes are shares of the image, and the image's size is not told", where=where,
                              mend="metadata.video needs width and height")
    return width, height


def _rows(data: object, where: str, first: int, scale: tuple[float, float], middle: bool) -> Iterator[TrackRow]:
    for at, told_frame, told_track, box in _boxes(data, where):
        frame = take.whole(box.get("frame", told_frame), f"{at}.frame", where, least=first)
        track = next((box[key] for key in _TRACK_KEYS if box.get(key) is not None), told_track)
        if not isinstance(track, str | int) and not (isinstance(track, float) and math.isfinite(track)):
            raise EvaluationError(f"{at} belongs to no track", where=where, mend="detections alone (.otdet) are no tracks")
        sides = [take.number(box, key, f"{at}.", where) for key in "xywh"]
        x, y, w, h = (_given(side, f"{at}.{key}", where) for side, key in zip(sides, "xywh", strict=True))
        left, top = (x - w / 2, y - h / 2) if middle else (x, y)
        yield TrackRow(frame - first, track, left * scale[0], top * scale[1], (left + w) * scale[0], (top + h) * scale[1], at)


def _boxes(data: object, where: str) -> Iterator[tuple[str, str | None, str | None, Mapping[str, Any]]]:
    """Each box with its place in the file, and the frame and track that it stands under."""
    if isinstance(data, Mapping) and "detections" in data:
        data = data["detections"]
    if isinstance(data, list):
        for i, box in enumerate(data):
            yield f"detections[{i}]", None, None, _object(box, f"detections[{i}]", where)
        return
    for frame, inside in _object(data, "data", where).items():
        if not re.fullmatch("[0-9]{1,10}", frame):
            raise EvaluationError(f"data.{frame[:20]} is no frame's number", where=where)
        found = inside.get("detections", inside) if isinstance(inside, Mapping) else inside
        boxes = enumerate(found) if isinstance(found, list) else _object(found, f"data.{frame}", where).items()
        for key, box in boxes:
            at = f"data.{frame}.{key}"
            yield at, frame, key if isinstance(key, str) else None, {"frame": int(frame), **_object(box, at, where)}


def _object(value: object, at: str, where: str) -> Mapping[str, Any]:
    if value is None or not isinstance(value, Mapping):
        raise EvaluationError(f"{at} is {take.shown(value)}, not an object", where=where, mend="is it of OTVision?")
    return value


def _given(value: float | None, at: str, where: str) -> float:
    if value is None:
        raise EvaluationError(f"{at} is missing", where=where)
    return value
