"""Count what was painted as ``mourour count`` would, and compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detectors.counting.session import Session
from detectors.evaluation.events import EventScore, ScoredEvent, score_events
from detectors.video.source import Source
from detectors.vision.pick import detector_for
from simulation.camera_counts.film import recorded
from simulation.camera_counts.views import View
from simulation.cameras.weather import Weather


@dataclass(frozen=True, slots=True)
class Counted:
    """``missed`` by kind; ``told`` how many incidents were, where nothing happens; ``quality`` what was thought of the view."""

    view: str
    score: EventScore
    missed: dict[str, int]
    told: int
    quality: str

    def as_dict(self) -> dict[str, object]:
        return {"view": self.view, "crossings": self.score.true, "counted": self.score.counted, "f1": round(self.score.f1, 4),
                "wrong_direction": len(self.score.wrong_direction), "extra": len(self.score.extra), "missed": self.missed,
                "incidents": self.told, "quality": self.quality}


def count_view(folder: Path, name: str, view: View, *, weather: Weather, seed: int, seconds: float, flow_vph: float,
               detector: str, weights: str | None, size_px: int | None, told: Callable[[str, float], None]) -> Counted:
    """Leaves the recording in ``folder``. Raises :class:`~detectors.errors.WeightsError`."""
    looks = detector_for(detector, weights, fps=view.fps, size_px=size_px)
    file = folder / f"{name}.avi"
    truth = recorded(file, view, weather, seed, seconds, flow_vph, lambda share: told(f"{name}: painted", share))
    with Source(str(file)) as source:
        session = Session(source, looks, lines=[view.line])
        for seen in session:
            if seen.frame is not None:
                told(f"{name}: counted", seen.frame.time_s / seconds)
    counted = [ScoredEvent(event.time_s, event.direction, None, None, event.kind) for event in session.events]
    score = score_events(counted, truth)
    missed = Counter(str(kind.value) for i in score.missed if (kind := truth[i].kind) is not None)
    return Counted(name, score, dict(sorted(missed.items())), len(session.incidents), str(session.quality()["state"]))
