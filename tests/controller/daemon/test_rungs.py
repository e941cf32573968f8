"""The strategy of a post: each junction asks whom its rung says, and a strategy that fails fails alone."""

from __future__ import annotations

from collections.abc import Sequence

from controller.daemon.rungs import Rungs
from controller.ladder import Rung
from controller.strategies.fixed import FixedTime
from controller.strategy import Decision, Strategy, Tick
from signal_drivers.ids import JunctionId, StageId
from simulation.cabinet.clockwork import Clockwork
from tests.controller.frames import WildFrame
from tests.controller.junctions import crossroads, full_crossroads
from tests.controller.troubled import street


class Wants(Strategy):
    """Wants the last stage everywhere, until it is told to fail."""

    keeps_max_red = True
    fails = False

    def decide(self, tick: Tick) -> Sequence[Decision]:
        self.saw = set(tick.statuses)
        if self.fails:
            raise ZeroDivisionError("on purpose")
        return [Decision(j, self.network.junctions[j].full_stages[-1].id, "wanted") for j in tick.statuses]


def test_each_junction_asks_whom_its_rung_says_and_a_failure_hands_over_to_plans() -> None:
    network = street([full_crossroads(), crossroads(), full_crossroads(), crossroads()])
    a, b, c, d = network.junctions
    rungs = {a: Rung.STRATEGY, b: Rung.PLANS, c: Rung.LOCAL, d: Rung.FLASHING}
    chosen = Wants()
    failures: list[Exception] = []
    made = Rungs(chosen, FixedTime(), rungs.__getitem__, failures.append, rest_s=60.0)
    made.start(network)

    def decide(now_s: float) -> dict[JunctionId, StageId]:
        statuses = {j: Clockwork(junction, -100.0).status(now_s) for j, junction in network.junctions.items()}
        return {x.junction: x.stage for x in made.decide(Tick(now_s, WildFrame(1, now_s), statuses))}

    found: dict[JunctionId, set[StageId]] = {j: set() for j in network.junctions}
    for second in range(240):
        for j, stage in decide(float(second)).items():
            found[j].add(stage)
    assert chosen.saw == {a}
    assert found[a] and found[b] and not found[c] and not found[d]

    chosen.fails = True
    decide(300.0)
    assert [type(e) for e in failures] == [ZeroDivisionError] and made.resting_until_s == 360.0
    rungs[a] = Rung.PLANS
    decide(310.0)
    assert len(failures) == 1, "it is not asked while it rests"
    chosen.fails, rungs[a] = False, Rung.STRATEGY
    decide(360.0)
    assert chosen.saw == {a} and len(failures) == 1
