"""Why each explained junction did what it did: costs over time, and every decision with what was seen and weighed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from simulation.explain_words import (
    Said,
    alternative_words,
    clock_s,
    kind_of,
    queue_words,
    reason_of,
    share_words,
    stay_words,
    target_of,
)
from simulation.record import ExplainTrack, RunRecord
from simulation.report.chart_explain import explain_chart
from simulation.report.page_drawings import DrawingStore, section

MOST_ROWS = 700
KINDS = {"change": "changes · changements", "refused": "refused by the guard · refusés", "held": "chosen, not asked · retenus",
         "stay": "while it stays · maintien"}


def explain_section(runs: Mapping[str, Mapping[int, RunRecord]], store: DrawingStore) -> str:
    """A part for each explained junction of each run; '' where none was."""
    parts = [_junction(record, track, store, f"explain-{i}-{k}")
             for i, record in enumerate(record for seeds in runs.values() for record in seeds.values())
             for k, track in enumerate(record.explain)]
    if not parts:
        return ""
    return section("Why the stages changed", "Pourquoi les phases ont changé", "".join(parts),
                   "Costs are vehicle seconds of the best plan found that begins so. Staying is the best plan that does not "
                   "change now, a later change included, less the margin that a change must save; a stage's cost is of changing "
                   "to it at the time said. The two lines run together as long as the best plan waits, and part when changing "
                   "now is better. Where something was decided, the queues open on what was seen of each lane.")


def _junction(record: RunRecord, track: ExplainTrack, store: DrawingStore, key: str) -> str:
    chart = explain_chart(track, record)
    drawn = f'<div class="wide">{store.add(key, chart)}</div>' if chart is not None else (
        '<p class="caption">This strategy weighs no plans: reasons and what was seen. '
        "<i>Cette stratégie ne compare pas de plans.</i></p>")
    shown = track.decisions[:MOST_ROWS]
    left = len(track.decisions) - len(shown)
    more = f'<p class="caption">{left} later lines left out to keep the file small; the record has them.</p>' if left else ""
    options = "".join(f'<option value="{kind}">{words}</option>' for kind, words in KINDS.items()
                      if any(kind_of(d) == kind for d in shown))
    return (f'<h3>{escape(track.name)} <code>{escape(track.junction)}</code> · {escape(record.strategy)}, seed {record.seed}</h3>'
            f'{_legend(track)}{drawn}'
            f'<details class="explain" open><summary>{len(shown)} lines · <i>lignes</i></summary>'
            '<div class="controls"><label>Show · <i>Afficher</i> <select class="explain-kind">'
            f'<option value="">all · tout</option>{options}</select></label><label>With · <i>Contenant</i> '
            '<input class="explain-text" type="search" size="18" placeholder="stage, lane, reason"></label></div>'
            '<div class="scroll explain-rows"><table class="words"><thead><tr><th>Time<span class="fr-inline">heure</span></th>'
            '<th>Stage → next<span class="fr-inline">phase</span></th><th>Why<span class="fr-inline">motif</span></th>'
            '<th>Staying<span class="fr-inline">rester, véh s</span></th>'
            '<th>Alternatives<span class="fr-inline">autres phases, véh s</span></th>'
            '<th>Queues<span class="fr-inline">files, véh</span></th></tr></thead>'
            f'<tbody>{"".join(map(_row, shown))}</tbody></table></div>{more}</details>')


def _legend(track: ExplainTrack) -> str:
    words = "; ".join(f"<b>{escape(stage)}</b> {escape(green)}" for stage, green in track.stages.items())
    return f'<p class="caption">Green in each stage · <i>lignes vertes de chaque phase</i>: {words}.</p>' if words else ""


def _row(said: Said) -> str:
    kind = kind_of(said)
    target = target_of(said)
    step = f"{escape(str(said['stage']))} {said['stage_age_s']:.0f} s" + (f" → <b>{escape(target)}</b>" if target else "")
    seen = queue_words(said)
    # Lanes in full only where something was decided: for every line they would make the file unwieldy.
    lanes = (f"<details><summary>{escape(seen)}</summary>{_lanes(said)}</details>" if kind != "stay" and said["lanes"]
             else escape(seen))
    return (f'<tr data-kind="{kind}"><td>{clock_s(said["time_s"])}</td><td>{step}</td><td>{escape(reason_of(said))}</td>'
            f'<td>{stay_words(said)}</td><td>{"<br>".join(map(escape, alternative_words(said)))}</td><td>{lanes}</td></tr>')


def _lanes(said: Said) -> str:
    rows = "".join(
        f"<tr><td>{escape(lane['lane'])}</td><td>{_count(lane['vehicles'])}</td><td>{_count(lane['queue_veh'])}</td>"
        f"<td>{_count(lane['expected_10_veh'])} / {_count(lane['expected_30_veh'])}</td><td>{_count(lane['flow_vph'])}</td>"
        f"<td>{escape(share_words(lane['shares']))}</td><td>{escape(share_words(lane['head']))}</td></tr>"
        for lane in said["lanes"])
    return ("<table><thead><tr><th>Lane · <i>voie</i></th><th>in view</th><th>queue</th><th>expected 10 / 30 s</th>"
            f"<th>flow, veh/h</th><th>turns</th><th>head wants</th></tr></thead><tbody>{rows}</tbody></table>")


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")
