"""What every page of ours has around its sections: style, script and Plotly, in one file."""

from __future__ import annotations

from html import escape

from simulation.report.drawing import script_json
from simulation.report.page_drawings import DrawingStore
from simulation.report.script import JS
from simulation.report.style import CSS

# The page may run its own script and nothing else: no address can be loaded, whatever a record's text contains.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


def page(title: str, body: str, store: DrawingStore, *, css: str = "") -> str:
    """A whole HTML page with ``body`` (HTML) and the drawings in ``store``; ``css`` comes after the common style."""
    from plotly.offline import get_plotlyjs

    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(title)} · mourour</title><style>{CSS}{css}</style></head><body><main>"
            "<noscript><p>The drawings need JavaScript; the tables do not.</p></noscript>"
            f"{body}<footer>mourour · مرور · adaptive traffic-signal control, validated in SUMO</footer></main>"
            f'<script type="application/json" id="drawings">{script_json(store.drawings)}</script>'
            f"<script>{get_plotlyjs()}</script><script>{JS}</script></body></html>\n")
