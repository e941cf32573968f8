"""The service as a process of its own, on the smallest street map: ``python -m tests.controller.service.serve_alone FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from controller.daemon.main import set_up_logs
from controller.service.server import Listening, run
from controller.service.service import Service
from controller.service.settings import ServiceSettings
from tests.controller.service.harness import SECRET
from tests.controller.service.straight_road import two_roads

if __name__ == "__main__":
    set_up_logs(for_people=False)
    many = ServiceSettings(new_per_minute=10_000)
    run(Service(Path(sys.argv[1]), SECRET, streets=two_roads(), settings=many), Listening(port=0))
