"""One post: its junctions' cabinets kept in conversation, a tick of control every period, the ladder, and an orderly end."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from controller.cameras.feed import CameraFeed
from controller.cameras.greens import LaneGreens
from controller.cameras.news import CameraNews, News
from controller.cameras.worker import CameraTask
from controller.daemon.chosen import chosen_strategy, fallback_plans, own_plans
from controller.daemon.clock import PostClock
from controller.daemon.feed import CabinetFeed
from controller.daemon.keeper import Keeper
from controller.daemon.links import Links
from controller.daemon.metrics import Metrics
from controller.daemon.proofs import Proofs
from controller.daemon.recording import Happening, Nothing, Recorder
from controller.daemon.rhythm import Rhythm, reached
from controller.daemon.rungs import Rungs
from controller.daemon.told_by_cameras import ToldByCameras, junctions_of
from controller.daemon.unfailing import unfailing
from controller.daemon.watch import AT_ONCE, Watch
from controller.ladder import Hysteresis, Ladder, Rung, Step
from controller.loop import ControlLoop
from controller.plans.book import PlanBook
from controller.preemption.manager import PreemptionManager
from controller.service_link.by_hand import ByHand
from controller.site.read import Site
from controller.strategies.fixed import FixedTime
from controller.strategy import Decision
from detectors.observation import DetectorFeed, Frame, Quality
from signal_drivers.guard import Verdict
from signal_drivers.ids import JunctionId
from signal_drivers.junction import Junction
from signal_drivers.status import CabinetStatus
from signal_drivers.wire.command import Wanted
from signal_drivers.wire.driver import WireDriver

log = structlog.get_logger("mourour.post")
OPEN_AT_ONCE = 8
SETTLED_TICKS = 60
POLLS_FROM, POLLS_TO = 0.15, 0.9
"""Polls are spread over this part of the period: what comes before is for the tick's commands, what is left for slow answers."""
ALIVE_TICKS = 3
"""Ticks that may fail before the cabinets are told no more that control lives."""
DELIVER_WITHIN = 0.8
"""Share of the period after which a tick no longer waits for acknowledgements."""
WANTED = {Rung.STRATEGY: Wanted.CENTRAL, Rung.PLANS: Wanted.CENTRAL, Rung.LOCAL: Wanted.LOCAL, Rung.FLASHING: Wanted.FLASHING}


