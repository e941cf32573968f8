"""Draw a scenario's network, or one of its junctions, to a file."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from signal_drivers.errors import OutputError, ScenarioError
from simulation.netmodel.derive import SumoJunction
from simulation.scenario.draw_html import figure_of, html_of
from simulation.scenario.draw_junction import junction_sheet
from simulation.scenario.draw_network import network_sheet
from simulation.scenario.draw_sheet import Sheet
from simulation.scenario.draw_svg import svg_of
from simulation.scenario.draw_target import Target, find_target
from simulation.whole_file import write_whole

FORMATS = (".html", ".svg", ".png")


def draw_to(spec: str, out: Path | None = None, junction: str | None = None) -> Path:
    """Draw what ``spec`` names to ``out``, HTML, SVG or PNG by its ending; ``./NAME[-JUNCTION].html`` if not given.

    Raises:
        ScenarioError: no such scenario, or no such junction in it.
        NetError: a net that cannot be read or has no signals.
        OutputError: the file cannot be written, its ending is unknown, or PNG is not possible here.
    """
    if out is not None and out.suffix.lower() not in FORMATS:
        raise OutputError(f"{out.suffix or 'no ending'!r} is no kind of drawing", where=str(out),
                          mend="end it in " + ", ".join(FORMATS))
    target = find_target(spec)
    chosen = None if junction is None else find_junction(target, junction)
    sheet = network_sheet(target) if chosen is None else junction_sheet(target, chosen)
    path = out or Path(_file_name(target.name if chosen is None else f"{target.name}-{chosen.junction.id}") + ".html")
    kind = path.suffix.lower()
    content = html_of(sheet).encode() if kind == ".html" else svg_of(sheet).encode() if kind == ".svg" else png_of(sheet, path)
    write_whole(path, content, "the drawing")
    return path


def find_junction(target: Target, wanted: str) -> SumoJunction:
    """By id, by number on the network drawing, or by a part of its name that no other has.

    Raises:
        ScenarioError: none or several are meant, or it is one that cannot be driven.
    """
    by_id = {s.tls: s for s in target.signals.driven}
    if wanted in by_id:
        return by_id[wanted]
    numbered = target.numbered
    if wanted.isdigit() and 1 <= int(wanted) <= len(numbered):
        return numbered[int(wanted) - 1]
    for refused in target.signals.refused:
        if refused.tls == wanted:
            raise ScenarioError(f"junction {refused.tls} cannot be driven: {refused.why}", where=target.name, mend="draw another")
    part = [s for s in target.signals.driven if wanted.casefold() in s.junction.label.casefold()]
    if len(part) == 1:
        return part[0]
    if part:
        raise ScenarioError(f"{wanted!r} fits {len(part)} junctions", where=target.name,
                            mend="one of: " + ", ".join(s.tls for s in part[:8]))
    near = get_close_matches(wanted, by_id, n=1)
    mend = f"did you mean {near[0]!r}?" if near else "one of: " + ", ".join(s.tls for s in numbered[:12])
    raise ScenarioError(f"no junction {wanted!r}", where=target.name, mend=mend)


def png_of(sheet: Sheet, path: Path) -> bytes:
    """The drawing as PNG through Plotly's kaleido. Raises :class:`OutputError` where that is not installed or has no browser."""
    mend = f"pip install kaleido (it needs Chrome), or draw {path.with_suffix('.svg').name}"
    try:
        import kaleido  # noqa: F401
        import plotly.graph_objects as go
    except ImportError:
        raise OutputError("PNG needs kaleido, which is not installed", where=str(path), mend=mend) from None
    figure = go.Figure(figure_of(sheet))
    figure.update_layout(margin={"t": 64, "l": 12, "r": 12, "b": 28}, title={
        "text": f"<b>{sheet.title}</b><br><sup>{sheet.facts}</sup>", "x": 0.01, "y": 0.97, "yanchor": "top"})
    if sheet.attribution:
        figure.add_annotation(text=sheet.attribution, xref="paper", yref="paper", x=1, y=0, yshift=-24, showarrow=False,
                              xanchor="right")
    try:
        return bytes(figure.to_image(format="png", width=int(sheet.size_px[0]) + 24, height=int(sheet.size_px[1]) + 92, scale=2))
    except Exception as fault:  # kaleido and the browser it starts raise whatever they like
        raise OutputError(f"PNG could not be made: {str(fault).splitlines()[0] if str(fault) else type(fault).__name__}",
                          where=str(path), mend=mend) from None


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", name).strip("-")[:80] or "scenario"
