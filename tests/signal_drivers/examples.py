"""One small junction that everyone can draw on a napkin, and reports of it.

A main road crosses a side road. ``main`` and ``left`` (turning off the main road) run together, the left turn yielding to
the oncoming traffic and to the people on ``walk``, who cross the side road; then the left turn alone; then ``side``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId, JunctionId, LaneId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.lanes import Lane, Movement, Turn
from signal_drivers.requests import StageRequest
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus, Head

MAIN, LEFT, SIDE, WALK = GroupId("main"), GroupId("left"), GroupId("side"), GroupId("walk")
J = JunctionId("J1")

GROUPS = (
    SignalGroup(MAIN, GroupKind.VEHICLE, 6.0),
    SignalGroup(LEFT, GroupKind.VEHICLE, 6.0),
    SignalGroup(SIDE, GroupKind.VEHICLE, 6.0),
    SignalGroup(WALK, GroupKind.PEDESTRIAN, 10.0, crossing_length_m=10.0),
)
SECONDS = {
    (MAIN, LEFT): 5.0, (LEFT, MAIN): 4.0,
    (MAIN, SIDE): 6.0, (SIDE, MAIN): 5.0,
    (LEFT, SIDE): 4.5, (SIDE, LEFT): 5.5,
    (WALK, SIDE): 9.0, (SIDE, WALK): 4.0,
    (WALK, LEFT): 8.0, (LEFT, WALK): 3.5,
}
STAGES = (
    Stage(StageId("1"), frozenset({MAIN, WALK, LEFT}), frozenset({LEFT}), "main"),
    Stage(StageId("2"), frozenset({LEFT}), name="left"),
    Stage(StageId("3"), frozenset({SIDE}), name="side"),
)
LANES = (
    Lane(LaneId("m0"), "m", 200.0, 13.9, (MAIN,)),
    Lane(LaneId("m1"), "m", 200.0, 13.9, (MAIN, LEFT)),
    Lane(LaneId("s0"), "s", 80.0, 13.9, (SIDE,)),
)
MOVEMENTS = (
    Movement(MAIN, LaneId("m0"), LaneId("out0"), Turn.THROUGH),
    Movement(MAIN, LaneId("m1"), LaneId("out1"), Turn.THROUGH),
    Movement(LEFT, LaneId("m1"), LaneId("up0"), Turn.LEFT),
    Movement(SIDE, LaneId("s0"), LaneId("out0"), Turn.RIGHT),
    Movement(SIDE, LaneId("s0"), LaneId("up0"), Turn.THROUGH),
)


def crossroads(**changes: Any) -> Junction:
    """The junction, with any field replaced."""
    fields: dict[str, Any] = {
        "id": J, "groups": GROUPS, "stages": STAGES, "intergreens": Intergreens(SECONDS), "yellow_s": 3.0,
        "lanes": LANES, "movements": MOVEMENTS, "name": "Two Roads",
    }
    return Junction(**{**fields, **changes})


def report(junction: Junction, heads: Mapping[str, Head], *, at_s: float, since_s: Mapping[str, float] | float = 0.0,
           stage: str | None = None, target: str | None = None, **changes: Any) -> CabinetStatus:
    """A cabinet's report; groups not in ``heads`` are red."""
    since = {g.id: since_s if isinstance(since_s, (int, float)) else since_s.get(g.id, 0.0) for g in junction.groups}
    return CabinetStatus(
        junction.id, at_s, StageId(stage) if stage else None, StageId(target or stage or junction.stages[0].id), 0.0,
        tuple(heads.get(g.id, Head.RED) for g in junction.groups), tuple(since[g.id] for g in junction.groups), **changes)


def in_stage_1(junction: Junction, *, at_s: float, **changes: Any) -> CabinetStatus:
    """The junction settled in its first stage since 0 s."""
    heads = {MAIN: Head.GREEN, WALK: Head.GREEN, LEFT: Head.GREEN_YIELD}
    return report(junction, changes.pop("heads", heads), at_s=at_s, stage=changes.pop("stage", "1"), **changes)


def ask(stage: str, *, at_s: float, sequence: int = 1, junction: str = J, issued_s: float | None = None,
        expires_s: float | None = None) -> StageRequest:
    issued = at_s if issued_s is None else issued_s
    return StageRequest(JunctionId(junction), StageId(stage), sequence, issued, issued + 5.0 if expires_s is None else expires_s)