class Post:
    """Made from a checked site. :meth:`run` serves until it is told to stop; :meth:`health` and :meth:`state` may be asked
    meanwhile. ``feed`` stands in for the cabinets' own detectors where somebody sees better; ``proofs`` says by what right it
    runs (:mod:`controller.daemon.proofs`), None where nobody has asked."""

    def __init__(self, site: Site, *, clock: PostClock | None = None, recorder: Recorder | None = None,
                 metrics: Metrics | None = None, feed: DetectorFeed | None = None, timeout_s: float = 1.0,
                 proofs: Proofs | None = None) -> None:
        self.site, self.clock = site, clock or PostClock()
        self.recorder, self.metrics = recorder or Nothing(), metrics or Metrics()
        self.on_tick: Callable[[float], None] | None = None
        """Hears how long after its moment each tick had its last command acknowledged, s."""
        self.on_poll: Callable[[JunctionId, float], None] | None = None
        """Hears how long after its moment each poll was answered, s."""
        self.on_news: Callable[[News], None] | None = None
        """Hears of everything that cameras tell, as it opens and ends."""
        said = site.said
        links = Links(site, timeout_s)
        cabinets = site.cabinets
        network = site.network.only(cabinets)
        kept = network.junctions
        self.drivers = {j: WireDriver(junction, links.to(cabinets[j]), self.clock.now_s, keeps_clock=said.keep_clocks,
                                      calendar_s=self.clock.calendar_s) for j, junction in kept.items()}
        self.feed = feed or CabinetFeed(self.drivers)
        self.cameras: CameraFeed | None = None
        self.camera_junctions = junctions_of(site.cameras, kept)
        self._told_by_cameras = ToldByCameras(self.camera_junctions, self.recorder, self.metrics, self.clock)
        self._filmed = {task.name: _filmed(task, kept) for task in site.cameras}
        if site.cameras:
            lanes = {lane.id for task in site.cameras for lane in task.site.lanes}
            self.feed = self.cameras = CameraFeed(site.cameras, self.feed, self._camera_is, seed=said.seed,
                                                  news=CameraNews(self._news), signals=LaneGreens(self.drivers, lanes))
        self._frame: Frame = self.feed.observe(self.clock.now_s())
        self._watch = Watch(said.ladder.bad_approaches, {j for seen in self._filmed.values() for j in seen})
        self.ladder = Ladder(kept, Hysteresis(said.ladder.down_after_s, said.ladder.up_after_s), self._stepped)
        self.proofs = proofs
        self._plans = fallback_plans(site, self.clock.weekday)
        self._rungs = Rungs(chosen_strategy(site, self.clock.weekday), self._plans, self.ladder.rung, self._failed)
        self.preemption = PreemptionManager(network, told=_emergency) if said.service is not None else None
        self.by_hand = ByHand(kept, self.clock.midnight_s) if said.service is not None else None
        self.loop = ControlLoop(network, self._rungs, self, self.drivers, seed=said.seed, start_s=self.clock.now_s(),
                                listener=self._judged,
                                preemption=unfailing("pre-emption", self.preemption.apply) if self.preemption else None,
                                by_hand=unfailing("by hand", self.by_hand.apply) if self.by_hand else None)
        self._ticked_s = float("-inf")
        self._frozen_after = SETTLED_TICKS
        n, gate = len(self.drivers), asyncio.Semaphore(OPEN_AT_ONCE)
        self.keepers = [
            Keeper(driver, period_s=said.period_s, phase_s=(POLLS_FROM + (POLLS_TO - POLLS_FROM) * i / n) * said.period_s,
                   alive=self._alive, changed=self._changed, polled=self._polled, seed=said.seed + i, gate=gate)
            for i, driver in enumerate(self.drivers.values())]
        self.keeper = {k.driver.junction.id: k for k in self.keepers}
        self._latched: set[JunctionId] = set()
        self._violations: dict[JunctionId, int] = {}
        self._recorded: dict[JunctionId, CabinetStatus] = {}

    def observe(self, now_s: float) -> Frame:
        """The frame of this tick, made once for the loop and the ladder."""
        return self._frame

    def _alive(self) -> bool:
        return self.clock.now_s() - self._ticked_s < ALIVE_TICKS * max(1.0, self.site.said.period_s)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``; then give every junction back to its own plan."""
        log.info("post.up", post=self.site.said.post, cabinets=len(self.drivers), strategy=self.site.said.strategy)
        if self.proofs is not None:
            self.proofs.tell(self.recorder, self.metrics, self.clock.now_s())
        tasks = [asyncio.create_task(keeper.run()) for keeper in self.keepers]
        try:
            await self._ticks(stop)
        finally:
            told = await asyncio.gather(*(self._farewell(k) for k in self.keepers))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self.cameras is not None:
                self.cameras.close()
            log.info("post.down", handed_back=sum(told), silent=len(told) - sum(told))

    async def _farewell(self, keeper: Keeper) -> bool:
        done = await keeper.farewell()
        junction = keeper.driver.junction.id
        self.recorder.happened(junction, Happening.HAND_BACK, self.clock.now_s(), int(done), "" if done else keeper.why)
        return done

    async def _ticks(self, stop: asyncio.Event) -> None:
        period_s = self.site.said.period_s
        rhythm = Rhythm(period_s)
        while not stop.is_set():
            if self._frozen_after == 0:
                # By now everything is connected that will be for long: the collector need not walk it again and again.
                gc.collect()
                gc.freeze()
            self._frozen_after -= 1
            due = rhythm.next_s(time.monotonic())
            if not await reached(due, unless=stop):
                return
            self.metrics.ticks.inc()
            begun = time.monotonic()
            if begun - due > period_s:
                self.metrics.missed.inc((begun - due) // period_s)
            try:
                self.tick()
            except Exception:
                # A tick that fails must not be the last; where all fail, the cabinets hear no sign of life and go their own way.
                log.exception("tick.failed")
                continue
            self.metrics.decide_s.observe(time.monotonic() - begun)
            await self._delivered(due + DELIVER_WITHIN * period_s - time.monotonic())
            took_s = time.monotonic() - due
            self.metrics.tick_s.observe(took_s)
            if self.on_tick is not None:
                self.on_tick(took_s)

    async def _delivered(self, within_s: float) -> None:
        sending = [k for k in self.keepers if k.connected and k.driver.waiting]
        for keeper in sending:
            keeper.deliver()
        if sending:
            waits = [asyncio.ensure_future(k.delivered.wait()) for k in sending]
            _, late = await asyncio.wait(waits, timeout=max(0.0, within_s))
            for wait in late:
                wait.cancel()

    def tick(self) -> None:
        """Look, step, decide; what has to be sent waits in the drivers."""
        # All news first: a report taken in after the tick's moment would seem to come from its future, which the guard refuses.
        for driver in self.drivers.values():
            driver.renew()
        now_s = self.clock.now_s()
        self._frame = self.feed.observe(now_s)
        guards = self.loop.guards
        resting = now_s < self._rungs.resting_until_s
        for j, driver in self.drivers.items():
            status = driver.read()
            if status is not self._recorded.get(j):
                self._recorded[j] = status
                self.recorder.status(status)
            reasons = self._watch.reasons(driver.junction, status, guards[j], self._frame, resting, now_s)
            wanted = WANTED[self.ladder.look(j, now_s, reasons, AT_ONCE)]
            driver.wanted = wanted if self.by_hand is None else self.by_hand.wanted(j, wanted, now_s)
        self.loop.tick(now_s)
        self._ticked_s = now_s
        self._count(now_s)

    def _count(self, now_s: float) -> None:
        for j, guard in self.loop.guards.items():
            new = guard.violations_seen - self._violations.get(j, 0)
            self.metrics.violations.inc(new)
            for seen in guard.violations[max(0, len(guard.violations) - new):]:
                self.recorder.happened(j, Happening.VIOLATION, seen.time_s, detail=f"{seen.violation}: {seen.detail}")
                log.error("heads.violation", junction=j, what=seen.violation.value, detail=seen.detail)
            self._violations[j] = guard.violations_seen
            if guard.latched is not None and j not in self._latched:
                self._latched.add(j)
                self.recorder.happened(j, Happening.LATCHED, now_s, detail=guard.latched)
                log.error("conflict.latched", junction=j, detail=guard.latched)
        self.metrics.connected.set(sum(k.connected for k in self.keepers))

    def _judged(self, now_s: float, decision: Decision, verdict: Verdict) -> None:
        self._watch.hear(decision.junction, verdict)
        self.metrics.requests.labels(verdict.rule.value if verdict.rule else "accepted").inc()
        if not verdict.accepted:
            assert verdict.rule is not None
            self.recorder.happened(decision.junction, Happening.VETO, now_s, detail=f"{verdict.rule}: {verdict.detail}")
            log.info("guard.veto", junction=decision.junction, stage=decision.stage, rule=verdict.rule.value,
                     detail=verdict.detail)

    def _stepped(self, step: Step) -> None:
        down = step.after > step.before
        self.recorder.happened(step.junction, Happening.STEP_DOWN if down else Happening.STEP_UP, step.time_s, int(step.after),
                               step.reason)
        self.metrics.rung.labels(step.junction).set(step.after)
        (log.warning if down else log.info)("ladder.step", junction=step.junction, before=step.before.name.lower(),
                                            after=step.after.name.lower(), reason=step.reason)

    def _camera_is(self, camera: str, quality: Quality, reason: str) -> None:
        self.metrics.camera.labels(camera).set(quality.level)
        for junction in self._filmed[camera]:
            self.recorder.happened(junction, Happening.CAMERA, self.clock.now_s(), quality.level,
                                   f"{camera}: {reason or quality.value}")
        (log.info if quality is Quality.GOOD else log.warning)("camera.quality", camera=camera, quality=quality.value, why=reason)

    def _news(self, news: News) -> None:
        self._told_by_cameras(news)
        if self.on_news is not None:
            try:
                self.on_news(news)
            except Exception:
                log.exception("news.not_told", camera=news.camera)

    def _failed(self, error: Exception) -> None:
        log.error("strategy.failed", strategy=self.site.said.strategy, error=f"{type(error).__name__}: {error}", exc_info=error)

    def _polled(self, driver: WireDriver, late_s: float) -> None:
        self.metrics.polls.inc()
        if self.on_poll is not None:
            self.on_poll(driver.junction.id, late_s)

    def _changed(self, driver: WireDriver, connected: bool, why: str) -> None:
        junction = driver.junction.id
        self.recorder.happened(junction, Happening.FOUND if connected else Happening.LOST, self.clock.now_s(), detail=why)
        if connected:
            log.info("cabinet.found", junction=junction, where=driver.link.where)
        else:
            self.metrics.troubles.labels(junction).inc()
            log.warning("cabinet.lost", junction=junction, where=driver.link.where, why=why)

    def replace_plans(self, book: PlanBook) -> None:
        """Run other plans from now on; they must have been checked against the network."""
        self.site = replace(self.site, plans=book)
        for strategy in (self._rungs.chosen, self._plans):
            if isinstance(strategy, FixedTime):
                strategy.replace_library(own_plans(self.site, book))
        log.info("plans.replaced", plans=list(book.plans))

    async def take_plans(self, book: PlanBook) -> None:
        """As :meth:`replace_plans`, if certificates cover them. Raises :class:`CertificateRefused`; the old ones go on then."""
        if self.proofs is not None:
            # In a thread: there may be many certificates, and control does not wait for disks.
            found = await asyncio.to_thread(self.proofs.look, book, self.clock.calendar_s())
            self.proofs.take(found, self.recorder, self.metrics, self.clock.now_s())
        self.replace_plans(book)

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Well where control ticks and most cabinets are heard."""
        connected = sum(k.connected for k in self.keepers)
        good = self._alive() and 2 * connected >= len(self.keepers)
        return good, {"well": good, "ticking": self._alive(), "cabinets": len(self.keepers), "connected": connected}

    def state(self) -> dict[str, Any]:
        """Everything, for people and tools."""
        rows = {}
        for j, driver in self.drivers.items():
            status, keeper = driver.read(), self.keeper[j]
            rows[j] = {"where": driver.link.where, "connected": keeper.connected, "why": keeper.why,
                       "rung": self.ladder.rung(j).name.lower(), "mode": status.mode.value, "source": status.mode_source.value,
                       "stage": status.stage, "target": status.target, "faults": sorted(f.value for f in status.faults)}
        cameras = {c.task.name: {"source": c.where, "quality": c.quality.value, "why": c.reason,
                                 "fps": round(c.told.fps, 1) if c.told is not None else None, "doubts": list(c.notes)}
                   for c in (self.cameras.cameras if self.cameras is not None else ())}
        told = self._told_by_cameras.state(self.cameras.news if self.cameras is not None else None)
        return {"post": self.site.said.post, "time": time.time(), "junctions": rows, "cameras": cameras,
                "certificates": self.proofs.state() if self.proofs is not None else None} | told | self.health()[1]


def _emergency(now_s: float, emergency: str, junction: str, what: str) -> None:
    log.info("emergency", emergency=emergency, junction=junction or None, what=what)


def _filmed(task: CameraTask, junctions: Mapping[JunctionId, Junction]) -> tuple[JunctionId, ...]:
    """Those of ``junctions`` of which the camera watches a lane."""
    lanes = {lane.id for lane in task.site.lanes}
    return tuple(j for j, junction in junctions.items() if any(lane.id in lanes for lane in junction.lanes))
