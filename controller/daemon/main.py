"""The daemon: a post, its HTTP page, signals and logs, from a site file to an orderly end."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from controller.daemon.clock import PostClock
from controller.daemon.metrics import Metrics
from controller.daemon.post import Post
from controller.daemon.proofs import Proofs
from controller.event_loop import run as run_loop
from controller.plans.read import read_plans
from controller.site.read import Site
from signal_drivers.errors import BadInput

if TYPE_CHECKING:
    from controller.daemon.archiving import Archiving

log = structlog.get_logger("mourour.daemon")
PLANS_LOOKED_AT_S = 2.0


def set_up_logs(*, for_people: bool) -> None:
    """Structured lines on standard error: JSON for machines, aligned for people."""
    shape: Any = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True),
                    structlog.processors.format_exc_info, shape] if not for_people else
        [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False), shape],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr), cache_logger_on_first_use=False)


def run(site: Site) -> None:
    """Serve until SIGTERM or SIGINT. SIGHUP, or a change of the plan file, loads plans anew. Raises :class:`CertificateRefused`
    for what may not be run, and :class:`RunFailed` where the HTTP address cannot be had."""
    proofs = Proofs(site, time.time())
    proofs.require()
    run_loop(_main(site, proofs))


async def _main(site: Site, proofs: Proofs) -> None:
    stop, reload = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    metrics, clock = Metrics(), PostClock()
    archiving = _archiving(site, metrics, clock)
    post = Post(site, clock=clock, recorder=archiving, metrics=metrics, proofs=proofs)
    background = [asyncio.create_task(_plans(post, reload))] if site.said.plans else []
    if archiving is not None:
        background.append(asyncio.create_task(archiving.run()))
    if site.said.service is not None:
        from controller.daemon.service_part import link_of

        background.append(asyncio.create_task(link_of(post).run()))
    page = None
    if site.said.http is not None:
        from controller.daemon.web import create_app, listen, server

        heard = listen(site.said.http)
        page = server(create_app(metrics, post.health, post.state))
        background.append(asyncio.create_task(page.serve(sockets=[heard])))
    try:
        await post.run(stop)
    finally:
        if page is not None:
            page.should_exit = True
            await asyncio.wait(background[-1:], timeout=3.0)
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        if archiving is not None:
            archiving.close()


def _archiving(site: Site, metrics: Metrics, clock: PostClock) -> Archiving | None:
    if site.said.archive is None:
        return None
    from controller.daemon.archiving import Archiving

    junctions = {j: site.network.junctions[j] for j in site.cabinets}
    return Archiving(site.file(site.said.archive), site.said.post, junctions, clock.midnight_s, metrics.events.inc)


async def _plans(post: Post, reload: asyncio.Event) -> None:
    """Take in another plan file when it is there, whole and checked; keep the old plans where it is not."""
    assert post.site.said.plans is not None
    file = post.site.file(post.site.said.plans)
    seen = _stamp(file)
    while True:
        try:
            async with asyncio.timeout(PLANS_LOOKED_AT_S):
                await reload.wait()
        except TimeoutError:
            pass
        now = _stamp(file)
        if not reload.is_set() and (now == seen or now is None):
            continue
        reload.clear()
        seen = now
        try:
            book = read_plans(file)
            book.check_against(post.site.network.junctions, file.name)
            await post.take_plans(book)
        except BadInput as error:
            log.error("plans.refused", error=str(error), kept="the plans that run")


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        told = file.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size
