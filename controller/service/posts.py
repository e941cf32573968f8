"""Posts: what each has last said of its junctions, and the work it is to fetch."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, select

from controller.preemption.track import Track
from controller.service import post_log
from controller.service.desk import Desk
from controller.service.hub import Hub, sse
from controller.service.live import Live, PostWord
from controller.service.manual import Command, Manuals
from controller.service.plausible import check_clock
from controller.service.problem import Kind, Problem
from controller.service.said import PostState, SaidJunction
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.tables import posts
from controller.service.told import moment
from controller.service.work import Work, WorkEmergency, WorkManual, WorkPosition, WorkSignal
from controller.service.writer import Writer

log = structlog.get_logger("mourour.service")
GIVEN_UP_S = 60.0
"""A junction whose post has been silent for so long may be taken over by another post."""


@dataclass(slots=True)
class Post:
    heard_s: float
    said: PostState


class Posts:
    """All methods are for the thread of the event loop, but for :meth:`restore`."""

    def __init__(self, store: Store, writer: Writer, hub: Hub, desk: Desk, manuals: Manuals, settings: ServiceSettings,
                 clock: Callable[[], float]) -> None:
        self._store, self._writer, self._hub, self._desk, self._manuals = store, writer, hub, desk, manuals
        self._settings, self._clock = settings, clock
        self.posts: dict[str, Post] = {}
        self.junctions: dict[str, tuple[str, SaidJunction]] = {}
        """Junctions that a post has spoken of: whose, and what it said last."""
        self._one: dict[str, asyncio.Lock] = {}
        hub.renders["junction"] = self._render

    async def said(self, post: str, said: PostState) -> None:
        """Take a report in. Raises :class:`Problem` for one from another time, and for a junction of another post."""
        now_s = self._clock()
        check_clock(said.time.timestamp(), now_s, self._settings, "time")
        async with self._one.setdefault(post, asyncio.Lock()):
            names = [j.id for j in said.junctions]
            for i, name in enumerate(names):
                owner = self.junctions[name][0] if name in self.junctions else post
                if owner != post and now_s - self.posts[owner].heard_s <= GIVEN_UP_S:
                    raise Problem(Kind.TAKEN, f"junction {name} is post {owner}'s", f"le carrefour {name} est au poste {owner}",
                                  where=f"junctions.{i}.id")

            def store(connection: Connection) -> tuple[list[Command], list[tuple[str, dict[str, Any]]]]:
                post_log.keep_words(connection, post, said, now_s)
                told = post_log.keep_alarms(connection, post, said, now_s)
                told += post_log.keep_incidents(connection, post, said.incidents, now_s, said.run)
                return self._manuals.answered(connection, names, said.manual), told

            answered, told = await self._writer.do(store)
            self._take(post, said, now_s)
            self._manuals.take(answered)
        for event, what in told:
            self._hub.say(f"junction:{what.get('junction') or what['place']}", sse(event, json.dumps(what, ensure_ascii=False)))
        for word in said.emergencies:
            arrivals = {a.junction: (a.at.timestamp(), a.queue_veh) for a in word.arrivals}
            self._desk.word(word.id, post, PostWord(now_s, word.state, word.why, word.way, arrivals))

    def _take(self, post: str, said: PostState, now_s: float) -> None:
        self.posts[post] = Post(now_s, said)
        now = {j.id for j in said.junctions}
        for name in [n for n, (owner, _) in self.junctions.items() if owner == post and n not in now]:
            del self.junctions[name]
        for junction in said.junctions:
            known = self.junctions.get(junction.id)
            self.junctions[junction.id] = post, junction
            if known is None or known[1] != junction:
                self._hub.touch(f"junction:{junction.id}")

    def work(self, post: str) -> Work:
        """What concerns the junctions of a post."""
        now_s = self._clock()
        mine = [name for name, (owner, _) in self.junctions.items() if owner == post]
        reach = set(mine)
        rows = [_work_of(live) for live in self._desk.lives.values()
                if not live.state.over and not reach.isdisjoint(live.junctions)]
        manual = [WorkManual(id=c.id, junction=c.junction, mode=c.mode, stage=c.stage, until_s=c.until_s, reason=c.reason,
                             by=c.by)
                  for c in self._manuals.of(mine)]
        return Work(time_s=now_s, emergencies=rows, manual=manual)

    def known(self, junction: str) -> tuple[str, SaidJunction]:
        """Its post, and what that said of it. Raises :class:`Problem` for one that nobody has spoken of."""
        found = self.junctions.get(junction)
        if found is None:
            raise Problem(Kind.UNKNOWN, f"no post has spoken of a junction {junction!r}",
                          f"aucun poste n'a parlé d'un carrefour {junction!r}", where="junction")
        return found

    def told(self, junction: str) -> dict[str, Any]:
        post, said = self.known(junction)
        heard_s = self.posts[post].heard_s
        command = self._manuals.at(junction)
        return {**said.model_dump(mode="json"), "post": post, "heard_at": moment(heard_s),
                "silent": self._clock() - heard_s > self._settings.heard_s,
                "manual": command.told().model_dump(mode="json") if command is not None else None}

    def _render(self, topic: str) -> bytes | None:
        name = topic.partition(":")[2]
        return sse("junction", json.dumps(self.told(name), ensure_ascii=False)) if name in self.junctions else None

    def restore(self) -> None:
        with self._store.reading() as connection:
            rows = connection.execute(select(posts).order_by(posts.c.heard_s)).all()
        for row in rows:
            try:
                self._take(row.post, PostState.model_validate_json(row.said), row.heard_s)
            except ValueError:
                log.warning("post.words_lost", post=row.post)


def _work_of(live: Live) -> WorkEmergency:
    said, route = live.emergency, live.sent.route
    last = live.last if not live.track.unheard else None
    return WorkEmergency(
        id=said.id, kind=said.kind.name.lower(), priority=said.priority, expires_s=said.expires_s,
        departs_s=said.departs_s, starts_m=said.starts_m if live.way == 1 else 0.0, way=live.way,
        pieces=[(p.length_m, p.speed_mps) for p in route.pieces],
        signals=[WorkSignal(junction=s.junction, groups=sorted(s.groups), lanes=list(s.lanes), stop_line_m=s.stop_line_m,
                            clear_m=s.clear_m) for s in route.signals],
        position=_position_of(live.track) if last else None)


def _position_of(track: Track) -> WorkPosition:
    return WorkPosition(at_m=track.at_m, speed_mps=track.speed_mps, time_s=track.heard_s, stood_s=track.stood_s, lost=track.lost)
