"""Count what was painted as ``mourour count`` would, and compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detectors.counting.session import Session
from detectors.evaluation.events import WITHIN_S, EventScore, ScoredEvent, score_events
from detectors.video.source import Source
from detectors.vision.pick import detector_for
from simulation.calibration.save import save_site
from simulation.camera_counts.film import recorded
from simulation.camera_counts.lanes import leave, site_of
from simulation.camera_counts.street import traffic
from simulation.camera_counts.views import View
from simulation.cameras.weather import Weather

LANE_WITHIN_S = 1.0
"""Who is counted by his box leaves his lane with his middle, who is followed along it with his front: that is half a truck apart,
at 8 m/s half a second. Vehicles of one lane are further apart."""


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
               detector: str, weights: str | None, size_px: int | None, lanes: bool = False,
               told: Callable[[str, float], None]) -> Counted:
    """At the line, or, with ``lanes``, at the end of each of those. Leaves the recording in ``folder``, with the lanes' site
    file beside it. Raises :class:`~detectors.errors.WeightsError`."""
    looks = detector_for(detector, weights, fps=view.fps, size_px=size_px)
    site = site_of(view) if lanes else None
    file = folder / f"{name}.avi"
    if site is not None:
        save_site(site, folder / f"{name}.yaml")
    truth = recorded(file, view, weather, seed, seconds, flow_vph, lambda share: told(f"{name}: painted", share))
    with Source(str(file)) as source:
        session = Session(source, looks, site=site, lines=[] if lanes else [view.line])
        for seen in session:
            if seen.frame is not None:
                told(f"{name}: counted", seen.frame.time_s / seconds)
    if site is not None:
        truth = leave(traffic(seed, seconds, flow_vph), site, seconds)
    counted = [ScoredEvent(event.time_s, None if lanes else event.direction, event.lane if lanes else None, None, event.kind)
               for event in session.events]
    score = score_events(counted, truth, LANE_WITHIN_S if lanes else WITHIN_S)
    missed = Counter(str(kind.value) for i in score.missed if (kind := truth[i].kind) is not None)
    return Counted(name, score, dict(sorted(missed.items())), len(session.incidents), str(session.quality()["state"]))
