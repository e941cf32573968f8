"""Top of the report: the result in one sentence, the run's facts, and the notes nobody may miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import PurePath

from simulation.record import RunRecord
from simulation.report.statistics import MAIN_FIGURE, Difference, Estimate
from simulation.report.wording import MINUS, clock, number, seeds_text, signed

BENCHMARK = "Clearance: benchmark convention (yellow 3 s, no all-red, minimum green 5 s). Not for a street."
BENCHMARK_FR = "Temps de dégagement : convention de banc d'essai (jaune 3 s, sans rouge intégral). Interdit en rue."
MOST_NOTES = 8
FULL_VIEW = "View: full. The strategies saw every vehicle in the network, which no camera can: for comparison only."
FULL_VIEW_FR = ("Vue : complète. Les stratégies voyaient tous les véhicules, ce qu'aucune caméra ne permet : "
                "pour comparaison seulement.")

DEGRADED = "Detectors: degraded on purpose ({}). The figures say how control copes, not what it can do with sound cameras."
DEGRADED_FR = "Détecteurs : dégradés à dessein. Les chiffres disent comment la régulation s'en accommode."


def top(records: Sequence[RunRecord], strategies: Sequence[str], means: Mapping[str, Mapping[str, Estimate]],
        changes: Mapping[str, Mapping[str, Difference]]) -> str:
    """Title, headline and facts."""
    first = records[0]
    french = "Comparaison de stratégies de feux" if len(strategies) > 1 else "Commande de feux : résultats d'une stratégie"
    return (f'<header class="top"><h1>{escape(first.title)}</h1>'
            f'<p class="fr">{french} · simulation SUMO</p>{_headline(strategies, means, changes)}'
            f"{_facts(records, strategies)}</header>{notes_band(records)}")


def notes_band(records: Sequence[RunRecord]) -> str:
    """Red where the clearance is a benchmark's, amber where the view is full, then the runs' own notes, each once."""
    parts = []
    if any(record.clearance == "benchmark" for record in records):
        parts.append(f'<div class="band warning" role="alert"><p><strong>{BENCHMARK}</strong></p>'
                     f'<p class="fr">{BENCHMARK_FR}</p></div>')
    if any(record.view == "full" for record in records):
        parts.append(f'<div class="band mark"><p><strong>{FULL_VIEW}</strong></p><p class="fr">{FULL_VIEW_FR}</p></div>')
    worse = sorted({record.detectors for record in records if record.detectors != "perfect"})
    if worse:
        parts.append(f'<div class="band mark"><p><strong>{DEGRADED.format(escape("; ".join(worse)))}</strong></p>'
                     f'<p class="fr">{DEGRADED_FR}</p></div>')
    # The runs' notes say these two things as well: the bands above say them louder.
    said = tuple(word for word, shown in (("Clearance", any(r.clearance == "benchmark" for r in records)),
                                          ("View", any(r.view == "full" for r in records)),
                                          ("Detectors were degraded", bool(worse))) if shown)
    notes = [note for note in dict.fromkeys(note for record in records for note in record.notes) if not note.startswith(said)]
    if notes:
        first, rest = (_items(part) for part in (notes[:MOST_NOTES], notes[MOST_NOTES:]))
        more = f"<details><summary>{len(notes) - MOST_NOTES} more · <i>suite</i></summary>{rest}</details>" if rest else ""
        parts.append(f'<div class="band note"><p><strong>Read with these in mind</strong></p>'
                     f'<p class="fr">À garder à l\'esprit</p>{first}{more}</div>')
    return "".join(parts)


def _items(notes: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(note)}</li>' for note in notes)}</ul>" if notes else ""


def _headline(strategies: Sequence[str], means: Mapping[str, Mapping[str, Estimate]],
              changes: Mapping[str, Mapping[str, Difference]]) -> str:
    """Best strategy against the baseline in mean delay, saying so when the interval does not exclude chance."""
    known = {name: means[name][MAIN_FIGURE] for name in strategies if MAIN_FIGURE in means[name]}
    if not known:
        return ""
    base = strategies[0]
    best = min(known, key=lambda name: known[name].mean)
    delay = f"{number(known[best].mean, 1)} s"
    change = changes.get(best, {}).get(MAIN_FIGURE)
    if change is None or change.percent is None:
        several = len(known) > 1
        return (f'<p class="lead"><b>{escape(best)}</b>: mean delay <b>{delay}</b> per vehicle'
                f'{"; no other strategy did better" if several else ""}.</p>'
                f'<p class="fr">{escape(best)} : retard moyen {_french(delay)} par véhicule'
                f'{" ; aucune autre stratégie n’a fait mieux" if several else ""}.</p>')
    if change.percent_ci95 is not None:
        low, high = (signed(change.percent + side * change.percent_ci95) for side in (-1, 1))
        spread = f" (95 % CI {low} to {high} %, {change.n} seeds{'' if change.certain else '; chance is not excluded'})"
        fr_spread = (f" (IC 95 % {_french(low)} à {_french(high)} %, {change.n} tirages"
                     f"{'' if change.certain else ' ; le hasard n’est pas exclu'})")
    else:
        spread, fr_spread = " (one seed: no interval)", " (un seul tirage : pas d'intervalle)"
    kind = ("better" if change.mean < 0 else "worse") if change.certain else "open"
    return (f'<p class="lead"><b>{escape(best)}</b>: mean delay <b>{delay}</b> per vehicle, '
            f'<b class="{kind}">{signed(change.percent)} %</b> against <b>{escape(base)}</b>{spread}.</p>'
            f'<p class="fr">{escape(best)} : retard moyen {_french(delay)} par véhicule, {_french(signed(change.percent))} % '
            f"par rapport à {escape(base)}{fr_spread}.</p>")


def _facts(records: Sequence[RunRecord], strategies: Sequence[str]) -> str:
    first = records[0]
    scheduled = [record.result.get("vehicles", {}).get("scheduled") for record in records]
    vehicles = [value for value in scheduled if isinstance(value, int | float)]
    junctions = max(len(record.signals) or len(record.queue_by_junction) for record in records)
    length_m = [abs(corridor.position_m[-1] - corridor.position_m[0]) for corridor in first.corridors if corridor.position_m]
    facts = [("Scenario", "Scénario", PurePath(first.scenario).name),
             ("Simulated period", "Période simulée", f"{clock(first.begin_s)}–{clock(first.end_s)}"),
             ("Signalised junctions", "Carrefours à feux", str(junctions) if junctions else "–"),
             ("Corridors", "Axes", f"{len(length_m)} ({number(sum(length_m) / 1000, 1)} km)" if length_m else "none"),
             ("Vehicles scheduled", "Véhicules prévus", number(sum(vehicles) / len(vehicles), 0) if vehicles else "–"),
             ("Strategies", "Stratégies", ", ".join(strategies) if len(strategies) <= 6 else str(len(strategies))),
             ("Seeds", "Tirages", seeds_text(sorted({record.seed for record in records}))),
             ("View", "Vue", ", ".join(sorted({record.view for record in records}))),
             ("Clearance", "Dégagement", ", ".join(sorted({record.clearance for record in records})))]
    cells = "".join(f'<div><dt>{label} · <i>{french}</i></dt><dd>{escape(value)}</dd></div>' for label, french, value in facts)
    return f'<dl class="facts">{cells}</dl>'


def _french(text: str) -> str:
    """Decimal comma; thousands by a narrow space."""
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",").replace("-", MINUS)
