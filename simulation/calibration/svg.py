"""The shapes of a calibration as SVG, over an image in a page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from detectors.camera.overlay import Kind, Label, Stroke
from detectors.camera.picture import AREAS, COLOURS, FAINT


def svg(shapes: Iterable[Stroke | Label], width: int) -> str:
    """The inside of an ``<svg>`` whose units are pixels of an image ``width`` wide."""
    unit = width / 1000
    return "".join(_label(s, unit) if isinstance(s, Label) else _stroke(s, unit) for s in shapes)


def _stroke(stroke: Stroke, unit: float) -> str:
    ink = COLOURS[stroke.kind]
    x, y = stroke.points[0]
    if stroke.kind is Kind.KNOWN:
        arm = 8 * unit
        path = f"M{x - arm:.1f} {y:.1f}H{x + arm:.1f}M{x:.1f} {y - arm:.1f}V{y + arm:.1f}"
        return (f'<path d="{path}" stroke="#000000" stroke-width="{4 * unit:.2f}" fill="none"/>'
                f'<path d="{path}" stroke="{ink}" stroke-width="{1.6 * unit:.2f}" fill="none" class="known"/>')
    if stroke.kind is Kind.FITTED:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6 * unit:.1f}" stroke="{ink}" stroke-width="{unit:.2f}" fill="none"/>'
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in stroke.points)
    wide = (3 if stroke.kind in (Kind.STOP, Kind.LINE) else 0.8 if stroke.kind in FAINT else 1.6) * unit
    style = f'stroke="{ink}" stroke-width="{wide:.2f}" stroke-opacity="{FAINT.get(stroke.kind, 1.0)}"'
    if stroke.closed:
        return f'<polygon points="{points}" {style} fill="{ink}" fill-opacity="0.2"/>'
    dot = ""
    if stroke.kind is Kind.WAY:
        x, y = stroke.points[-1]
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 * unit:.1f}" fill="{ink}"/>'
    return f'<polyline points="{points}" {style} fill="none"/>{dot}'


def _label(label: Label, unit: float) -> str:
    size = (9 if label.kind is Kind.GRID_BOLD else 15) * unit
    ink = "#ffffff" if label.kind in AREAS else COLOURS[label.kind]
    x, y = label.at[0] + 5 * unit, label.at[1] - 5 * unit
    return (f'<text x="{x:.1f}" y="{max(y, size):.1f}" font-size="{size:.1f}" font-family="sans-serif" fill="{ink}" '
            f'stroke="#000000" stroke-width="{size / 6:.2f}" paint-order="stroke">{escape(label.text)}</text>')
