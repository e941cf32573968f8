"""Hints of ambulances from when they begin to when they end: what dispatch is shown, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detectors.counting.results import FrameResult
from detectors.vision.ambulance import FORGET_S, AmbulanceHint


@dataclass(frozen=True, slots=True)
class AmbulanceSighting:
    """A vehicle that may be an ambulance, for dispatch to confirm or discard; it changes no signal. ``number`` is the same when
    it begins and when it ends; ``until_s`` is None while it lasts. ``confidence`` is the highest of its hints, 0 to 1 and no
    probability; ``lane`` and ``box`` (pixels) are where it was seen last."""

    number: int
    track: int
    since_s: float
    confidence: float
    votes: int
    lane: str | None
    box: tuple[float, float, float, float]
    seen_s: float
    until_s: float | None = None

    @property
    def open(self) -> bool:
        return self.until_s is None

    def as_dict(self) -> dict[str, object]:
        """For JSON: plain values, rounded as far as they mean anything."""
        return {"number": self.number, "track": self.track, "since_s": round(self.since_s, 2),
                "until_s": None if self.until_s is None else round(self.until_s, 2), "confidence": self.confidence,
                "votes": self.votes, "lane": self.lane, "box_px": [round(v, 1) for v in self.box]}


class AmbulanceSightings:
    """Of one camera. A hint ends when the vehicle's votes say so, or when it has not been seen for :data:`FORGET_S`."""

    def __init__(self) -> None:
        self._open: dict[int, AmbulanceSighting] = {}
        self._next = 1

    @property
    def open(self) -> tuple[AmbulanceSighting, ...]:
        return tuple(self._open.values())

    def see(self, result: FrameResult, hints: Sequence[AmbulanceHint]) -> tuple[AmbulanceSighting, ...]:
        """The sightings that began or ended with this image."""
        seen = {track.track: track for track in result.tracks}
        hinted = {hint.track: hint for hint in hints}
        changed = []
        for track, hint in hinted.items():
            there, known = seen[track], self._open.get(track)
            if known is None:
                known = AmbulanceSighting(self._next, track, hint.since_s, hint.confidence, hint.votes, there.lane, there.box,
                                          result.time_s)
                self._next += 1
                changed.append(known)
            self._open[track] = replace(known, confidence=max(known.confidence, hint.confidence),
                                        votes=max(known.votes, hint.votes), lane=there.lane or known.lane, box=there.box,
                                        seen_s=result.time_s)
        for track, known in list(self._open.items()):
            gone = track not in seen and result.time_s - known.seen_s > FORGET_S
            if gone or (track in seen and track not in hinted):
                changed.append(self._close(track))
        return tuple(changed)

    def finish(self) -> tuple[AmbulanceSighting, ...]:
        """No more images."""
        return tuple(self._close(track) for track in list(self._open))

    def _close(self, track: int) -> AmbulanceSighting:
        known = self._open.pop(track)
        return replace(known, until_s=known.seen_s)
