"""What the control benchmark runs on: Casablanca's scenarios, and the published nets where there are any."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signal_drivers.errors import ScenarioError
from signal_drivers.limits import Clearance
from simulation.scenario.resolve import resolve, shipped_files

_ROOT = Path(__file__).resolve().parent.parent.parent
BELOW_SHARED = Path("benchmarks", "resco")


@dataclass(frozen=True)
class Case:
    """One scenario as the benchmark runs it. ``label`` is its row in every table, ``scenario`` what ``simulate`` would take.

    ``named`` says that the user asked for it by name, so that a fault in it is his to mend before anything runs.
    """

    label: str
    scenario: str
    clearance: Clearance
    named: bool = True

    @property
    def street(self) -> bool:
        """Whether it is run as a street would be, and therefore judged by the project's own targets."""
        return self.clearance is Clearance.GEOMETRY


def nets_folder(named: Path | None) -> tuple[Path | None, str]:
    """Folder of the published nets and, where there is none, a line that says where it was looked for.

    ``named`` comes first; else ``MOUROUR_SHARED``/benchmarks/resco, else ../shared/benchmarks/resco beside the repository.

    Raises:
        ScenarioError: ``named`` is no folder.
    """
    if named is not None:
        if not named.is_dir():
            raise ScenarioError("is no folder", where=f"--nets {named}", mend="name the folder that has the nets' .sumocfg files")
        return named, ""
    shared = os.environ.get("MOUROUR_SHARED")
    folder = (Path(shared) if shared else _ROOT.parent / "shared") / BELOW_SHARED
    if folder.is_dir():
        return folder, ""
    return None, f"no published benchmark nets at {folder}: they are left out (--nets DIR or MOUROUR_SHARED says where they are)"


def nets_in(folder: Path) -> list[Case]:
    """A case for each ``.sumocfg`` below ``folder``, by name; two of one name are told apart by their folders."""
    files = sorted(folder.rglob("*.sumocfg"))
    stems = [f.stem for f in files]
    return [Case(f.stem if stems.count(f.stem) == 1 else f.relative_to(folder).with_suffix("").as_posix(), str(f),
                 Clearance.BENCHMARK, named=False) for f in files]


def all_cases(folder: Path | None) -> list[Case]:
    """Every shipped scenario at its evening peak, then every net below ``folder``."""
    return [Case(name, f"{name}@evening", Clearance.GEOMETRY) for name in shipped_files()] + (nets_in(folder) if folder else [])


def chosen_cases(names: Sequence[str], folder: Path | None) -> list[Case]:
    """A case for each of ``names``, once: a net below ``folder`` by its label, else anything that ``simulate`` takes.

    Raises:
        ScenarioError, NetError: a name that is neither, or a scenario that cannot be used.
    """
    nets = {case.label: case for case in (nets_in(folder) if folder else [])}
    known = {str(Path(case.scenario).resolve()): case for case in nets.values()}
    found: dict[str, Case] = {}
    for name in names:
        case = nets.get(name) or known.get(str(Path(name).resolve()))
        if case is None:
            case = Case(name, name, Clearance.GEOMETRY)
            try:
                resolve(name)
            except ScenarioError as error:
                if not nets or error.where or not error.what.startswith("unknown scenario"):
                    raise
                raise ScenarioError(error.what, mend=f"{error.mend}, {', '.join(nets)}") from None
        found.setdefault(case.scenario, Case(case.label, case.scenario, case.clearance))
    if not found:
        raise ScenarioError("no scenario is named", where="--scenarios", mend="for example far,mohammed-vi")
    return list(found.values())
