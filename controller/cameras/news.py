"""What the cameras of a post tell beside lanes: incidents, and vehicles that may be ambulances; from opening to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from detectors.incidents.incident import Incident
from detectors.vision.ambulance_sightings import AmbulanceSighting

What = Incident | AmbulanceSighting


class News(NamedTuple):
    """``number`` is the post's own, the same when it opens and when it ends. Times in ``what`` are seconds since 1970."""

    number: int
    camera: str
    what: What


class CameraNews:
    """What is open now. ``told`` hears of everything that opens and ends, each once."""

    def __init__(self, told: Callable[[News], None] = lambda news: None) -> None:
        self._told = told
        self._numbers = count(1)
        self._open: dict[tuple[str, type, int], News] = {}

    def take(self, camera: str, what: What) -> None:
        """From the process that watches ``camera``, which counts its own numbers."""
        key = camera, type(what), what.number
        known = self._open.get(key)
        if known is None and not what.open:
            return
        news = News(known.number if known is not None else next(self._numbers), camera, what)
        if what.open:
            self._open[key] = news
            if known is None:
                self._told(news)
        else:
            del self._open[key]
            self._told(news)

    def lost(self, camera: str, why: str) -> None:
        """The process has ended, and its numbers with it: nobody watches any more how anything goes on."""
        now_s = time.time()
        for key, news in [(k, n) for k, n in self._open.items() if k[0] == camera]:
            del self._open[key]
            self._told(news._replace(what=_ended(news.what, now_s, why)))

    def incidents(self) -> Iterator[tuple[News, Incident]]:
        for news in self._open.values():
            if isinstance(news.what, Incident):
                yield news, news.what

    def ambulances(self) -> Iterator[tuple[News, AmbulanceSighting]]:
        for news in self._open.values():
            if isinstance(news.what, AmbulanceSighting):
                yield news, news.what


def _ended(what: What, now_s: float, why: str) -> What:
    if isinstance(what, Incident):
        return replace(what, end_s=max(now_s, what.start_s), cleared=f"not watched any more: {why}")
    return replace(what, until_s=max(now_s, what.since_s))
