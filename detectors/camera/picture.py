"""A camera's calibration drawn over one of its images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from detectors.camera.overlay import Kind, Label, Stroke
from detectors.vision.detections import Image

LEAST_WIDTH_PX = 1280
COLOURS = {Kind.GRID: "#ffffff", Kind.GRID_BOLD: "#ffffff", Kind.HORIZON: "#56b4e9", Kind.LANE: "#0072b2", Kind.EXIT: "#009e73",
           Kind.STOP: "#d55e00", Kind.WAY: "#ffffff", Kind.LINE: "#cc79a7", Kind.ZONE: "#8c6d31", Kind.KNOWN: "#f0e442",
           Kind.FITTED: "#d55e00", Kind.OFF: "#d55e00"}
"""Okabe and Ito's, which people with colour-blindness can tell apart."""
WORDS = {Kind.KNOWN: "known point", Kind.FITTED: "where the plane has it", Kind.LANE: "lane", Kind.EXIT: "exit",
         Kind.STOP: "stop line", Kind.LINE: "line", Kind.ZONE: "zone", Kind.HORIZON: "horizon", Kind.GRID_BOLD: "10 m"}
AREAS = (Kind.LANE, Kind.EXIT, Kind.ZONE)
FAINT = {Kind.GRID: 0.25, Kind.GRID_BOLD: 0.55}
FONT = 0  # cv2.FONT_HERSHEY_SIMPLEX


def draw(image: Image, shapes: Iterable[Stroke | Label], captions: Iterable[str] = ()) -> Image:
    """A new image, at least 1280 wide, with ``captions`` and what the colours mean below."""
    import cv2

    zoom = max(1, round(LEAST_WIDTH_PX / image.shape[1]))
    canvas: Any = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    shapes = list(shapes)
    strokes = [s for s in shapes if isinstance(s, Stroke)]
    for faint in (Kind.GRID, Kind.GRID_BOLD):
        _blend(canvas, [s for s in strokes if s.kind is faint], zoom, FAINT[faint])
    _fill(canvas, [s for s in strokes if s.closed], zoom)
    for stroke in strokes:
        if stroke.kind not in FAINT:
            _stroke(canvas, stroke, zoom)
    taken: list[tuple[int, int, int, int]] = []
    # What the grid says gives way to what somebody named.
    for label in sorted((s for s in shapes if isinstance(s, Label)), key=lambda s: s.kind is Kind.GRID_BOLD):
        _label(canvas, label, zoom, taken)
    return np.vstack([canvas, _legend(canvas.shape[1], [s.kind for s in strokes], list(captions))])


def colour(kind: Kind) -> tuple[int, int, int]:
    """Blue, green, red."""
    text = COLOURS[kind]
    return int(text[5:7], 16), int(text[3:5], 16), int(text[1:3], 16)


def _at(points: Iterable[tuple[float, float]], zoom: int) -> Any:
    # Sub-pixels in eighths; far outside the image they would overflow.
    return np.round(np.clip(np.array(list(points), np.float64) * zoom, -20000, 20000) * 8).astype(np.int32)


def _blend(canvas: Any, strokes: list[Stroke], zoom: int, share: float) -> None:
    import cv2

    over = canvas.copy()
    for stroke in strokes:
        cv2.polylines(over, [_at(stroke.points, zoom)], False, colour(stroke.kind), 1, cv2.LINE_AA, 3)
    cv2.addWeighted(over, share, canvas, 1.0 - share, 0.0, canvas)


def _fill(canvas: Any, areas: list[Stroke], zoom: int) -> None:
    import cv2

    over = canvas.copy()
    for area in areas:
        cv2.fillPoly(over, [_at(area.points, zoom)], colour(area.kind), cv2.LINE_AA, 3)
    cv2.addWeighted(over, 0.25, canvas, 0.75, 0.0, canvas)


def _stroke(canvas: Any, stroke: Stroke, zoom: int) -> None:
    import cv2

    points, ink = _at(stroke.points, zoom), colour(stroke.kind)
    if stroke.kind is Kind.WAY:
        tail, head = (tuple(int(v) // 8 for v in p) for p in points)
        cv2.arrowedLine(canvas, tail, head, ink, 2, cv2.LINE_AA, 0, 0.1)
    elif stroke.kind is Kind.KNOWN:
        x, y = (int(v) // 8 for v in points[0])
        for width, shade in ((5, (0, 0, 0)), (2, ink)):
            cv2.drawMarker(canvas, (x, y), shade, cv2.MARKER_CROSS, 20, width, cv2.LINE_AA)
    elif stroke.kind is Kind.FITTED:
        cv2.circle(canvas, tuple(int(v) for v in points[0]), 9 * 8, ink, 2, cv2.LINE_AA, 3)
    else:
        cv2.polylines(canvas, [points], stroke.closed, ink, 4 if stroke.kind in (Kind.STOP, Kind.LINE) else 2, cv2.LINE_AA, 3)


def _label(canvas: Any, label: Label, zoom: int, taken: list[tuple[int, int, int, int]]) -> None:
    import cv2

    small = label.kind is Kind.GRID_BOLD
    size = 0.4 if small else 0.6
    text = label.text.encode("ascii", "replace").decode()
    (wide, high), _ = cv2.getTextSize(text, FONT, size, 1)
    x = min(max(0, round(label.at[0] * zoom) + (2 if small else 8)), canvas.shape[1] - wide - 2)
    y = min(max(high + 2, round(label.at[1] * zoom) - (2 if small else 8)), canvas.shape[0] - 4)
    if small and any(x < right and x + wide > left and y > top and y - high < bottom for left, top, right, bottom in taken):
        return
    taken.append((x, y - high, x + wide, y))
    # Outlined by itself, moved: OpenCV 5 makes thick letters wider.
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        cv2.putText(canvas, text, (x + dx, y + dy), FONT, size, (0, 0, 0), 1, cv2.LINE_AA)
    ink = (255, 255, 255) if label.kind in AREAS else colour(label.kind)
    cv2.putText(canvas, text, (x, y), FONT, size, ink, 1, cv2.LINE_AA)


def _legend(width: int, kinds: list[Kind], captions: list[str]) -> Image:
    import cv2

    shown = [kind for kind in WORDS if kind in kinds]
    legend: Any = np.full((24 * (len(captions) + (1 if shown else 0)) + 12, width, 3), 30, np.uint8)
    x, y = 10, 22 if shown else -2
    for kind in shown:
        cv2.rectangle(legend, (x, y - 11), (x + 14, y + 1), colour(kind), -1)
        cv2.putText(legend, WORDS[kind], (x + 20, y), FONT, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
        x += 44 + cv2.getTextSize(WORDS[kind], FONT, 0.5, 1)[0][0]
    for caption in captions:
        y += 24
        cv2.putText(legend, caption.encode("ascii", "replace").decode(), (10, y), FONT, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    strip: Image = legend
    return strip
