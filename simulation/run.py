"""One simulated run, from a scenario and a strategy's name to a record of everything that came of it."""

from __future__ import annotations

import contextlib
import math
import platform
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from controller.loop import ControlLoop, Listener
from controller.registry import names, strategy as make_strategy, strategy_class
from signal_drivers.errors import BadInput, NetError, OutputError, RunFailed
from signal_drivers.limits import Clearance
from simulation.flows import turning_flows
from simulation.metrics import (edge_losses, figures_of, jain, mean, percentile, read_trips, resco_delay_s, strict_delay_s,
                                vehicle_counts)
from simulation.netmodel.derive import SignalNet, derive_net
from simulation.netmodel.network import CorridorRoads, build_network, longest_corridor
from simulation.record import ApproachFigure, RunRecord
from simulation.recorder import Recorder
from simulation.scenario.resolve import Scenario, resolve
from simulation.sumo.backend import Sumo
from simulation.sumo.configuration import SumoConfiguration, read_configuration
from simulation.sumo.driver import SumoDriver
from simulation.sumo.feed import SumoFeed
from simulation.sumo.programmes import PROGRAMME_ID, references, write_programmes

SUMO_STRATEGIES = ("sumo:program", "sumo:actuated", "sumo:delay_based")
Progress = Callable[[float], None]


