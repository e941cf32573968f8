from __future__ import annotations

import subprocess
import sys

import pytest

from controller.registry import names, strategy
from signal_drivers.errors import InvalidValue, UnknownStrategy


def test_names() -> None:
    assert names() == ("fixed", "adaptive-cycle", "actuated", "learned", "max-pressure", "predictive", "self-organising")


def test_unknown_name_is_told_the_closest_and_all() -> None:
    with pytest.raises(UnknownStrategy) as raised:
        strategy("maxpressure", also=("sumo:actuated",))
    text = str(raised.value)
    assert "'maxpressure'" in text and "did you mean max-pressure?" in text and "sumo:actuated" in text
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("settings", [{"passage_s": -1.0}, {"no_such": 1.0}])
def test_bad_setting_is_one_line(settings: dict[str, float]) -> None:
    with pytest.raises(InvalidValue) as raised:
        strategy("actuated", **settings)
    assert next(iter(settings)) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_names_import_no_strategy() -> None:
    code = "import sys, controller.registry as r; r.names(); assert not any('controller.strategies.' in m for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
