"""Who is who from image to image, and what each is by the votes of all its images."""

from __future__ import annotations

from typing import NamedTuple

from detectors.vision.currents import Currents
from detectors.vision.detections import LEAST_SCORE, Detections
from detectors.vision.road_users import ROAD_USERS, RoadUser

LEAST_FPS = 3.0
"""With fewer images a second the next vehicle may stand where the last one was: only overlap tells anything then, and nobody can
tell the two apart."""


class Tracked(NamedTuple):
    """One road user in one image: ``box`` left, top, right, bottom in pixels as the track's filter has it, ``kind`` by the
    votes of all images so far."""

    track: int
    box: tuple[float, float, float, float]
    kind: RoadUser
    score: float

    @property
    def foot(self) -> tuple[float, float]:
        """Where it touches the road, as far as a box can tell: the middle of its lower edge."""
        left, _, right, bottom = self.box
        return (left + right) / 2, bottom

    @property
    def middle(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


class Tracker:
    """Tracks of one camera with images of ``size`` (width, height). ``keep_s`` a track that is not seen is looked for so long;
    ``high`` and ``low`` are ByteTrack's two thresholds on the score, ``new`` the score from which a new track may begin."""

    def __init__(self, fps: float, size: tuple[int, int], *, keep_s: float = 1.5, high: float = 0.25, low: float = LEAST_SCORE,
                 new: float = 0.3, match: float = 0.8) -> None:
        from detectors.vision.association import Associating
        from detectors.vision.byte_track import Settings

        self._tracker = Associating(Settings(high, low, new, match, max(2, round(keep_s * fps))), fps, Currents(size))
        self._votes: dict[int, list[float]] = {}

    def update(self, found: Detections, steps: int = 1) -> list[Tracked]:
        """The tracks seen in this image, ``steps`` of the rate after the last, those just lost left out."""
        seen = []
        for track in self._tracker.follow(found, steps):
            votes = self._votes.get(track.number)
            if votes is None:
                votes = self._votes[track.number] = [0.0] * len(ROAD_USERS)
            votes[track.kind] += track.score
            seen.append(Tracked(track.number, track.box, ROAD_USERS[votes.index(max(votes))], track.score))
        return seen

    def alive(self) -> set[int]:
        """Numbers of the tracks that are seen or still looked for; what is known of others is forgotten here as well."""
        known = {t.number for t in (*self._tracker.tracked, *self._tracker.lost)}
        for track in self._votes.keys() - known:
            del self._votes[track]
        return known
