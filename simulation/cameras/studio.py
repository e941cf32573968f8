"""One rendered camera: a view, its backdrop, and the images it takes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from detectors.vision.detections import Image
from simulation.cameras.approach import CameraView
from simulation.cameras.backdrop import backdrop
from simulation.cameras.film import JPEG_QUALITY, Film
from simulation.cameras.outlook import outlook
from simulation.cameras.scene import Placed, picture_of
from simulation.cameras.weather import LIGHTS, Weather


class Studio:
    """Renders what ``view`` sees. The same seed gives the same images, whatever else is rendered beside them."""

    def __init__(self, net: Any, view: CameraView, weather: Weather, seed: int, *, quality: int = JPEG_QUALITY) -> None:
        self.view, self.light = view, LIGHTS[weather]
        own = zlib.crc32(f"{seed}/{view.name}".encode())
        self.outlook = outlook(net, view, own)
        self.film = Film(backdrop(net, view.pose, self.light, list(self.outlook.houses), own), self.light, own, quality=quality)

    def image(self, placed: Sequence[Placed], number: int, time_s: float) -> Image:
        """(height, width, 3) image ``number``, taken at ``time_s`` of who is there."""
        return self.film.develop(picture_of(self.view.pose, placed, self.light), number, time_s)
