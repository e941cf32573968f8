"""The camera looks elsewhere: no lane lies where the site file has it."""

from __future__ import annotations

from detectors.incidents.camera_state import CameraState
from detectors.incidents.incident import IncidentKind


def camera_moved() -> CameraState:
    """Watches for :attr:`IncidentKind.CAMERA_MOVED`."""
    return CameraState(IncidentKind.CAMERA_MOVED, "the camera looks elsewhere than its site file says")
