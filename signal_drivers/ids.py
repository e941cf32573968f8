"""Identifiers as types, so that a lane is never passed where a signal group is meant."""

from __future__ import annotations

from typing import NewType

JunctionId = NewType("JunctionId", str)
GroupId = NewType("GroupId", str)
StageId = NewType("StageId", str)
LaneId = NewType("LaneId", str)
DetectorId = NewType("DetectorId", str)
