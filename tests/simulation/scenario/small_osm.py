"""A small OpenStreetMap extract written by hand: a boulevard over two signalised crossings, a tram beside it if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

LAT, LON = 33.58, -7.60
STEP = 0.003  # degrees, about 300 m

BOULEVARD, FIRST, SECOND = "Boulevard Essai شارع", "Rue Une", "Rue Deux"


def small_osm(path: Path, *, signals: bool = True, tram: bool = False) -> Path:
    """Write the extract: nodes 1 to 4 along the boulevard, 2 and 3 the crossings, 5 to 8 the ends of the cross streets."""
    lit = (2, 3) if signals else ()
    places = {1: (0, 0), 2: (0, 1), 3: (0, 2), 4: (0, 3), 5: (1, 1), 6: (-1, 1), 7: (1, 2), 8: (-1, 2)}
    nodes = [_node(n, *at, _tag("highway", "traffic_signals") if n in lit else "") for n, at in places.items()]
    ways = [_way(1, (1, 2, 3, 4), {"highway": "primary", "name": BOULEVARD, "lanes": "4", "maxspeed": "50"}),
            _way(2, (5, 2, 6), {"highway": "secondary", "name": FIRST, "lanes": "2", "maxspeed": "50"}),
            _way(3, (7, 3, 8), {"highway": "tertiary", "name": SECOND, "lanes": "2", "maxspeed": "50"})]
    if tram:
        nodes += [_node(n, row, 1.5, "") for n, row in ((20, 1.2), (22, -1.2))]
        nodes.append(_node(21, 0, 1.5, _tag("railway", "level_crossing")))
        ways[0] = _way(1, (1, 2, 21, 3, 4), {"highway": "primary", "name": BOULEVARD, "lanes": "4", "maxspeed": "50"})
        ways.append(_way(4, (20, 21, 22), {"railway": "tram", "oneway": "yes"}))
    path.write_text("\n".join(['<osm version="0.6">', *nodes, *ways, "</osm>", ""]), encoding="utf-8")
    return path


def _node(number: int, row: float, column: float, inside: str) -> str:
    return f'<node id="{number}" version="1" lat="{LAT + row * STEP:.7f}" lon="{LON + column * STEP:.7f}">{inside}</node>'


def _way(number: int, nodes: Sequence[int], tags: dict[str, str]) -> str:
    return (f'<way id="{number}" version="1">' + "".join(f'<nd ref="{n}"/>' for n in nodes)
            + "".join(_tag(k, v) for k, v in tags.items()) + "</way>")


def _tag(key: str, value: str) -> str:
    return f'<tag k="{key}" v="{value}"/>'
