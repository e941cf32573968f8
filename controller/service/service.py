"""The service put together: what it keeps, what it knows, and what runs beside the requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from controller.service.accounts import need_admin
from controller.service.audit import Audit
from controller.service.callers import Callers
from controller.service.certificates import Certificates
from controller.service.cleaning import clean
from controller.service.desk import Desk
from controller.service.geometry import StreetMap
from controller.service.hub import Hub
from controller.service.login import Login
from controller.service.manual import Manuals
from controller.service.posts import Posts
from controller.service.refused_log import RefusedLog
from controller.service.secret_file import Secret
from controller.service.settings import ServiceSettings
from controller.service.store import Store
from controller.service.writer import Writer

log = structlog.get_logger("mourour.service")
CLEANED_EVERY_S = 3600.0
SETTLE_S = 1.0


def audit_of(secret: Secret) -> Audit:
    return Audit(secret.key("audit seal"))


class Service:
    """Raises :class:`BadInput` where there is no admin. To be started and closed within one event loop."""

    def __init__(self, folder: Path, secret: Secret, *, streets: StreetMap | None = None, settings: ServiceSettings | None = None,
                 url: str | None = None, clock: Callable[[], float] = time.time) -> None:
        self.settings, self.clock = settings or ServiceSettings(), clock
        self.store = Store(folder, url)
        try:
            with self.store.reading() as connection:
                need_admin(connection)
        except BaseException:
            self.store.close()
            raise
        key = secret.key("tokens")
        self.audit, self.hub = audit_of(secret), Hub(self.settings.frame_s)
        self.writer, self.callers = Writer(self.store), Callers(self.store, key)
        self.refused = RefusedLog(self.writer, self.audit, self.callers, clock)
        self.login = Login(self.store, self.writer, self.audit, key, self.settings)
        self.manuals = Manuals(self.store, self.writer, self.audit, self.hub, self.settings, clock)
        self.desk = Desk(self.store, self.writer, self.audit, self.hub, streets, self.settings, clock)
        self.certificates = Certificates(self.store, self.writer, self.audit, self.settings.certificate_keys, clock)
        self.posts = Posts(self.store, self.writer, self.hub, self.desk, self.manuals, self.settings, clock)
        self._background: list[asyncio.Task[None]] = []
        self._cleaned_s = float("-inf")

    async def start(self) -> None:
        for part in (self.manuals, self.desk, self.posts):
            await asyncio.to_thread(part.restore)
        self._background = [asyncio.create_task(self.hub.run()), asyncio.create_task(self._ticks())]
        log.info("service.up", database=self.store.where, emergencies=len(self.desk.lives))

    async def close(self) -> None:
        self.hub.close()
        for task in self._background:
            task.cancel()
        for task in self._background:
            with suppress(asyncio.CancelledError):
                await task
        await self.refused.close()
        await asyncio.to_thread(self.writer.close)
        self.store.close()
        log.info("service.down")

    async def _ticks(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_S)
            try:
                self.refused.tick()
                await self.desk.tick()
                now_s = self.clock()
                if now_s - self._cleaned_s > CLEANED_EVERY_S:
                    self._cleaned_s = now_s
                    await self.writer.do(lambda c, s=now_s: clean(c, s, self.settings))  # type: ignore[misc]
            except Exception:
                # What could not be done now is done a second later; nobody's request waits for it.
                log.exception("tick.failed")
