"""What a calibration leaves behind: the camera's site file, and a picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from controller.cameras.camera_text import camera_text
from detectors.camera.fit import ground_of
from detectors.camera.overlay import overlay
from detectors.camera.picture import draw
from detectors.camera.site import CameraSite
from detectors.vision.detections import Image
from simulation.whole_file import write_whole


def save_site(site: CameraSite, path: Path, remarks: Sequence[str] = (), comments: Sequence[str] = ()) -> None:
    """Whole or not at all. Raises :class:`OutputError`."""
    write_whole(path, camera_text(site, remarks, comments).encode(), "the camera's site file")


def save_picture(path: Path, image: Image, site: CameraSite, captions: Sequence[str] = ()) -> None:
    """PNG or JPEG, as its name ends. Raises :class:`OutputError`."""
    import cv2

    drawn = draw(image, overlay(site, ground_of(site)), captions)
    _, content = cv2.imencode(path.suffix.lower(), drawn)
    write_whole(path, content.tobytes(), "the picture")
