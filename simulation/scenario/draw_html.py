"""A sheet as one HTML page with Plotly in it: pan, zoom, point at a group. Needs no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from simulation.report.drawing import FONT, script_json
from simulation.report.style import CSS
from simulation.scenario.draw_colours import GROUND, INK, MUTED, PAPER
from simulation.scenario.draw_sheet import Areas, Layer, Lines, Panel, Path, Sheet, Spots, Table, Tag
from simulation.scenario.draw_svg import legend_svg, nice_length_m

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
BAR_PX = 30.0
"""Room above the maps for Plotly's buttons."""
_CSS = """
main{max-width:1460px}.legend{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:13px;margin:10px 0 0;padding:0;list-style:none}
.legend li{display:flex;align-items:center;gap:7px}.legend i{color:var(--muted);font-size:12px}
.map{display:flex;gap:18px;align-items:flex-start}.map>.wide{flex:1;min-width:0}
.map ol{flex:0 0 300px;max-height:900px;overflow:auto;margin:0;padding:0;list-style:none;font-size:13px}
.map ol li{display:flex;gap:8px;padding:3px 0;border-bottom:1px solid var(--line)}
.map ol b{flex:0 0 26px;background:#0b5a8a;color:#fff;border-radius:9px;
text-align:center;font-size:12px;height:18px;line-height:18px}
.swatch{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:7px;vertical-align:-1px}
table.sheet{font-size:13px;width:auto}table.sheet th,table.sheet td{text-align:left;padding:4px 14px 4px 0;min-width:0}
table.matrix td,table.matrix th{text-align:right;padding:3px 9px;min-width:26px}table.matrix td:empty{background:#f5f7f9}
.attribution{color:var(--muted);font-size:12px;text-align:right;margin:8px 0 0}
@media(max-width:900px){.map{display:block}}
"""
_JS = """
const d=JSON.parse(document.getElementById('drawing').textContent);
Plotly.newPlot('map',d.data,d.layout,{responsive:true,scrollZoom:true,displaylogo:false,showSendToCloud:false,plotlyServerURL:'',
modeBarButtonsToRemove:['select2d','lasso2d','autoScale2d']});
"""


def html_of(sheet: Sheet) -> str:
    """The page's text."""
    from plotly.offline import get_plotlyjs

    legend = "".join(f"<li>{legend_svg(e)}<span>{escape(e.text)} <i>{escape(e.french)}</i></span></li>" for e in sheet.legend)
    side = "".join(f"<li><b>{escape(number)}</b><span>{escape(name)}</span></li>" for number, name in sheet.side)
    least_px = 1100 if len(sheet.panels) > 1 else 640
    drawn = f'<div class="wide"><div id="map" class="chart" style="min-width:{least_px}px"></div></div>'
    foot = f'<p class="attribution">{escape(sheet.attribution)}</p>' if sheet.attribution else ""
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(sheet.title)} · mourour</title><style>{CSS}{_CSS}</style></head><body><main>"
            f'<header class="top"><h1>{escape(sheet.title)}</h1><p class="fr">{escape(sheet.french)}</p>{escape(sheet.facts)}'
            f'<ul class="legend">{legend}</ul></header>'
            f'<section><div class="map">{drawn}{f"<ol>{side}</ol>" if side else ""}</div>{foot}</section>'
            f'{"".join(map(_table, sheet.tables))}<footer>mourour · مرور</footer></main>'
            f'<script type="application/json" id="drawing">{script_json(figure_of(sheet))}</script>'
            f"<script>{get_plotlyjs()}</script><script>{_JS}</script></body></html>\n")


def _table(table: Table) -> str:
    matrix = len(table.head) > 8
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head)
    rows = []
    for i, row in enumerate(table.rows):
        swatch = f'<span class="swatch" style="background:{table.swatches[i]}"></span>' if table.swatches else ""
        rows.append(f"<tr><th>{swatch}{escape(row[0])}</th>" + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>")
    note = f'<p class="caption">{escape(table.note)}</p>' if table.note else ""
    return (f'<section><h2>{escape(table.title)}</h2><p class="fr">{escape(table.french)}</p><div class="scroll">'
            f'<table class="sheet{" matrix" if matrix else ""}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
            f"</table></div>{note}</section>")


def figure_of(sheet: Sheet) -> dict[str, Any]:
    """``{"data", "layout"}`` for Plotly; a pair of axes for each panel, metres east and north."""
    width, height = sheet.size_px
    side = 330.0 if sheet.side else 0.0
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    layout: dict[str, Any] = {"height": height + BAR_PX, "margin": {"l": 0, "r": 0, "t": BAR_PX, "b": 0}, "paper_bgcolor": PAPER,
                              "plot_bgcolor": GROUND, "showlegend": False, "dragmode": "pan", "hovermode": "closest",
                              "font": {"family": FONT, "size": 12, "color": INK}, "annotations": notes, "shapes": [],
                              "hoverlabel": {"font": {"family": FONT, "size": 12}, "align": "left"}}
    for number, panel in enumerate(sheet.panels):
        x, y = (f"x{number + 1}", f"y{number + 1}") if number else ("x", "y")
        layout |= _axes(panel, number, width - side, height)
        data += [t for layer in panel.layers for t in _traces(layer, x, y)]
        notes += [_note(tag, x, y) for tag in panel.tags]
        _furniture(panel, width - side, height, layout)
    return {"data": data, "layout": layout}


def _axes(panel: Panel, number: int, width: float, height: float) -> dict[str, Any]:
    left, top, w, h = panel.box_px
    name = str(number + 1) if number else ""
    half = (w * panel.metres_per_px / 2, h * panel.metres_per_px / 2)
    common = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": "", "showline": panel.framed,
              "linecolor": "#d5dae0", "mirror": True}
    x = common | {"domain": [left / width, min(1.0, (left + w) / width)], "anchor": f"y{name}",
                  "range": [panel.centre_m[0] - half[0], panel.centre_m[0] + half[0]]}
    y = common | {"domain": [max(0.0, 1 - (top + h) / height), 1 - top / height], "anchor": f"x{name}", "scaleanchor": f"x{name}",
                  "range": [panel.centre_m[1] - half[1], panel.centre_m[1] + half[1]]}
    return {f"xaxis{name}": x, f"yaxis{name}": y}


