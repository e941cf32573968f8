"""What cameras tell of incidents and ambulances: numbered, kept, shown, and gated on what the cabinets' heads show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from controller.archive.codes import Code
from controller.archive.query import Search, find
from controller.cameras.camera_text import camera_text
from controller.cameras.feed import CameraFeed
from controller.cameras.greens import LaneGreens, lane_greens
from controller.cameras.news import CameraNews, News
from controller.cameras.worker import CameraTask, Greens, SignalsTold
from controller.daemon.archiving import Archiving
from controller.daemon.clock import PostClock
from controller.daemon.metrics import Metrics
from controller.daemon.recording import Nothing
from controller.daemon.told_by_cameras import ToldByCameras, junctions_of
from controller.site.network_file import network_text
from controller.site.read import inspect_site
from detectors.camera.site import CameraLane, CameraSite, ImageSize, Privacy
from detectors.incidents.incident import Incident, IncidentKind, Place
from detectors.vision.ambulance_sightings import AmbulanceSighting
from signal_drivers.junction import Junction
from signal_drivers.status import Head
from simulation.benchmark_planner.city import city
from simulation.cabinet.clockwork import Clockwork
from tests.controller.cameras.test_camera_feed import Blind
from tests.detectors.vision.classifiers import red_and_white

SIZE, FPS = (320, 180), 8.0


@pytest.fixture(scope="module")
def junction() -> Junction:
    return next(iter(city(1).network.junctions.values()))


def incident(number: int = 1, kind: IncidentKind = IncidentKind.WRONG_WAY, end_s: float | None = None) -> Incident:
    return Incident(number, kind, 1000.0, Place("north_0"), 0.8, "a car drives against lane north_0", told_s=1003.0, end_s=end_s,
                    cleared="" if end_s is None else "turned round")


def sighting(until_s: float | None = None) -> AmbulanceSighting:
    return AmbulanceSighting(1, 4, 1000.0, 0.91, 8, "north_0", (0.0, 0.0, 9.0, 9.0), 1002.0, until_s)


def test_greens_are_those_of_the_lanes_and_only_what_is_certain(junction: Junction) -> None:
    status = Clockwork(junction, 0.0).status(0.0)
    shown = lane_greens(junction, status)
    heads = {g.id: head for g, head in zip(junction.groups, status.heads, strict=True)}
    assert True in shown.values() and False in shown.values()
    for lane in junction.lanes:
        mine = {heads[g] for g in lane.groups}
        assert shown.get(lane.id) is (True if mine == {Head.GREEN} else None if mine & {Head.GREEN, Head.GREEN_YIELD} else False)
    for unsaid in (Head.DARK, Head.FLASHING_AMBER, Head.GREEN_YIELD):
        assert lane_greens(junction, replace(status, heads=(unsaid,) * len(status.heads))) == {}
    assert set(lane_greens(junction, replace(status, heads=(Head.AMBER,) * len(status.heads))).values()) == {False}
    assert lane_greens(junction, replace(status, heads=())) == {}


class Cabinet:
    def __init__(self, junction: Junction) -> None:
        self.junction, self._clockwork = junction, Clockwork(junction, 0.0)

    def read(self):
        return self._clockwork.status(0.0)


def test_an_old_report_and_lanes_that_nobody_watches_say_nothing(junction: Junction) -> None:
    known = lane_greens(junction, Clockwork(junction, 0.0).status(0.0))
    one = next(iter(known))
    greens = LaneGreens({junction.id: Cabinet(junction)}, {one})  # type: ignore[dict-item]  # its status is all that is asked for
    assert greens(1.0) == {one: known[one]} and greens(60.0) == {}


def test_numbers_are_the_posts_own_and_everything_is_told_once() -> None:
    told: list[News] = []
    news = CameraNews(told.append)
    news.take("a", incident())
    news.take("a", incident())
    news.take("b", incident())
    news.take("a", sighting())
    news.take("a", incident(end_s=1010.0))
    news.take("a", incident(number=9, end_s=1010.0))
    assert [(n.number, n.camera, n.what.open) for n in told] == [(1, "a", True), (2, "b", True), (3, "a", True), (1, "a", False)]
    news.lost("a", "its process has died")
    assert told[-1].number == 3 and not told[-1].what.open and [n.number for n, _ in news.incidents()] == [2]
    # Another process counts from 1 again, and what it tells is something else.
    news.take("a", incident())
    assert told[-1].number == 4 and not list(news.ambulances())


def test_what_ends_with_its_process_says_so() -> None:
    told: list[News] = []
    news = CameraNews(told.append)
    news.take("a", incident())
    news.lost("a", "the source has ended")
    ended = told[-1].what
    assert isinstance(ended, Incident) and ended.cleared == "not watched any more: the source has ended"
    assert ended.end_s is not None and abs(ended.end_s - time.time()) < 60.0


def test_a_camera_is_of_the_junction_that_its_file_or_its_lanes_say(junction: Junction) -> None:
    line = ((0.0, 90.0), (90.0, 90.0))

    def task(name: str, lane: str, where: str | None = None) -> CameraTask:
        lanes = (CameraLane(id=lane, area=((0, 0), (90, 0), (90, 90), (0, 90)), stop_line=line),)
        site = CameraSite(image=ImageSize(width=320, height=180), junction=where, lanes=lanes)
        return CameraTask(name, "0", site, None, None, None, 5.0)

    tasks = (task("by lane", junction.lanes[0].id), task("by exit", junction.movements[0].to_lane),
             task("said", "x", junction.id), task("elsewhere", "x", "another"), task("nowhere", "x"))
    found = junctions_of(tasks, {junction.id: junction})
    assert found == dict.fromkeys(("by lane", "by exit", "said"), junction.id)


def test_a_site_says_who_looks_for_ambulances_and_where_clips_go(junction: Junction, tmp_path: Path) -> None:
    (tmp_path / "network.json").write_text(network_text(city(1).network), encoding="utf-8")
    (tmp_path / "north.yaml").write_text(camera_text(lane_site("North/1", junction.lanes[0].id, True)))
    model = Path(red_and_white(tmp_path / "made_openvino_model"))
    head = (f"mourour_site: '1'\npost: p\nnetwork: network.json\nclips: films\n"
            f"cabinets:\n  - {{junction: {junction.id}, protocol: modbus, host: 127.0.0.1, port: 502}}\ncameras:\n")
    file = tmp_path / "site.yaml"
    file.write_text(head + "  - {file: north.yaml, source: '0', ambulance_weights: made_openvino_model}\n")
    site, wrong = inspect_site(file)
    assert site is not None and wrong == []
    (task,) = site.cameras
    assert (task.ambulances, task.ambulance_weights, task.clips) == (True, str(model), str(tmp_path / "films" / "North_1"))
    file.write_text(head + "  - {file: north.yaml, source: '0', ambulances: true}\n")
    site, _ = inspect_site(file)
    assert site is not None and site.cameras[0].ambulances and site.cameras[0].ambulance_weights is None
    file.write_text(head + "  - {file: north.yaml, source: '0',\n     ambulance_weights: none.pt}\n")
    _, (missing,) = inspect_site(file)
    assert "line 9" in str(missing) and "none.pt: there is no such file" in str(missing)


def film(path: Path) -> None:
    """A white car with a red band comes against the direction."""
    dice = np.random.default_rng(3)
    road = (100 + dice.normal(0, 5, (SIZE[1], SIZE[0], 1))).clip(0, 255).astype(np.uint8).repeat(3, 2)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE)
    for i in range(72):
        # A camera's picture is never quite the same.
        image, y = np.roll(road, i % 3, axis=1), 180 - 5 * max(0, i - 24)
        cv2.rectangle(image, (60, y), (94, y + 32), (240, 242, 240), -1)
        cv2.rectangle(image, (60, y + 11), (94, y + 22), (30, 30, 220), -1)
        writer.write(image)
    writer.release()


def lane_site(name: str, lane: str, clips: bool) -> CameraSite:
    area = ((30, 0), (140, 0), (140, 170), (30, 170))
    return CameraSite(camera=name, image=ImageSize(width=SIZE[0], height=SIZE[1]),
                      privacy=Privacy(clips=clips, after_s=1.0, before_s=1.0),
                      lanes=(CameraLane(id=lane, area=area, stop_line=((30, 170), (140, 170))),))


@pytest.mark.integration
def test_what_a_cameras_process_tells_comes_into_archive_status_and_metrics(junction: Junction, tmp_path: Path) -> None:
    film(tmp_path / "street.mp4")
    lane, clips = str(junction.lanes[0].id), tmp_path / "clips"
    model = red_and_white(tmp_path / "made_openvino_model")
    task = CameraTask("mast", str(tmp_path / "street.mp4"), lane_site("mast", lane, True), "background", None, None, FPS,
                      ambulance_weights=model, clips=str(clips))
    clock, metrics, told = PostClock(), Metrics(), list[News]()
    archiving = Archiving(tmp_path / "events", "post", {junction.id: junction}, clock.midnight_s)
    keeps = ToldByCameras(junctions_of((task,), {junction.id: junction}), archiving, metrics, clock)
    shown: dict[type, tuple[dict[str, Any], str]] = {}

    def both(news: News) -> None:
        told.append(news)
        keeps(news)
        shown.setdefault(type(news.what), (keeps.state(feed.news), metrics.text().decode()))

    with CameraFeed([task], Blind(), lambda *_: None, news=CameraNews(both), signals=lambda now_s: {lane: True}) as feed:
        until(feed, lambda: len(shown) == 2 and any(".part" not in path.name for path in clips.glob("*.mp4")))
    archiving.close()
    (first,) = [n for n in told if isinstance(n.what, Incident)][:1]
    assert isinstance(first.what, Incident) and first.what.kind is IncidentKind.WRONG_WAY and first.what.place.lane == lane
    assert abs(first.what.start_s - time.time()) < 120.0, "by the clock, not by the recording's time"
    state, text = shown[Incident]
    assert [(row["kind"], row["lane"], row["junction"], row["french"]) for row in state["incidents"]] == [
        ("wrong_way", lane, junction.id, "contresens")]
    assert 'mourour_incidents_open{camera="mast",kind="wrong_way"} 1.0' in text
    state, text = shown[AmbulanceSighting]
    assert [(row["state"], row["lane"]) for row in state["ambulances"]] == [("to be confirmed by dispatch", lane)]
    assert 'mourour_ambulances_open{camera="mast"} 1.0' in text
    assert not list(feed.news.incidents()) and not list(feed.news.ambulances()), "nobody watches any more"
    text = metrics.text().decode()
    assert 'mourour_incidents_open{camera="mast",kind="wrong_way"} 0.0' in text
    events = find(tmp_path / "events", Search(codes=tuple(range(20014, 20018))))
    assert {e.code for e in events} == {Code.INCIDENT_BEGAN, Code.INCIDENT_ENDED, Code.AMBULANCE_SEEN, Code.AMBULANCE_GONE}
    began = [e for e in events if e.code == Code.INCIDENT_BEGAN]
    assert {(e.device, e.parameter) for e in began} == {(1, 2)} and lane in began[0].detail
    assert {path.name[16:] for path in clips.iterdir() if ".part" not in path.name} == {"-mast-wrong_way-1.mp4"}


def test_a_camera_believes_what_it_was_told_of_signals_for_some_seconds_only() -> None:
    ours, theirs = Pipe()
    signals = SignalsTold(theirs)
    assert signals(0.0) == {}
    ours.send(Greens(time.time(), {"a": True}))
    ours.send(Greens(time.time(), {"a": False, "b": True}))
    assert signals(0.0) == {"a": False, "b": True} == signals(1.0)
    ours.send(Greens(time.time() - 10.0, {"a": True}))
    assert signals(2.0) == {}
    ours.close()
    theirs.close()


def until(feed: CameraFeed, true: Callable[[], bool], within_s: float = 60.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, [(c.quality, c.reason) for c in feed.cameras]
        feed.observe(1000.0 + time.monotonic())
        time.sleep(0.05)


def test_a_camera_of_no_junction_of_the_post_is_shown_all_the_same() -> None:
    metrics, news = Metrics(), CameraNews()
    keeps = ToldByCameras({}, Nothing(), metrics, PostClock())
    for what in (incident(), sighting(), incident(end_s=1010.0), sighting(1010.0)):
        keeps(News(1, "mast", what))
    news.take("mast", incident())
    assert keeps.state(news)["incidents"][0]["junction"] is None and keeps.state(None) == {"incidents": [], "ambulances": []}
    assert 'mourour_incidents_total{camera="mast",kind="wrong_way"} 1.0' in metrics.text().decode()
