"""How well a camera sees, judged from its images alone."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from detectors.observation import Quality
from detectors.quality.freeze import Freeze
from detectors.quality.hold import Held
from detectors.quality.look import Look, looked_at
from detectors.quality.noise import Noise
from detectors.quality.signs import SIGNS
from detectors.quality.view import FOLLOW_S, LearntView
from detectors.vision.detections import Image

LOOK_EVERY_S = 0.5
RATE_OVER_S = 10.0
JUDGED_RATE_S = 5.0
LEAST_RANGE = 100.0
"""Grey levels from dark to bright that a usual picture is taken to have at least."""
BACKWARDS_S = 1.0
MOVED = "moved"
OF_THE_VIEW = (MOVED, "strange", "covered")
SHIFTED = 0.5


@dataclass(frozen=True, slots=True)
class ViewQuality:
    """``reason`` in plain words, empty while all is well. ``signs`` has for each sign of
    :data:`~detectors.quality.signs.SIGNS` how bad it is at this moment, 0 to 1, before it is held against flapping. ``moved``:
    what was measured in the image no longer fits the road; ``blinded``: nothing at all can be made out."""

    quality: Quality = Quality.GOOD
    reason: str = ""
    signs: Mapping[str, float] = field(default_factory=dict)
    moved: bool = False
    blinded: bool = False

    @property
    def shifted(self) -> bool:
        """It moved, or looks so much like it that nothing on the road is to be judged, though it takes longer to be sure."""
        return self.moved or self.signs.get(MOVED, 0.0) >= SHIFTED


class QualityWatch:
    """Watches one camera of nominally ``fps`` images a second, thinned out as they are shown here. Images are looked at twice a
    second; in between only their coming is noted. The view is learnt from the first ten good seconds."""

    def __init__(self, fps: float) -> None:
        if not (math.isfinite(fps) and fps > 0):
            raise ValueError(f"fps is {fps!r}")
        self._fps = fps
        self._view = LearntView()
        self._usual_range = 0.0
        self._begin()

    def _begin(self) -> None:
        self._held: dict[str, Held] = {}
        self._severity: dict[str, float] = {}
        self._drop(*SIGNS)
        self._freeze, self._noise = Freeze(), Noise()
        self._times_s: deque[float] = deque()
        self._last_s: float | None = None
        self._next_look_s = -math.inf

    def relearn(self) -> None:
        """The camera was turned on purpose: what is seen from now on is its view."""
        self._view.forget()
        self._drop(*OF_THE_VIEW)
        self._usual_range = 0.0

    def see(self, image: Image, time_s: float) -> ViewQuality:
        """``image`` of height × width × 3 was taken at ``time_s``, which should not fall: where it does, a new recording has
        begun, of the same view."""
        if self._last_s is not None and time_s < self._last_s - BACKWARDS_S:
            self._begin()
        self._last_s = time_s
        self._times_s.append(time_s)
        self._judge("silence", 0.0, time_s)
        if time_s >= self._next_look_s - 0.5 / self._fps:
            self._next_look_s = max(self._next_look_s + LOOK_EVERY_S, time_s + LOOK_EVERY_S / 2)
            self._look(looked_at(image), time_s)
            self._rate(time_s)
        return self._said()

    def silent(self, time_s: float) -> ViewQuality:
        """Nothing has come until ``time_s``; to be called again and again while that is so."""
        if self._last_s is None:
            self._last_s = time_s
        # A camera of one image a second is not silent between two of them.
        self._judge("silence", (time_s - self._last_s) * min(1.0, self._fps * 2.0 / 3.0), time_s)
        self._rate(time_s)
        return self._said()

    def _look(self, look: Look, time_s: float) -> None:
        self._judge("frozen", self._freeze.see(look.dots, time_s), time_s)
        hidden = max(self._judge("blinded", look.structure, time_s), self._judge("dark", look.brightest, time_s),
                     self._judge("glare", look.white, time_s), self._judge("noise", self._noise.see(look), time_s))
        usual = max(self._usual_range, LEAST_RANGE)
        dull = self._judge("contrast", look.range / usual if hidden < 0.5 else None, time_s)
        blurred = self._judge("blur", look.blur if hidden < 0.5 else None, time_s)
        # Where the image shows little, that it does not show the learnt view says nothing.
        if max(hidden, dull) >= 0.5 or blurred >= 1.0 or self._severity["frozen"] > 0.1:
            return
        self._usual_range += (look.range - self._usual_range) * (LOOK_EVERY_S / FOLLOW_S if self._usual_range else 1.0)
        view = self._view.see(look, time_s)
        if not self._view.learnt:
            self._drop(*OF_THE_VIEW)
        self._judge(MOVED, view.moved_percent, time_s)
        self._judge("strange", view.strange, time_s)
        self._judge("covered", view.covered, time_s)

    def _rate(self, time_s: float) -> None:
        while self._times_s and self._times_s[0] < time_s - RATE_OVER_S:
            self._times_s.popleft()
        span_s = time_s - self._times_s[0] if self._times_s else math.inf
        if span_s >= JUDGED_RATE_S:
            came = (len(self._times_s) - 1) / span_s if self._times_s else 0.0
            self._judge("rate", came / self._fps, time_s)

    def _judge(self, name: str, measured: float | None, time_s: float) -> float:
        """The severity of one sign; one that cannot be measured now stays as it was."""
        if measured is not None:
            self._severity[name] = SIGNS[name].severity(measured)
            self._held[name].see(self._severity[name], time_s)
        return self._severity[name]

    def _drop(self, *names: str) -> None:
        for name in names:
            self._severity[name] = 0.0
            self._held[name] = Held(SIGNS[name].after_s, SIGNS[name].clear_s)

    def _said(self) -> ViewQuality:
        worst = max((held.level for held in self._held.values()), key=lambda quality: quality.level)
        reason = "" if worst is Quality.GOOD else next(
            SIGNS[name].words for name, held in self._held.items() if held.level is worst)
        moved = any(self._held[name].level is not Quality.GOOD for name in (MOVED, "strange"))
        return ViewQuality(worst, reason, MappingProxyType(dict(self._severity)), moved,
                           any(self._held[name].level is Quality.BAD for name in ("blinded", "noise")))
