"""The conversation with the service, once a second, for as long as the post runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from controller.service_link.by_hand import ByHand
from controller.service_link.contact import Contact, NotHeard
from controller.service_link.into_manager import IntoManager
from controller.service_link.outbox import Entry, Outbox, parts

log = structlog.get_logger("mourour.service")
EVERY_S, LONGEST_WAIT_S, RETRY_S = 1.0, 15.0, 60.0
LAST_WORDS_S = 2.0
REFUSED = re.compile(r"body\.(incidents|past_alarms)\.(\d+)\b")


class ServiceLink:
    """``state`` makes what is said of the post, but for emergencies and what is in ``outbox``; it is asked once a second also
    while the service is silent, and so sees what comes and goes meanwhile. ``overrides`` says by whose word it runs
    without certificates. Nothing that goes wrong here reaches control."""

    def __init__(self, contact: Contact, into: IntoManager, by_hand: ByHand, state: Callable[[], dict[str, Any]],
                 now_s: Callable[[], float], outbox: Outbox,
                 overrides: Callable[[], dict[str, Any] | None] = lambda: None) -> None:
        self._contact, self._into, self._by_hand, self._state, self._now_s = contact, into, by_hand, state, now_s
        self._outbox = outbox
        self._overrides, self._told_run = overrides, ""
        self._retry_s = float("-inf")
        self.heard: bool | None = None
        """Whether the service answered last time; None before the first."""

    async def run(self) -> None:
        """Until it is cancelled."""
        wait_s = EVERY_S
        async with self._contact:
            try:
                while True:
                    wait_s = EVERY_S if await self.once() else min(2 * wait_s, LONGEST_WAIT_S)
                    await self._wait(wait_s)
            except asyncio.CancelledError:
                if self.heard and len(self._outbox):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LAST_WORDS_S):
                            await self.once()
                raise

    async def _wait(self, wait_s: float) -> None:
        for second in range(round(wait_s / EVERY_S)):
            if second:
                self._look()
            await asyncio.sleep(EVERY_S)

    def _look(self) -> dict[str, Any]:
        try:
            return self._state()
        except Exception:
            log.exception("service.failed")
            return {}

    async def once(self) -> bool:
        """Say how things stand and what has happened, then fetch work. Whether the service answered."""
        news: list[Entry] = []
        try:
            state = self._state()
            news = self._outbox.first()
            await self._contact.tell(state | {"run": self._outbox.run, "emergencies": self._into.told()} | parts(news))
            # Acknowledged means stored; whatever is said twice because the answer was lost, the service knows by its key.
            self._outbox.stored(news)
            work = await self._contact.work()
            self._into.take(work, self._now_s())
            self._by_hand.take(work.manual)
            await self._tell_overrides()
        except NotHeard as error:
            self._refused(news, error.where)
            self._known(False, str(error))
        except Exception:
            log.exception("service.failed")
            return False
        else:
            self._known(True, "")
        return bool(self.heard)

    def _refused(self, news: list[Entry], where: str) -> None:
        """Of entries that the service can make nothing of the first it names is given up."""
        found = REFUSED.match(where)
        mine = [entry for entry in news if found is not None and entry.part == found[1]]
        if found is not None and int(found[2]) < len(mine):
            self._outbox.drop(mine[int(found[2])])

    async def _tell_overrides(self) -> None:
        """Once each start. A service that does not take it keeps this post from nothing: it is asked again a minute later."""
        said = self._overrides()
        if said is None or said["run"] == self._told_run or self._now_s() < self._retry_s:
            return
        self._retry_s = self._now_s() + RETRY_S
        try:
            await self._contact.tell_overrides(said)
        except NotHeard as error:
            log.warning("service.overrides_not_taken", why=str(error))
        else:
            self._told_run, self._retry_s = said["run"], float("-inf")

    def _known(self, heard: bool, why: str) -> None:
        if heard != self.heard:
            if heard:
                log.info("service.heard", url=self._contact.url)
            else:
                log.warning("service.silent", url=self._contact.url, why=why)
        self.heard = heard
