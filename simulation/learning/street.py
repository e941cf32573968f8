"""A simulation that stops each second for decisions from outside: the ground under every training environment."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from controller.loop import ControlLoop
from controller.network import Network
from controller.strategy import Decision, Strategy, Tick
from detectors.observation import DetectorFeed
from signal_drivers.guard import Verdict
from signal_drivers.ids import JunctionId
from simulation.detector_faults import with_faults
from simulation.netmodel.network import build_network
from simulation.prepare import Prepared
from simulation.run import tick_s
from simulation.settings import RunSettings
from simulation.sumo.backend import Sumo
from simulation.sumo.feed import SumoFeed
from simulation.sumo.street import DirectStreet


class Outside(Strategy):
    """Wants whatever it was told to want. Who tells it plans variants of stages himself."""

    name = "outside"
    needs_counts = True
    plans_variants = True

    def __init__(self) -> None:
        self.wanted: Sequence[Decision] = ()

    def decide(self, tick: Tick) -> Sequence[Decision]:
        return self.wanted


class LearningStreet:
    """One run of a scenario, from its beginning to its end, or to ``settings.duration_s``. The guard and the maximum red are as
    on the street: what they refuse does not happen, and is counted (``vetoes``).

    Use as a context manager. ``tick`` is the present moment; :meth:`act` decides for it and brings on the next.
    """

    def __init__(self, settings: RunSettings, ready: Prepared) -> None:
        self.settings, self.ready = settings, ready
        self.network: Network = build_network(ready.signals, ready.corridors, {}).without_hurry
        self.vetoes = 0
        self._outside = Outside()
        step_s = ready.cfg.step_s
        self._every = round(tick_s(step_s) / step_s)
        self._steps, self._step = round((ready.end_s - ready.begin_s) / step_s), 0

    def __enter__(self) -> LearningStreet:
        settings, ready = self.settings, self.ready
        options = ["-c", str(ready.cfg.path), "--seed", str(settings.seed), "--begin", repr(ready.begin_s), "--end",
                   repr(ready.end_s), "--no-step-log", "true", "--no-warnings", "true", "--duration-log.disable", "true",
                   "--time-to-teleport", "-1"]
        if ready.cfg.additional:
            options += ["--additional-files", ",".join(map(str, ready.cfg.additional))]
        self._folder = tempfile.TemporaryDirectory(prefix="mourour-learning-")
        options += ready.cfg.outputs_in(Path(self._folder.name))
        self.sumo = Sumo(options, where=str(ready.cfg.path))
        self._street = DirectStreet(self.sumo.api, ready.signals, ready.begin_s)
        feed: DetectorFeed = SumoFeed(self.sumo.api, ready.signals, count=True)
        feed = with_faults(feed, settings.detectors, ready.signals, settings.seed, ready.begin_s)
        self._loop = ControlLoop(self.network, self._outside, feed, self._street.drivers, seed=settings.seed,
                                 start_s=ready.begin_s, listener=self._heard)
        self._advance()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.sumo.close()
        self._folder.cleanup()

    def _heard(self, now_s: float, decision: Decision, verdict: Verdict) -> None:
        self.vetoes += not verdict.accepted

    @property
    def over(self) -> bool:
        return self._step + self._every > self._steps

    def _advance(self) -> None:
        for _ in range(self._every):
            self._step += 1
            self.sumo.step()
            now_s = self.ready.begin_s + self._step * self.ready.cfg.step_s
            self._street.advance(now_s)
        self.tick = self._loop.look(now_s)

    def act(self, decisions: Sequence[Decision] | Mapping[JunctionId, Decision]) -> Tick:
        """Decide for the present moment; returns the next. Not to be called once ``over``."""
        self._outside.wanted = tuple(decisions.values() if isinstance(decisions, Mapping) else decisions)
        self._loop.act(self.tick)
        self._advance()
        return self.tick
