"""Who is on the road, each vehicle for itself: those followed along their lanes in place of the boxes that they share."""

from __future__ import annotations

from collections.abc import Sequence

from detectors.counting.results import FrameResult, SeenTrack
from detectors.incidents.boxes import area_px, shared_px, within
from detectors.incidents.incident import Box

EXPLAINED = 0.5
"""A box of which followed vehicles take up this share is a box around them."""


def one_by_one(result: FrameResult) -> tuple[SeenTrack, ...]:
    """Everybody who is followed, and of the tracks those on foot and those vehicles that are nobody of these: off the lanes, in
    the junction, or in lanes that nobody follows."""
    if not result.followed:
        return result.tracks
    followed = [seen for there in result.followed.values() for seen in there]
    boxes = [seen.box for seen in followed]
    rest = [t for t in result.tracks if not t.kind.drives or not (t.lane in result.followed or _explained(t.box, boxes))]
    return (*followed, *rest)


def shared(result: FrameResult) -> frozenset[int]:
    """Tracks whose box is that of several vehicles. What such a box does, none of them does."""
    followed = [seen.box for there in result.followed.values() for seen in there]
    return frozenset(t.track for t in result.tracks if t.kind.drives
                     and sum(within(box, t.box) for box in followed) > 1)


def _explained(box: Box, by: Sequence[Box]) -> bool:
    return sum(shared_px(other, box) for other in by) >= EXPLAINED * area_px(box)
