"""The conversation with the service, once a second, for as long as the post runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from controller.service_link.by_hand import ByHand
from controller.service_link.contact import Contact, NotHeard
from controller.service_link.into_manager import IntoManager

log = structlog.get_logger("mourour.service")
EVERY_S, LONGEST_WAIT_S, RETRY_S = 1.0, 15.0, 60.0


class ServiceLink:
    """``state`` makes what is said of the post, but for emergencies; ``overrides`` says by whose word it runs without
    certificates. Nothing that goes wrong here reaches control."""

    def __init__(self, contact: Contact, into: IntoManager, by_hand: ByHand, state: Callable[[], dict[str, Any]],
                 now_s: Callable[[], float], overrides: Callable[[], dict[str, Any] | None] = lambda: None) -> None:
        self._contact, self._into, self._by_hand, self._state, self._now_s = contact, into, by_hand, state, now_s
        self._overrides, self._told_run = overrides, ""
        self._retry_s = float("-inf")
        self.heard: bool | None = None
        """Whether the service answered last time; None before the first."""

    async def run(self) -> None:
        """Until it is cancelled."""
        wait_s = EVERY_S
        async with self._contact:
            while True:
                wait_s = EVERY_S if await self.once() else min(2 * wait_s, LONGEST_WAIT_S)
                await asyncio.sleep(wait_s)

    async def once(self) -> bool:
        """Say how things stand, then fetch work. Whether the service answered."""
        try:
            await self._contact.tell(self._state() | {"emergencies": self._into.told()})
            work = await self._contact.work()
            self._into.take(work, self._now_s())
            self._by_hand.take(work.manual)
            await self._tell_overrides()
        except NotHeard as error:
            self._known(False, str(error))
        except Exception:
            log.exception("service.failed")
            return False
        else:
            self._known(True, "")
        return bool(self.heard)

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
