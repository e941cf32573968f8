from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.controller.service.harness import Served
from tests.controller.service.harness import served as serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for the tests of a module; each uses emergencies and junctions of its own."""
    with serving(tmp_path_factory.mktemp("service")) as running:
        yield running
