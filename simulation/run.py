"""One simulated run, from a scenario and a strategy's name to a record of everything that came of it."""

from __future__ import annotations

import contextlib
import gc
import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from controller.cameras.greens import LaneGreens
from controller.loop import ControlLoop, Listener
from controller.preemption.manager import PreemptionManager
from controller.registry import strategy as make_strategy
from controller.strategy import Strategy
from detectors.observation import DetectorFeed
from signal_drivers.errors import OutputError, RunFailed
from signal_drivers.limits import Clearance
from simulation.cabinet.seat import WireProtocol
from simulation.detector_faults import with_faults
from simulation.emergencies.blue_light import write_type
from simulation.emergencies.crew import Crew
from simulation.emergencies.figures import figures
from simulation.emergencies.recovery_watch import RecoveryWatch
from simulation.emergencies.start import crew_for
from simulation.explain_names import explained
from simulation.explain_watch import ExplainWatch, watch_for
from simulation.flows import turning_flows
from simulation.netmodel.derive import SignalNet
from simulation.netmodel.network import build_network
from simulation.outcome import record_of
from simulation.prepare import Prepared, prepare
from simulation.record import RunRecord
from simulation.recorder import Recorder
from simulation.settings import SUMO_STRATEGIES, RunSettings, run_name
from simulation.sumo.backend import Sumo
from simulation.sumo.feed import SumoFeed
from simulation.sumo.programmes import PROGRAMME_ID, references, write_programmes
from simulation.sumo.street import DirectStreet, Street, WiredStreet

__all__ = ["Progress", "RunSettings", "make_directory", "prepare", "run"]

Progress = Callable[[float], None]


