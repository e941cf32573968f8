"""What streets refuse."""

from __future__ import annotations

from signal_drivers.errors import BadInput


class OffNetwork(BadInput):
    """A place too far from every road, or one from which no way leads to the other; the message says which, and how far."""


class Implausible(BadInput):
    """A position that no vehicle of ours can be at: it jumped, its clock ran backwards, it is no number, it lies in the sea."""
