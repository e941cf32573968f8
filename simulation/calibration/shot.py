"""One image of a source, to calibrate over."""

from __future__ import annotations

from detectors.camera.site import CameraSite
from detectors.errors import CameraError, SourceError
from detectors.video.source import Source
from detectors.vision.detections import Image

ALIKE = 0.01
"""Shapes of two images that differ by less than this are those of one camera at two resolutions."""


def shot(source: str, number: int) -> Image:
    """Image ``number`` of the source, from 0. Raises :class:`SourceError` where it has not so many."""
    with Source(source) as images:
        seen = 0
        for frame in images:
            if seen == number:
                return frame.image.copy()
            seen += 1
        raise SourceError(f"it has {seen} images, and number {number} is none of them", where=images.source.shown,
                          mend=f"--frame 0 to {seen - 1}")


def fitted_to(image: Image, site: CameraSite) -> Image:
    """The image in the size that the site's pixels are of. Raises :class:`CameraError` where it has another shape."""
    import cv2

    height, width = image.shape[:2]
    told = site.image
    if (width, height) == (told.width, told.height):
        return image
    if abs(width / height * told.height / told.width - 1.0) > ALIKE:
        raise CameraError(f"its pixels are of an image of {told.width} × {told.height}, and this source has {width} × {height}",
                          where="--site", mend="take the stream that it was made with, or begin anew without --site")
    resized: Image = cv2.resize(image, (told.width, told.height), interpolation=cv2.INTER_AREA)
    return resized
