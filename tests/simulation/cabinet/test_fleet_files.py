"""The site file that a fleet leaves: on another address than this machine's it says that nothing is proved to it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulation.cabinet.fleet_files import write_site
from simulation.cabinet.fleet_plan import network_for, specs_for
from simulation.cabinet.seat import PROTOCOLS


@pytest.mark.parametrize(("host", "said"), [("127.0.0.1", None), ("10.20.0.5", {"required": False})])
def test_silence_only_for_this_machine(tmp_path: Path, host: str, said: object) -> None:
    network = network_for(2, None)
    site = write_site(tmp_path, network, specs_for(network, PROTOCOLS["modbus"], host, 15000, None), None, strategy="actuated")
    assert yaml.safe_load(site.read_text(encoding="utf-8")).get("certificates") == said
