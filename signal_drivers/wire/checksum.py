"""One number for everything both ends must agree on about a junction before either believes the other."""

from __future__ import annotations

import json
import zlib

from signal_drivers.junction import Junction

MAP_VERSION = 1


def checksum(junction: Junction) -> int:
    """CRC-32 of the junction's groups, stages, clearance times and detectors in canonical JSON, and of the map's version.

    It finds a wrong file and a configuration of last year; it is no signature, and transport security is what keeps liars out.
    """
    # As floats: 6 and 6.0 are the same seconds, and would be another text.
    told = {
        "map": MAP_VERSION, "junction": junction.id, "yellow_s": float(junction.yellow_s), "max_red_s": float(junction.max_red_s),
        "groups": [[g.id, g.kind.value, float(g.min_green_s)] for g in junction.groups],
        "stages": [[s.id, sorted(s.green), sorted(s.yielding)] for s in junction.stages],
        "intergreens": sorted([a, b, float(seconds)] for (a, b), seconds in junction.intergreens.items()),
        "detectors": [[d.id, d.lane] for d in junction.detectors],
    }
    return zlib.crc32(json.dumps(told, sort_keys=True, separators=(",", ":")).encode())