@dataclass(frozen=True)
class RunSettings:
    """What the user may choose. ``duration_s`` None runs to the scenario's end; ``out`` None keeps no files."""

    scenario: str
    strategy: str = "self-organising"
    seed: int = 1
    duration_s: float | None = None
    view: str = "camera"
    clearance: Clearance = Clearance.GEOMETRY
    gui: bool = False
    out: Path | None = None
    detail: bool = True
    settings: dict[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Raise a :class:`BadInput` for a strategy, view or duration that cannot be."""
        if self.strategy not in SUMO_STRATEGIES:
            strategy_class(self.strategy, also=SUMO_STRATEGIES)
        if self.view not in ("camera", "full"):
            raise BadInput(f"the view is {self.view!r}", where="--view", mend="camera or full")
        if self.duration_s is not None and not (math.isfinite(self.duration_s) and self.duration_s > 0):
            raise BadInput(f"the duration is {self.duration_s:g} s", where="--duration", mend="give seconds > 0")
        if not 0 <= self.seed < 2**31:
            raise BadInput(f"the seed is {self.seed}", where="--seed", mend="give a whole number from 0 to 2147483647")


def strategy_names() -> tuple[str, ...]:
    return (*names(), *SUMO_STRATEGIES)


def strategy_summaries() -> dict[str, str]:
    """Every strategy's name with a line on what it does."""
    rows = {name: strategy_class(name).summary for name in names()}
    return rows | {"sumo:program": "the net's own programme, untouched (outside reference)",
                   "sumo:actuated": "SUMO's gap-based actuated control, greens up to 50 s (outside reference)",
                   "sumo:delay_based": "SUMO's time-loss based actuated control (outside reference)"}


@dataclass(frozen=True)
class Prepared:
    """A scenario made ready once: its configuration, signals and corridors."""

    scenario: Scenario
    cfg: SumoConfiguration
    signals: SignalNet
    corridors: tuple[CorridorRoads, ...]
    begin_s: float
    end_s: float


def prepare(settings: RunSettings) -> Prepared:
    """Read and derive. Raises the :class:`BadInput` that says what is wrong with the scenario."""
    settings.check()
    scenario = resolve(settings.scenario)
    cfg = read_configuration(scenario.sumocfg)
    signals = derive_net(cfg.net, clearance=settings.clearance, names=scenario.junction_names)
    corridors = tuple(CorridorRoads(c.name, c.junction_ids, c.edges, c.edges_back) for c in scenario.corridors)
    if not corridors:
        found = longest_corridor(signals)
        corridors = (found,) if found else ()
    begin = cfg.begin_s
    end = cfg.end_s if settings.duration_s is None else begin + settings.duration_s
    if end is None:
        raise NetError("it has no end time", where=str(cfg.path), mend="add <end> under <time>, or pass --duration")
    if end <= begin:
        raise NetError(f"it ends at {end:g} s, before it begins at {begin:g} s", where=str(cfg.path), mend="correct its times")
    return Prepared(scenario, cfg, signals, corridors, begin, end)


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
    folder = settings.out / f"{settings.strategy.replace(':', '-')}-seed{settings.seed}"
    make_directory(folder)
    yield folder


def make_directory(folder: Path) -> None:
    """Create ``folder`` and prove that it can be written to. Raises :class:`OutputError`."""
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
    options = _options(settings, ready, tripinfo, additional)
    begun = time.perf_counter()
    with Sumo(options, gui=settings.gui, where=str(ready.cfg.path)) as sumo:
        if not own:
            for tls in switched:
                sumo.api.trafficlight.setProgram(tls, PROGRAMME_ID)
        recorder = Recorder(sumo.api, ready.signals, ready.corridors, ready.begin_s, ready.end_s, detail=settings.detail)
        loop = _drive(settings, ready, sumo, recorder, progress, listener, own)
        wall = time.perf_counter() - begun
        classes = {t: sumo.api.vehicletype.getVehicleClass(t) for t in sumo.api.vehicletype.getIDList()}
        teleports = sumo.teleports
        versions = {"sumo": str(sumo.api.getVersion()[1])}
    return _record(settings, ready, folder, recorder, loop, wall, classes, teleports, versions)


def _options(settings: RunSettings, ready: Prepared, tripinfo: Path, additional: Sequence[Path]) -> list[str]:
    options = ["-c", str(ready.cfg.path), "--seed", str(settings.seed), "--begin", f"{ready.begin_s:g}", "--end", f"{ready.end_s:g}",
               "--additional-files", ",".join(map(str, additional)), "--tripinfo-output", str(tripinfo),
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
    file.write_text(f'<additional>\n    <edgeData id="mourour" file="{output}" excludeEmpty="true"/>\n</additional>\n')
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
           listener: Listener | None, own: bool) -> ControlLoop | None:
    step_s = ready.cfg.step_s
    every = max(1, round(1.0 / step_s))
    loop, drivers = _control(settings, ready, sumo, listener) if own else (None, [])
    steps = math.ceil((ready.end_s - ready.begin_s) / step_s - 1e-9)
    for i in range(1, steps + 1):
        sumo.step()
        now = ready.begin_s + i * step_s
        for driver in drivers:
            driver.advance(now)
        if i % every == 0:
            if loop is not None:
                loop.tick(now)
            recorder.note(now)
            if progress is not None and i % (every * 20) == 0:
                progress(now)
    if progress is not None:
        progress(ready.end_s)
    return loop


def _control(settings: RunSettings, ready: Prepared, sumo: Sumo, listener: Listener | None
             ) -> tuple[ControlLoop, list[SumoDriver]]:
    strategy = make_strategy(settings.strategy, also=SUMO_STRATEGIES, **settings.settings)
    flows = turning_flows(ready.cfg, ready.signals, ready.begin_s, ready.end_s) if strategy.keeps_max_red else {}
    network = build_network(ready.signals, ready.corridors, flows)
    drivers = {j: SumoDriver(sumo.api, s, ready.begin_s) for j, s in ready.signals.junctions.items()}
    feed = SumoFeed(sumo.api, ready.signals, full=settings.view == "full", count=strategy.needs_counts)
    loop = ControlLoop(network, strategy, feed, drivers, seed=settings.seed, start_s=ready.begin_s, listener=listener)
    return loop, list(drivers.values())


def _record(settings: RunSettings, ready: Prepared, folder: Path, recorder: Recorder, loop: ControlLoop | None, wall: float,
            classes: dict[str, str], teleports: int, versions: dict[str, str]) -> RunRecord:
    trips = read_trips(folder / "tripinfo.xml", ready.end_s, classes)
    approaches = _approaches(ready.signals, folder / "edges.xml")
    span = ready.end_s - ready.begin_s
    vehicles = trips.vehicles
    guards = list(loop.guards.values()) if loop else []
    vetoes: Counter[str] = Counter()
    for guard in guards:
        vetoes.update({rule.value: n for rule, n in guard.vetoes.items()})
    result = {
        "scenario": settings.scenario, "strategy": settings.strategy, "seed": settings.seed, "view": settings.view,
        "clearance": settings.clearance.value, "vehicles": vehicle_counts(vehicles),
        "delay_s": {"mean": _tidy(strict_delay_s(vehicles)), "resco": _tidy(resco_delay_s(vehicles)),
                    "p50": _tidy(percentile((v.delay_s for v in vehicles), 50)),
                    "p95": _tidy(percentile((v.delay_s for v in vehicles), 95))},
        "travel_time_s": _tidy(mean(v.duration_s for v in vehicles if v.depart_s is not None)),
        "waiting_time_s": _tidy(mean(v.waiting_s for v in vehicles if v.depart_s is not None)),
        "stops": _tidy(mean(v.stops for v in vehicles if v.depart_s is not None)),
        "co2_kg": _tidy(sum(v.co2_kg for v in vehicles)), "teleports": teleports,
        "guard": {"requests": sum(g.requests for g in guards), "vetoes": sum(vetoes.values()),
                  "violations": sum(len(g.violations) for g in guards)},
        "speed": {"wall_s": round(wall, 3), "sim_s": span, "real_time_factor": round(span / wall, 1) if wall > 0 else None},
    }
    worst = [a.delay_s for a in approaches if a.vehicles >= 20]
    figures = figures_of(trips, span / 3600.0) | {
        "queue_mean_veh": mean(recorder.queue_veh), "queue_max_veh": max(recorder.queue_veh, default=math.nan),
        "approach_worst_s": max(worst, default=math.nan), "approach_jain": jain(worst) if worst else math.nan}
    return RunRecord(
        scenario=settings.scenario, title=ready.scenario.title, strategy=settings.strategy, seed=settings.seed,
        view=settings.view, clearance=settings.clearance.value, begin_s=ready.begin_s, end_s=ready.end_s, result=result,
        figures={k: v for k, v in figures.items() if math.isfinite(v)}, approaches=approaches,
        queue_times_s=recorder.queue_times_s, queue_veh=recorder.queue_veh, running_veh=recorder.running_veh,
        queue_by_junction=recorder.queue_by_junction, signals=recorder.signals, corridors=recorder.corridors,
        notes=notes_of(settings, ready), versions=versions | _versions(), vetoes=dict(vetoes))


def _tidy(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def _approaches(signals: SignalNet, file: Path) -> list[ApproachFigure]:
    """Loss on each approach: of all the roads a camera there looks along, since nets cut roads into short pieces."""
    losses = edge_losses(file)
    rows = []
    for j, s in signals.junctions.items():
        for approach in dict.fromkeys(lane.approach for lane in s.junction.lanes):
            lanes = [p.lane for lane in s.junction.lanes if lane.approach == approach for p in s.approach[lane.id]]
            edges = dict.fromkeys(name.rsplit("_", 1)[0] for name in lanes)
            vehicles = losses.get(approach, (0.0, 0.0))[0]
            lost = sum(losses.get(e, (0.0, 0.0))[1] for e in edges)
            if vehicles > 0:
                rows.append(ApproachFigure(j, approach, vehicles, lost / vehicles))
    return rows


def notes_of(settings: RunSettings, ready: Prepared) -> list[str]:
    """What the reader of any output must know."""
    notes = []
    if settings.clearance is Clearance.BENCHMARK:
        notes.append("Clearance is the convention of published benchmarks (yellow 3 s, no all-red, minimum green 5 s): "
                     "not for a street, and it can never pass validation for one.")
    if settings.view == "full":
        notes.append("View is full: strategies saw every vehicle and its next road, which no camera can. For comparison only.")
    if ready.scenario.demand_note:
        notes.append(ready.scenario.demand_note)
    return notes + ready.signals.notes


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    with contextlib.suppress(PackageNotFoundError):
        found["mourour"] = version("mourour")
    return found
