"""What only hands can do at a cabinet: by an emulator's bench, by a person, or by nobody."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from signal_drivers.errors import BadInput
from signal_drivers.ids import JunctionId


class Act(StrEnum):
    """One thing to do; the value says it to a person."""

    POWER_OFF = "switch the unit's mains off"
    POWER_ON = "switch the unit's mains on again"
    RESTART = "switch the unit off, wait 5 s, and switch it on again"
    MANUAL = "turn the panel switch to MANUAL"
    MANUAL_END = "turn the panel switch back to AUTOMATIC"
    RED_LAMP = "take the last red lamp of one vehicle group out (pull its load switch or plug)"
    CONFLICT = "have two conflicting greens shown (monitor test plug; NEVER with traffic)"
    RESET = "put right what you changed and press RESET at the unit"
    HANG = "pull the unit's network cable"
    HANG_END = "plug the network cable in again"


ACT_FR = {
    Act.POWER_OFF: "couper l'alimentation du contrôleur", Act.POWER_ON: "rétablir l'alimentation",
    Act.RESTART: "couper l'alimentation, attendre 5 s, la rétablir", Act.MANUAL: "mettre le pupitre sur MANUEL",
    Act.MANUAL_END: "remettre le pupitre sur AUTOMATIQUE", Act.RED_LAMP: "débrancher le dernier rouge d'une ligne véhicules",
    Act.CONFLICT: "faire apparaître deux verts antagonistes (fiche d'essai ; JAMAIS sous circulation)",
    Act.RESET: "tout remettre en état et acquitter les défauts", Act.HANG: "débrancher le réseau du contrôleur",
    Act.HANG_END: "rebrancher le réseau"}

_FAULTS: dict[Act, tuple[tuple[str, bool], ...]] = {
    Act.POWER_OFF: (("mains", True),), Act.POWER_ON: (("mains", False),), Act.RESTART: (("reboot", True),),
    Act.MANUAL: (("manual", True),), Act.MANUAL_END: (("manual", False),), Act.RED_LAMP: (("red-lamp", True),),
    Act.CONFLICT: (("conflict-green", True),), Act.RESET: (("conflict-green", False), ("reset", True)),
    Act.HANG: (("hang", True),), Act.HANG_END: (("hang", False),)}
"""The bench's names of each, and their values."""

UNDO: dict[Act, Act] = {Act.POWER_OFF: Act.POWER_ON, Act.MANUAL: Act.MANUAL_END, Act.RED_LAMP: Act.RESET, Act.CONFLICT: Act.RESET,
                        Act.HANG: Act.HANG_END}


class Hands(Protocol):
    async def do(self, act: Act) -> None:
        """Returns when it is done."""


class BenchHands:
    """The bench of a running ``mourour cabinet`` that wrote its files to ``folder``. Raises :class:`BadInput` where there is no
    such fleet or it has no cabinet for the junction."""

    def __init__(self, folder: Path, junction: JunctionId) -> None:
        from simulation.cabinet.bench import BenchClient
        from simulation.cabinet.fleet_files import read_fleet

        sockets, known = read_fleet(folder)
        if junction not in known:
            raise BadInput(f"that fleet has no cabinet {junction!r}", where="--bench", mend=f"it has {', '.join(known[:6])}")
        self._junction = junction
        self._benches = [BenchClient(socket) for socket in sockets]

    async def do(self, act: Act) -> None:
        for fault, value in _FAULTS[act]:
            for bench in self._benches:
                await bench.ask(do="inject", cabinets=[self._junction], fault=fault, value=value)


class SeatHands:
    """Acts through ``inject``, as an emulator's seat has it."""

    def __init__(self, inject: Callable[[str, bool], None]) -> None:
        self._inject = inject

    async def do(self, act: Act) -> None:
        for fault, value in _FAULTS[act]:
            self._inject(fault, value)


class PersonHands:
    """Asks somebody at the cabinet, through ``ask``, which returns when they say that it is done."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        self._ask = ask

    async def do(self, act: Act) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def ask() -> None:
            self._ask(f"Now {act}, then press Enter.  [{ACT_FR[act]}, puis Entrée]")
            # The run may have been interrupted meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(None))

        # A thread that nobody waits for: an interrupted run must not hang until somebody presses Enter.
        threading.Thread(target=ask, daemon=True).start()
        await done
