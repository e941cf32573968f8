"""What a protocol must do to carry the cabinet contract."""

from __future__ import annotations

from typing import Protocol

from signal_drivers.wire.command import ClockCall, HurryCall, StageCall, Standing
from signal_drivers.wire.report import Identity, Report


class Link(Protocol):
    """One connection to one cabinet. Every method but :meth:`close` raises :class:`~signal_drivers.errors.CabinetError` for a
    cabinet that does not answer in time and :class:`~signal_drivers.wire.garbled.Garbled` for an answer no cabinet gives."""

    @property
    def where(self) -> str:
        """Protocol and address, for people."""

    async def open(self) -> Identity:
        """Connect anew and ask who is there."""

    async def report(self, *, whole: bool = False) -> Report:
        """What it says of itself now; with what changes seldom (calendar clock, hurry call) where ``whole``."""

    def latest(self) -> Report | None:
        """What the cabinet has sent by itself, without asking or waiting; None where it sends nothing by itself."""

    async def standing(self, standing: Standing) -> None: ...

    async def stage_call(self, call: StageCall) -> None: ...

    async def hurry_call(self, call: HurryCall) -> None: ...

    async def clock_call(self, call: ClockCall) -> None: ...

    async def close(self) -> None:
        """Drop the connection. Never raises."""
