"""A sheet as one SVG text, that stands alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from html import escape, unescape

from simulation.scenario.draw_colours import GROUND, INK, MUTED, PAPER
from simulation.scenario.draw_sheet import Areas, Layer, LegendEntry, Lines, Panel, Path, Sheet, Spots, Tag

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
MARGIN, TOP, LINE = 22.0, 76.0, 19.0
Projection = Callable[[float, float], tuple[float, float]]
_TAGS = re.compile(r"<[^>]+>")

TITLE_LETTER_PX = 10.0
"""Width of a bold letter of a panel's title."""


def svg_of(sheet: Sheet) -> str:
    """The sheet with its title, legend and attribution; tables are left to HTML."""
    width = sheet.size_px[0] + 2 * MARGIN
    legend, legend_rows = _flowing(sheet, width)
    height = TOP + sheet.size_px[1] + 24 + legend_rows * LINE + 24
    body = [f'<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>',
            _text(MARGIN, 34, sheet.title, 22, INK, bold=True),
            _text(MARGIN, 56, f"{sheet.french} · {sheet.facts}", 12.5, MUTED)]
    for i, panel in enumerate(sheet.panels):
        body.append(_panel(panel, i))
    body += [_text(sheet.size_px[0] + MARGIN - 310, TOP + 16 + i * 17.5, f"{number}  {name}", 11.5, INK)
             for i, (number, name) in enumerate(sheet.side) if 16 + i * 17.5 < sheet.size_px[1]]
    body += [_legend(entry, x, TOP + sheet.size_px[1] + 24 + row * LINE) for entry, x, row in legend]
    if sheet.attribution:
        body.append(_text(width - MARGIN, height - 12, sheet.attribution, 11, MUTED, anchor="end"))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
            f'font-family="{escape(FONT)}">\n<title>{escape(sheet.title)}</title>\n' + "\n".join(body) + "\n</svg>\n")


def _flowing(sheet: Sheet, width: float) -> tuple[list[tuple[LegendEntry, float, int]], int]:
    """Legend entries with x and row, one after the other like words, and the number of rows."""
    placed: list[tuple[LegendEntry, float, int]] = []
    x, row = MARGIN, 0
    for entry in sheet.legend:
        wide = 32 + text_width_px(_words(entry), 11.5) + 26
        if x + wide > width and x > MARGIN:
            x, row = MARGIN, row + 1
        placed.append((entry, x, row))
        x += wide
    return placed, row + 1


def text_width_px(text: str, size_px: float, bold: bool = False) -> float:
    """A fair guess without measuring: the mean letter of the usual sans-serif faces, a little on the wide side."""
    return len(text) * size_px * (0.66 if bold else 0.58)


def _words(entry: LegendEntry) -> str:
    return entry.text + (f" · {entry.french}" if entry.french else "")


def _panel(panel: Panel, number: int) -> str:
    left, top, width, height = panel.box_px
    left, top = left + MARGIN, top + TOP
    scale = 1 / panel.metres_per_px

    def at(x: float, y: float) -> tuple[float, float]:
        return left + width / 2 + (x - panel.centre_m[0]) * scale, top + height / 2 - (y - panel.centre_m[1]) * scale

    frame = ' stroke="#d5dae0"' if panel.framed else ""
    parts = [f'<clipPath id="c{number}"><rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"/></clipPath>']
    if panel.title:
        parts.append(_text(left, top - 16, panel.title, 14, INK, bold=True))
    if panel.subtitle:
        beside = max(34.0, len(panel.title) * TITLE_LETTER_PX + 10)
        parts.append(_text(left + beside, top - 16, panel.subtitle, 10.5, MUTED, squeeze=width - beside - 2))
    ground = PAPER if panel.title else GROUND
    parts.append(f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{ground}"{frame}/>')
    parts.append(f'<g clip-path="url(#c{number})">')
    parts += [_layer(layer, at) for layer in panel.layers]
    parts += [_tag(tag, at) for tag in panel.tags]
    parts.append("</g>")
    if panel.scale_bar:
        parts.append(_scale(left + 16, top + height - 16, scale))
        parts.append(_north(left + 16 + nice_length_m(1 / scale) * scale + 24, top + height - 34))
    return "\n".join(parts)


def nice_length_m(metres_per_px: float) -> float:
    """A round length that takes 80 to 200 px."""
    least = 80 * metres_per_px
    power = 10 ** math.floor(math.log10(least))
    return float(next(k * power for k in (1, 2, 5, 10) if k * power >= least))


def _layer(layer: Layer, at: Projection) -> str:
    if isinstance(layer, Areas):
        outline = ""
        if layer.outline:
            outline = f' stroke="{layer.outline}" stroke-width="{layer.outline_px:g}" stroke-linejoin="round"'
        return f'<path d="{_d(layer.rings, at, "Z")}" fill="{layer.fill}"{outline}/>'
    if isinstance(layer, Lines):
        dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in layer.dash_px)}"' if layer.dash_px else ""
        return (f'<path d="{_d(layer.paths, at)}" fill="none" stroke="{layer.colour}" stroke-width="{layer.width_px:g}"'
                f' stroke-linejoin="round" opacity="{layer.opacity:g}"{dash}/>')
    return "".join(_spot(layer, i, at) for i in range(len(layer.points)))


