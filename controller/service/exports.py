"""Rows of the archive as CSV, Parquet and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from controller.service.geometry import LonLat
from controller.service.problem import Kind, Problem

Rows = Sequence[Mapping[str, Any]]


def as_csv(rows: Rows) -> bytes:
    """RFC 4180, with a head; a way is written as well-known text. Nothing at all where there are no rows."""
    text = io.StringIO()
    if rows:
        put = csv.DictWriter(text, list(rows[0]))
        put.writeheader()
        put.writerows({k: _wkt(v) if k == "line" else v for k, v in row.items()} for row in rows)
    return text.getvalue().encode()


def as_parquet(rows: Rows) -> bytes:
    """Raises :class:`Problem` where the service was installed without the archive part."""
    if find_spec("pyarrow") is None:
        raise Problem(Kind.STORE, "Parquet needs the archive part of the install", "Parquet demande la partie « archive »",
                      where="format")
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.Table.from_pylist([{k: _wkt(v) if k == "line" else v for k, v in row.items()} for row in rows])
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def as_geojson(rows: Rows, junctions: Mapping[str, LonLat]) -> bytes:
    """A feature collection (RFC 7946): ways as lines, positions and incidents as points, the rest where its junction is, and
    nowhere where that is not known."""
    return json.dumps({"type": "FeatureCollection", "features": [_feature(row, junctions) for row in rows]},
                      ensure_ascii=False, separators=(",", ":")).encode()


def _feature(row: Mapping[str, Any], junctions: Mapping[str, LonLat]) -> dict[str, Any]:
    geometry: dict[str, Any] | None = None
    if row.get("line"):
        geometry = {"type": "LineString", "coordinates": row["line"]}
    elif row.get("lon") is not None and row.get("lat") is not None:
        geometry = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    else:
        at = next((junctions[row[k]] for k in ("junction", "place", "target") if row.get(k) in junctions), None)
        geometry = {"type": "Point", "coordinates": list(at)} if at is not None else None
    rest = {k: v for k, v in row.items() if k not in ("line", "lon", "lat")}
    return {"type": "Feature", "geometry": geometry, "properties": rest}


def _wkt(line: Sequence[LonLat]) -> str:
    return f"LINESTRING ({', '.join(f'{lon} {lat}' for lon, lat in line)})"
