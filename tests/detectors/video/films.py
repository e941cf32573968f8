"""Recordings made for a test: each image carries its number as a row of black and white squares, which survives a codec."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
BITS, SIDE = 10, 16


def picture(number: int, size: tuple[int, int] = (320, 240)) -> Pixels:
    """An image of width × height that says its number."""
    width, height = size
    image = np.full((height, width, 3), (90, 110, 100), np.uint8)
    cv2.rectangle(image, (width // 2, height // 2), (width - 20, height - 20), (30, 160, 220), -1)
    for bit in range(BITS):
        image[:SIDE, bit * SIDE:(bit + 1) * SIDE] = 255 if number >> bit & 1 else 0
    return image


def number_in(image: Pixels) -> int:
    """What :func:`picture` wrote there."""
    squares = image[2:SIDE - 2, :BITS * SIDE].mean(axis=(0, 2)).reshape(BITS, SIDE)[:, 3:-3].mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if squares[bit] > 128)


def film(path: Path, images: int | Iterable[Pixels] = 50, *, codec: str = "mp4v", fps: float = 25.0,
         size: tuple[int, int] = (320, 240)) -> Path:
    """A recording of so many pictures, or of these images, at ``path``."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, size)
    assert writer.isOpened(), f"{path.suffix} with {codec}"
    for image in (picture(i, size) for i in range(images)) if isinstance(images, int) else images:
        writer.write(image)
    writer.release()
    return path


def jpeg(image: Pixels) -> bytes:
    good, packed = cv2.imencode(".jpg", image)
    assert good
    return packed.tobytes()


def jpegs(first: int = 0, size: tuple[int, int] = (320, 240)) -> Iterator[bytes]:
    """Endless pictures as JPEG, numbered on."""
    number = first
    while True:
        yield jpeg(picture(number % (1 << BITS), size))
        number += 1


def street(columns: Callable[[], Collection[int]] = lambda: (20,), *, step_px: int = 6) -> Iterator[bytes]:
    """Endless JPEGs of a road, 320 × 180; one car after another drives down it at each of ``columns``, which are asked for anew
    with each image."""
    dice = np.random.default_rng(2)
    road = dice.normal(100, 25, (180, 320, 3))
    # A sensor's noise: without it, a street on which nobody drives would be a picture that stands still.
    roads = [(road + dice.normal(0, 3, road.shape)).clip(0, 255).astype(np.uint8) for _ in range(7)]
    for i in count():
        image = roads[i % len(roads)].copy()
        y = i * step_px % 252 - 30
        for x in columns():
            # Wider than high: what is upright, and slow because the machine is, walks.
            cv2.rectangle(image, (x, y), (x + 33, y + 28), (30, 30, 220), -1)
        yield jpeg(image)
