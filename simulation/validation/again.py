"""A certificate's scenario made again on this machine."""

from __future__ import annotations

from controller.validation.certificate import ScenarioPart
from simulation.prepare import prepare
from simulation.settings import RunSettings
from simulation.validation.scenario_mark import scenario_mark


def mark_again(told: ScenarioPart) -> str:
    """The mark of the scenario as it is here. Raises the :class:`BadInput` that says what is wrong with it."""
    settings = RunSettings(told.name, duration_s=told.end_s - told.begin_s, view=told.view, detectors=told.detectors)
    return scenario_mark(prepare(settings), settings)
