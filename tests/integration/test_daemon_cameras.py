"""``mourour run`` with cameras, all of it real but the cabinets' lamps: two emulated cabinets on sockets, two streams over HTTP,
a process for each camera. Control follows what the cameras see; a camera that dies takes its junction down the ladder, and it
comes back by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from controller.archive.codes import Code
from controller.archive.query import Search, find
from controller.cameras.camera_text import camera_text
from detectors.camera.site import CameraLane, CameraSite, ImageSize, Zone
from signal_drivers.junction import Junction
from simulation.benchmark_cabinets.stand import Stand, stand
from simulation.cabinet.controller import UnitTimes
from tests.detectors.video.camera_server import CameraServer, serving
from tests.detectors.video.films import street
from tests.integration.test_daemon import Daemon, all_are, ask, show, until, wait_for

pytestmark = pytest.mark.integration
WIDTH = 53
"""Of a lane in the image, px: six of them side by side."""
PATIENCE_S = 300.0
"""Only a post that is broken takes so long; a machine with much else to do may take minutes to start two cameras."""


@dataclass
class Camera:
    """Watches all lanes of two opposite arms. Cars drive in the middle lane of the first where ``busy``."""

    name: str
    arms: str
    busy: bool = False
    alive: bool = True
    server: CameraServer = field(init=False)

    def images(self) -> Iterator[bytes]:
        for image in street(lambda: (WIDTH + 9,) if self.busy else ()):
            if not self.alive:
                return
            yield image

    def streams(self) -> Iterator[Iterator[bytes]]:
        """One for each connection."""
        while True:
            yield self.images()

    def dies(self) -> None:
        self.alive, self.server.status = False, 503

    def comes_back(self) -> None:
        self.alive, self.server.status = True, 200

    def site(self, junction: Junction) -> CameraSite:
        lanes = [lane for lane in junction.lanes if lane.approach in [f"{junction.id}/{arm}in" for arm in self.arms]]
        return CameraSite(
            camera=self.name, image=ImageSize(width=320, height=180), junction=str(junction.id),
            lanes=tuple(CameraLane(id=str(lane.id), area=((x, 0), (x + WIDTH - 1, 0), (x + WIDTH - 1, 150), (x, 150)),
                                   stop_line=((x, 150), (x + WIDTH - 1, 150)))
                        for lane, x in zip(lanes, range(0, 6 * WIDTH, WIDTH), strict=True)),
            # Nobody waits at the crossings: without somebody who looks, people are always taken to be there.
            zones=tuple(Zone(name=f"kerb {arm}", kind="waiting", area=((0, 160), (319, 160), (319, 179), (0, 179)),
                             group=f"P{arm}") for arm in self.arms))


@pytest.fixture
def fleet() -> Iterator[Stand]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulation.cabinet.fleet_plan.UnitTimes", lambda: UnitTimes(4.0, 0.5, 1.0))
        with stand(2, "modbus", 3, processes=1) as made:
            yield made


@pytest.fixture
def cameras(fleet: Stand) -> Iterator[dict[str, Camera]]:
    """Of the first of the two junctions; the second has none."""
    made = {name: Camera(name, arms) for name, arms in (("north-south", "NS"), ("east-west", "EW"))}
    with ExitStack() as stack:
        for camera in made.values():
            camera.server = stack.enter_context(serving(camera.streams(), fps=12))
            (fleet.folder / f"{camera.name}.yaml").write_text(camera_text(camera.site(fleet.specs[0].junction)), encoding="utf-8")
        yield made


def test_control_follows_the_cameras_and_steps_down_with_them_and_up_again(fleet: Stand, cameras: dict[str, Camera]) -> None:
    filmed, other = (str(spec.junction.id) for spec in fleet.specs)
    side = cameras["east-west"]
    side.busy = True
    post = Daemon(fleet, "filmed", ladder={"down_after_s": 1, "up_after_s": 1}, cameras=[
        {"file": f"{camera.name}.yaml", "source": camera.server.address, "at_most_fps": 10} for camera in cameras.values()])
    try:
        until(fleet, all_are("central"), PATIENCE_S)
        wait_for(lambda: {c["quality"] for c in status(post)["cameras"].values()} == {"good"}, PATIENCE_S)
        assert all(c["doubts"] == [] for c in status(post)["cameras"].values())
        # Cars come from the east and nobody else: the junction goes there, and stays.
        until(fleet, serves(filmed, "S3"), PATIENCE_S)
        side.busy, cameras["north-south"].busy = False, True
        until(fleet, serves(filmed, "S1"), PATIENCE_S)

        side.dies()
        wait_for(lambda: quality(post, side) == "bad" and status(post)["junctions"][filmed]["rung"] == "plans", PATIENCE_S)
        told = status(post)
        assert told["junctions"][other]["rung"] == "strategy" and all_are("central")(show(fleet))
        side.comes_back()
        wait_for(lambda: status(post)["junctions"][filmed]["rung"] == "strategy", PATIENCE_S)
        assert quality(post, side) != "bad"

        assert post.stop() == 0
        steps = [(row["junction"], row["after"]) for row in post.told("ladder.step")]
        assert steps[-2:] == [(filmed, "plans"), (filmed, "strategy")] and {junction for junction, _ in steps} == {filmed}
        events = [e for e in find(post.archive, Search(limit=10**6)) if e.device == 1]
        kept = [(e.code, e.detail) for e in events if e.code in (Code.LADDER_STEP_DOWN, Code.LADDER_STEP_UP)]
        assert kept[-2:] == [(Code.LADDER_STEP_DOWN, "too few approaches seen well"), (Code.LADDER_STEP_UP, "all well")]
        seen = [(e.parameter, e.detail) for e in events if e.code == Code.CAMERA_QUALITY]
        assert any(level == 2 and detail.startswith("east-west: ") for level, detail in seen), seen
        assert not post.told("heads.violation") and not ask(fleet, lambda f: f.violations())
    finally:
        post.process.kill()
        post.process.wait()
        post._out.close()


def status(post: Daemon) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(post.ask("/status")[1])
    return found


def quality(post: Daemon, camera: Camera) -> str:
    return str(status(post)["cameras"][camera.name]["quality"])


def serves(junction: str, stage: str) -> Callable[[dict[str, dict[str, str]]], bool]:
    return lambda rows: str(rows[junction]["stage"]).startswith(stage)
