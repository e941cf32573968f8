"""Two hours of a virtual control unit, archived and read unchanged by the ATSPM package: what it measures is what was."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from controller.archive.codes import OWN, Code
from controller.archive.event import Event
from controller.archive.phases import Zone, channel_of, detector_rows, detector_table, phase_of
from controller.archive.recorder import StatusRecorder
from controller.archive.writer import Archive
from signal_drivers.groups import SignalGroup
from signal_drivers.ids import GroupId, LaneId, StageId
from signal_drivers.plan import Plan, Split
from signal_drivers.status import Head
from signal_drivers.wire.command import Wanted
from simulation.cabinet.controller import ControlUnit
from tests.signal_drivers.examples import GROUPS, MAIN, SIDE, WALK, J, crossroads

atspm = pytest.importorskip("atspm")
pytestmark = pytest.mark.integration

DEVICE, STEP_S, HOURS = 12, 0.5, 2
BEGAN = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
EPOCH_S = BEGAN.timestamp()
END_S = HOURS * 3600.0
JUNCTION = crossroads(groups=tuple(replace(g, min_green_s=6.0) if not g.for_pedestrians else g for g in GROUPS))
PLAN = Plan(J, 90.0, (Split(StageId("1"), 0.0), Split(StageId("2"), 42.0), Split(StageId("3"), 60.0)))
FEEDS = {LaneId("m0"): (MAIN, 6.0), LaneId("s0"): (SIDE, 7.0)}
"""Group and mean headway (s) of the traffic on each lane that has a detector."""
SECONDS_ON_RED = 5


@dataclass
class Truth:
    """What happened, on the run's own clock, noted apart from any event."""

    changes: dict[GroupId, list[tuple[float, Head]]] = field(default_factory=dict)
    arrivals: dict[LaneId, list[float]] = field(default_factory=dict)
    present: dict[LaneId, list[tuple[float, bool]]] = field(default_factory=dict)
    waits: dict[GroupId, list[tuple[float, float]]] = field(default_factory=dict)
    presses: list[float] = field(default_factory=list)

    def spells(self, group: GroupId, *heads: Head) -> list[tuple[float, float]]:
        """Begin and end of each time the group was in one of ``heads``, where both were seen."""
        return [(a, b) for (a, head), (b, _) in pairwise(self.changes[group]) if head in heads]

    def head_at(self, group: GroupId, at_s: float) -> Head:
        row = self.changes[group]
        return row[bisect_right(row, at_s, key=lambda c: c[0]) - 1][1]

    def occupied_s(self, lane: LaneId, begin_s: float, end_s: float) -> float:
        row = [*self.present[lane], (END_S, False)]
        return sum(max(0.0, min(b, end_s) - max(a, begin_s)) for (a, on), (b, _) in pairwise(row) if on)


