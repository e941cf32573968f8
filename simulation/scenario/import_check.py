"""Look at an OpenStreetMap extract before netconvert does: is it whole, is it OSM, are there roads and signals in it."""

from __future__ import annotations

import bz2
import gzip
import shutil
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from signal_drivers.errors import NetError

# The OSM wiki's values of highway=* for roads that motor traffic uses.
ROADS = frozenset(f"{kind}{link}" for kind in ("motorway", "trunk", "primary", "secondary", "tertiary")
                  for link in ("", "_link")) | {"unclassified", "residential", "living_street", "service", "road", "busway"}
_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"


@dataclass(frozen=True)
class Extract:
    """An extract as found: the file netconvert can read, the number of road ways and of mapped signal nodes."""

    path: Path
    roads: int
    signals: int


def check_extract(path: Path, work: Path) -> Extract:
    """Read the whole of ``path`` once; a bzip2 file is unpacked into ``work``, for netconvert reads only plain and gzip.

    Raises:
        NetError: it is missing, cut short, no XML, no OSM data, or holds no road.
    """
    where = str(path)
    if path.suffix == ".pbf":
        raise NetError("a .pbf file is not XML", where=where, mend=f"osmium cat {path.name} -o {path.stem}.osm.gz")
    if not path.is_file():
        raise NetError("no such OpenStreetMap extract" if not path.exists() else "is not a file", where=where,
                       mend="check the path")
    try:
        head = path.open("rb").read(3)
        if not head:
            raise NetError("is empty", where=where, mend="download it again")
        with _opened(path, head) as stream:
            roads, signals = _count(stream, where)
        readable = path if not head.startswith(_BZIP2) else _unpacked(path, work)
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise NetError(f"is cut short or damaged: {fault}", where=where, mend="download it again") from None
    except ElementTree.ParseError as fault:
        raise NetError(f"is not valid XML: {fault}", where=where, mend="give an .osm, .osm.gz or .osm.bz2 extract") from None
    except OSError as fault:
        raise NetError(f"cannot be read: {fault.strerror or fault}", where=where, mend="download it again") from None
    if not roads:
        raise NetError("there are no roads in it", where=where, mend="extract ways with highway=* for the area")
    return Extract(readable, roads, signals)


def _opened(path: Path, head: bytes) -> IO[bytes]:
    if head.startswith(_GZIP):
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if head.startswith(_BZIP2):
        return bz2.open(path, "rb")
    return path.open("rb")


def _count(stream: IO[bytes], where: str) -> tuple[int, int]:
    roads = signals = 0
    root = None
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        if root is None:
            root = element
            if root.tag != "osm":
                raise NetError(f"is not OpenStreetMap data: its root is <{root.tag}>", where=where,
                               mend="give an .osm, .osm.gz or .osm.bz2 extract")
        if event == "end" and element.tag in ("way", "node"):
            kinds = {tag.get("v") for tag in element.iter("tag") if tag.get("k") == "highway"}
            roads += element.tag == "way" and bool(kinds & ROADS)
            signals += element.tag == "node" and "traffic_signals" in kinds
            root.clear()
    return roads, signals


def _unpacked(path: Path, work: Path) -> Path:
    plain = work / f"{path.name.removesuffix('.bz2')}.unpacked.osm"
    with bz2.open(path, "rb") as packed, plain.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    return plain
