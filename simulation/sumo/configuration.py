"""What a `.sumocfg` says, as far as a run needs to know it before SUMO reads it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from signal_drivers.errors import NetError


@dataclass(frozen=True, slots=True)
class SumoConfiguration:
    """Paths are absolute. ``end_s`` is None where the configuration leaves the end open. ``options`` has every option as
    written, by its long name."""

    path: Path
    net: Path
    routes: tuple[Path, ...]
    additional: tuple[Path, ...]
    begin_s: float
    end_s: float | None
    step_s: float
    options: dict[str, str]

    def outputs_in(self, folder: Path, but: Collection[str] = ()) -> list[str]:
        """Options that send the outputs it asks for, ``but`` some, to ``folder``: beside the configuration, parallel runs would
        overwrite each other, and it may be read-only."""
        found = []
        for name, value in self.options.items():
            if name.endswith("-output") and name not in but and value.strip():
                found += [f"--{name}", str(folder / Path(value.strip()).name)]
        return found


ALIASES = {"net": "net-file", "n": "net-file", "r": "route-files", "a": "additional-files", "additional": "additional-files",
           "b": "begin", "e": "end", "routes": "route-files"}


def read_configuration(path: Path) -> SumoConfiguration:
    """Raises :class:`NetError` naming the file and what is wrong: absent, not XML, no net, a net or demand file that is not
    there, a time that is not a number."""
    if not path.is_file():
        raise NetError("the configuration does not exist", where=str(path), mend="check the path")
    try:
        root = ElementTree.parse(path).getroot()
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise NetError(f"the configuration is not readable XML: {error}", where=str(path), mend="mend or rewrite it") from error
    options: dict[str, str] = {}
    for element in root.iter():
        if "value" in element.attrib or "v" in element.attrib:
            options[ALIASES.get(element.tag, element.tag)] = element.attrib.get("value", element.attrib.get("v", ""))
    if not options.get("net-file"):
        raise NetError("it names no network", where=str(path), mend='add <net-file value="..."/> under <input>')
    net = _absolute(path, options["net-file"])
    if not net.is_file():
        raise NetError(f"its network {net} does not exist", where=str(path), mend="correct net-file or build the network")
    routes, additional = (_files(path, options.get(name, ""), name) for name in ("route-files", "additional-files"))
    return SumoConfiguration(path.resolve(), net, routes, additional, _seconds(path, options, "begin", 0.0) or 0.0,
                             _seconds(path, options, "end", None), _seconds(path, options, "step-length", 1.0) or 1.0, options)


def _absolute(cfg: Path, name: str) -> Path:
    return (cfg.resolve().parent / name.strip()).resolve()


def _files(cfg: Path, value: str, option: str) -> tuple[Path, ...]:
    files = tuple(_absolute(cfg, name) for name in value.replace(";", ",").split(",") if name.strip())
    for file in files:
        if not file.is_file():
            raise NetError(f"{option} names {file}, which does not exist", where=str(cfg), mend="correct the configuration")
    return files


def _seconds(cfg: Path, options: dict[str, str], name: str, default: float | None) -> float | None:
    text = options.get(name)
    if text is None or text == "":
        return default
    try:
        value = clock_s(text)
    except ValueError:
        raise NetError(f"{name} is {text!r}, must be seconds or hh:mm:ss", where=str(cfg), mend="correct it") from None
    return None if value < 0 else value


def clock_s(text: str) -> float:
    """Seconds of a SUMO time: seconds, or [dd:]hh:mm:ss. Raises ValueError."""
    *days, hours, minutes, seconds = ["0", "0", *text.split(":")][-4:] if ":" in text else ["0", "0", text]
    return float(days[0] if days else 0) * 86400 + float(hours) * 3600 + float(minutes) * 60 + float(seconds)
