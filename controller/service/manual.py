"""Manual control of junctions: who commanded what, why and until when. Posts fetch it; the guard of each still judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, insert, select, update

from controller.service.audit import Audit
from controller.service.callers import Caller
from controller.service.hub import Hub, sse
from controller.service.problem import Kind, Problem
from controller.service.said import Manual, ManualAnswer
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.tables import manual_commands
from controller.service.told import moment
from controller.service.writer import Writer


class ManualStatus(BaseModel):
    """A manual command under way (*commande manuelle en cours*). ``answer`` is what the post has said of it: ``applied``,
    ``refused``, ``released``, or nothing yet."""

    id: int
    junction: str
    mode: str | None
    stage: str | None
    reason: str
    by: str
    role: str
    begun_at: str
    until: str
    answer: str | None
    answer_why: str | None


@dataclass(frozen=True, slots=True)
class Command:
    id: int
    junction: str
    mode: str | None
    stage: str | None
    reason: str
    by: str
    role: str
    begun_s: float
    until_s: float
    answer: str | None = None
    answer_why: str | None = None

    def told(self) -> ManualStatus:
        return ManualStatus(id=self.id, junction=self.junction, mode=self.mode, stage=self.stage, reason=self.reason, by=self.by,
                            role=self.role, begun_at=moment(self.begun_s), until=moment(self.until_s), answer=self.answer,
                            answer_why=self.answer_why)


class Manuals:
    """At most one command a junction; a new one takes the old one's place."""

    def __init__(self, store: Store, writer: Writer, audit: Audit, hub: Hub, settings: ServiceSettings,
                 clock: Callable[[], float]) -> None:
        self._store, self._writer, self._audit, self._hub = store, writer, audit, hub
        self._settings, self._clock = settings, clock
        self._commands: dict[str, Command] = {}

    def at(self, junction: str) -> Command | None:
        command = self._commands.get(junction)
        return command if command is not None and self._clock() < command.until_s else None

    def of(self, junctions: Iterable[str]) -> list[Command]:
        return [c for j in junctions if (c := self.at(j)) is not None]

    async def command(self, junction: str, said: Manual, stages: tuple[str, ...], caller: Caller) -> Command:
        """Raises :class:`Problem` for a stage that the junction has not, and for a command that would last too long."""
        if said.duration_s > self._settings.longest_manual_s:
            hours = self._settings.longest_manual_s / 3600
            raise Problem(Kind.INVALID, f"manual control lasts {hours:g} h at most; command it again then",
                          f"la commande manuelle dure au plus {hours:g} h ; renouvelez-la ensuite", where="duration_s")
        if said.stage is not None and stages and said.stage not in stages:
            raise Problem(Kind.INVALID, f"junction {junction} has no stage {said.stage!r}: {', '.join(stages)}",
                          f"le carrefour {junction} n'a pas de phase {said.stage!r} : {', '.join(stages)}", where="stage")
        now_s = self._clock()
        mode = said.mode.value if said.mode is not None else None
        row = {"junction": junction, "mode": mode, "stage": said.stage, "reason": said.reason, "by": caller.name,
               "role": caller.role.value, "begun_s": now_s, "until_s": now_s + said.duration_s}

        def store(connection: Connection) -> int:
            _close(connection, junction, now_s, caller.name)
            made = connection.execute(insert(manual_commands).values(**row)).inserted_primary_key
            assert made is not None
            self._audit.add(connection, now_s, caller.actor, "junction.manual", junction, {
                "mode": mode, "stage": said.stage, "reason": said.reason, "duration_s": said.duration_s})
            return int(made[0])

        number = await self._writer.do(store)
        command = self._commands[junction] = Command(number, **row)  # type: ignore[arg-type]
        self._tell(command, "manual")
        return command

    async def end(self, junction: str, caller: Caller) -> Command:
        """Raises :class:`Problem` where there is nothing to end."""
        command = self.at(junction)
        if command is None:
            raise Problem(Kind.UNKNOWN, f"junction {junction} is not under manual control",
                          f"le carrefour {junction} n'est pas en commande manuelle", where="junction")
        now_s = self._clock()

        def store(connection: Connection) -> None:
            _close(connection, junction, now_s, caller.name)
            self._audit.add(connection, now_s, caller.actor, "junction.manual.ended", junction, {"command": command.id})

        await self._writer.do(store)
        if self._commands.get(junction) is command:
            del self._commands[junction]
        self._tell(command, "manual-ended")
        return command

    def answered(self, connection: Connection, junctions: Iterable[str], answers: Iterable[ManualAnswer]) -> list[Command]:
        """What a post says became of commands of its own junctions, stored; to be taken in by :meth:`take` once it is."""
        mine = {c.id: c for c in self.of(junctions)}
        changed = []
        for said in answers:
            known = mine.get(said.id)
            if known is not None and (known.answer, known.answer_why) != (said.answer, said.why):
                connection.execute(update(manual_commands).where(manual_commands.c.id == said.id).values(
                    answer=said.answer, answer_why=said.why))
                changed.append(replace(known, answer=said.answer, answer_why=said.why))
        return changed

    def take(self, changed: Iterable[Command]) -> None:
        for command in changed:
            known = self._commands.get(command.junction)
            if known is not None and known.id == command.id:
                self._commands[command.junction] = command
                self._tell(command, "manual")

    def _tell(self, command: Command, event: str) -> None:
        self._hub.say(f"junction:{command.junction}", sse(event, command.told().model_dump_json()))

    def restore(self) -> None:
        names = [c.name for c in manual_commands.c if c.name not in ("ended_s", "ended_by")]
        with self._store.reading() as connection:
            rows: Any = connection.execute(select(*(manual_commands.c[n] for n in names)).where(
                manual_commands.c.ended_s.is_(None), manual_commands.c.until_s > self._clock()).order_by(manual_commands.c.id))
            self._commands = {row.junction: Command(**row._mapping) for row in rows}


def _close(connection: Connection, junction: str, now_s: float, by: str) -> None:
    table = manual_commands.c
    connection.execute(update(manual_commands).where(table.junction == junction, table.ended_s.is_(None), table.until_s > now_s)
                       .values(ended_s=now_s, ended_by=by))
