"""Who is who from image to image: ultralytics' ByteTrack, fed with plain arrays.

ByteTrack (Zhang et al., ECCV 2022) matches in two rounds, so that a vehicle half hidden, and found with a low score, keeps
its number. What stands here is only the way in and out, and the votes on what each track is.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class _Boxes:
    """What ultralytics' trackers ask of their input: ``conf``, ``cls``, ``xywh`` and a mask to choose by."""

    def __init__(self, found: Detections) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, which: NDArray[np.bool_]) -> _Boxes:
        return _Boxes(self._found[which])

    @property
    def conf(self) -> NDArray[np.float32]:
        return self._found.scores

    @property
    def cls(self) -> NDArray[np.int16]:
        return self._found.kinds

    @property
    def xywh(self) -> NDArray[np.float32]:
        boxes = self._found.boxes
        size = boxes[:, 2:] - boxes[:, :2]
        return np.hstack([boxes[:, :2] + size / 2, size])


class Tracker:
    """Tracks of one camera with images of ``size`` (width, height). ``keep_s`` a track that is not seen is looked for so long;
    ``high`` and ``low`` are ByteTrack's two thresholds on the score, ``new`` the score from which a new track may begin;
    ``whole`` where boxes are of whole vehicles, as a model knows them, and not of whatever moves."""

    def __init__(self, fps: float, size: tuple[int, int], *, keep_s: float = 1.5, high: float = 0.25, low: float = LEAST_SCORE,
                 new: float = 0.3, match: float = 0.8, whole: bool = False) -> None:
        from detectors.vision.association import Associating

        self._tracker = Associating(SimpleNamespace(
            track_high_thresh=high, track_low_thresh=low, new_track_thresh=new, match_thresh=match, fuse_score=True,
            track_buffer=max(2, round(keep_s * fps))), fps, Currents(size), whole)
        self._votes: dict[int, NDArray[np.float64]] = {}

    def update(self, found: Detections, steps: int = 1) -> list[Tracked]:
        """The tracks seen in this image, ``steps`` of the rate after the last, those just lost left out."""
        rows = self._tracker.follow(_Boxes(found), steps)
        seen = []
        for left, top, right, bottom, track, score, kind, _ in rows:
            votes = self._votes.get(track)
            if votes is None:
                votes = self._votes[track] = np.zeros(len(ROAD_USERS))
            votes[int(kind)] += score
            seen.append(Tracked(track, (left, top, right, bottom), ROAD_USERS[int(votes.argmax())], float(score)))
        return seen

    def alive(self) -> set[int]:
        """Numbers of the tracks that are seen or still looked for; what is known of others is forgotten here as well."""
        known = {t.track_id for t in (*self._tracker.tracked_stracks, *self._tracker.lost_stracks)}
        for track in self._votes.keys() - known:
            del self._votes[track]
        return known
