"""The service under load, in a process of its own: ``python -m simulation.benchmark_api.server FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

from controller.daemon.main import set_up_logs
from controller.service.secret_file import read_secret
from controller.service.server import Listening, run
from controller.service.service import Service
from controller.service.settings import ServiceSettings
from simulation.benchmark_api.road import database, road_map

if __name__ == "__main__":
    set_up_logs(for_people=False)
    folder = Path(sys.argv[1])
    run(Service(folder, read_secret(folder), streets=cast(Any, road_map()), url=database(folder),
                settings=ServiceSettings(new_per_minute=100_000)), Listening(port=0))
