"""A street drawn for a test: kerbs, windows and markings that stand, cars that move, noise in every image."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import cv2
import numpy as np

from detectors.quality.watch import QualityWatch, ViewQuality

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Change = Callable[[Pixels], Pixels]
WIDTH, HEIGHT = 320, 240
FPS = 2.0


def _empty() -> Pixels:
    chance = np.random.default_rng(7)
    image = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    cv2.rectangle(image, (0, 0), (WIDTH, 90), (150, 140, 130), -1)
    for _ in range(60):
        x, y = int(chance.integers(0, WIDTH)), int(chance.integers(0, 80))
        cv2.rectangle(image, (x, y), (x + int(chance.integers(6, 30)), y + int(chance.integers(4, 14))),
                      [int(c) for c in chance.integers(20, 240, 3)], -1)
    for x in range(-100, WIDTH + 100, 40):
        cv2.line(image, (x, HEIGHT), (WIDTH // 2 + (x - WIDTH // 2) // 3, 90), (230, 230, 230), 2)
    for _ in range(200):
        x, y = int(chance.integers(0, WIDTH)), int(chance.integers(90, HEIGHT))
        cv2.circle(image, (x, y), 1, [int(chance.integers(60, 190))] * 3, -1)
    return image


EMPTY = _empty()


@cache
def _noises(sigma: float) -> list[np.ndarray[Any, np.dtype[np.int16]]]:
    chance = np.random.default_rng(3)
    return [np.rint(chance.normal(0, sigma, EMPTY.shape)).astype(np.int16) for _ in range(7)]


def noisy(image: Pixels, sigma: float, number: int) -> Pixels:
    """``image`` with one of seven noises, put elsewhere for each number."""
    return cv2.add(image, np.roll(_noises(sigma)[number % 7], number * 31 % HEIGHT, axis=0), dtype=cv2.CV_8U)


class Street:
    """Endless images; the same again for the same seed."""

    def __init__(self, seed: int = 1, cars: int = 5, noise: float = 2.0) -> None:
        self._chance = np.random.default_rng(seed)
        self._cars = [(self._chance.uniform(0, WIDTH), self._chance.uniform(100, 200), self._chance.uniform(20, 60),
                       [int(c) for c in self._chance.integers(0, 255, 3)]) for _ in range(cars)]
        self._noise = noise
        self.number = 0

    def image(self) -> Pixels:
        image = EMPTY.copy()
        for x, y, speed, colour in self._cars:
            left = int((x + speed * self.number / FPS) % (WIDTH + 60)) - 60
            cv2.rectangle(image, (left, int(y)), (left + 50, int(y) + 25), colour, -1)
            cv2.rectangle(image, (left + 10, int(y) + 3), (left + 25, int(y) + 10), (30, 30, 30), -1)
        self.number += 1
        return noisy(image, self._noise, self.number)


class Watched:
    """A watch that is shown a street, now and then changed on its way, as time goes on."""

    def __init__(self, street: Street | None = None, fps: float = FPS) -> None:
        self.street, self.fps = street or Street(), fps
        self.watch = QualityWatch(fps)
        self.now_s = 100.0

    def show(self, seconds: float, change: Change | None = None) -> list[tuple[float, ViewQuality]]:
        """What was said of each image, with the seconds since this began."""
        said, begun_s = [], self.now_s
        while self.now_s < begun_s + seconds:
            image = self.street.image()
            said.append((self.now_s - begun_s, self.watch.see(change(image) if change else image, self.now_s)))
            self.now_s += 1.0 / self.fps
        return said


def gain(factor: float) -> Change:
    return lambda image: cv2.convertScaleAbs(image, alpha=factor)


def white_out(image: Pixels) -> Pixels:
    return cv2.add(image, np.full_like(image, 170))


def fog(image: Pixels) -> Pixels:
    return cv2.convertScaleAbs(image, alpha=0.1, beta=170)


def blurred(image: Pixels) -> Pixels:
    """By a hundredth of the width."""
    return cv2.GaussianBlur(image, (0, 0), image.shape[1] / 100)


def shifted(share: float) -> Change:
    return lambda image: cv2.warpAffine(image, np.array([[1.0, 0.0, share * image.shape[1]], [0.0, 1.0, 0.0]]),
                                        image.shape[1::-1], borderMode=cv2.BORDER_REFLECT)


def snow() -> Change:
    """What an analogue camera's encoder sends when its cable is out: as many lines as there are rows, a little smeared along
    each."""
    chance = np.random.default_rng(11)
    return lambda image: cv2.cvtColor(cv2.GaussianBlur(chance.integers(0, 256, image.shape[:2], np.uint8), (5, 1), 0.8),
                                      cv2.COLOR_GRAY2BGR)


def half_covered(image: Pixels) -> Pixels:
    image = image.copy()
    image[:, :image.shape[1] // 2] = 60
    return image


def frozen(clock: bool = False) -> Change:
    kept: list[Pixels] = []

    def freeze(image: Pixels) -> Pixels:
        kept.append(kept[0] if kept else image)
        still = kept[0].copy()
        if clock:
            cv2.putText(still, f"17:04:{len(kept) % 60:02d}", (5, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 255), 1)
        return still

    return freeze