class Street:
    """Traffic for the detectors: arrivals at random, a queue behind the stop line that leaves at one every 2 s of green."""

    def __init__(self, seed: int, truth: Truth) -> None:
        self._draw, self._truth = Random(seed), truth
        self._next = {lane: self._draw.expovariate(1 / headway) for lane, (_, headway) in FEEDS.items()}
        self._coming: dict[LaneId, list[float]] = {lane: [] for lane in FEEDS}
        self._queue = dict.fromkeys(FEEDS, 0)
        self._leaves = dict.fromkeys(FEEDS, 0.0)
        self._press_s = 20.0
        self.calls: dict[GroupId, float] = {}

    def step(self, now_s: float, green: dict[GroupId, bool]) -> Iterator[Event]:
        for lane, (group, headway_s) in FEEDS.items():
            while self._next[lane] <= now_s:
                at_s = self._next[lane]
                # A tenth of a second, as detectors have it, and never two at once.
                self._next[lane] = at_s + 1.0 + self._draw.expovariate(1 / headway_s)
                self._truth.arrivals.setdefault(lane, []).append(round(at_s, 1))
                self._coming[lane].append(at_s + 7.0)
                yield from (self._at(round(at_s + after, 1), code, channel_of(JUNCTION, lane, Zone.ADVANCE))
                            for code, after in ((Code.DETECTOR_ON, 0.0), (Code.DETECTOR_OFF, 0.4)))
            before = self._queue[lane] > 0
            while self._coming[lane] and self._coming[lane][0] <= now_s:
                self._coming[lane].pop(0)
                self._queue[lane] += 1
            if self._queue[lane] and green[group] and now_s >= self._leaves[lane]:
                self._queue[lane] -= 1
                self._leaves[lane] = now_s + 2.0
            if before != (self._queue[lane] > 0):
                self._truth.present.setdefault(lane, []).append((now_s, not before))
                code = Code.DETECTOR_OFF if before else Code.DETECTOR_ON
                yield self._at(now_s, code, channel_of(JUNCTION, lane, Zone.PRESENCE))
            self._call(lane, group, now_s, green[group])
        if now_s >= self._press_s:
            self._truth.presses.append(now_s)
            self._press_s = now_s + 1.0 + round(self._draw.expovariate(1 / 60.0))
            yield self._at(now_s, Code.PED_DETECTOR_ON, phase_of(JUNCTION, WALK))

    def _call(self, lane: LaneId, group: GroupId, now_s: float, green: bool) -> None:
        if green:
            if group in self.calls:
                self._truth.waits.setdefault(group, []).append((self.calls.pop(group), now_s))
        elif self._queue[lane] and group not in self.calls:
            self.calls[group] = now_s

    @staticmethod
    def _at(at_s: float, code: Code, parameter: int) -> Event:
        return Event(EPOCH_S + at_s, DEVICE, code, parameter)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """The day's file of two hours, and the truth about them."""
    folder, truth, n = tmp_path_factory.mktemp("events"), Truth(), 0
    unit, street = ControlUnit(JUNCTION, [PLAN], 0.0), Street(3, truth)
    recorder = StatusRecorder(JUNCTION, DEVICE, epoch_ahead_s=EPOCH_S)
    with Archive(folder, "post") as archive:
        while (now_s := n * STEP_S) < END_S:
            unit.heartbeat(n, now_s)
            unit.want(Wanted.CENTRAL, 1, dict(street.calls), now_s)
            unit.tick(now_s)
            green = {g.id: head.is_green for g, head in zip(JUNCTION.groups, unit.heads, strict=True)}
            for g, head in zip(JUNCTION.groups, unit.heads, strict=True):
                row = truth.changes.setdefault(g.id, [])
                if not row or (row[-1][1] is not head and not (row[-1][1].is_green and head.is_green)):
                    row.append((now_s, head))
            archive.add(recorder.note(unit.status(now_s)))
            archive.add(street.step(now_s, green))
            if n % 97 == 0:
                archive.add([Event(EPOCH_S + now_s, DEVICE, OWN[n // 97 % 99], 3, "ours")])
            if n % 5000 == 0:
                archive.fold()
            n += 1
    return folder / "2026-11-26" / "post.parquet", truth


class Rows:
    """An answer taken whole from a connection."""

    def __init__(self, cursor: Any) -> None:
        self.description = cursor.description
        self._rows = iter(cursor.fetchall())

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)


def measured(file: Path) -> dict[str, list[dict[str, Any]]]:
    config = file.with_name("detectors.parquet")
    pq.write_table(pa.table(detector_table(detector_rows(JUNCTION, DEVICE))), config)
    measures: dict[str, dict[str, Any]] = {
        "has_data": {"no_data_min": 5, "min_data_points": 3}, "actuations": {}, "terminations": {}, "ped": {},
        "arrival_on_green": {"latency_offset_seconds": 0},
        "timeline": {"min_duration": 0.0, "cushion_time": 60, "maxtime": False},
        "split_failures": {"red_time": SECONDS_ON_RED, "red_occupancy_threshold": 0.8, "green_occupancy_threshold": 0.8,
                           "by_approach": True, "by_cycle": True},
        "phase_wait": {}, "ped_delay": {}}
    with atspm.SignalDataProcessor(
            raw_data=str(file), detector_config=str(config), bin_size=15, verbose=0, remove_incomplete=False,
            aggregations=[{"name": name, "params": params} for name, params in measures.items()]) as processor:
        processor.load()
        processor.aggregate()
        return {name: processor.conn.query(f"SELECT * FROM {name}").to_arrow_table().to_pylist() for name in measures}


@pytest.fixture(scope="module")
def measures(run: tuple[Path, Truth]) -> dict[str, list[dict[str, Any]]]:
    return measured(run[0])


def total(rows: list[dict[str, Any]], of: str, **where: object) -> int:
    return sum(row[of] for row in rows if all(row[k] == v for k, v in where.items()))


def lasted(measures: dict[str, list[dict[str, Any]]], kind: str, phase: int) -> list[float]:
    """Durations (s) of the valid rows of one kind on the timeline."""
    return [r["Duration"] for r in measures["timeline"]
            if (r["EventClass"], r["EventValue"]) == (kind, phase) and r["IsValid"]]


@pytest.mark.parametrize("group", [g for g in GROUPS if not g.for_pedestrians], ids=lambda g: g.id)
def test_greens_yellows_and_splits(run: tuple[Path, Truth], measures: dict[str, Any], group: SignalGroup) -> None:
    truth, phase = run[1], phase_of(JUNCTION, group.id)
    green, yellow = (truth.spells(group.id, *heads) for heads in ((Head.GREEN, Head.GREEN_YIELD), (Head.AMBER,)))
    assert len(lasted(measures, "Green", phase)) == len(green) >= 79
    assert mean(lasted(measures, "Green", phase)) == pytest.approx(mean(b - a for a, b in green), abs=0.01)
    assert len(lasted(measures, "Yellow", phase)) == len(yellow)
    assert set(lasted(measures, "Yellow", phase)) == {JUNCTION.yellow_s}
    clearance_s = max(JUNCTION.intergreens.after(group.id).values())
    splits = lasted(measures, "Split", phase)
    assert abs(len(splits) - len(green)) <= 1
    assert mean(splits) == pytest.approx(mean(b - a for a, b in green) + clearance_s, abs=0.2)
    assert total(measures["terminations"], "Total", Phase=phase, PerformanceMeasure="ForceOff") == len(green)


@pytest.mark.parametrize("lane", FEEDS)
def test_actuations_and_arrivals_on_green(run: tuple[Path, Truth], measures: dict[str, Any], lane: LaneId) -> None:
    truth, group = run[1], FEEDS[lane][0]
    arrivals = truth.arrivals[lane]
    assert total(measures["actuations"], "Total", Detector=channel_of(JUNCTION, lane, Zone.ADVANCE)) == len(arrivals) > 600
    rows = [r for r in measures["arrival_on_green"] if r["Phase"] == phase_of(JUNCTION, group)]
    assert sum(r["Total_Actuations"] for r in rows) == len(arrivals)
    share = sum(r["Percent_AOG"] * r["Total_Actuations"] for r in rows) / len(arrivals)
    assert share == pytest.approx(mean(truth.head_at(group, t).is_green for t in arrivals), abs=0.003)


@pytest.mark.parametrize("lane", FEEDS)
def test_split_failures(run: tuple[Path, Truth], measures: dict[str, Any], lane: LaneId) -> None:
    truth, group = run[1], FEEDS[lane][0]
    rows = [r for r in measures["split_failures"] if r["Phase"] == phase_of(JUNCTION, group)]
    cycles = {round(b + JUNCTION.yellow_s + SECONDS_ON_RED, 1): (a, b) for a, b in truth.spells(group, Head.GREEN)}
    compared = failed = 0
    for row in rows:
        at_s = row["TimeStamp"].replace(tzinfo=UTC).timestamp() - EPOCH_S
        begin_s, end_s = cycles[round(at_s, 1)]
        red_s = end_s + JUNCTION.yellow_s
        on_green = truth.occupied_s(lane, begin_s, end_s) / (end_s - begin_s)
        on_red = truth.occupied_s(lane, red_s, red_s + SECONDS_ON_RED) / SECONDS_ON_RED
        assert (row["Green_Occupancy"], row["Red_Occupancy"]) == pytest.approx((on_green, on_red), abs=0.02)
        compared, failed = compared + 1, failed + (on_green >= 0.8 and on_red >= 0.8)
    assert compared >= 75
    assert total(rows, "Split_Failure") == failed


@pytest.mark.parametrize("group", [MAIN, SIDE])
def test_waits_for_green(run: tuple[Path, Truth], measures: dict[str, Any], group: GroupId) -> None:
    waits, phase = run[1].waits[group], phase_of(JUNCTION, group)
    found = lasted(measures, "Phase Wait", phase)
    assert abs(len(found) - len(waits)) <= 2 and len(found) > 70
    assert mean(found) == pytest.approx(mean(b - a for a, b in waits), abs=0.5)
    rows = [r for r in measures["phase_wait"] if r["Phase"] == phase]
    assert max(r["MaxPhaseWait"] for r in rows) == pytest.approx(max(found)) and total(rows, "TotalSkips") == 0


def test_people(run: tuple[Path, Truth], measures: dict[str, Any]) -> None:
    truth, phase = run[1], phase_of(JUNCTION, WALK)
    walks = truth.spells(WALK, Head.GREEN)
    assert abs(total(measures["ped"], "PedServices", Phase=phase) - len(walks)) <= 1
    assert total(measures["ped"], "PedActuation", Phase=phase) == len(truth.presses)
    waits = [begin_s - first for (_, end_s), (begin_s, _) in pairwise(walks)
             for first in [p for p in truth.presses if end_s < p < begin_s][:1]]
    found = lasted(measures, "Ped Delay", phase)
    assert abs(len(found) - len(waits)) <= 3
    assert mean(found) == pytest.approx(mean(waits), abs=1.0)


def test_our_own_codes_are_passed_over(run: tuple[Path, Truth], measures: dict[str, Any], tmp_path: Path) -> None:
    table = pq.read_table(run[0])
    theirs = table.filter(pc.less(table["EventId"], 256))
    assert table.num_rows - theirs.num_rows > 100
    pq.write_table(theirs, tmp_path / "theirs.parquet")
    again = measured(tmp_path / "theirs.parquet")
    for name, rows in measures.items():
        assert Counter(map(str, again[name])) == Counter(map(str, rows)), name
