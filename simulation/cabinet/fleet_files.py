"""What a running fleet leaves for others to find it by: a site file for the daemon, and where its bench listens."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from controller.network import Network
from controller.site.network_file import network_text
from controller.validation.at_post import is_here
from signal_drivers.errors import BadInput
from simulation.cabinet.access import USER, FleetAccess
from simulation.cabinet.fleet import Fleet
from simulation.cabinet.seat import CabinetSpec, WireProtocol
from simulation.whole_file import write_whole

HEADER = """\
# A post with emulated cabinets, as mourour cabinet wrote it. Try: mourour check site.yaml, then mourour run --config site.yaml
# Poste d'essai ; ses armoires sont simulées.
"""


def write_site(folder: Path, network: Network, specs: Sequence[CabinetSpec], access: FleetAccess | None, *,
               strategy: str) -> Path:
    """``site.yaml`` and ``network.json`` for the fleet in ``folder``; the site file's path. The files hold no password: it lies
    beside the papers. Raises :class:`OutputError`."""
    write_whole(folder / "network.json", network_text(network, "emulated cabinets").encode(), "the network file")
    site: dict[str, Any] = {"mourour_site": "1", "post": "emulated", "network": "network.json", "strategy": strategy,
                            "archive": "events"}
    if access is not None:
        password = access.folder / "password.txt"
        password.touch(mode=0o600)
        password.write_text(access.password + "\n", encoding="utf-8")
        papers = access.folder.relative_to(folder)
        site["security"] = {"authority": f"{papers}/authority.pem", "certificate": f"{papers}/centre.pem",
                            "key": f"{papers}/centre.key.pem", "user": USER, "password_file": f"{papers}/password.txt"}
    rows = []
    for s in specs:
        row: dict[str, Any] = {"junction": str(s.junction.id), "protocol": s.protocol.value, "host": s.host, "port": s.port}
        if s.protocol is WireProtocol.MODBUS and s.access is not None:
            row["tls"] = True
        if s.protocol is WireProtocol.OPCUA and s.access is None:
            row["insecure_for_tests"] = True
        rows.append(row)
    if not all(is_here(s.host) for s in specs):
        # Nobody drives there; of cabinets at this machine's own address the daemon knows it by itself.
        site["certificates"] = {"required": False}
    site["cabinets"] = rows
    text = yaml.safe_dump(site, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    write_whole(folder / "site.yaml", (HEADER + text).encode(), "the site file")
    return folder / "site.yaml"


def write_fleet(folder: Path, fleet: Fleet) -> None:
    """``fleet.json``, by which ``mourour cabinet inject`` finds the bench."""
    told = {"pid": os.getpid(), "benches": [str(job.socket) for job in fleet.jobs],
            "cabinets": [str(s.junction.id) for s in fleet.specs], "processes": fleet.pids}
    write_whole(folder / "fleet.json", json.dumps(told, indent=1).encode(), "the fleet file")


def read_fleet(folder: Path) -> tuple[list[Path], list[str]]:
    """Sockets of the benches and names of the cabinets. Raises :class:`BadInput` where no fleet left its file."""
    file = folder / "fleet.json"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return [Path(p) for p in told["benches"]], [str(c) for c in told["cabinets"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("no fleet has left its file there", where=str(file),
                       mend="name the --out of a mourour cabinet that is running") from None
