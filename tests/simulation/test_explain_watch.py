"""What is kept of a junction's decisions, and in which words it is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from controller.explain import Alternative, Explanation
from controller.loop import ControlLoop
from controller.network import Network
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.requests import StageRequest
from signal_drivers.status import CabinetStatus
from simulation.cabinet.clockwork import Clockwork
from simulation.explain_watch import ExplainWatch
from simulation.explain_words import alternative_words, as_json, kind_of, queue_words, reason_of, stay_words
from simulation.record import ExplainTrack
from tests.controller.frames import SaidFrame, queue
from tests.controller.junctions import crossroads

HERE = JunctionId("X")


class Cabinet:
    """The clockwork as a driver."""

    def __init__(self, junction: Junction) -> None:
        self.junction, self.clockwork, self.now_s = junction, Clockwork(junction, 0.0), 0.0

    def read(self) -> CabinetStatus:
        return self.clockwork.status(self.now_s)

    def send(self, request: StageRequest) -> bool:
        return self.clockwork.request(request, self.now_s)

    def demand(self, call_since_s) -> None:  # type: ignore[no-untyped-def]
        self.clockwork.calls = call_since_s


class Feed:
    def observe(self, now_s: float) -> SaidFrame:
        return SaidFrame(now_s, {"e_0": queue(4), "n_0": queue(1), "w_0": None})


class Scripted(Strategy):
    """Asks for the given stages at the given seconds, and says what it weighed."""

    name = "scripted"
    summary = "asks as it is told"

    def __init__(self, script: dict[int, str], best: dict[int, str] | None = None) -> None:
        self.script, self.best = script, best or {}
        self._now: Tick | None = None

    def decide(self, tick: Tick) -> Sequence[Decision]:
        self._now = tick
        stage = self.script.get(int(tick.now_s))
        return [Decision(j, StageId(stage), "as told") for j in tick.statuses] if stage else []


class Weighing(Scripted):
    def explain(self, junction: JunctionId) -> Explanation | None:
        if self._now is None or junction not in self._now.statuses:
            return None
        status, second = self._now.statuses[junction], int(self._now.now_s)
        assert status.stage is not None
        chosen = self.script.get(second)
        return Explanation(junction, self._now.now_s, status.stage, self._now.now_s - status.stage_since_s,
                           StageId(chosen) if chosen else None, "because", 5.0 if chosen else None, 40.0,
                           (Alternative(StageId(self.best.get(second, "EW")), 35.0, 0.0),))


def watched(strategy: Strategy, seconds: int) -> tuple[ExplainTrack, list[tuple[float, Decision]]]:
    junction = crossroads()
    cabinet, heard = Cabinet(junction), []  # type: ignore[var-annotated]
    watch = ExplainWatch({HERE: junction})
    feed = watch.attach(strategy, Feed(), {HERE: cabinet}, lambda now, d, v: heard.append((now, d)))
    loop = ControlLoop(Network({HERE: junction}), strategy, feed, {HERE: cabinet}, listener=watch.hear)
    for second in range(1, seconds + 1):
        cabinet.now_s = float(second)
        cabinet.clockwork.tick(cabinet.now_s)
        watch.before()
        loop.tick(cabinet.now_s)
        watch.after(cabinet.now_s)
    return watch.tracks[0], heard


def test_a_change_is_kept_with_the_stage_it_left_and_others_hear_it_too() -> None:
    track, heard = watched(Weighing({20: "EW"}), 40)
    change = next(d for d in track.decisions if d["verdict"])
    assert (change["time_s"], change["stage"], change["chosen"], change["asked"]) == (20.0, "NS", "EW", "EW")
    assert (change["by"], change["verdict"], kind_of(change)) == ("strategy", "accepted", "change")
    assert change["cost_stay_veh_s"] == 40.0 and change["saves_veh_s"] == 5.0
    assert [(now, d.stage) for now, d in heard] == [(20.0, "EW")]


def test_a_stage_that_stays_is_told_every_ten_seconds_and_when_another_becomes_best() -> None:
    track, _ = watched(Weighing({}), 50)
    assert [d["time_s"] for d in track.decisions] == [1.0, 11.0, 21.0, 31.0, 41.0]
    turned, _ = watched(Weighing({}, dict.fromkeys(range(25, 51), "NS")), 50)
    assert [d["time_s"] for d in turned.decisions] == [1.0, 11.0, 21.0, 25.0, 35.0, 45.0]
    flicker, _ = watched(Weighing({}, dict.fromkeys(range(1, 600, 2), "NS")), 600)
    assert len(flicker.decisions) <= 200, "two stages that change places are not told every second"
    assert len(track.times_s) == len(track.stay_veh_s) == len(track.best_veh_s) == 50, "the chart has every second"


def test_what_the_guard_refuses_is_kept_with_its_rule() -> None:
    track, _ = watched(Weighing(dict.fromkeys(range(1, 4), "EW")), 10)
    refused = [d for d in track.decisions if kind_of(d) == "refused"]
    assert refused and refused[0]["rule"].startswith("minimum green")
    assert "refused by the guard (minimum green" in reason_of(refused[0])


def test_maximum_red_says_whom_it_overrides() -> None:
    track, _ = watched(Weighing({}), 150)
    forced = [d for d in track.decisions if d["by"] == "maximum red"]
    assert forced and forced[0]["chosen"] is None and forced[0]["asked"] == "EW"
    assert reason_of(forced[0]) == ("maximum red of ew: whoever waits there may wait no longer, whatever the strategy prefers "
                                    "(because)")


def test_a_strategy_without_an_account_gives_its_reasons() -> None:
    track, _ = watched(Scripted({20: "EW"}), 40)
    assert not track.account and track.times_s == []
    change = next(d for d in track.decisions if d["verdict"])
    assert reason_of(change) == "as told" and change["alternatives"] == []
    assert queue_words(change) == "e_0 4, n_0 1, 1 lanes unseen"


def test_in_words() -> None:
    said = {"alternatives": [{"stage": "B", "cost_veh_s": 12.4, "at_s": 0.0}, {"stage": "C", "cost_veh_s": 99.6, "at_s": 6.0}]}
    assert alternative_words(said) == ["B 12 now", "C 100 in 6 s"]
    assert alternative_words(said, 1) == ["B 12 now"]
    assert [stay_words({"cost_stay_veh_s": cost}) for cost in (-0.3, 12.6, None)] == ["0", "13", ""]


def test_json_has_the_decisions_and_not_the_chart() -> None:
    track, _ = watched(Weighing({20: "EW"}), 30)
    (told,) = as_json([track])
    assert list(told) == ["junction", "name", "account", "decisions", "stages"] and told["account"] is True
    assert told["stages"] == {"NS": "ns", "EW": "ew"}


@pytest.mark.parametrize("strategy", [Weighing({20: "EW"}), Scripted({20: "EW"})])
def test_watching_changes_nothing(strategy: Strategy) -> None:
    _, heard = watched(strategy, 200)
    junction, cabinet, alone = crossroads(), Cabinet(crossroads()), []  # type: ignore[var-annotated]
    loop = ControlLoop(Network({HERE: junction}), strategy, Feed(), {HERE: cabinet},
                       listener=lambda n, d, v: alone.append((n, d)))
    for second in range(1, 201):
        cabinet.now_s = float(second)
        cabinet.clockwork.tick(cabinet.now_s)
        loop.tick(cabinet.now_s)
    assert heard == alone
