"""The desk where emergencies are taken in, followed and ended. What it knows is in memory; what it acknowledges is stored."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Connection, insert

from controller.preemption.emergency import Emergency, EmergencyClass, Lifecycle
from controller.preemption.track import Track
from controller.service import kept
from controller.service.audit import Audit
from controller.service.callers import Caller
from controller.service.geometry import Fix, LonLat, StreetMap, StreetRoute
from controller.service.hub import Hub, sse
from controller.service.live import Branch, Heard, Live, PostWord
from controller.service.planning import plan, said_of
from controller.service.plausible import check_clock, check_position
from controller.service.problem import Kind, Problem
from controller.service.rate import Rate
from controller.service.said import NewEmergency, Position
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.tables import positions
from controller.service.told import FRENCH_STATES, PositionsTaken, RefusedPosition, moment
from controller.service.writer import Writer
from signal_drivers.errors import BadInput

log = structlog.get_logger("mourour.service")
WHOLE_S = 1.0
SHOWN_S, SHOWN_MOST = 600.0, 200
"""What is over is still shown for so long, and so many of it; the archive has all."""


class Desk:
    """All methods are for the thread of the event loop, but for :meth:`restore`, which comes before it."""

    def __init__(self, store: Store, writer: Writer, audit: Audit, hub: Hub, streets: StreetMap | None,
                 settings: ServiceSettings, clock: Callable[[], float]) -> None:
        self._store, self._writer, self._audit, self._hub = store, writer, audit, hub
        self._streets, self.settings, self._clock = streets, settings, clock
        self.lives: dict[str, Live] = {}
        self._new = Rate(settings.new_per_minute)
        hub.renders["emergency"], hub.renders["position"] = self._render, self._render_position

    # What dispatch says

    async def request(self, said: NewEmergency, caller: Caller) -> Live:
        """Taken in, planned and stored. Raises :class:`Problem` for whatever is wrong with it; nothing has changed then."""
        now_s = self._clock()
        wait_s = self._new.wait_s(caller.name, now_s)
        if wait_s > 0:
            most = self.settings.new_per_minute
            raise Problem(Kind.TOO_MANY, f"{caller.name} has asked for {most} emergencies within a minute",
                          f"{caller.name} a demandé {most} urgences en une minute",
                          headers={"Retry-After": str(int(wait_s) + 1)})
        self._check_times(said, now_s)
        name = said.id or f"E-{datetime.fromtimestamp(now_s, UTC):%Y%m%d}-{secrets.token_hex(4)}"
        if name in self.lives:
            raise kept.duplicate(name)
        streets = self.street_map()
        way = await asyncio.to_thread(plan, said, streets)
        departs_s = said.departs_at.timestamp() if said.departs_at is not None else None
        emergency = Emergency(name, way.route, said.expires_at.timestamp(), said.kind.kind, said.priority, departs_s,
                              way.origin_m)
        live = Live(said.vehicle, caller.name, now_s, way, streets.follower(streets.streets, way), Track(emergency, now_s))

        def store(connection: Connection) -> None:
            kept.take_request_id(connection, caller.name, said.nonce, now_s)
            kept.begin(connection, live)
            self._audit.add(connection, now_s, caller.actor, "emergency.requested", name, {
                "vehicle": live.vehicle, "class": said.kind.value, "priority": said.priority,
                "expires_at": moment(emergency.expires_s), "junctions": live.junctions})

        await self._writer.do(store)
        self.lives[name] = live
        self._hub.touch(f"emergency:{name}")
        log.info("emergency.requested", emergency=name, by=caller.name, junctions=len(live.junctions))
        return live

    def street_map(self) -> StreetMap:
        if self._streets is None:
            raise Problem(Kind.NO_STREETS, "the service was started without a street map (--streets)",
                          "service démarré sans plan des rues (--streets)")
        return self._streets

    def _check_times(self, said: NewEmergency, now_s: float) -> None:
        check_clock(said.sent_at.timestamp(), now_s, self.settings, "sent_at")
        left_s = said.expires_at.timestamp() - now_s
        if left_s <= 0:
            raise Problem(Kind.EXPIRED, f"it expired at {moment(said.expires_at.timestamp())}",
                          f"échéance dépassée : {moment(said.expires_at.timestamp())}", where="expires_at")
        if left_s > self.settings.longest_s:
            hours = self.settings.longest_s / 3600
            raise Problem(Kind.INVALID, f"it would last longer than {hours:g} h", f"durée de plus de {hours:g} h",
                          where="expires_at")
        if said.departs_at is not None and said.departs_at >= said.expires_at:
            raise Problem(Kind.INVALID, "it would depart after it has expired", "départ après l'échéance", where="departs_at")

    async def heard(self, name: str, said: list[Position], note: Callable[[Problem], None] = lambda problem: None
                    ) -> PositionsTaken:
        """Positions in their order; each is taken or refused by itself, and those refused are told to ``note``. Raises
        :class:`Problem` where none was taken."""
        live = await self.under_way(name)
        async with live.one:
            if live.state.over:
                raise _over(name, live.state)
            return await self._heard(live, said, note)

    async def _heard(self, live: Live, said: list[Position], note: Callable[[Problem], None]) -> PositionsTaken:
        refused: list[RefusedPosition] = []
        taken: list[tuple[Position, Fix]] = []
        branch = live.branch()
        for index, one in enumerate(said):
            try:
                taken.append((one, self._judge(branch, one)))
            except Problem as problem:
                if len(said) == 1:
                    raise
                note(problem)
                refused.append(RefusedPosition(index=index, type=problem.body()["type"], detail=problem.detail,
                                               detail_fr=problem.detail_fr))
        if not taken:
            first = refused[0]
            raise Problem(Kind.IMPLAUSIBLE, f"none of {len(said)} positions can be used; the first: {first.detail}",
                          f"aucune des {len(said)} positions n'est utilisable ; la première : {first.detail_fr}",
                          where="0", more={"problems": [r.model_dump(mode="json", exclude={"index"}) | {"where": str(r.index)}
                                                        for r in refused]})
        await self._keep(live, taken, branch)
        self._told(live)
        assert live.last is not None
        return PositionsTaken(accepted=len(taken), refused=refused, state=live.state.value, way=live.way,
                              at_m=round(live.last.at_m, 1), off_m=round(live.last.off_m, 1))

    def _judge(self, branch: Branch, said: Position) -> Fix:
        check_position(said, branch.last, branch.judged_s, self._clock(), self.settings)
        time_s = said.time.timestamp()
        try:
            fix = branch.follower.heard(said.lon, said.lat, time_s, said.speed_mps, said.heading_deg, said.accuracy_m)
        except BadInput as error:
            raise Problem(Kind.IMPLAUSIBLE, said_of(error), "position invraisemblable ou hors du réseau routier",
                          where=error.where or "lon") from None
        branch.judged_s = time_s
        branch.last = Heard(said.lon, said.lat, time_s, fix.at_m, fix.off_m, fix.speed_mps)
        return fix

    async def _keep(self, live: Live, taken: list[tuple[Position, Fix]], branch: Branch) -> None:
        """All of them or none; only what is stored is followed."""
        now_s, way = self._clock(), live.way
        rows: list[dict[str, Any]] = []
        others: list[tuple[int, StreetRoute]] = []
        for said, fix in taken:
            if fix.rerouted is not None:
                way += 1
                others.append((way, fix.rerouted))
            rows.append({
                "emergency": live.id, "time_s": said.time.timestamp(), "received_s": now_s, "lon": said.lon, "lat": said.lat,
                "speed_mps": fix.speed_mps, "heading_deg": said.heading_deg, "accuracy_m": said.accuracy_m, "way": way,
                "at_m": fix.at_m, "off_m": fix.off_m})

        def store(connection: Connection) -> None:
            for number, other in others:
                junctions = list(dict.fromkeys(s.junction for s in other.route.signals))
                kept.reroute(connection, live.id, other, number, junctions, now_s)
            connection.execute(insert(positions), rows)

        if len(rows) == 1 and not others:
            await self._writer.append(positions, rows[0])
        else:
            await self._writer.do(store)
        live.follow(branch)
        for said, fix in taken:
            if fix.rerouted is not None:
                live.go(fix.rerouted)
                live.told_s = float("-inf")
                self._hub.say(f"emergency:{live.id}", sse("route", _json(live.feature())))
            live.track.heard(fix.at_m, fix.speed_mps, live.ours_s(said.time.timestamp(), now_s), stood_s=fix.stood_s,
                             lost=fix.lost)

    async def cancel(self, name: str, caller: Caller, reason: str | None = None) -> Live:
        """Raises :class:`Problem` for another account's emergency without a reason: a mistyped id is no way to lose a green wave,
        and whoever sits beside its dispatcher must still be able to end it."""
        live = await self.under_way(name)
        if caller.name != live.by and reason is None:
            raise Problem(Kind.NOT_YOURS, f"{live.by} asked for {name} ({live.vehicle}); give a reason to call it off",
                          f"{live.by} a demandé {name} ({live.vehicle}) ; pour l'annuler quand même, donnez un motif",
                          where="reason")
        others = f", asked for by {live.by}" if caller.name != live.by else ""
        now_s, why = self._clock(), f"called off by {caller.name}{others}" + (f": {reason}" if reason is not None else "")

        def store(connection: Connection) -> None:
            if not kept.change(connection, name, Lifecycle.CANCELLED, why, now_s):
                raise _over(name, live.state)
            self._audit.add(connection, now_s, caller.actor, "emergency.cancelled", name, {"asked_by": live.by, "reason": reason})

        await self._writer.do(store)
        self._end(live, Lifecycle.CANCELLED, why, now_s)
        return live

    # What posts say

    def word(self, name: str, post: str, word: PostWord) -> None:
        """What a post says of an emergency under way; of others it changes nothing."""
        live = self.lives.get(name)
        if live is not None and not live.state.over:
            live.posts[post] = word
            self._hub.touch(f"emergency:{name}")

    # What is asked

    async def under_way(self, name: str) -> Live:
        """Raises :class:`Problem` for one that is over, and one that never was."""
        live = self.lives.get(name)
        if live is None:
            row = await self.found(name)
            if row is None:
                raise unknown(name)
            raise _over(name, Lifecycle(row.state))
        if live.state.over:
            raise _over(name, live.state)
        return live

    async def found(self, name: str) -> Any:
        """Its row in the database, or None."""
        return await asyncio.to_thread(self._find, name)

    @property
    def places(self) -> dict[str, LonLat]:
        """Where junctions are, as far as the map knows."""
        return self._streets.junctions if self._streets is not None else {}

    def _find(self, name: str) -> Any:
        with self._store.reading() as connection:
            return kept.find(connection, name)

    def _render(self, topic: str) -> bytes | None:
        live = self.lives.get(topic.partition(":")[2])
        if live is None:
            return None
        return sse("emergency", live.status(self._clock(), self.settings.preemption).model_dump_json(by_alias=True))

    def _told(self, live: Live) -> None:
        """Listeners hear of every position, but of everything that follows from it only once a second."""
        now_s = self._clock()
        whole = now_s - live.told_s >= WHOLE_S
        if whole:
            live.told_s = now_s
        self._hub.touch(f"{'emergency' if whole else 'position'}:{live.id}")

    def _render_position(self, topic: str) -> bytes | None:
        live = self.lives.get(topic.partition(":")[2])
        moved = live.moved(self._clock(), self.settings.preemption) if live is not None else None
        return sse("position", moved.model_dump_json()) if moved is not None else None

    # What the clock says

    async def tick(self) -> None:
        """Once a second: states brought up to date, what is long over forgotten."""
        now_s = self._clock()
        changes: list[tuple[Live, Lifecycle, str]] = []
        self._forget(now_s)
        for live in self.lives.values():
            if live.ended_s is not None:
                continue
            state, why = live.look(now_s, self.settings.preemption)
            if state is not live.state:
                changes.append((live, state, why))
            else:
                live.why = why
        if not changes:
            return
        done = await self._writer.do(lambda c: [kept.change(c, live.id, state, why, now_s) for live, state, why in changes])
        for (live, state, why), stored in zip(changes, done, strict=True):
            if stored and not live.state.over:
                self._end(live, state, why, now_s)

    def _forget(self, now_s: float) -> None:
        ended = sorted((live.ended_s, name) for name, live in self.lives.items() if live.ended_s is not None)
        for i, (ended_s, name) in enumerate(ended):
            if now_s - ended_s > SHOWN_S or i < len(ended) - SHOWN_MOST:
                del self.lives[name]

    def _end(self, live: Live, state: Lifecycle, why: str, now_s: float) -> None:
        live.state, live.why, live.ended_s = state, why, now_s if state.over else None
        self._hub.touch(f"emergency:{live.id}")
        log.info("emergency.state", emergency=live.id, state=state.value, why=why)

    def restore(self) -> None:
        """What was under way when the service went down. What is no longer on the map is ended."""
        with self._store.reading() as connection:
            for client, times_s in kept.asked_since(connection, self._clock() - self._new.window_s).items():
                self._new.remember(client, times_s)
        if self._streets is None:
            return
        with self._store.reading() as connection:
            rows = [(row, kept.last_position(connection, row.id)) for row in kept.under_way(connection)]
        for row, last in rows:
            try:
                live = self._again(row, last, self._streets)
            except BadInput as error:
                log.warning("emergency.lost", emergency=row.id, why=str(error))
                with self._store.writing() as connection:
                    kept.change(connection, row.id, Lifecycle.REJECTED, "its way is not on the map any more", self._clock())
                continue
            self.lives[row.id] = live

    def _again(self, row: Any, last: Any, streets: StreetMap) -> Live:
        way = streets.streets.route_along(kept.line_of(row))
        emergency = Emergency(row.id, way.route, row.expires_s, EmergencyClass[row.kind.upper()], row.priority, row.departs_s,
                              way.origin_m)
        live = Live(row.vehicle, row.by, row.received_s, way, streets.follower(streets.streets, way),
                    Track(emergency, row.received_s), way=row.way, state=Lifecycle(row.state), why=row.why)
        if last is not None:
            live.judged_s = last.time_s
            fix = live.follower.heard(last.lon, last.lat, last.time_s, last.speed_mps, last.heading_deg, last.accuracy_m)
            live.last = Heard(last.lon, last.lat, last.time_s, fix.at_m, fix.off_m, last.speed_mps)
            live.track.heard(fix.at_m, last.speed_mps, live.ours_s(last.time_s, last.received_s))
        return live


def unknown(name: str) -> Problem:
    return Problem(Kind.UNKNOWN, f"there is no emergency {name}", f"aucune urgence {name}", where="id")


def _over(name: str, state: Lifecycle) -> Problem:
    return Problem(Kind.OVER, f"emergency {name} is over: {state.value}", f"l'urgence {name} est finie : {FRENCH_STATES[state]}",
                   where="id")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