@contextlib.contextmanager
def _workplace(settings: RunSettings) -> Iterator[Path]:
    """The directory SUMO writes to: under ``out`` where the user wants files, else a temporary one."""
    if settings.out is None:
        folder = Path(tempfile.mkdtemp(prefix="mourour-run-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    # SUMO reads a relative output path from the folder of the file that names it, not from where the user is.
    folder = settings.out.resolve() / run_name(settings.strategy, settings.seed)
    make_directory(folder)
    yield folder


def make_directory(folder: Path) -> None:
    """Create ``folder`` and prove that it can be written to. Raises :class:`OutputError`."""
    if "," in str(folder.resolve()):
        # SUMO takes several files in one option, comma-separated, and has no way to quote one.
        raise OutputError("has a comma in its path, which SUMO takes for two files", where=str(folder),
                          mend="choose another --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".mourour-probe"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise OutputError(f"cannot be written to: {error.strerror or error}", where=str(folder),
                          mend="choose another --out, or make room") from error


def run(settings: RunSettings, *, prepared: Prepared | None = None, progress: Progress | None = None,
        listener: Listener | None = None) -> RunRecord:
    """Simulate once. ``progress`` is told the simulated second now and then.

    Raises :class:`BadInput` for what cannot be started and :class:`RunFailed` for what breaks on the way.
    """
    ready = prepared or prepare(settings)
    settings.check()
    with _workplace(settings) as folder:
        try:
            return _run(settings, ready, folder, progress, listener)
        except OSError as error:
            raise RunFailed(f"the run could not be kept: {error.strerror or error}", where=str(folder),
                            mend="is the disk full? free some space and run again") from error


def _run(settings: RunSettings, ready: Prepared, folder: Path, progress: Progress | None, listener: Listener | None) -> RunRecord:
    tripinfo, edges = folder / "tripinfo.xml", folder / "edges.xml"
    additional = [*ready.cfg.additional, _edge_data(folder, edges)]
    own = settings.strategy not in SUMO_STRATEGIES
    logic = folder / "signals.add.xml"
    if not own:
        switched = _reference_programmes(settings.strategy, ready.signals, logic)
        additional += [logic] if switched else []
    if settings.emergencies is not None:
        additional.append(write_type(folder / "ambulance.add.xml", runs_red=settings.emergencies.runs_red))
    options = [*_options(settings, ready, tripinfo, additional),
               *ready.cfg.outputs_in(folder, but=("tripinfo-output", "statistic-output"))]
    begun = time.perf_counter()
    with Sumo(options, gui=settings.gui, where=str(ready.cfg.path)) as sumo:
        if not own:
            for tls in switched:
                sumo.api.trafficlight.setProgram(tls, PROGRAMME_ID)
        recorder = Recorder(sumo.api, ready.signals, ready.corridors, ready.begin_s, ready.end_s, detail=settings.detail)
        watch = watch_for(explained(settings.explain, ready.signals), {j: s.junction for j, s in ready.signals.junctions.items()})
        crew = crew_for(settings, ready, sumo.api) if settings.emergencies is not None else None
        loop, cameras = _drive(settings, ready, sumo, recorder, progress, listener, watch, crew)
        wall_s = time.perf_counter() - begun
        classes = {t: sumo.api.vehicletype.getVehicleClass(t) for t in sumo.api.vehicletype.getIDList()}
        teleports = sumo.teleports
        versions = {"sumo": str(sumo.api.getVersion()[1])}
    record = record_of(settings, ready, folder, recorder, loop, wall_s, classes, teleports, versions)
    record.explain = watch.tracks if watch is not None else []
    if cameras is not None:
        record.result["cameras"] = cameras
    if crew is not None:
        record.emergencies |= figures(crew.journeys)
        if crew.recovery is not None:
            record.emergencies["recovery"] = crew.recovery.figures()
    return record


def _options(settings: RunSettings, ready: Prepared, tripinfo: Path, additional: Sequence[Path]) -> list[str]:
    options = ["-c", str(ready.cfg.path), "--seed", str(settings.seed), "--begin", repr(ready.begin_s),
               "--end", repr(ready.end_s), "--verbose", "false",
               "--additional-files", ",".join(map(str, additional)), "--tripinfo-output", str(tripinfo),
               "--statistic-output", str(tripinfo.with_name("statistics.xml")),
               "--tripinfo-output.write-unfinished", "true", "--tripinfo-output.write-undeparted", "true",
               "--device.emissions.probability", "1", "--no-step-log", "true", "--no-warnings", "true",
               "--duration-log.disable", "true"]
    if "time-to-teleport" not in ready.cfg.options or settings.clearance is Clearance.BENCHMARK:
        options += ["--time-to-teleport", "-1"]
    if settings.gui:
        options += ["--start", "true", "--quit-on-end", "true"]
    return options


def _edge_data(folder: Path, output: Path) -> Path:
    file = folder / "edgedata.add.xml"
    data = f'<edgeData id="mourour" file={quoteattr(str(output))} excludeEmpty="true"/>'
    file.write_text(f"<additional>\n    {data}\n</additional>\n", encoding="utf-8")
    return file


def _reference_programmes(strategy: str, signals: SignalNet, file: Path) -> list[str]:
    """Write the programmes SUMO's own controllers need; the ids of the signals they are for."""
    kind = strategy.removeprefix("sumo:")
    # The net's own programme runs as it is, but one that cannot be driven is never run: its rebuilt stages stand in.
    chosen = [s for s in signals.junctions.values() if kind != "program" or s.rebuilt]
    if chosen:
        write_programmes(file, references(chosen, "static" if kind == "program" else kind))
    return [s.tls for s in chosen]


def _drive(settings: RunSettings, ready: Prepared, sumo: Sumo, recorder: Recorder, progress: Progress | None,
           listener: Listener | None, watch: ExplainWatch | None, crew: Crew | None
           ) -> tuple[ControlLoop | None, dict[str, Any] | None]:
    # The net's model stays as it is from here on: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    step_s = ready.cfg.step_s
    every = round(tick_s(step_s) / step_s)
    own = settings.strategy not in SUMO_STRATEGIES
    steps = math.ceil((ready.end_s - ready.begin_s) / step_s - 1e-9)
    with contextlib.ExitStack() as stack:
        loop, street, eyes = None, None, None
        if own:
            strategy, perfect = _seeing(settings, ready, sumo)
            feed: DetectorFeed = perfect
            if settings.cameras is not None:
                from simulation.cameras.eyes import Eyes

                eyes = stack.enter_context(Eyes(settings.cameras, ready, sumo.api, perfect, settings.seed))
                feed = eyes.feed
            street = stack.enter_context(_street(settings, ready, sumo, feed))
            if eyes is not None:
                eyes.signals = LaneGreens(street.drivers, eyes.errors.lanes)
            loop = _control(settings, ready, strategy, feed, street, listener, watch, crew)
        for i in range(1, steps + 1):
            if crew is not None:
                crew.before(ready.begin_s + (i - 1) * step_s)
            sumo.step()
            now = ready.begin_s + i * step_s
            if crew is not None and i % every == 0:
                crew.look(now)
            if eyes is not None:
                eyes.look(now)
            if street is not None:
                street.advance(now)
            if i % every == 0:
                if eyes is not None:
                    eyes.compare(now)
                if loop is not None and street is not None:
                    _tick(loop, street, watch, now)
                recorder.note(now)
                if progress is not None and i % (every * 20) == 0:
                    progress(now)
        recorder.finish(ready.begin_s + steps * step_s)
    if progress is not None:
        progress(ready.end_s)
    return loop, eyes.figures() if eyes is not None else None


def tick_s(step_s: float) -> float:
    """From one tick of control to the next: a second, in whole steps; one step where steps are longer."""
    return round(step_s * max(1, round(1.0 / step_s)), 6)


def _tick(loop: ControlLoop, street: Street, watch: ExplainWatch | None, now_s: float) -> None:
    street.listen()
    if watch is not None:
        watch.before()
    loop.tick(now_s)
    if watch is not None:
        watch.after(now_s)
    street.speak()


def _seeing(settings: RunSettings, ready: Prepared, sumo: Sumo) -> tuple[Strategy, SumoFeed]:
    strategy = make_strategy(settings.strategy, also=SUMO_STRATEGIES, **settings.settings, **ready.plan_settings)
    count = strategy.needs_counts or settings.cabinets != "none" or settings.cameras is not None
    return strategy, SumoFeed(sumo.api, ready.signals, full=settings.view == "full", count=count)


def _street(settings: RunSettings, ready: Prepared, sumo: Sumo, feed: DetectorFeed) -> Street:
    if settings.cabinets == "none":
        return DirectStreet(sumo.api, ready.signals, ready.begin_s)
    return WiredStreet(sumo.api, ready.signals, ready.begin_s, WireProtocol(settings.cabinets), feed)


def _control(settings: RunSettings, ready: Prepared, strategy: Strategy, feed: DetectorFeed, street: Street,
             listener: Listener | None, watch: ExplainWatch | None, crew: Crew | None) -> ControlLoop:
    flows = {}
    if strategy.needs_flows and not ready.plan_settings and not {"plans", "library"} & settings.settings.keys():
        flows = turning_flows(ready.cfg, ready.signals, ready.begin_s, ready.end_s)
    network = build_network(ready.signals, ready.corridors, flows)
    feed = with_faults(feed, settings.detectors, ready.signals, settings.seed, ready.begin_s)
    if watch is not None:
        feed, listener = watch.attach(strategy, feed, street.drivers, listener), watch.hear
    wave = None
    if crew is not None and settings.emergencies is not None and settings.emergencies.preempt:
        crew.manager = PreemptionManager(network, settings.emergencies.tuning)
        wave = crew.recovery = RecoveryWatch(crew.manager, network.junctions)
    return ControlLoop(network, strategy, feed, street.drivers, seed=settings.seed, start_s=ready.begin_s, listener=listener,
                       preemption=wave.apply if wave is not None else None)
