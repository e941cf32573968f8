"""Keeps the account of chosen junctions while a run goes on: what was weighed each second and what came of it.

Watching changes nothing: the account is read after control has decided, and the cameras' frames are only looked at again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from controller.explain import Explanation, plain_account
from controller.fairness import MAX_RED_REASON
from controller.loop import Listener
from controller.strategy import Decision, Strategy
from controller.variants import ON_DEMAND_REASON
from detectors.observation import DetectorFeed, Frame
from signal_drivers.driver import CabinetDriver
from signal_drivers.guard import Verdict
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus
from simulation.record import ExplainTrack

SAY_EVERY_S = 10.0
LEAST_S = 3.0
"""Two stages that cost the same to the second would otherwise change places in every line."""


class ExplainWatch:
    """``before`` and ``after`` are called around every second of control; ``tracks`` has what was kept."""

    def __init__(self, junctions: Mapping[JunctionId, Junction]) -> None:
        self._rows = {j: _Row(junction, ExplainTrack(j, junction.name or j, stages=_stages(junction)))
                      for j, junction in junctions.items()}
        self._heard: dict[JunctionId, tuple[Decision, Verdict]] = {}
        self._listener: Listener | None = None

    @property
    def tracks(self) -> list[ExplainTrack]:
        return [row.track for row in self._rows.values()]

    def attach(self, strategy: Strategy, feed: DetectorFeed, drivers: Mapping[JunctionId, CabinetDriver],
               listener: Listener | None) -> DetectorFeed:
        """Follow this run; gives the feed that control must use. ``listener`` goes on hearing every decision."""
        self._strategy, self._drivers, self._listener = strategy, drivers, listener
        self._feed = _Remembering(feed)
        for row in self._rows.values():
            row.track.account = type(strategy).explain is not Strategy.explain
        return self._feed

    def hear(self, now_s: float, decision: Decision, verdict: Verdict) -> None:
        if decision.junction in self._rows:
            self._heard[decision.junction] = (decision, verdict)
        if self._listener is not None:
            self._listener(now_s, decision, verdict)

    def before(self) -> None:
        """Called before control: a change that is sent shows in the cabinet at once."""
        self._heard.clear()
        for j, row in self._rows.items():
            row.status = self._drivers[j].read()

    def after(self, now_s: float) -> None:
        frame = self._feed.last
        for j, row in self._rows.items():
            assert row.status is not None and frame is not None
            decision, verdict = self._heard.get(j, (None, None))
            said = self._strategy.explain(j) if row.track.account else None
            if said is None or said.time_s != now_s:
                said = plain_account(row.junction, row.status, frame, decision)
            if said is not None:
                row.note(said, decision, verdict)


class _Remembering:
    """A feed that keeps its last frame for whoever asks afterwards."""

    def __init__(self, feed: DetectorFeed) -> None:
        self._feed = feed
        self.last: Frame | None = None

    def observe(self, now_s: float) -> Frame:
        self.last = self._feed.observe(now_s)
        return self.last


@dataclass(slots=True)
class _Row:
    junction: Junction
    track: ExplainTrack
    status: CabinetStatus | None = None
    key: tuple[object, ...] = ()
    kept_s: float = -math.inf

    def note(self, said: Explanation, decision: Decision | None, verdict: Verdict | None) -> None:
        best_veh_s = said.alternatives[0].cost_veh_s if said.alternatives else math.nan
        if said.cost_stay_veh_s is not None or math.isfinite(best_veh_s):
            self.track.times_s.append(said.time_s)
            self.track.stay_veh_s.append(_tidy(said.cost_stay_veh_s))
            self.track.best_veh_s.append(_tidy(best_veh_s) if said.alternatives else None)
        accepted = verdict is not None and verdict.accepted
        best = said.alternatives[0].stage if said.alternatives else None
        key = (said.stage, said.chosen, decision.stage if decision else None, verdict.rule if verdict else None,
               best if decision is None and said.chosen is None else None)
        since_s = said.time_s - self.kept_s
        if accepted or (said.stage,) != self.key[:1] or since_s >= SAY_EVERY_S or (key != self.key and since_s >= LEAST_S):
            self.key, self.kept_s = key, said.time_s
            self.track.decisions.append(as_data(said) | _outcome(said, decision, verdict))


def _outcome(said: Explanation, decision: Decision | None, verdict: Verdict | None) -> dict[str, Any]:
    """What was asked of the guard, on whose account, and what it said."""
    if decision is None or verdict is None:
        held = "what the strategy chose was not asked for: a minimum green or the maximum red of others stood against it"
        return {"asked": None, "by": "", "asked_reason": held if said.chosen is not None else "", "verdict": "", "rule": ""}
    if decision.reason.startswith(MAX_RED_REASON):
        by = "maximum red"
    elif decision.reason.startswith(ON_DEMAND_REASON):
        by = "on demand"
    else:
        by = "strategy"
    rule = f"{verdict.rule.value}: {verdict.detail}" if verdict.rule is not None else ""
    return {"asked": decision.stage, "by": by, "asked_reason": decision.reason,
            "verdict": "accepted" if verdict.accepted else "refused", "rule": rule.rstrip(": ")}


def as_data(said: Explanation) -> dict[str, Any]:
    """Plain values for JSON: tenths of a vehicle second and of a vehicle, hundredths of a share."""
    plain: dict[str, Any] = _rounded(asdict(said))
    for lane in plain["lanes"]:
        lane["flow_vph"] = None if lane["flow_vph"] is None else round(lane["flow_vph"])
        lane["shares"], lane["head"] = dict(lane["shares"]), dict(lane["head"])
    return plain


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    return value


def _stages(junction: Junction) -> dict[str, str]:
    """``V1 V2, yielding V4``; a variant by what it leaves out."""
    words = {}
    for stage in junction.stages:
        full = junction.stage[stage.base]
        if full is not stage:
            words[str(stage.id)] = f"{full.id} without {' '.join(sorted(full.green - stage.green))}"
            continue
        yields = f", yielding {' '.join(sorted(stage.yielding))}" if stage.yielding else ""
        words[str(stage.id)] = f"{' '.join(sorted(stage.protected()))}{yields}".removeprefix(", ")
    return words


def _tidy(value: float | None) -> float | None:
    return round(value, 1) if value is not None and math.isfinite(value) else None


def watch_for(junctions: Sequence[JunctionId], known: Mapping[JunctionId, Junction]) -> ExplainWatch | None:
    """A watch over ``junctions``; None where nobody is to be explained."""
    return ExplainWatch({j: known[j] for j in junctions}) if junctions else None
