"""A fault in what overrules strategies leaves control to the strategy, for a while."""

from __future__ import annotations

from collections.abc import Sequence

from controller.daemon.unfailing import REST_S, unfailing
from controller.strategy import Decision, Tick
from signal_drivers.ids import JunctionId, StageId
from tests.controller.frames import SaidFrame

MINE = Decision(JunctionId("X"), StageId("EW"), "hold")


def test_what_fails_is_left_out_and_tried_again_later() -> None:
    asked: list[float] = []

    def overrule(tick: Tick, decisions: Sequence[Decision]) -> Sequence[Decision]:
        asked.append(tick.now_s)
        if len(asked) == 2:
            raise ZeroDivisionError
        return [MINE]

    apply = unfailing("test", overrule)
    told = {t: list(apply(Tick(t, SaidFrame(t), {}), [])) for t in (0.0, 1.0, 1.0 + REST_S / 2, 1.0 + REST_S)}
    assert list(told.values()) == [[MINE], [], [], [MINE]]
    assert asked == [0.0, 1.0, 1.0 + REST_S]
