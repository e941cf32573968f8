"""The camera sees nothing: covered, dazzled, dark or fogged."""

from __future__ import annotations

from detectors.incidents.camera_state import CameraState
from detectors.incidents.incident import IncidentKind


def camera_blinded() -> CameraState:
    """Watches for :attr:`IncidentKind.CAMERA_BLINDED`."""
    return CameraState(IncidentKind.CAMERA_BLINDED, "the camera sees nothing of the road")
