"""Camera sites by chance: everything a file may say, and all of it possible."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from detectors.camera.site import (
    CameraLane,
    CameraSite,
    Homography,
    ImageSize,
    KnownPoint,
    LaneRole,
    LineOfCamera,
    Privacy,
    Trams,
    Zone,
)

# No surrogates, no control characters: no YAML file has them.
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
metres = st.floats(-1000, 1000, allow_subnormal=False)


@st.composite
def areas(draw: st.DrawFn, width: int, height: int) -> tuple[tuple[float, float], ...]:
    """Convex ones, round a place in the image."""
    x, y = draw(st.floats(0, width)), draw(st.floats(0, height))
    turn, corners, size = draw(st.floats(0, 6)), draw(st.integers(3, 6)), draw(st.floats(3, 300))
    angles = [turn + 2 * math.pi * i / corners for i in range(corners)]
    return ((x, y), *((x + size * math.cos(a), y + size * math.sin(a)) for a in angles[:corners // 2 + 1]))


@st.composite
def ends(draw: st.DrawFn, width: int, height: int) -> tuple[tuple[float, float], tuple[float, float]]:
    x, y, angle = draw(st.floats(0, width)), draw(st.floats(0, height)), draw(st.floats(0, 6))
    return (x, y), (x + 50 * math.cos(angle), y + 50 * math.sin(angle))


@st.composite
def homographies(draw: st.DrawFn, width: int, height: int) -> Homography:
    if draw(st.booleans()):
        return Homography(matrix=((0.5, draw(st.floats(0, 0.1)), 3.0), (0.0, -0.5, 1e-7), (0.0, draw(st.floats(0, 1e-4)), 1.0)),
                          note=draw(st.just("") | words))
    corners = [(0.1, 0.1), (0.9, 0.1), (0.8, 0.9), (0.15, 0.8), (0.5, 0.45)][:draw(st.integers(4, 5))]
    left, low, name = draw(metres), draw(metres), words | st.just("")
    return Homography(points=tuple(
        KnownPoint(px=(x * width, y * height), m=(left + 20 * x, low + 70 * y), name=draw(name)) for x, y in corners))


@st.composite
def sites(draw: st.DrawFn) -> CameraSite:
    width, height = draw(st.integers(100, 4000)), draw(st.integers(100, 3000))
    area, line = areas(width, height), ends(width, height)
    lanes = [CameraLane(id=name, area=draw(area), stop_line=draw(line), role=draw(st.sampled_from(LaneRole)),
                        group=draw(st.none() | words), speed_limit_mps=draw(st.floats(0.1, 60)),
                        trams=draw(st.sampled_from(Trams)))
             for name in draw(st.lists(words, max_size=3, unique=True))]
    taken = {lane.id for lane in lanes}
    lines = [LineOfCamera(name=name, points=draw(line))
             for name in draw(st.lists(words.filter(lambda name: name not in taken), max_size=2, unique=True))]
    zones = [Zone(name=name, kind=draw(st.sampled_from(["crossing", "waiting", "carriageway", "junction", "ignored"])),
                  area=draw(area), group=draw(st.none() | words)) for name in draw(st.lists(words, max_size=2, unique=True))]
    privacy = Privacy(clips=draw(st.booleans()), keep_days=draw(st.floats(0.01, 90)), before_s=draw(st.floats(0, 60)))
    return CameraSite(camera=draw(words), image=ImageSize(width=width, height=height), junction=draw(st.none() | words),
                      source=draw(st.none() | words), homography=draw(st.none() | homographies(width, height)),
                      range_m=draw(st.floats(1, 500)), lanes=tuple(lanes), lines=tuple(lines), zones=tuple(zones),
                      privacy=draw(st.just(Privacy()) | st.just(privacy)))
