"""The benchmark's tables on a console, in Markdown and in HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from simulation.benchmark_control.grids import Entry, Grid

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_COLOURS = {True: "green", False: "red", None: ""}
_CLASSES = {True: "good", False: "bad", None: ""}


def rich_parts(grid: Grid) -> tuple[Text, Table, Text]:
    """Title, table and note for a console; the best and what is reached in green. A narrow table does not fold its words."""
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold", padding=(0, 1, 0, 0))
    for i, name in enumerate(grid.head):
        table.add_column(Text(name), justify="left" if i == 0 else "right", overflow="fold", no_wrap=i == 0)
    for row in grid.rows:
        table.add_row(*(Text(entry.text, style="bold green" if entry.best else _COLOURS[entry.good]) for entry in row))
    return Text(f"\n{grid.title}", style="bold"), table, Text(grid.note, style="dim")


def markdown(grid: Grid) -> str:
    """A heading, the note, and a table with the best in bold."""
    lines = [f"### {grid.title}", "", "| " + " | ".join(map(_plain, grid.head)) + " |",
             "|---|" + "---:|" * (len(grid.head) - 1)]
    lines += ["| " + " | ".join(_marked(entry) for entry in row) + " |" for row in grid.rows]
    return "\n".join([*lines, *(["", grid.note] if grid.note else []), ""])


def html(grid: Grid) -> str:
    """A table for the report's style sheet, wide ones scrolling on their own."""
    head = "".join(f"<th>{escape(name)}</th>" for name in grid.head)
    rows = "".join("<tr>" + "".join(_cell(entry) for entry in row) + "</tr>" for row in grid.rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cell(entry: Entry) -> str:
    kind = " ".join(word for word in ("best" if entry.best else "", _CLASSES[entry.good]) if word)
    return f'<td{f" class={kind!r}" if kind else ""}><span class="value">{escape(entry.text)}</span></td>'


def _marked(entry: Entry) -> str:
    text = _plain(entry.text)
    return f"**{text}**" if entry.best and text else text


def _plain(text: str) -> str:
    """``sumo:*`` is no emphasis and a bar ends a cell."""
    return text.replace("|", "\\|").replace("*", "\\*")
