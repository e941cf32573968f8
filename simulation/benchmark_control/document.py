"""The benchmark's tables as one Markdown text, for a page of results."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.benchmark_control.grids import Grid
from simulation.benchmark_control.origin import Origin
from simulation.benchmark_control.results import Results
from simulation.benchmark_control.show import markdown


def document(results: Results, tables: Sequence[Grid], origin: Origin) -> str:
    """The text: what was run and with what, the tables, what failed, and what the reader must know."""
    versions = ", ".join(f"{name} {value}" for name, value in origin.versions.items())
    commit = f" Commit {origin.commit}." if origin.commit else ""
    parts = ["## Control, every strategy on every scenario", "", f"    {origin.command}", "",
             f"Seeds {origin.seeds}; duration: {origin.duration}. {versions}.{commit}", ""]
    if results.missing:
        parts += [f"**Incomplete: {results.missing} of {results.wanted} runs were not made.**", ""]
    parts += [markdown(grid) for grid in tables]
    if results.failures:
        parts += ["### Runs that failed", "", *(f"- {label}, `{strategy}`, seed {seed}: {reason}"
                                                for (label, strategy, seed), reason in results.failures.items()), ""]
    notes = dict.fromkeys(note for record in results.records.values() for note in record.notes)
    if notes:
        parts += ["### Read with these in mind", "", *(f"- {note}" for note in notes), ""]
    return "\n".join(parts)
