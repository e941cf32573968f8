"""How many decisions a second the training environment makes, beside ``sumo-rl`` on the same net, demand and cores."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from signal_drivers.errors import BadInput
from simulation.benchmark_speed import generate

OTHER = "sumo-rl"
SHARE = 0.1
"""Of the times that a change is allowed, one is made: streets where everything changes all the time are jammed, and slow."""
INFERENCE_JUNCTIONS, INFERENCE_ROUNDS = 200, 50


@dataclass(frozen=True, slots=True)
class Throughput:
    """``decisions`` of junctions that could decide (ours), or were asked (theirs), in ``wall_s``, by ``workers`` at once;
    ``every_s`` simulated seconds from one to the next; ``simulated_s`` of all workers together."""

    what: str
    every_s: float
    workers: int
    junctions: int
    simulated_s: float
    decisions: int
    wall_s: float

    @property
    def per_s(self) -> float:
        return self.decisions / self.wall_s if self.wall_s else float("nan")


@dataclass(frozen=True, slots=True)
class Inference:
    """One batch of ``junctions`` with so many groups and stages each, on one core."""

    junctions: int
    groups: int
    stages: int
    p50_s: float
    worst_s: float


def measure(junctions: int, duration_s: float, workers: int, seed: int, told: Callable[[str], None]
            ) -> tuple[list[Throughput], list[Inference]]:
    """Each in turn, in fresh processes. Without sumo-rl its rows are missing."""
    rows: list[Throughput] = []
    with tempfile.TemporaryDirectory(prefix="mourour-train-") as folder:
        cfg = generate(Path(folder), junctions, duration_s, seed)
        told("mourour")
        rows.append(_ours(cfg, duration_s, workers, seed))
        if find_spec("sumo_rl") is not None:
            for every_s in (1, 5):
                told(f"{OTHER}, every {every_s} s")
                rows.append(_theirs(cfg, duration_s, workers, seed, every_s))
    told("inference")
    return rows, inference()


def _ours(cfg: Path, duration_s: float, workers: int, seed: int) -> Throughput:
    from simulation.learning.apart import WorldApart
    from simulation.settings import RunSettings

    pick = np.random.default_rng(seed)
    worlds = [WorldApart(RunSettings(str(cfg), "actuated", duration_s=duration_s)) for _ in range(workers)]
    try:
        for k, world in enumerate(worlds):
            world.send("reset", seed + k)
        moments = [world.receive() for world in worlds]
        decisions, simulated_s, begun = 0, 0, time.perf_counter()
        while not any(moment.over for moment in moments):
            for world, moment in zip(worlds, moments, strict=True):
                likely = moment.seen.allowed * pick.random(moment.seen.allowed.shape, dtype=np.float32)
                change = pick.random(len(moment.present)) < SHARE
                world.send("step", np.where(change, likely.argmax(1), moment.present))
                decisions += len(moment.ready)
            moments = [world.receive() for world in worlds]
            simulated_s += workers
        return Throughput("mourour", 1.0, workers, len(worlds[0].junctions), simulated_s, decisions, time.perf_counter() - begun)
    finally:
        for world in worlds:
            world.close()


def _theirs(cfg: Path, duration_s: float, workers: int, seed: int, every_s: int) -> Throughput:
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers) as pool:
        # Brought up first, so that imports are in nobody's time.
        pool.map(_warm, range(workers), chunksize=1)
        begun = time.perf_counter()
        found = pool.starmap(_sumo_rl, [(cfg, duration_s, seed + k, every_s) for k in range(workers)], chunksize=1)
        wall_s = time.perf_counter() - begun
    return Throughput(OTHER, every_s, workers, found[0][0], sum(f[2] for f in found), sum(f[1] for f in found), wall_s)


def _warm(_: int) -> None:
    _bring_up()


def _bring_up() -> Any:
    """Their environment's class. It greets on standard output, which is a result's."""
    import sumo

    os.environ["SUMO_HOME"], os.environ["LIBSUMO_AS_TRACI"] = str(Path(str(sumo.__file__)).parent), "1"
    with contextlib.redirect_stdout(io.StringIO()):
        from sumo_rl import SumoEnvironment
    return SumoEnvironment


def _sumo_rl(cfg: Path, duration_s: float, seed: int, every_s: int) -> tuple[int, int, int]:
    """(junctions, decisions, simulated seconds)"""
    pick = np.random.default_rng(seed)
    env = _bring_up()(str(cfg.with_name("grid.net.xml")), str(cfg.with_name("grid.rou.xml")), num_seconds=int(duration_s),
                      delta_time=every_s, yellow_time=min(2, max(0, every_s - 1)), min_green=5, sumo_seed=seed,
                      add_system_info=False, add_per_agent_info=False, sumo_warnings=False)
    seen = env.reset()
    phases = {name: env.action_spaces(name).n for name in seen}
    present, decisions, over = dict.fromkeys(phases, 0), 0, False
    while not over:
        asked = {name: int(pick.integers(phases[name])) if pick.random() < SHARE else present[name] for name in seen}
        present |= asked
        decisions += len(asked)
        seen, _, ended, _ = env.step(asked)
        over = bool(ended["__all__"])
    simulated_s = int(env.sim_step)
    env.close()
    return len(phases), decisions, simulated_s


def inference() -> list[Inference]:
    """The policy that comes with the package, asked for 200 junctions at once: as large as they are in Casablanca, and larger."""
    from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
    from controller.learned.observation import Seen
    from controller.learned.policy import Policy
    from controller.strategies.learned import DEFAULT

    policy, pick, found = Policy(DEFAULT), np.random.default_rng(1), list[Inference]()
    for groups, stages in ((15, 13), (22, 20)):
        shapes = ((groups, GROUP_FEATURES), (stages, STAGE_FEATURES), (stages, groups), (stages, groups), (stages,))
        seen = Seen(*(pick.random((INFERENCE_JUNCTIONS, *shape), dtype=np.float32) for shape in shapes))
        times_s = []
        for _ in range(INFERENCE_ROUNDS):
            begun = time.perf_counter()
            policy.scores(seen)
            times_s.append(time.perf_counter() - begun)
        times_s.sort()
        found.append(Inference(INFERENCE_JUNCTIONS, groups, stages, times_s[len(times_s) // 2], times_s[-1]))
    return found


def check(junctions: int, workers: int) -> None:
    if junctions < 4 or workers < 1:
        raise BadInput(f"{junctions} junctions, {workers} workers", where="mourour benchmark train",
                       mend="four junctions and one worker at least")


def as_plain(rows: Sequence[Throughput], asked: Sequence[Inference]) -> dict[str, Any]:
    return {"throughput": [asdict(row) | {"decisions_per_s": round(row.per_s, 1)} for row in rows],
            "inference": [asdict(row) for row in asked], "sumo_rl": any(row.what == OTHER for row in rows)}
