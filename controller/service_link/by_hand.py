"""Manual control as a post carries it out: what an operator commanded, until its time is over.

It goes before strategies and emergencies, and behind the guard and the ladder: a junction that has stepped down further than the
command stays down. A stage is held as long as nobody else waits past the maximum red; who does is served, and then it goes back.
A command lasts until its own end, also where the service falls silent: it was given for a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog

from controller.fairness import overdue_stage
from controller.service.work import WorkManual
from controller.strategy import Decision, Tick, may_leave
from signal_drivers.ids import JunctionId, StageId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus, Mode
from signal_drivers.wire.command import Wanted

log = structlog.get_logger("mourour.by_hand")
MODES = {"local": (Wanted.LOCAL, Mode.LOCAL), "flashing": (Wanted.FLASHING, Mode.FLASHING)}
LOW = (Wanted.CENTRAL, Wanted.LOCAL, Wanted.FLASHING)
"""From the most that control may do to the least."""
REASON = "by hand:"
"""How the reason of every decision made by hand begins."""


class ByHand:
    """``midnight_s`` is when the post's clock shows 0, s since 1970."""

    def __init__(self, junctions: Mapping[JunctionId, Junction], midnight_s: float) -> None:
        self._junctions, self._midnight_s = junctions, midnight_s
        self._commands: dict[JunctionId, WorkManual] = {}
        self._refused: dict[int, str] = {}

    def take(self, commands: Iterable[WorkManual]) -> None:
        """The commands there are; those that are no longer there have been ended."""
        now = {JunctionId(c.junction): c for c in commands if c.junction in self._junctions}
        for j, command in now.items():
            if self._commands.get(j) != command:
                log.warning("junction.by_hand", junction=j, mode=command.mode, stage=command.stage, by=command.by,
                            reason=command.reason)
        for j in self._commands.keys() - now.keys():
            log.warning("junction.by_hand_over", junction=j)
        self._commands, self._refused = now, {}
        for j, command in now.items():
            if command.mode is None and command.stage not in self._junctions[j].stage:
                self._refused[command.id] = f"there is no stage {command.stage}"
            elif command.mode is not None and command.mode not in MODES:
                self._refused[command.id] = f"there is no mode {command.mode}"

    def _now(self, j: JunctionId, now_s: float) -> WorkManual | None:
        command = self._commands.get(j)
        if command is None or now_s >= command.until_s - self._midnight_s or command.id in self._refused:
            return None
        return command

    def wanted(self, j: JunctionId, ladder: Wanted, now_s: float) -> Wanted:
        """The mode to ask for: the ladder's, or that of the command where it is lower."""
        command = self._now(j, now_s)
        if command is None or command.mode is None:
            return ladder
        return max(ladder, MODES[command.mode][0], key=LOW.index)

    def apply(self, tick: Tick, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """``decisions`` with those of junctions whose stage is held replaced; one a junction at most."""
        held = {j: StageId(c.stage) for j in self._commands
                if (c := self._now(j, tick.now_s)) is not None and c.stage is not None}
        if not held:
            return decisions
        kept = {d.junction: d for d in decisions}
        for j, stage in held.items():
            junction, status = self._junctions[j], tick.statuses.get(j)
            if status is None or status.stage not in junction.stage:
                continue
            late = overdue_stage(junction, status, tick)
            if late is not None and late[1].isdisjoint(junction.stage[stage].green):
                continue
            kept.pop(j, None)
            if status.stage != stage and may_leave(junction, status, tick.now_s, stage):
                kept[j] = Decision(j, stage, f"{REASON} {self._commands[j].reason}")
        return list(kept.values())

    def told(self, status: Callable[[JunctionId], CabinetStatus]) -> list[dict[str, Any]]:
        """What has become of each command; nothing yet of those that the cabinet has not answered."""
        rows: list[dict[str, Any]] = []
        for j, command in self._commands.items():
            if command.id in self._refused:
                rows.append({"id": command.id, "answer": "refused", "why": self._refused[command.id]})
                continue
            now = status(j)
            done = now.mode is MODES[command.mode][1] if command.mode is not None else now.stage == command.stage
            if done:
                rows.append({"id": command.id, "answer": "applied", "why": ""})
        return rows
