"""What a calibration is worth, as tables, as an object for other programs, and as comments in the file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from detectors.camera.lane_view import LanePlane
from detectors.camera.quality import LaneReach, Quality
from detectors.camera.site import CameraSite

if TYPE_CHECKING:
    from rich.table import Table

HEIGHTS_M, TILTS_DEG, VIEWS_DEG = (3.0, 40.0), (1.0, 70.0), (8.0, 115.0)
"""What cameras over streets have."""


def as_object(site: CameraSite, quality: Quality, plane: LanePlane | None) -> dict[str, Any]:
    """For ``--json``: metres and pixels, null where nothing is known."""
    told = site.homography
    kind = None if told is None else "points" if told.points else "matrix"
    return {
        "camera": site.camera, "image": {"width": site.image.width, "height": site.image.height},
        "homography": {
            "from": kind, "note": told.note if told else "", "rms_m": quality.rms_m, "worst_m": quality.worst_m,
            "points": [{"name": p.name, "px": list(p.px), "m": list(p.m), **e._asdict()}
                       for p, e in zip(told.points if told else (), quality.points, strict=True)],
            "lens": None if plane is None else {
                "vanishing_px": list(plane.vanishing), "focal_px": plane.focal_px, "view_deg": plane.view_deg,
                "tilt_deg": plane.tilt_deg, "height_m": plane.camera_height_m,
                "length_range": list(plane.length_range) if plane.length_range else None}},
        "lanes": [{**lane._asdict(), "far_px": list(lane.far_px)} for lane in quality.lanes],
        "lines": [line.name for line in site.lines], "warnings": warnings_of(quality, plane), "remarks": list(quality.remarks)}


def warnings_of(quality: Quality, plane: LanePlane | None) -> list[str]:
    assumed = []
    if plane is not None:
        odd = [text for text, value, least, most in (
            (f"{plane.camera_height_m:.1f} m high", plane.camera_height_m, *HEIGHTS_M), (f"tilted down {plane.tilt_deg:.0f}°",
             plane.tilt_deg, *TILTS_DEG), (f"with a lens of {plane.view_deg:.0f}°", plane.view_deg, *VIEWS_DEG))
            if not least <= value <= most]
        if odd:
            assumed.append(f"the camera would be {' and '.join(odd)}: if it is not, an edge, a width or a length is mistaken")
    if plane is not None and plane.length_range is not None:
        low, high = plane.length_range
        assumed.append(f"the lens is assumed to see {plane.view_deg:.0f}°: lengths along the road may be {low:.2f} to {high:.2f} "
                   "times what is measured; --length, --height or --view-deg would say")
    return [*assumed, *quality.warnings]


def summary(quality: Quality, plane: LanePlane | None) -> list[str]:
    """One or two short lines: in the picture, and as comments in the file."""
    lines = []
    if quality.rms_m is not None and quality.worst_m is not None:
        left_out = [p.left_out_m for p in quality.points if p.left_out_m is not None]
        more = f", worst left out {max(left_out):.2f} m" if left_out else ""
        lines.append(f"{len(quality.points)} known points, off by {quality.rms_m:.2f} m RMS, worst {quality.worst_m:.2f} m{more}")
    if plane is not None:
        lens = f"{plane.view_deg:.0f} deg{' (assumed)' if plane.length_range else ''}"
        lines.append(f"camera {plane.camera_height_m:.1f} m high, tilted down {plane.tilt_deg:.1f} deg, lens {lens}")
    return lines


def points_table(site: CameraSite, quality: Quality) -> Table | None:
    if site.homography is None or not quality.points:
        return None
    table = _table("point · point de calage", "x px", "y px", "X m", "Y m", "off m · écart", "off px", "left out m · sans lui")
    for i, (p, e) in enumerate(zip(site.homography.points, quality.points, strict=True), start=1):
        numbers = (p.px[0], p.px[1], p.m[0], p.m[1])
        table.add_row(f"{i} {p.name}".strip(), *(f"{v:g}" for v in numbers), f"{e.error_m:.3f}", f"{e.error_px:.2f}",
                      "–" if e.left_out_m is None else f"{e.left_out_m:.2f}")
    return table


def lanes_table(lanes: tuple[LaneReach, ...]) -> Table | None:
    if not lanes:
        return None
    table = _table("lane · voie", "seen to m · vue jusqu'à", "m per px there · m par px", "1 px of click m · 1 px de clic")
    for lane in lanes:
        table.add_row(lane.lane, *(_metres(v) for v in (lane.far_m, lane.m_per_px, lane.click_m)))
    return table


def _metres(value: float | None) -> str:
    return "–" if value is None else "horizon" if not math.isfinite(value) else f"{value:.2f}"


def _table(first: str, *others: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right", overflow="fold")
    return table
