"""The road plane from marks whose place is known in the image and on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectors.camera.ground import Floats, Ground
from detectors.camera.site import CameraSite, KnownPoint
from detectors.camera.spread import why_no_plane
from detectors.errors import CameraError


class PointError(NamedTuple):
    """How far a known point is from where the fitted plane has it: ``error_m`` on the ground, ``error_px`` in the image, and
    ``left_out_m`` on the ground where the plane is fitted to all the other points; None where those are too few."""

    error_m: float
    error_px: float
    left_out_m: float | None


def ground_of(site: CameraSite) -> Ground | None:
    """How the camera's pixels lie on the road, None where it is not calibrated. Raises :class:`CameraError`."""
    told = site.homography
    if told is None:
        return None
    if told.matrix is not None:
        # A camera over a road has road at the lower edge of its image, if anywhere.
        return Ground.of(np.asarray(told.matrix, np.float64), road_px=(site.image.width / 2, float(site.image.height)))
    return fit_points([p.px for p in told.points], [p.m for p in told.points])


def fit_points(px: Sequence[Sequence[float]] | Floats, m: Sequence[Sequence[float]] | Floats) -> Ground:
    """The plane through known points, (N, 2) pixels and (N, 2) metres, N ≥ 4.

    Hands that click err by pixels, so it is the distances in the image whose squares are least (the maximum likelihood of
    Hartley and Zisserman, *Multiple View Geometry*, 2nd ed., §4.2 to 4.5), started from the normalised direct linear
    transformation; :func:`cv2.findHomography` does both. Raises :class:`CameraError` where the points fix no plane, or one that
    is seen from both sides at once: two of them have then changed places.
    """
    fault = why_no_plane(px, m)
    if fault is not None:
        raise CameraError(fault.what, where="homography", mend=fault.mend)
    return least_squares(px, m)


def least_squares(px: Sequence[Sequence[float]] | Floats, m: Sequence[Sequence[float]] | Floats) -> Ground:
    """As :func:`fit_points`, of points that are known to fix a plane."""
    import cv2

    image, road = np.asarray(px, np.float64).reshape(-1, 2), np.asarray(m, np.float64).reshape(-1, 2)
    # Map coordinates are millions of metres: the matrix is of metres from the points' own middle.
    middle = road.mean(axis=0) if np.abs(road).max() > 1000.0 else np.zeros(2)
    to_px, _ = cv2.findHomography(road - middle, image, 0)
    if to_px is None or not np.isfinite(to_px).all() or abs(np.linalg.det(to_px / np.linalg.norm(to_px))) < 1e-15:
        raise CameraError("no plane can be laid through the points", where="homography", mend="look at each of them again")
    to_m = np.linalg.inv(np.asarray(to_px, np.float64))
    side = np.sign(np.column_stack([image, np.ones(len(image))]) @ to_m[2])
    if abs(side.sum()) < len(side):
        odd = [str(i + 1) for i in np.flatnonzero(side != (1.0 if side.sum() >= 0 else -1.0))]
        raise CameraError(f"with these points the horizon runs between them (point {', '.join(odd)} lies beyond it)",
                          where="homography", mend="have two points changed places, or is one mistyped?")
    return Ground.of(to_m, (float(middle[0]), float(middle[1])), road_px=(float(image[0, 0]), float(image[0, 1])))


def point_errors(points: Sequence[KnownPoint], ground: Ground) -> tuple[PointError, ...]:
    """How well ``ground``, fitted to ``points``, has each of them."""
    px, m = np.array([p.px for p in points], np.float64), np.array([p.m for p in points], np.float64)
    off_m = np.hypot(*(ground.metres(px) - m).T)
    off_px = np.hypot(*(ground.pixels(m) - px).T)
    return tuple(PointError(float(off_m[i]), float(off_px[i]), _left_out_m(px, m, i)) for i in range(len(points)))


def _left_out_m(px: Floats, m: Floats, i: int) -> float | None:
    others = np.arange(len(px)) != i
    if others.sum() < 4:
        return None
    try:
        found = fit_points(px[others], m[others]).metres(px[i : i + 1])[0]
    except CameraError:
        return None
    return float(np.hypot(*(found - m[i]))) if np.isfinite(found).all() else None
