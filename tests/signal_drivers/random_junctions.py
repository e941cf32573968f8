"""Random junctions that are valid by the way they are made, for property tests."""

from __future__ import annotations

from itertools import combinations

from hypothesis import strategies as st

from signal_drivers.groups import GroupKind, SignalGroup
from signal_drivers.ids import GroupId, JunctionId, StageId
from signal_drivers.intergreens import Intergreens
from signal_drivers.junction import Junction
from signal_drivers.stages import Stage


def times(low: float, high: float) -> st.SearchStrategy[float]:
    """Seconds on awkward grids: whole, tenths, thirds and anything."""
    return st.one_of(st.integers(int(low), int(high)).map(float),
                     st.integers(int(low * 10), int(high * 10)).map(lambda n: n / 10),
                     st.integers(int(low * 3), int(high * 3)).map(lambda n: n / 3),
                     st.floats(low, high, allow_nan=False))


@st.composite
def groups(draw: st.DrawFn) -> tuple[SignalGroup, ...]:
    made = []
    for i in range(draw(st.integers(2, 7))):
        kind = draw(st.sampled_from(list(GroupKind)))
        if kind is GroupKind.PEDESTRIAN:
            length_m = draw(st.floats(3.0, 15.0))
            made.append(SignalGroup(GroupId(f"g{i}"), kind, length_m + draw(times(0, 5)), crossing_length_m=length_m))
        else:
            made.append(SignalGroup(GroupId(f"g{i}"), kind, draw(times(0, 9))))
    return tuple(made)


@st.composite
def stage(draw: st.DrawFn, name: str, must: GroupId, everyone: list[GroupId], table: Intergreens) -> Stage:
    """A stage around ``must``: others join where they do not conflict, or where one of the two may yield."""
    green, yielding = [must], set()
    for other in draw(st.permutations(everyone)):
        if other == must or not draw(st.booleans()):
            continue
        foes = [g for g in green if table.conflict(g, other) and g not in yielding]
        if not foes:
            green.append(other)
        elif draw(st.integers(0, 2)) == 0:
            green.append(other)
            yielding.add(other)
    return Stage(StageId(name), frozenset(green), frozenset(yielding))


@st.composite
def junctions(draw: st.DrawFn) -> Junction:
    """Two to seven groups of any kind, any conflicts between them, intergreens that differ by direction, valid stages."""
    members = draw(groups())
    yellow_s = draw(st.sampled_from([0.0, 3.0, 3.5, 5.0]))
    seconds: dict[tuple[GroupId, GroupId], float] = {}
    for a, b in combinations(members, 2):
        if draw(st.booleans()):
            for ending, starting in ((a, b), (b, a)):
                least = 0.0 if ending.for_pedestrians else yellow_s
                seconds[ending.id, starting.id] = least + draw(times(0, 9))
    table = Intergreens(seconds)
    ids = [g.id for g in members]
    stages = [draw(stage(str(i), g, ids, table)) for i, g in enumerate(draw(st.permutations(ids)))]
    return Junction(JunctionId("J"), members, tuple(stages), table, yellow_s, max_red_s=draw(st.sampled_from([30.0, 120.0])))
