"""Read and check a site file, with everything it names. Nothing is connected to, and nothing commanded."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from controller.cameras.camera_file import read_camera
from controller.cameras.worker import CameraTask
from controller.network import Network
from controller.plans.book import PlanBook
from controller.plans.read import read_plans
from controller.registry import names, strategy_class
from controller.site.network_file import inspect_network
from controller.site.site_model import CabinetPart, SitePart
from controller.yaml_source import Loc, YamlSource, read_text
from detectors.camera.site import LaneRole
from detectors.errors import CameraError, WeightsError
from detectors.incidents.expiry import plain_name
from detectors.vision.weights_file import check_weights
from signal_drivers.errors import BadInput, JunctionRefused, SiteError
from signal_drivers.ids import JunctionId

EXAMPLE = "start from a file that mourour cabinet wrote"
ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
PROTOCOL_LIMITS = {"signal groups": 32, "stages": 64, "detectors": 40}
"""What the register map has room for; see docs/modbus-map.md."""


@dataclass(frozen=True)
class Site:
    """One post made ready. ``folder`` is where the names of its files start from."""

    said: SitePart
    folder: Path
    network: Network
    plans: PlanBook | None = None
    cameras: tuple[CameraTask, ...] = ()

    def file(self, name: str) -> Path:
        """A file the site names, by full path or from where the site file lies."""
        return self.folder / name

    @property
    def cabinets(self) -> dict[JunctionId, CabinetPart]:
        return {JunctionId(c.junction): c for c in self.said.cabinets}


def read_site(path: Path) -> Site:
    """The site of the file at ``path``. Raises the first :class:`BadInput` that is wrong with it."""
    site, wrong = inspect_site(path)
    if wrong:
        raise wrong[0]
    assert site is not None
    return site


def inspect_site(path: Path) -> tuple[Site | None, list[BadInput]]:
    """The site, and everything that is wrong with the file and what it names, each with its line. Raises :class:`SiteError` for
    a file that cannot be read at all."""
    source = YamlSource(read_text(path, "site file", SiteError), path.name, SiteError, EXAMPLE)
    try:
        said = SitePart.model_validate(source.raw)
    except ValidationError as fault:
        return None, [source.refusal(e) for e in fault.errors()]
    wrong = [*_strategy(source, said), *_addresses(source, said), *_papers(source, said, path.parent),
             *_service(source, said, path.parent)]
    if said.certificates is not None:
        from controller.site.certificates import inspect_certificates

        wrong += inspect_certificates(source, said, said.certificates, path.parent)
    network, plans = None, None
    cameras: tuple[CameraTask, ...] = ()
    try:
        network, found = inspect_network(path.parent / said.network)
        wrong += found
    except SiteError as error:
        wrong.append(source.refuse(("network",), error.what, error.mend or "mend that file"))
    if network is not None:
        wrong += _junctions(source, said, network)
        cameras, found = _cameras(source, said, path.parent, network)
        wrong += found
        if said.plans is not None:
            plans, found = _plans(source, said, path.parent, network)
            wrong += found
    if wrong or network is None:
        return None, wrong
    return Site(said, path.parent, network, plans, cameras), []


def _strategy(source: YamlSource[BadInput], said: SitePart) -> list[BadInput]:
    try:
        kind = strategy_class(said.strategy)
    except BadInput as error:
        return [source.refuse(("strategy",), error.what, error.mend or f"one of {', '.join(names())}")]
    if kind.takes_plans and said.plans is None:
        return [source.refuse(("strategy",), f"strategy {said.strategy} runs plans, and the site names none", "add plans: FILE")]
    return []


def _addresses(source: YamlSource[BadInput], said: SitePart) -> list[BadInput]:
    wrong = []
    addresses: Counter[tuple[str, int]] = Counter()
    junctions: Counter[str] = Counter()
    for i, c in enumerate(said.cabinets):
        addresses[c.host, c.port] += 1
        junctions[c.junction] += 1
        at: Loc = ("cabinets", i)
        if addresses[c.host, c.port] > 1:
            wrong.append(source.refuse((*at, "port"), f"{c.host}:{c.port} is another cabinet's address too", "give each its own"))
        if junctions[c.junction] > 1:
            wrong.append(source.refuse((*at, "junction"), f"junction {c.junction} has a cabinet already", "keep one of them"))
        if c.tls and c.protocol == "opcua":
            wrong.append(source.refuse((*at, "tls"), "OPC UA encrypts by itself", "remove it"))
        secure = c.tls or (c.protocol == "opcua" and not c.insecure_for_tests)
        if secure and said.security is None:
            wrong.append(source.refuse(at, f"cabinet {c.junction} speaks encrypted, and the site has no papers",
                                       "add security: with authority, certificate and key"))
    return wrong


def _papers(source: YamlSource[BadInput], said: SitePart, folder: Path) -> list[BadInput]:
    if said.security is None:
        return []
    wrong = []
    for key in ("authority", "certificate", "key", "password_file"):
        name = getattr(said.security, key)
        if name is not None and not (folder / name).is_file():
            wrong.append(source.refuse(("security", key), f"there is no file {name}",
                                       "name a file, from where the site file lies"))
    needs_password = any(c.protocol == "opcua" and not c.insecure_for_tests for c in said.cabinets)
    if needs_password and said.security.password_file is None:
        wrong.append(source.refuse(("security",), "OPC UA cabinets ask for a password", "add password_file: FILE"))
    return wrong


def _service(source: YamlSource[BadInput], said: SitePart, folder: Path) -> list[BadInput]:
    if said.service is None:
        return []
    wrong = [source.refuse(("service", key), f"there is no file {name}", "name a file, from where the site file lies")
             for key in ("password_file", "authority")
             if (name := getattr(said.service, key)) is not None and not (folder / name).is_file()]
    if said.service.account is None and not ACCOUNT.fullmatch(said.post):
        wrong.append(source.refuse(("service",), f"{said.post!r} cannot be an account of the service", "add account: NAME"))
    return wrong


def _junctions(source: YamlSource[BadInput], said: SitePart, network: Network) -> list[BadInput]:
    wrong = []
    for i, c in enumerate(said.cabinets):
        junction = network.junctions.get(JunctionId(c.junction))
        if junction is None:
            wrong.append(source.refuse(("cabinets", i, "junction"), f"the network has no junction {c.junction!r}",
                                       f"name one of {', '.join(list(network.junctions)[:4])}, ..."))
            continue
        try:
            junction.require_street()
        except JunctionRefused as error:
            wrong.append(source.refuse(("cabinets", i, "junction"), f"junction {c.junction}: {error.what}", error.mend or ""))
        sizes = {"signal groups": len(junction.groups), "stages": len(junction.stages), "detectors": len(junction.detectors)}
        for what, size in sizes.items():
            if size > PROTOCOL_LIMITS[what]:
                wrong.append(source.refuse(
                    ("cabinets", i, "junction"), f"junction {c.junction} has {size} {what}, the wire carries "
                    f"{PROTOCOL_LIMITS[what]}", "leave some out, or split the junction"))
    return wrong


def _cameras(source: YamlSource[BadInput], said: SitePart, folder: Path,
             network: Network) -> tuple[tuple[CameraTask, ...], list[BadInput]]:
    """What each camera's process is to do; its lanes must be the network's, and its sources be named."""
    tasks: dict[int, CameraTask] = {}
    wrong = []
    lanes = {lane.id for junction in network.junctions.values() for lane in junction.lanes}
    exits = {m.to_lane for junction in network.junctions.values() for m in junction.movements}
    for i, told in enumerate(said.cameras):
        at: Loc = ("cameras", i)
        try:
            site = read_camera(folder / told.file)
        except CameraError as error:
            wrong.append(source.refuse((*at, "file"), str(error), "mend that file"))
            continue
        where = told.source or site.source
        if where is None:
            wrong.append(source.refuse(at, f"nobody says where the images of {told.file} come from", "add source: rtsp://..."))
            continue
        for lane in site.lanes:
            known = exits if lane.role is LaneRole.EXIT else lanes
            if lane.id not in known:
                wrong.append(source.refuse((*at, "file"), f"{told.file} watches {lane.role} {lane.id!r}, which the network "
                                           "has not", "name lanes as the network does"))
        if site.junction is not None and site.junction not in network.junctions:
            wrong.append(source.refuse((*at, "file"), f"{told.file} is of junction {site.junction!r}, which the network has not",
                                       "name one of the network's"))
        weights = str(folder / told.weights) if told.weights is not None and (folder / told.weights).exists() else told.weights
        ambulance = str(folder / told.ambulance_weights) if told.ambulance_weights is not None else None
        if ambulance is not None:
            try:
                check_weights(ambulance, "ambulance_weights")
            except WeightsError as error:
                wrong.append(source.refuse((*at, "ambulance_weights"), f"{error.where}: {error.what}", error.mend or ""))
        tasks[i] = CameraTask(site.camera, where, site, told.detector, weights, told.size_px, told.at_most_fps,
                              ambulances=told.ambulances or ambulance is not None, ambulance_weights=ambulance,
                              clips=str(folder / said.clips / plain_name(site.camera)) if said.clips is not None else None)
    names = Counter(task.name for task in tasks.values())
    wrong += [source.refuse(("cameras", i, "file"), f"{names[task.name]} cameras are named {task.name!r}", "name each apart")
              for i, task in tasks.items() if names[task.name] > 1]
    return tuple(tasks.values()), wrong


def _plans(source: YamlSource[BadInput], said: SitePart, folder: Path,
           network: Network) -> tuple[PlanBook | None, list[BadInput]]:
    assert said.plans is not None
    try:
        book = read_plans(folder / said.plans)
        book.check_against(network.junctions, said.plans)
    except BadInput as error:
        return None, [source.refuse(("plans",), str(error), "mend that file")]
    return book, []