def _spot(spots: Spots, i: int, at: Projection) -> str:
    x, y = at(*spots.points[i])
    fill = spots.fill or "#000000"
    edge = f'stroke="{PAPER}" stroke-width="1.2"' if spots.fill else 'fill-opacity="0"'
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{spots.size_px / 2:g}" fill="{fill}" {edge}>'
            f"<title>{_plain(spots.hovers[i])}</title></circle>")


def _tag(tag: Tag, at: Projection) -> str:
    x, y = at(*tag.at_m)
    text = unescape(tag.text)
    width, height = max(text_width_px(text, tag.size_px, tag.bold) + 8, tag.size_px + 7), tag.size_px + 6
    leader = ""
    if tag.shift_px is not None:
        dx, dy = tag.shift_px
        leader = (f'<path d="M{x:.1f} {y:.1f}l{dx:.1f} {dy:.1f}" stroke="{tag.ground}" stroke-width="1.3"/>'
                  f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{tag.ground}" stroke="{PAPER}"/>')
        x, y = x + dx + width / 2, y + dy
    title = f"<title>{_plain(tag.hover)}</title>" if tag.hover else ""
    return (f'<g>{title}{leader}<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{height / 2:.1f}" fill="{tag.ground}"/>'
            + _text(x, y + tag.size_px * 0.36, text, tag.size_px, tag.colour, bold=tag.bold, anchor="middle") + "</g>")


def _legend(entry: LegendEntry, x: float, y: float) -> str:
    marks = {
        "area": f'<rect x="{x:g}" y="{y - 10:g}" width="24" height="11" fill="{entry.colour}"/>',
        "line": f'<line x1="{x:g}" y1="{y - 4:g}" x2="{x + 24:g}" y2="{y - 4:g}" stroke="{entry.colour}" stroke-width="3.5"/>',
        "dash": f'<line x1="{x:g}" y1="{y - 4:g}" x2="{x + 24:g}" y2="{y - 4:g}" stroke="{entry.colour}" stroke-width="3" '
                'stroke-dasharray="6 4"/>',
        "rail": f'<line x1="{x:g}" y1="{y - 4:g}" x2="{x + 24:g}" y2="{y - 4:g}" stroke="{entry.colour}" stroke-width="4"/>'
                f'<path d="M{x:g} {y - 4:g}h24" stroke="#fff" stroke-width="2" stroke-dasharray="5 5"/>',
        "dot": f'<circle cx="{x + 12:g}" cy="{y - 4:g}" r="6" fill="{entry.colour}"/>',
        "zebra": f'<rect x="{x:g}" y="{y - 10:g}" width="24" height="11" fill="#b4bac2"/>'
                 + "".join(f'<rect x="{x + 3 + 6 * k:g}" y="{y - 10:g}" width="3" height="11" fill="#fff"/>' for k in range(4)),
    }
    return marks[entry.symbol] + _text(x + 32, y, _words(entry), 11.5, INK)


def legend_svg(entry: LegendEntry) -> str:
    """The entry's symbol alone, for a legend in HTML."""
    whole = _legend(entry, 0, 12)
    return f'<svg width="26" height="16" aria-hidden="true">{whole[:whole.index("<text")]}</svg>'


def _scale(x: float, y: float, scale: float) -> str:
    metres = nice_length_m(1 / scale)
    width = metres * scale
    label = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return (f'<path d="M{x:g} {y - 5:g}V{y:g}H{x + width:.1f}V{y - 5:g}" fill="none" stroke="{INK}" stroke-width="1.6"/>'
            + _text(x + width / 2, y - 6, label, 11, INK, anchor="middle"))


def _north(x: float, y: float) -> str:
    arrow = f'<path d="M{x:g} {y - 14:g}l6 18l-6 -4l-6 4Z" fill="{INK}"/>'
    return arrow + _text(x, y + 18, "N", 11, INK, bold=True, anchor="middle")


def _text(x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False, anchor: str = "start",
          squeeze: float = 0.0) -> str:
    weight = ' font-weight="600"' if bold else ""
    squeezed = ""
    if squeeze and text_width_px(text, size) > squeeze:
        squeezed = f' textLength="{squeeze:g}" lengthAdjust="spacingAndGlyphs"'
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"{weight}{squeezed}>'
            f"{escape(text)}</text>")


def _d(paths: Iterable[Path], at: Projection, end: str = "") -> str:
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*p) for p in path)) + end for path in paths if len(path) > 1)


def _plain(hover: str) -> str:
    return escape(unescape(_TAGS.sub("", hover.replace("<br>", "\n"))))
