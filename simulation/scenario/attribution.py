"""Whose data a net was made of, as their licence wants it said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

OSM = "© OpenStreetMap contributors (ODbL)"
_HEADER_BYTES = 6000


def attribution_of(sources: Iterable[object], net_file: Path) -> str:
    """The line to be shown; empty where neither the scenario's ``sources`` nor the net name any."""
    from_osm = any("OpenStreetMap" in str(source) for source in sources) or _says_osm(net_file)
    return OSM if from_osm else ""


def _says_osm(net_file: Path) -> bool:
    with net_file.open("rb") as stream:
        return b"<osm-files" in stream.read(_HEADER_BYTES)