def _traces(layer: Layer, x: str, y: str) -> list[dict[str, Any]]:
    base: dict[str, Any] = {"type": "scatter", "xaxis": x, "yaxis": y, "hoverinfo": "skip", "mode": "lines"}
    if isinstance(layer, Areas):
        xs, ys = _joined(layer.rings, close=True)
        return [base | {"x": xs, "y": ys, "fill": "toself", "fillcolor": layer.fill,
                        "line": {"color": layer.outline or layer.fill, "width": layer.outline_px if layer.outline else 0}}]
    if isinstance(layer, Lines):
        xs, ys = _joined(layer.paths)
        dash = ",".join(f"{d:g}px" for d in layer.dash_px) or "solid"
        line = {"color": layer.colour, "width": layer.width_px, "dash": dash}
        return [base | {"x": xs, "y": ys, "line": line, "opacity": layer.opacity}]
    return [_spots(layer, base)]


def _spots(spots: Spots, base: dict[str, Any]) -> dict[str, Any]:
    marker = {"size": spots.size_px, "color": spots.fill or "rgba(0,0,0,0)",
              "line": {"width": 1.2 if spots.fill else 0, "color": PAPER}}
    return base | {"mode": "markers", "x": [_cm(p[0]) for p in spots.points], "y": [_cm(p[1]) for p in spots.points],
                   "marker": marker, "hovertext": list(spots.hovers), "hoverinfo": "text"}


def _note(tag: Tag, x: str, y: str) -> dict[str, Any]:
    text = f"<b>{tag.text}</b>" if tag.bold else tag.text
    note: dict[str, Any] = {"x": _cm(tag.at_m[0]), "y": _cm(tag.at_m[1]), "xref": x, "yref": y, "text": text, "showarrow": False,
                            "font": {"size": tag.size_px, "color": tag.colour}, "bgcolor": tag.ground, "borderpad": 2,
                            "captureevents": bool(tag.hover)}
    if tag.hover:
        note["hovertext"] = tag.hover
    if tag.shift_px is not None:
        note |= {"showarrow": True, "ax": tag.shift_px[0], "ay": tag.shift_px[1], "xanchor": "left", "arrowhead": 6,
                 "arrowsize": 0.9, "arrowwidth": 1.3, "arrowcolor": tag.ground}
    return note


def _furniture(panel: Panel, width: float, height: float, layout: dict[str, Any]) -> None:
    left, top, w, h = panel.box_px

    def paper(x: float, y: float) -> tuple[float, float]:
        return x / width, 1 - y / height

    def words(x: float, y: float, text: str, size: float, colour: str, **more: Any) -> None:
        px, py = paper(x, y)
        layout["annotations"].append({"xref": "paper", "yref": "paper", "x": px, "y": py, "text": text, "showarrow": False,
                                      "xanchor": "left", "yanchor": "bottom", "font": {"size": size, "color": colour}} | more)

    if panel.title:
        words(left, top - 6, f"<b>{escape(panel.title)}</b>&nbsp; <span style='font-size:11px;color:{MUTED}'>"
              + _wrapped(panel.subtitle, w, panel.title) + "</span>", 14, INK, align="left")
    if panel.scale_bar:
        x, y = panel.centre_m[0] - (w / 2 - 16) * panel.metres_per_px, panel.centre_m[1] - (h / 2 - 18) * panel.metres_per_px
        metres = nice_length_m(panel.metres_per_px)
        label = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        layout["shapes"].append({"type": "line", "x0": x, "x1": x + metres, "y0": y, "y1": y, "line": {"color": INK, "width": 3}})
        layout["annotations"].append({"x": x + metres / 2, "y": y, "text": label, "showarrow": False, "yshift": 10,
                                      "font": {"size": 11, "color": INK}})
        layout["annotations"].append({"x": x + metres, "y": y, "text": "▲<br><b>N</b>", "showarrow": False, "xshift": 24,
                                      "yshift": 10, "font": {"size": 12, "color": INK}})


def _wrapped(text: str, width_px: float, title: str) -> str:
    """``text`` beside ``title`` in the first line and below it in the others."""
    beside, below = (max(8, int((width_px - taken) / 6.2)) for taken in (max(36, 16 + 9 * len(title)), 36))
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) + 1 > (beside if len(lines) == 1 else below):
            lines.append("")
        lines[-1] += ("" if not lines[-1] else " ") + word
    return "<br>".join(escape(line) for line in lines)


def _joined(paths: Iterable[Path], close: bool = False) -> tuple[Sequence[float | None], Sequence[float | None]]:
    xs: list[float | None] = []
    ys: list[float | None] = []
    for path in paths:
        points = [*path, path[0]] if close else path
        xs += [*(_cm(p[0]) for p in points), None]
        ys += [*(_cm(p[1]) for p in points), None]
    return xs, ys


def _cm(metres: float) -> float:
    return round(float(metres), 2)
