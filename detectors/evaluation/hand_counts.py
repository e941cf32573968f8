"""Counts by hand of clips, as JSON: the frames of crossings by lane or by direction, of one clip or of several by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from detectors.counting.line import Direction
from detectors.errors import EvaluationError
from detectors.evaluation import json_values as take
from detectors.evaluation import values
from detectors.evaluation.account import Account, Crossed
from detectors.evaluation.reading import Reading

BY_LANE, BY_DIRECTION = "events_by_lane", "events_by_dir"
SIGNS = {-1: Direction.RIGHT_TO_LEFT, 1: Direction.LEFT_TO_RIGHT}
"""``sign`` is that of :meth:`~detectors.counting.line.CountLine.side_px` after the crossing: -1 to the left of somebody who walks
along the line from its first point to its second, whom it passes from right to left."""


def is_hand_count(content: object) -> bool:
    """Whether it is one clip, or several by name."""
    if not isinstance(content, Mapping):
        return False
    return _is_clip(content) or (bool(content) and any(_is_clip(inner) for inner in content.values()))


def _is_clip(content: object) -> bool:
    return isinstance(content, Mapping) and (BY_LANE in content or BY_DIRECTION in content)


def read_hand_counts(content: Mapping[str, Any], where: str, how: Reading, about: str | None) -> Account:
    """The clip that ``how`` names, or the one called as ``about`` (the results' source). Raises :class:`EvaluationError`."""
    if _is_clip(content):
        return _clip(content, where, None, how)
    name = _chosen(content, where, how.clip, about)
    return _clip(content[name], f"{where}, {name}", name, how)


def _chosen(content: Mapping[str, Any], where: str, asked: str | None, about: str | None) -> str:
    clips = [name for name, inner in content.items() if _is_clip(inner)]
    if asked is not None:
        found = [name for name in clips if name == asked] or [name for name in clips if asked in name]
    elif about is not None:
        same = PurePath(about.replace("\\", "/")).name
        found = [name for name in clips if PurePath(name).name == same]
        found = found or [name for name in clips if PurePath(name).stem == PurePath(same).stem]
    else:
        found = clips
    if len(found) == 1:
        return found[0]
    if asked is None and len(clips) == 1:
        return clips[0]
    wanted = asked if asked is not None else about
    fault = f"no clip is called {wanted}" if not found and wanted else "it has several clips"
    raise EvaluationError(fault, where=where, mend=f"--clip with one of {', '.join(clips[:6])}")


def _clip(clip: Mapping[str, Any], where: str, name: str | None, how: Reading) -> Account:
    fps = take.positive(clip, "fps", "", where)
    frames = take.number(clip, "frames", "", where)
    events = tuple(_events(clip, where, how.first(0)))
    if not events:
        raise EvaluationError("it has no event", where=where, mend="a truth without events says nothing about counting")
    if frames is not None and (last := max(event.frame or 0 for event in events)) >= frames:
        raise EvaluationError(f"an event is at frame {last}, and the clip has {frames:.0f} frames", where=where)
    return Account(where, source=name, fps=fps, frames=None if frames is None else int(frames), events=events)


def _events(clip: Mapping[str, Any], where: str, first: int) -> Iterator[Crossed]:
    way = None
    if clip.get("sign") is not None:
        way = SIGNS.get(take.whole(clip["sign"], "sign", where, least=-1))
        if way is None:
            raise EvaluationError("sign is 0", where=where, mend="-1: from right to left, 1: from left to right")
    line = take.text(clip, "line_name", "", where)
    for lane, frames in _lists(clip, BY_LANE, where):
        for frame in frames:
            yield Crossed(take.whole(frame, f"{BY_LANE}.{lane}", where, least=first) - first, None, way, line, lane)
    for word, frames in _lists(clip, BY_DIRECTION, where):
        try:
            direction = values.direction(word, {})
        except ValueError as error:
            raise EvaluationError(f"{BY_DIRECTION}: {error}", where=where) from None
        # A clip has its events by lane and again by direction: they are the same ones.
        if clip.get(BY_LANE):
            return
        for frame in frames:
            yield Crossed(take.whole(frame, f"{BY_DIRECTION}.{word}", where, least=first) - first, None, direction, line)


def _lists(clip: Mapping[str, Any], key: str, where: str) -> Iterator[tuple[str, list[Any]]]:
    found = clip.get(key) or {}
    if not isinstance(found, Mapping):
        raise EvaluationError(f"{key} is {take.shown(found)}, not lists of frames by name", where=where)
    for name, frames in found.items():
        if not isinstance(frames, list):
            raise EvaluationError(f"{key}.{name} is {take.shown(frames)}, not a list of frames", where=where)
        yield str(name), frames
